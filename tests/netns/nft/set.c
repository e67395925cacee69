/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets and maps, as nft(8) lists them. */

#include "nft/set.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "harness/test.h"
#include "nft/rule.h"
#include "nft/table.h"

TEST_NETNS(types)
{
	static const struct cnet__nft_set sets[] = {
		{ "links", { CNET__NFT_IFNAME }, { 0 } },
		{ "marked", { CNET__NFT_IFNAME, CNET__NFT_MARK }, { 0 } },
		{ "ports",
		  { CNET__NFT_IPV6, CNET__NFT_PROTOCOL, CNET__NFT_PORT },
		  { CNET__NFT_IPV6, CNET__NFT_PORT } },
		{ "verdicts", { CNET__NFT_PROTOCOL, CNET__NFT_PORT }, { CNET__NFT_VERDICT } },
	};
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };
	char *list;
	size_t i;

	cnet__nft_add_table(&b, "x");
	for (i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		cnet__nft_add_set(&b, &sets[i], true);
	OK(cnet__nft_commit(t->host, &b, 0, &err));

	list = test_output(t->host, NULL, "nft list ruleset");
	CONTAINS(list, "set links {\n\t\ttype ifname\n");
	CONTAINS(list, "set marked {\n\t\ttype ifname . mark\n");
	CONTAINS(list, "map ports {\n\t\t"
		       "type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service\n");
	CONTAINS(list, "map verdicts {\n\t\ttype inet_proto . inet_service : verdict\n");
	free(list);

	cnet__nft_add_set(&b, &sets[0], false);
	OK(cnet__nft_commit(t->host, &b, 0, &err));
	cnet__nft_add_set(&b, &sets[0], true);
	FAILS_WITH(EEXIST, "add set links", cnet__nft_commit(t->host, &b, 0, &err));
}

static struct cnet__nft_range range(uint32_t low, uint32_t high)
{
	struct cnet__nft_range r = { 0 };

	low = htonl(low);
	high = htonl(high);
	memcpy(r.low, &low, sizeof(low));
	memcpy(r.high, &high, sizeof(high));
	return r;
}

static void add_rule(struct cnet__batch *b, const struct cnet__nft_range *values, size_t count)
{
	struct cnet__rule rule;

	cnet__rule_init(&rule, "chain");
	cnet__rule_family(&rule, 2);
	cnet__rule_load_address(&rule, 2, 's', 0);
	cnet__rule_in_anonymous(
		&rule, cnet__nft_add_anonymous_set(b, CNET__NFT_IPV4, values, count), false, 0);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

TEST_NETNS(sets_without_names)
{
	const struct cnet__nft_range single[] = { range(1, 1), range(3, 3) };
	const struct cnet__nft_range ranges[] = { range(0, 9), range(0x0a000000, 0x0affffff),
						  range(0xfffffff0, 0xffffffff) };
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };
	char *list;

	cnet__nft_add_table(&b, "x");
	cnet__nft_add_chain(&b, "chain", NULL);
	add_rule(&b, single, 2);
	add_rule(&b, ranges, 3);
	OK(cnet__nft_commit(t->host, &b, 0, &err));

	list = test_output(t->host, NULL, "nft list ruleset");
	CONTAINS(list, "ip saddr { 0.0.0.1, 0.0.0.3 }");
	CONTAINS(list, "ip saddr { 0.0.0.0-0.0.0.9, 10.0.0.0/8, 255.255.255.240/28 }");
	free(list);
}
