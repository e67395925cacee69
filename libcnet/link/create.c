/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the creation of all kinds of link has in common.
 *
 * One request creates the link with everything that the kernel takes then. NLM_F_ECHO has it send
 * the new link back in the same exchange (rtnl_newlink_create() since Linux 6.2); older kernels
 * are asked for it by a second request. An alias is never taken at creation: it follows.
 */

#include "link/kind.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/bug.h"
#include "base/opts.h"
#include "netns/netns.h"

enum { KIND_OPTS_MAX = 256 };

struct creation {
	struct cnet_netns *ns;
	const struct cnet__link_kind *kind;
	struct cnet_link_opts opts;
	max_align_t kind_opts[KIND_OPTS_MAX / sizeof(max_align_t)];
};

struct undo {
	struct cnet_netns *ns;
	unsigned int ifindex;
};

static int undo(void *arg, struct cnet_error *err)
{
	const struct undo *u = arg;

	return cnet_link_delete_index(u->ns, u->ifindex, err);
}

/* is_valid_ether_addr() of the kernel, which some kinds do not ask. */
static int mac_check(const struct cnet_mac *mac, struct cnet_error *err)
{
	static const uint8_t zero[6];
	char text[CNET_MAC_TEXT];

	if (mac->set && ((mac->bytes[0] & 1) != 0 || memcmp(mac->bytes, zero, sizeof(zero)) == 0))
		return cnet_error_set(err, EINVAL, "MAC address %s: not a unicast address",
				      cnet_mac_format(mac, text));

	return 0;
}

int cnet__link_opts_copy(struct cnet_link_opts *ours, const struct cnet_link_opts *theirs,
			 struct cnet_error *err)
{
	int r;

	r = cnet__opts_copy(ours, sizeof(*ours), theirs, err);
	if (r < 0)
		return r;
	r = mac_check(&ours->mac, err);
	if (r < 0)
		return r;

	return ours->alias != NULL ? cnet__link_alias_check(ours->alias, err) : 0;
}

void cnet__link_encode_opts(struct cnet__msg *m, const char *name,
			    const struct cnet_link_opts *opts)
{
	cnet__msg_string(m, IFLA_IFNAME, name);
	cnet__msg_mac(m, IFLA_ADDRESS, &opts->mac);
	if (opts->mtu != 0)
		cnet__msg_u32(m, IFLA_MTU, opts->mtu);
	if (opts->tx_queue_len != 0)
		cnet__msg_u32(m, IFLA_TXQLEN, opts->tx_queue_len);
}

void cnet__link_encode_create(struct cnet__msg *m, const struct cnet__link_kind *kind,
			      const char *name, const struct cnet_link_opts *opts,
			      const void *kind_opts)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC };

	cnet__msg_init(m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ECHO, &header,
		       sizeof(header));
	cnet__link_encode_opts(m, name, opts);
	if (opts->master != 0)
		cnet__msg_u32(m, IFLA_MASTER, opts->master);

	cnet__msg_nest(m, IFLA_LINKINFO);
	cnet__msg_string(m, IFLA_INFO_KIND, kind->name);
	if (kind->encode != NULL) {
		cnet__msg_nest(m, IFLA_INFO_DATA);
		kind->encode(m, kind_opts);
		cnet__msg_end(m);
	}
	cnet__msg_end(m);
}

/* Of several echoes (a device may make others) the one under our name is meant. */
static int read_echo(const struct nlmsghdr *answer, void *arg, struct cnet_error *err)
{
	struct cnet_link echo, *link = arg;
	int r;

	r = cnet__link_decode(answer, &echo, err);
	if (r == 0 && strcmp(echo.name, link->name) == 0)
		*link = echo;

	return r;
}

static int request(const struct creation *c, struct cnet_link *link, struct cnet_error *err)
{
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(c->ns, &nl, err);
	if (r < 0)
		return r;

	cnet__link_encode_create(&m, c->kind, link->name, &c->opts, c->kind_opts);
	r = cnet__nl_get(nl, &m, read_echo, link, err);
	if (r < 0)
		return cnet__link_explain_master(c->ns, c->opts.master, r, err);

	link->master = c->opts.master; /* entered after the echo was sent */
	return 0;
}

