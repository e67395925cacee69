/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions: every form that is understood, and what is said of the others. */

#include "nat/condition.h"

#include <errno.h>
#include <sys/socket.h>

#include <cnet/nat.h>

#include "harness/test.h"

#define GOOD(family, ...)                                                                    \
	do {                                                                                 \
		const char *const tokens_[] = { __VA_ARGS__ };                               \
		OK(cnet_portmap_conditions_check(family, tokens_,                            \
						 sizeof(tokens_) / sizeof(*tokens_), &err)); \
	} while (0)

#define BAD(text, family, ...)                                                                  \
	do {                                                                                    \
		const char *const tokens_[] = { __VA_ARGS__ };                                  \
		FAILS_WITH(EINVAL, text,                                                        \
			   cnet_portmap_conditions_check(                                       \
				   family, tokens_, sizeof(tokens_) / sizeof(*tokens_), &err)); \
	} while (0)

TEST(forms)
{
	struct cnet_error err = { 0 };

	OK(cnet_portmap_conditions_check(AF_INET, NULL, 0, &err));
	GOOD(AF_INET, "");
	GOOD(AF_INET, "ip", "saddr", "10.0.0.0/8");
	GOOD(AF_INET, "ip saddr 10.0.0.0/8");
	GOOD(AF_INET, "saddr", "10.0.0.1");
	GOOD(AF_INET, "ip daddr == 10.0.0.1-10.0.0.9");
	GOOD(AF_INET, "ip", "saddr", "!=", "{ 10.0.0.1, 10.1.0.0/16 }");
	GOOD(AF_INET, "ip", "saddr", "{", "10.0.0.1", ",", "10.0.0.2", "}");
	GOOD(AF_INET, "ip saddr {10.0.0.1,10.0.0.2,}");
	GOOD(AF_INET, "ip saddr !=10.0.0.1");
	GOOD(AF_INET6, "ip6 saddr fd00::/8");
	GOOD(AF_INET6, "daddr fd00::1-fd00::9");
	GOOD(AF_INET, "iifname", "eth0");
	GOOD(AF_INET, "iifname \"eth0\"");
	GOOD(AF_INET, "iifname eth*");
	GOOD(AF_INET, "meta oifname != eth0.5");
	GOOD(AF_INET, "iifname { eth0, \"eth1\" }");
	GOOD(AF_INET, "meta mark 0x10");
	GOOD(AF_INET, "meta mark != 4294967295");
	GOOD(AF_INET, "meta mark 0xABCDEF01-0xabcdef02");
	GOOD(AF_INET, "meta mark { 1, 5-9, 0x20 }");
	GOOD(AF_INET6, "tcp sport 1024-65535");
	GOOD(AF_INET, "udp sport { 53, 123 }");
	GOOD(AF_INET, "ip saddr 10.0.0.0/8 iifname eth0 tcp sport != 22");
}

TEST(what_is_not_understood_is_named)
{
	struct cnet_error err = { 0 };

	BAD("\"ct\"", AF_INET, "ct state new");
	BAD("\"-s\"", AF_INET, "-s", "10.0.0.0/8");
	BAD("\"!\"", AF_INET, "!", "-s", "10.0.0.0/8");
	BAD("\"protocol\"", AF_INET, "ip", "protocol", "tcp");
	BAD("\"dport\"", AF_INET, "tcp", "dport", "80");
	BAD("\"cpu\"", AF_INET, "meta cpu 1");
	BAD("\"ip6\"", AF_INET, "ip6 saddr fd00::1");
	BAD("\"ip\"", AF_INET6, "ip saddr 10.0.0.1");
	BAD("\"fd00::1\"", AF_INET, "saddr fd00::1");
	BAD("\"10.0.0.256\"", AF_INET, "ip saddr 10.0.0.256");
	BAD("\"10.0.0.0/33\"", AF_INET, "ip saddr 10.0.0.0/33");
	BAD("\"10.0.0.9-10.0.0.1\"", AF_INET, "ip saddr 10.0.0.9-10.0.0.1");
	BAD("\"10.0.0.1-\"", AF_INET, "ip saddr 10.0.0.1-");
	BAD("\"<\"", AF_INET, "tcp sport < 5");
	BAD("\"65536\"", AF_INET, "tcp sport 65536");
	BAD("\"http\"", AF_INET, "tcp sport http");
	BAD("\"0x\"", AF_INET, "meta mark 0x");
	BAD("\"0x123456789\"", AF_INET, "meta mark 0x123456789");
	BAD("\"0xg\"", AF_INET, "meta mark 0xg");
	BAD("\"averyveryverylongname\"", AF_INET, "iifname averyveryverylongname");
	BAD("\"*\"", AF_INET, "iifname *");
	BAD("\"eth*\"", AF_INET, "iifname { eth0, eth* }");
	BAD("\"saddr\": has no value", AF_INET, "saddr");
	BAD("has no value", AF_INET, "ip saddr !=");
	BAD("has no value", AF_INET, "ip saddr {");
	BAD("\"}\"", AF_INET, "ip saddr { }");
	BAD("expected", AF_INET, "ip saddr { 10.0.0.1");
	BAD("\"10.0.0.2\"", AF_INET, "ip saddr { 10.0.0.1 10.0.0.2 }");
	BAD("\"}\"", AF_INET, "ip saddr 10.0.0.1 }");
	BAD("\"drop\"", AF_INET, "ip saddr 10.0.0.1 drop");
}

static void parse(struct conditions *c, const char *text)
{
	struct cnet_error err = { 0 };

	OK(cnet__conditions_parse(AF_INET, &text, 1, c, &err));
}

TEST(values_are_sorted_and_joined)
{
	struct conditions c = { 0 };
	struct cnet__nft_range *v;

	parse(&c, "tcp sport { 9, 5-7, 6-8, 20, 1, 9 }");
	INTEGERS_EQUAL(c.list.count, 1);
	INTEGERS_EQUAL(c.list.items[0].values.count, 3);
	v = c.list.items[0].values.items;
	CHECK(v[0].low[1] == 1 && v[0].high[1] == 1);
	CHECK(v[1].low[1] == 5 && v[1].high[1] == 9);
	CHECK(v[2].low[1] == 20 && v[2].high[1] == 20);
	cnet__conditions_free(&c);

	/* without ranges only what is the same is joined */
	parse(&c, "tcp sport != { 2, 1, 2 } iifname eth*");
	INTEGERS_EQUAL(c.list.count, 2);
	CHECK(c.list.items[0].negated && !c.list.items[1].negated);
	INTEGERS_EQUAL(c.list.items[0].values.count, 2);
	INTEGERS_EQUAL(c.list.items[1].stem, 3);
	cnet__conditions_free(&c);

	parse(&c, "ip saddr { 255.255.255.255, 0.0.0.0/1, 128.0.0.0/1 }");
	v = c.list.items[0].values.items;
	INTEGERS_EQUAL(c.list.items[0].values.count, 1);
	CHECK(v->low[0] == 0 && v->high[0] == 255 && v->high[3] == 255);
	cnet__conditions_free(&c);
}

TEST(sets_are_limited)
{
	char text[8000] = "tcp sport {";
	const char *const tokens[] = { text };
	struct cnet_error err = { 0 };
	size_t i, used = strlen(text);

	for (i = 0; i < CNET__NFT_VALUES + 1; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%zu, ", 2 * i + 1);
	snprintf(text + used, sizeof(text) - used, "}");
	FAILS_WITH(EINVAL, "too many", cnet_portmap_conditions_check(AF_INET, tokens, 1, &err));
}
