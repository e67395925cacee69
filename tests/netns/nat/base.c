/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table: made once, as nft(8) lists it and loads it again. */

#include "nat/base.h"

#include <errno.h>

#include <cnet/nat.h>

#include "harness/test.h"

static struct cnet_prefix prefix(const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_prefix p;

	OK(cnet_prefix_parse(text, &p, &err));
	return p;
}

static void make(struct cnet_netns *ns)
{
	static const char *const networks[] = { "10.1.2.3/24", "10.1.2.3/17", "10.1.2.3/32",
						"10.1.2.3/0",  "fd00::1/64",  "fd00::1/128" };
	struct cnet_error err = { 0 };
	size_t i;

	OK(cnet__base_add(ns, &err));
	for (i = 0; i < sizeof(networks) / sizeof(*networks); i++) {
		const struct cnet_prefix p = prefix(networks[i]);

		OK(cnet__base_add_length(ns, "own", &p, &err));
		OK(cnet__base_add_length(ns, "sub", &p, &err));
	}
}

TEST_NETNS(made_once)
{
	struct cnet_error err = { 0 };
	char *first, *second;

	OK(cnet_nat_check(t->host, &err));
	make(t->host);
	first = test_output(t->host, NULL, "nft list ruleset");
	make(t->host);
	second = test_output(t->host, NULL, "nft list ruleset");
	STRINGS_EQUAL(second, first);
	free(first);
	free(second);
}

TEST_NETNS(what_nft_lists_it_can_load)
{
	struct cnet_error err = { 0 };
	char *list;

	make(t->host);
	OK(cnet__base_check(t->host, &err));
	list = test_output(t->host, NULL,
			   "nft list ruleset | tee /run/list; nft flush ruleset; "
			   "nft -f /run/list; nft list ruleset | diff - /run/list");
	OK(cnet__base_check(t->host, &err));

	CONTAINS(list, "comment \"libcnet data model 1\"");
	CONTAINS(list, "ip daddr . meta l4proto . th dport vmap @cd4ip\n");
	CONTAINS(list, "dnat ip to ip daddr . meta l4proto . th dport map @hp4ip\n");
	CONTAINS(list, "dnat ip6 to meta l4proto . th dport map @hp6\n");
	CONTAINS(list, "ip saddr @mq4 ip daddr != 224.0.0.0/4 jump masq4\n");
	CONTAINS(list, "ip6 saddr @mq6 ip6 daddr != ff00::/8 jump masq6\n");
	CONTAINS(list, "ip saddr . ip daddr & 255.255.128.0 @own4_17 return\n");
	CONTAINS(list, "ip daddr . ip saddr & 255.255.255.0 @sub4_24 masquerade\n");
	CONTAINS(list, "ip saddr . ip daddr @own4_32 return\n");
	CONTAINS(list, "ip6 daddr . ip6 saddr & ffff:ffff:ffff:ffff:: @sub6_64 masquerade\n");
	CONTAINS(list, "iif != \"lo\" ip daddr 127.0.0.0/8 drop\n");
	CONTAINS(list, "fib daddr type local jump hostports\n");
	CHECK(strstr(list, "@nh") == NULL);
	free(list);
}

TEST_NETNS(missing_rules_are_named)
{
	const struct cnet_prefix used = prefix("10.1.2.3/24"), unused = prefix("10.1.2.3/25");
	struct cnet_error err = { 0 };

	FAILS_WITH(ENOENT, "guard", cnet__base_check(t->host, &err));
	make(t->host);
	OK(cnet__base_check_length(t->host, "own", &used, &err));
	FAILS_WITH(ENOENT, "own4_25", cnet__base_check_length(t->host, "own", &unused, &err));
	test_command(t->host, "nft flush chain inet cnet masq4");
	FAILS_WITH(ENOENT, "own4_24", cnet__base_check_length(t->host, "own", &used, &err));
	FAILS_WITH(ENOENT, "masq4", cnet__base_check(t->host, &err));
}
