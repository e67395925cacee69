/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions compiled, as nft(8) reads them. */

#include <errno.h>
#include <netinet/in.h>

#include <cnet/nat.h>

#include "harness/test.h"

static const struct cnet_attachment first = { "net", "c1", "eth0" };

static void compiles(struct cnet_netns *ns, const char *text, const char *expected)
{
	const struct cnet_prefix both[] = { { { AF_INET, { 10, 1, 2, 3 } }, 24 },
					    { { AF_INET6, { 0xfd, [15] = 2 } }, 64 } };
	const struct cnet_port_map map = { .host_port = 80,
					   .container_port = 80,
					   .protocol = IPPROTO_TCP };
	const bool is_v6 = strstr(text, "fd00") != NULL;
	struct cnet_error err = { 0 };
	char *list;

	OK(cnet_portmap_add(ns, NULL, &first, both, 2, &map, 1,
			    CNET_OPTS(cnet_portmap_opts, .conditions4 = &text,
				      .n_conditions4 = !is_v6, .conditions6 = &text,
				      .n_conditions6 = is_v6),
			    &err));
	list = test_output(ns, NULL, "nft list ruleset | tee /run/list");
	CONTAINS(list, expected);
	test_command(ns, "nft flush ruleset; nft -f /run/list; "
			 "nft list ruleset | diff - /run/list");
	free(list);
}

TEST_NETNS(every_form)
{
	static const struct {
		const char *text, *rule;
	} forms[] = {
		{ "saddr 10.0.0.1", "ip saddr 10.0.0.1 goto leads4" },
		{ "ip daddr != 10.0.0.1", "ip daddr != 10.0.0.1 goto leads4" },
		{ "saddr 10.0.0.0/8", "ip saddr 10.0.0.0-10.255.255.255 goto leads4" },
		{ "saddr != 10.0.0.1-10.0.0.9", "ip saddr != 10.0.0.1-10.0.0.9 goto leads4" },
		{ "saddr { 10.0.0.9, 10.0.0.1 }", "ip saddr { 10.0.0.1, 10.0.0.9 } goto leads4" },
		{ "saddr != { 10.0.0.0/8, 192.0.2.1 }",
		  "ip saddr != { 10.0.0.0/8, 192.0.2.1 } goto leads4" },
		{ "saddr fd00::1", "ip6 saddr fd00::1 goto leads6" },
		{ "daddr { fd00::/16, fe80::1 }", "ip6 daddr { fd00::/16, fe80::1 } goto leads6" },
		{ "saddr fd00::1-fd00::9 ", "ip6 saddr fd00::1-fd00::9 goto leads6" },
		{ "iifname eth0", "iifname \"eth0\" goto leads4" },
		{ "oifname != eth*", "oifname != \"eth*\" goto leads4" },
		{ "iifname { eth0, br0 }", "iifname { \"br0\", \"eth0\" } goto leads4" },
		{ "meta mark 0x10", "meta mark 0x00000010 goto leads4" },
		{ "meta mark != 5-9", "meta mark != 0x00000005-0x00000009 goto leads4" },
		{ "meta mark { 1, 300 }", "meta mark { 0x00000001, 0x0000012c } goto leads4" },
		{ "meta mark { 1, 300-400 }",
		  "meta mark { 0x00000001, 0x0000012c-0x00000190 } goto leads4" },
		{ "tcp sport 1024-2047", "tcp sport 1024-2047 goto leads4" },
		{ "udp sport != { 53, 123 }", "udp sport != { 53, 123 } goto leads4" },
		{ "saddr 10.0.0.1 tcp sport 5 iifname { a, b } meta mark { 1, 2 }",
		  "ip saddr 10.0.0.1 tcp sport 5 iifname { \"a\", \"b\" } meta mark { 0x00000001, "
		  "0x00000002 } goto leads4" },
	};
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		compiles(t->host, forms[i].text, forms[i].rule);
}
