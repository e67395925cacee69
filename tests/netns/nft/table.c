/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our table and its chains, as nft(8) lists them. */

#include "nft/table.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "harness/test.h"
#include "nft/rule.h"
#include "nft/set.h"

static const struct cnet__nft_set addresses = { "addresses", { CNET__NFT_IPV4 }, { 0 } };

static void add_rule(struct cnet__batch *b, const char *chain, const char *set)
{
	struct cnet__rule rule;

	cnet__rule_init(&rule, chain);
	cnet__rule_family(&rule, 2);
	cnet__rule_load_address(&rule, 2, 's', 0);
	if (set != NULL)
		cnet__rule_in(&rule, set, 0);
	cnet__rule_verdict(&rule, NF_DROP, NULL);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

TEST_NETNS(chains)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };
	bool there = false;
	size_t count = 0;
	char *list;

	cnet__nft_add_table(&b, "whose it is");
	cnet__nft_add_set(&b, &addresses, true);
	cnet__nft_add_base_chain(&b, "entrance", "filter", NF_INET_FORWARD, -7);
	cnet__nft_add_chain(&b, "inner", "what for");
	add_rule(&b, "inner", NULL);
	add_rule(&b, "inner", "addresses");
	OK(cnet__nft_commit(t->host, &b, 0, &err));

	list = test_output(t->host, NULL, "nft list ruleset");
	CONTAINS(list, "table inet cnet {\n\tcomment \"whose it is\"\n");
	CONTAINS(list, "type filter hook forward priority filter - 7; policy accept;");
	CONTAINS(list, "chain inner {\n\t\tcomment \"what for\"\n");
	free(list);

	OK(cnet__nft_has_chain(t->host, "inner", &there, &err));
	CHECK(there);
	OK(cnet__nft_has_chain(t->host, "outer", &there, &err));
	CHECK(!there);
	OK(cnet__nft_count_rules(t->host, "inner", NULL, &count, &err));
	INTEGERS_EQUAL(count, 2);
	OK(cnet__nft_count_rules(t->host, "inner", "addresses", &count, &err));
	INTEGERS_EQUAL(count, 1);
	OK(cnet__nft_count_rules(t->host, "inner", "other", &count, &err));
	INTEGERS_EQUAL(count, 0);
	OK(cnet__nft_count_rules(t->host, "outer", NULL, &count, &err));
	INTEGERS_EQUAL(count, 0);

	cnet__nft_flush_chain(&b, "inner");
	OK(cnet__nft_commit(t->host, &b, 0, &err));
	OK(cnet__nft_count_rules(t->host, "inner", NULL, &count, &err));
	INTEGERS_EQUAL(count, 0);
	cnet__nft_delete_chain(&b, "inner");
	OK(cnet__nft_commit(t->host, &b, 0, &err));
	OK(cnet__nft_has_chain(t->host, "inner", &there, &err));
	CHECK(!there);
}

TEST_NETNS(without_a_table_there_is_nothing)
{
	struct cnet_error err = { 0 };
	bool there = true;
	size_t count = 1;

	OK(cnet__nft_has_chain(t->host, "inner", &there, &err));
	CHECK(!there);
	OK(cnet__nft_count_rules(t->host, "inner", NULL, &count, &err));
	INTEGERS_EQUAL(count, 0);
}
