/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flows are shown and forgotten one by one. */

#include "nft/conntrack.h"

#include <errno.h>
#include <sys/socket.h>

#include "harness/test.h"

struct seen {
	struct cnet__flow flows[8];
	size_t count;
	int verdict;
};

static int on_flow(const struct cnet__flow *flow, void *arg, struct cnet_error *err)
{
	struct seen *seen = arg;

	CHECK(seen->count < 8);
	seen->flows[seen->count++] = *flow;
	if (seen->verdict < 0)
		return cnet_error_set(err, -seen->verdict, "no");

	return seen->verdict;
}

static void prepare(struct cnet_netns *ns)
{
	test_command(
		ns,
		"nft add table inet t; nft 'add chain inet t c { type filter hook input "
		"priority 0; }'; nft add rule inet t c ct state new; "
		"conntrack -I -p udp -s 192.0.2.2 -d 192.0.2.1 --sport 1 --dport 53 -r 10.1.2.3 "
		"-q 192.0.2.2 --reply-port-src 5353 --reply-port-dst 1 --timeout 100; "
		"conntrack -I -p udp -s 192.0.2.2 -d 192.0.2.1 --sport 1 --dport 54 --timeout 100; "
		"conntrack -I -p udp -s fd00::2 -d fd00::1 --sport 1 --dport 53 --timeout 100");
}

TEST_NETNS(the_kernel_selects)
{
	struct seen seen = { 0 };
	struct cnet_error err = { 0 };

	prepare(t->host);
	OK(cnet__conntrack_forget_udp(t->host, AF_INET, 53, on_flow, &seen, &err));
	INTEGERS_EQUAL(seen.count, 1);
	INTEGERS_EQUAL(seen.flows[0].destination_port, 53);
	INTEGERS_EQUAL(seen.flows[0].answerer_port, 5353);
	CHECK(memcmp(seen.flows[0].destination.bytes, "\xc0\x00\x02\x01", 4) == 0);
	CHECK(memcmp(seen.flows[0].answerer.bytes, "\x0a\x01\x02\x03", 4) == 0);

	seen.count = 0;
	OK(cnet__conntrack_forget_udp(t->host, AF_INET, 0, on_flow, &seen, &err));
	INTEGERS_EQUAL(seen.count, 2);
	seen.count = 0;
	OK(cnet__conntrack_forget_udp(t->host, AF_INET6, 53, on_flow, &seen, &err));
	INTEGERS_EQUAL(seen.count, 1);
	INTEGERS_EQUAL(seen.flows[0].destination.family, AF_INET6);
}

TEST_NETNS(what_is_meant_is_forgotten)
{
	struct seen seen = { .verdict = 1 };
	struct cnet_error err = { 0 };

	prepare(t->host);
	OK(cnet__conntrack_forget_udp(t->host, AF_INET, 53, on_flow, &seen, &err));
	test_command(t->host, "! conntrack -L -f ipv4 2>/dev/null | grep -q dport=53 && "
			      "conntrack -L 2>/dev/null | grep -q dport=54 && "
			      "conntrack -L -f ipv6 2>/dev/null | grep -q dport=53");
	seen.verdict = -EIO;
	FAILS(EIO, cnet__conntrack_forget_udp(t->host, AF_INET, 54, on_flow, &seen, &err));
	test_command(t->host, "conntrack -L 2>/dev/null | grep -q dport=54");
}

TEST_NETNS(a_kernel_that_does_not_filter)
{
	struct seen seen = { .verdict = 1 };
	struct cnet_error err = { 0 };

	prepare(t->host);
	/* it refuses a filter without a family: all is shown, and looked at here */
	OK(cnet__conntrack_forget_udp(t->host, AF_UNSPEC, 53, on_flow, &seen, &err));
	INTEGERS_EQUAL(seen.count, 2);
	test_command(t->host, "! conntrack -L -f ipv4 2>/dev/null | grep -q dport=53 && "
			      "! conntrack -L -f ipv6 2>/dev/null | grep -q dport=53 && "
			      "conntrack -L 2>/dev/null | grep -q dport=54");
}
