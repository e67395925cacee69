/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nf_tables: what all messages have in common, transactions, and reading. */

#include "nft/nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "base/bug.h"
#include "netns/netns.h"
#include "nft/attr.h"

struct nlmsghdr *cnet__nft_begin(struct cnet__batch *b, unsigned int command, unsigned int flags)
{
	return cnet__batch_begin(b, NFNL_SUBSYS_NFTABLES << 8 | command, flags, NFPROTO_INET);
}

size_t cnet__nft_comment(unsigned char *room, const char *comment)
{
	const size_t length = strlen(comment) + 1;

	bug_on(length > CNET__NFT_COMMENT);
	room[0] = NFTNL_UDATA_TABLE_COMMENT; /* as those of chains, rules and elements */
	room[1] = (unsigned char)length;
	memcpy(room + 2, comment, length);
	return length + 2;
}

static int open_socket(struct cnet_netns *ns, struct cnet__batch *b, struct cnet__nfnl **ret,
		       struct cnet_error *err)
{
	int r;

	r = cnet__netns_netfilter(ns, ret, err);
	if (r < 0)
		cnet__batch_free(b);

	return r;
}

static int explain(int r, struct cnet_error *err)
{
	if (r == -EPERM)
		return cnet_error_prefix(err, r, "nf_tables: CAP_NET_ADMIN is needed");
	if (r == -EOPNOTSUPP || r == -EAFNOSUPPORT)
		return cnet_error_set(err, EOPNOTSUPP, "the kernel has no nf_tables");
	if (r < 0)
		return cnet_error_prefix(err, r, "nf_tables");

	return 0;
}

int cnet__nft_commit(struct cnet_netns *ns, struct cnet__batch *b, uint32_t generation,
		     struct cnet_error *err)
{
	struct cnet__nfnl *nfnl;
	int r;

	r = open_socket(ns, b, &nfnl, err);
	if (r < 0)
		return r;

	return explain(cnet__nfnl_commit(nfnl, b, generation, err), err);
}

int cnet__nft_request(struct cnet_netns *ns, struct cnet__batch *b, cnet__nfnl_fn *fn, void *arg,
		      struct cnet_error *err)
{
	struct cnet__nfnl *nfnl;
	int r;

	r = open_socket(ns, b, &nfnl, err);
	if (r < 0)
		return r;

	return explain(cnet__nfnl_request(nfnl, b, fn, arg, err), err);
}

int cnet__nft_dump(struct cnet_netns *ns, struct cnet__batch *b, cnet__nfnl_fn *fn,
		   void (*reset)(void *arg), void *arg, struct cnet_error *err)
{
	struct cnet__nfnl *nfnl;
	int r;

	r = open_socket(ns, b, &nfnl, err);
	if (r < 0)
		return r;

	return explain(cnet__nfnl_dump(nfnl, b, fn, reset, arg, err), err);
}

static int on_generation(const struct nlmsghdr *answer, size_t index, void *arg,
			 struct cnet_error *err)
{
	const struct nlattr *a;
	uint32_t *ret = arg;

	(void)index;
	(void)err;
	cnet__attr_for_each (a, answer) {
		if (mnl_attr_get_type(a) == NFTA_GEN_ID && mnl_attr_validate(a, MNL_TYPE_U32) >= 0)
			*ret = ntohl(mnl_attr_get_u32(a));
	}

	return 0;
}

int cnet__nft_generation(struct cnet_netns *ns, uint32_t *ret, struct cnet_error *err)
{
	CNET__BATCH_AUTO b = { 0 };
	uint32_t generation = 0;
	int r;

	cnet__nft_begin(&b, NFT_MSG_GETGEN, 0);
	cnet__batch_end(&b, "get generation");
	r = cnet__nft_request(ns, &b, on_generation, &generation, err);
	if (r < 0)
		return r;

	if (generation == 0)
		return cnet_error_set(err, EBADMSG, "nf_tables: no generation in the answer");
	*ret = generation;
	return 0;
}
