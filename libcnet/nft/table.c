/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our table and its chains. */

#include "nft/table.h"

#include <errno.h>
#include <libnftnl/chain.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "nft/attr.h"

void cnet__nft_add_table(struct cnet__batch *b, const char *comment)
{
	struct nlmsghdr *h = cnet__nft_begin(b, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
	struct nftnl_table *table = nftnl_table_alloc();
	unsigned char text[CNET__NFT_COMMENT + 2];
	const size_t length = cnet__nft_comment(text, comment);

	if (table == NULL || nftnl_table_set_str(table, NFTNL_TABLE_NAME, CNET__NFT_TABLE) < 0 ||
	    nftnl_table_set_data(table, NFTNL_TABLE_USERDATA, text, (uint32_t)length) < 0)
		b->error = ENOMEM;
	if (h != NULL && b->error == 0)
		nftnl_table_nlmsg_build_payload(h, table);
	cnet__batch_end(b, "add table inet " CNET__NFT_TABLE);

	if (table != NULL)
		nftnl_table_free(table);
}

static struct nftnl_chain *make_chain(struct cnet__batch *b, const char *name)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	if (chain == NULL || nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, CNET__NFT_TABLE) < 0 ||
	    nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name) < 0)
		b->error = ENOMEM;

	return chain;
}

static void put_chain(struct cnet__batch *b, struct nlmsghdr *h, struct nftnl_chain *chain,
		      const char *what, const char *name)
{
	if (h != NULL && b->error == 0)
		nftnl_chain_nlmsg_build_payload(h, chain);
	cnet__batch_end(b, "%s chain %s", what, name);

	if (chain != NULL)
		nftnl_chain_free(chain);
}

void cnet__nft_add_chain(struct cnet__batch *b, const char *name, const char *comment)
{
	struct nlmsghdr *h = cnet__nft_begin(b, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	struct nftnl_chain *chain = make_chain(b, name);
	unsigned char text[CNET__NFT_COMMENT + 2];

	if (b->error == 0 && comment != NULL &&
	    nftnl_chain_set_data(chain, NFTNL_CHAIN_USERDATA, text,
				 (uint32_t)cnet__nft_comment(text, comment)) < 0)
		b->error = ENOMEM;
	put_chain(b, h, chain, "add", name);
}

void cnet__nft_add_base_chain(struct cnet__batch *b, const char *name, const char *type,
			      uint32_t hook, int32_t priority)
{
	struct nlmsghdr *h = cnet__nft_begin(b, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	struct nftnl_chain *chain = make_chain(b, name);

	if (b->error == 0) {
		nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, hook);
		nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, priority);
		nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
		if (nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, type) < 0)
			b->error = ENOMEM;
	}
	put_chain(b, h, chain, "add", name);
}

void cnet__nft_delete_chain(struct cnet__batch *b, const char *name)
{
	struct nlmsghdr *h = cnet__nft_begin(b, NFT_MSG_DELCHAIN, 0);

	put_chain(b, h, make_chain(b, name), "delete", name);
}

/* NFT_MSG_DELRULE and GETRULE without a handle mean all rules of the chain. */
static void put_all_rules(struct cnet__batch *b, struct nlmsghdr *h, const char *chain)
{
	if (h != NULL) {
		mnl_attr_put_strz(h, NFTA_RULE_TABLE, CNET__NFT_TABLE);
		mnl_attr_put_strz(h, NFTA_RULE_CHAIN, chain);
	}
	cnet__batch_end(b, "rules of chain %s", chain);
}

void cnet__nft_flush_chain(struct cnet__batch *b, const char *name)
{
	put_all_rules(b, cnet__nft_begin(b, NFT_MSG_DELRULE, 0), name);
}

static int on_chain(const struct nlmsghdr *answer, size_t index, void *arg, struct cnet_error *err)
{
	bool *found = arg;

	(void)answer;
	(void)index;
	(void)err;
	*found = true;
	return 0;
}

int cnet__nft_has_chain(struct cnet_netns *ns, const char *name, bool *ret, struct cnet_error *err)
{
	CNET__BATCH_AUTO b = { 0 };
	struct nlmsghdr *h = cnet__nft_begin(&b, NFT_MSG_GETCHAIN, 0);
	bool found = false;
	int r;

	put_chain(&b, h, make_chain(&b, name), "get", name);
	r = cnet__nft_request(ns, &b, on_chain, &found, err);
	if (r == 0)
		*ret = found;

	return r;
}

struct rule_count {
	const char *set;
	size_t count;
};

static const struct nlattr *find(const struct nlattr *nest, unsigned int type)
{
	const struct nlattr *a;

	cnet__attr_for_each_nested (a, nest) {
		if (mnl_attr_get_type(a) == type)
			return a;
	}

	return NULL;
}

static bool is_text(const struct nlattr *a, const char *text)
{
	return a != NULL && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0 &&
	       strcmp(mnl_attr_get_str(a), text) == 0;
}

/* Is one of a rule's expressions a lookup in the set? */
static bool looks_into(const struct nlattr *expressions, const char *set)
{
	const struct nlattr *a, *data;

	cnet__attr_for_each_nested (a, expressions) {
		data = find(a, NFTA_EXPR_DATA);
		if (data != NULL && is_text(find(a, NFTA_EXPR_NAME), "lookup") &&
		    is_text(find(data, NFTA_LOOKUP_SET), set))
			return true;
	}

	return false;
}

static int on_rule(const struct nlmsghdr *answer, size_t index, void *arg, struct cnet_error *err)
{
	struct rule_count *counting = arg;
	const struct nlattr *a;

	(void)index;
	(void)err;
	cnet__attr_for_each (a, answer) {
		if (mnl_attr_get_type(a) == NFTA_RULE_EXPRESSIONS &&
		    (counting->set == NULL || looks_into(a, counting->set)))
			counting->count++;
	}

	return 0;
}

static void reset_count(void *arg)
{
	struct rule_count *counting = arg;

	counting->count = 0;
}

int cnet__nft_count_rules(struct cnet_netns *ns, const char *chain, const char *set, size_t *ret,
			  struct cnet_error *err)
{
	CNET__BATCH_AUTO b = { 0 };
	struct rule_count counting = { .set = set };
	int r;

	put_all_rules(&b, cnet__nft_begin(&b, NFT_MSG_GETRULE, NLM_F_DUMP), chain);
	r = cnet__nft_dump(ns, &b, on_rule, reset_count, &counting, err);
	if (r == 0)
		*ret = counting.count;

	return r;
}