int cnet__link_finish(struct cnet_netns *ns, unsigned int ifindex, const char *alias,
		      uint32_t master, struct cnet_error *err)
{
	const struct ifinfomsg header = { .ifi_index = (int)ifindex };
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	if ((alias == NULL || alias[0] == '\0') && master == 0)
		return 0;
	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	cnet__msg_init(&m, RTM_SETLINK, 0, &header, sizeof(header));
	if (alias != NULL)
		cnet__msg_data(&m, IFLA_IFALIAS, alias, strlen(alias));
	if (master != 0)
		cnet__msg_u32(&m, IFLA_MASTER, master);
	r = cnet__nl_transact(nl, &m, err);

	return r < 0 ? cnet__link_explain_master(ns, master, r, err) : 0;
}

static int finish(const struct creation *c, struct cnet_link *link, struct cnet_error *err)
{
	int r = 0;

	if (link->ifindex == 0)
		r = cnet__link_read(c->ns, 0, link->name, link, err);
	if (r == 0)
		r = cnet__link_finish(c->ns, link->ifindex, c->opts.alias, 0, err);
	if (r == 0 && c->kind->finish != NULL)
		r = c->kind->finish(c->ns, link, c->kind_opts, err);
	if (r < 0) {
		ignore(cnet_link_delete(c->ns, link->name, NULL)); /* the first error is reported */
		return r;
	}

	if (c->opts.alias != NULL)
		memcpy(link->alias, c->opts.alias,
		       strlen(c->opts.alias) + 1); /* cnet__link_opts_copy() checked its length */
	return 0;
}

static int prepare(struct creation *c, const char *name, const struct cnet_link_opts *opts,
		   const void *kind_opts, struct cnet_error *err)
{
	int r;

	bug_on(c->kind->opts_size > sizeof(c->kind_opts));

	r = cnet_link_name_check(name, err);
	if (r < 0)
		return r;
	r = cnet__link_opts_copy(&c->opts, opts, err);
	if (r < 0)
		return r;
	r = cnet__opts_copy(c->kind_opts, c->kind->opts_size, kind_opts, err);
	if (r < 0)
		return r;
	if (c->opts.netns != NULL)
		c->ns = c->opts.netns;

	return c->kind->check != NULL ? c->kind->check(&c->opts, c->kind_opts, err) : 0;
}

static int create(struct creation *c, struct cnet_txn *txn, struct cnet_link *link,
		  struct cnet_error *err)
{
	AUTO_FREE struct undo *u = malloc(sizeof(*u));
	int r;

	if (u == NULL)
		return cnet_error_set(err, ENOMEM, "out of memory");
	r = cnet_txn_reserve(txn, err);
	if (r < 0)
		return r;
	r = request(c, link, err);
	if (r < 0)
		return r;
	r = finish(c, link, err);
	if (r < 0)
		return r;

	*u = (struct undo){ .ns = c->ns, .ifindex = link->ifindex };
	cnet_txn_push(txn, undo, take(u), free);
	return 0;
}

int cnet__link_create(struct cnet_netns *ns, struct cnet_txn *txn,
		      const struct cnet__link_kind *kind, const char *name,
		      const struct cnet_link_opts *opts, const void *kind_opts,
		      struct cnet_link **ret, struct cnet_error *err)
{
	struct creation c = { .ns = ns, .kind = kind };
	AUTO_FREE struct cnet_link *link = NULL;
	int r;

	link = calloc(1, sizeof(*link));
	if (link == NULL)
		return cnet_error_set(err, ENOMEM, "create %s: out of memory", kind->name);

	r = prepare(&c, name, opts, kind_opts, err);
	if (r == 0) {
		memcpy(link->name, name, strlen(name) + 1); /* prepare() checked its length */
		r = create(&c, txn, link, err);
	}
	if (r < 0)
		return cnet_error_prefix(err, r, "create %s \"%s\"", kind->name, name);

	if (ret != NULL)
		*ret = take(link);
	return 0;
}
