/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* veth: two links that are the ends of one wire. */

#include "link/veth.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>

#include "base/auto.h"
#include "netns/netns.h"

/* is_valid_veth_mtu() of the kernel, which gives no reason. */
static int mtu_check(uint32_t mtu, struct cnet_error *err)
{
	if (mtu != 0 && (mtu < ETH_MIN_MTU || mtu > ETH_MAX_MTU))
		return cnet_error_set(err, EINVAL, "MTU %u: not between %u and %u", mtu,
				      ETH_MIN_MTU, ETH_MAX_MTU);

	return 0;
}

static int check(const struct cnet_link_opts *near, __attribute__((unused)) const void *opts,
		 struct cnet_error *err)
{
	return mtu_check(near->mtu, err);
}

static void encode(struct cnet__msg *m, const void *opts)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	const struct cnet__veth_far *far = opts;

	cnet__msg_nest(m, VETH_INFO_PEER);
	cnet__msg_header(m, &header, sizeof(header));
	cnet__link_encode_opts(m, far->name, &far->opts);
	if (far->opts.netns != NULL)
		cnet__msg_u32(m, IFLA_NET_NS_FD, (uint32_t)cnet__netns_fd(far->opts.netns));
	cnet__msg_end(m);
}

static struct cnet_netns *far_netns(struct cnet_netns *ns, const struct cnet__veth_far *far)
{
	return far->opts.netns != NULL ? far->opts.netns : ns;
}

/* The kernel ignores IFLA_MASTER of the far end, whose number is the near end's parent. */
static int finish(struct cnet_netns *ns, const struct cnet_link *near, const void *opts,
		  struct cnet_error *err)
{
	const struct cnet__veth_far *far = opts;
	struct cnet_netns *there = far_netns(ns, far);
	int r;

	r = cnet__link_finish(there, near->parent, far->opts.alias, far->opts.master, err);
	if (r == 0 && far->ret != NULL)
		r = cnet__link_read(there, near->parent, NULL, far->ret, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "far end \"%s\"", far->name);

	return 0;
}

const struct cnet__link_kind cnet__veth = {
	.name = "veth",
	.opts_size = sizeof(struct cnet__veth_far),
	.check = check,
	.encode = encode,
	.finish = finish,
};

static int check_far(struct cnet_netns *ns, const char *near_name,
		     const struct cnet_link_opts *near_opts, struct cnet__veth_far *far,
		     const struct cnet_link_opts *far_opts, struct cnet_error *err)
{
	int r;

	r = cnet_link_name_check(far->name, err);
	if (r < 0)
		return r;
	r = cnet__link_opts_copy(&far->opts, far_opts, err);
	if (r < 0)
		return r;
	r = mtu_check(far->opts.mtu, err);
	if (r < 0)
		return r;
	if (near_opts != NULL && near_opts->netns != NULL)
		return cnet_error_set(err, EINVAL, "the near end's namespace is not an option");
	if (strcmp(near_name, far->name) == 0 && cnet_netns_equal(ns, far_netns(ns, far)))
		return cnet_error_set(err, EEXIST, "both ends have one name in one namespace");

	return 0;
}

/* The kernel does not say which of the names is taken. */
static int explain(struct cnet_netns *ns, const char *near_name, const struct cnet__veth_far *far,
		   int code, struct cnet_error *err)
{
	struct cnet_link there;

	if (code != -EEXIST || err == NULL)
		return code;
	if (cnet__link_read(ns, 0, near_name, &there, NULL) == 0)
		return cnet_error_prefix(err, code, "the near end's name \"%s\" is taken",
					 near_name);
	if (cnet__link_read(far_netns(ns, far), 0, far->name, &there, NULL) == 0)
		return cnet_error_prefix(err, code, "the far end's name \"%s\" is taken",
					 far->name);

	return code;
}

int cnet_veth_create(struct cnet_netns *ns, struct cnet_txn *txn, const char *near_name,
		     const struct cnet_link_opts *near_opts, const char *far_name,
		     const struct cnet_link_opts *far_opts, struct cnet_link **ret_near,
		     struct cnet_link **ret_far, struct cnet_error *err)
{
	struct cnet__veth_far far = { .size = sizeof(far), .name = far_name };
	AUTO_FREE struct cnet_link *peer = NULL;
	int r;

	if (ret_far != NULL) {
		far.ret = peer = malloc(sizeof(*peer));
		if (peer == NULL)
			return cnet_error_set(err, ENOMEM, "create veth: out of memory");
	}

	r = check_far(ns, near_name, near_opts, &far, far_opts, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "create veth \"%s\": far end \"%s\"", near_name,
					 far_name);

	r = cnet__link_create(ns, txn, &cnet__veth, near_name, near_opts, &far, ret_near, err);
	if (r < 0)
		return explain(ns, near_name, &far, r, err);

	if (ret_far != NULL)
		*ret_far = take(peer);
	return 0;
}
