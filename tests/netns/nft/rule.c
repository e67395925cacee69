/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules, as nft(8) reads them. */

#include "nft/rule.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "harness/test.h"
#include "nft/table.h"

static void begin(struct cnet__batch *b, struct cnet__rule *rule)
{
	cnet__nft_add_table(b, "x");
	cnet__nft_add_base_chain(b, "spot", "filter", NF_INET_LOCAL_IN, 0);
	cnet__nft_add_chain(b, "other", NULL);
	cnet__rule_init(rule, "spot");
}

static void lists(struct cnet_netns *ns, struct cnet__batch *b, struct cnet__rule *rule,
		  const char *expected)
{
	struct cnet_error err = { 0 };
	char *list;

	cnet__rule_put(rule, b, CNET__RULE_LAST);
	OK(cnet__nft_commit(ns, b, 0, &err));
	list = test_output(ns, NULL, "nft list chain inet cnet spot");
	CONTAINS(list, expected);
	free(list);
	/* and what is listed can be loaded */
	test_command(ns, "nft list ruleset >/run/list; nft flush ruleset; nft -f /run/list; "
			 "nft list ruleset | diff - /run/list; nft flush ruleset");
}

TEST_NETNS(expressions)
{
	static const uint8_t low[4] = { 10, 0, 0, 1 }, high[4] = { 10, 0, 0, 9 }, mask[4] = { 255 },
			     ten[4] = { 10 };
	const uint8_t mark_low[4] = { 0, 0, 0, 5 }, mark_high[4] = { 0, 0, 0, 9 };
	const uint16_t port = htons(53);
	CNET__BATCH_AUTO b = { 0 };
	struct cnet__rule rule;

	begin(&b, &rule);
	cnet__rule_family(&rule, AF_INET);
	cnet__rule_load_address(&rule, AF_INET, 's', 0);
	cnet__rule_between(&rule, 0, false, low, high, 4);
	cnet__rule_load_address(&rule, AF_INET, 'd', 0);
	cnet__rule_mask(&rule, 0, mask, 4);
	cnet__rule_equal(&rule, 0, true, ten, 4);
	cnet__rule_verdict(&rule, NFT_JUMP, "other");
	lists(t->host, &b, &rule, "ip saddr 10.0.0.1-10.0.0.9 ip daddr != 10.0.0.0/8 jump other");

	begin(&b, &rule);
	cnet__rule_protocol(&rule, IPPROTO_UDP);
	cnet__rule_load_port(&rule, 's', 0);
	cnet__rule_equal(&rule, 0, false, &port, sizeof(port));
	cnet__rule_load_meta(&rule, NFT_META_MARK, 0);
	cnet__rule_to_network_order(&rule, 0);
	cnet__rule_between(&rule, 0, true, mark_low, mark_high, 4);
	cnet__rule_verdict(&rule, NF_DROP, NULL);
	lists(t->host, &b, &rule, "udp sport 53 meta mark != 0x00000005-0x00000009 drop");

	begin(&b, &rule);
	cnet__rule_not_loopback_link(&rule);
	cnet__rule_local_destination(&rule);
	cnet__rule_destination_translated(&rule);
	cnet__rule_verdict(&rule, NFT_RETURN, NULL);
	lists(t->host, &b, &rule, "iif != \"lo\" fib daddr type local ct status dnat return");
}

TEST_NETNS(the_first_and_the_last)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };
	struct cnet__rule rule;

	begin(&b, &rule);
	cnet__rule_verdict(&rule, NF_DROP, NULL);
	cnet__rule_put(&rule, &b, CNET__RULE_LAST);
	cnet__rule_init(&rule, "spot");
	cnet__rule_protocol(&rule, IPPROTO_TCP);
	cnet__rule_put(&rule, &b, CNET__RULE_FIRST);
	OK(cnet__nft_commit(t->host, &b, 0, &err));
	test_command(t->host, "nft list chain inet cnet spot | tr -d '\\n\\t' | "
			      "grep -q 'meta l4proto tcpdrop'");
}

TEST_NETNS(a_chain_that_is_missing_is_named)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };
	struct cnet__rule rule;

	begin(&b, &rule);
	cnet__rule_verdict(&rule, NFT_JUMP, "nowhere");
	cnet__rule_put(&rule, &b, CNET__RULE_LAST);
	FAILS_WITH(ENOENT, "add rule to chain spot", cnet__nft_commit(t->host, &b, 0, &err));
}
