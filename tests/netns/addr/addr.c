/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cnet/addr.h>

#include "harness/kernel.h"

static unsigned int prepare(struct test_netns *t)
{
	test_command(t->host, "ip link add name a type veth peer name b");
	/* Without a link-local address only what a test adds is there. */
	test_command(t->host, "ip link set dev a addrgenmode none; "
			      "ip link set dev b addrgenmode none; "
			      "ip link set dev b up; ip link set dev a up");
	return test_ifindex(t->host, "a");
}

TEST_NETNS(ipv4)
{
	const struct cnet_prefix prefix = test_parse_prefix("10.1.2.3/24");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	OK(cnet_addr_add(t->host, NULL, a, &prefix, NULL, &err));
	IP_EQUAL(t->host, "0.addr_info.0.local", "10.1.2.3", "address show dev a");
	IP_EQUAL(t->host, "0.addr_info.0.prefixlen", "24", "address show dev a");
	IP_EQUAL(t->host, "0.addr_info.0.scope", "global", "address show dev a");
	IP_EQUAL(t->host, "0.addr_info.0.address", "", "address show dev a");
	IP_EQUAL(t->host, "0.addr_info.0.broadcast", "10.1.2.255", "address show dev a");
	IP_EQUAL(t->host, "0.dst", "10.1.2.0/24", "route show dev a");
	FAILS_WITH(EEXIST, "add address \"10.1.2.3/24\": File exists",
		   cnet_addr_add(t->host, NULL, a, &prefix, NULL, &err));

	OK(cnet_addr_remove(t->host, a, &prefix, &err));
	IP_EQUAL(t->host, "0.addr_info.0.local", "", "address show dev a");
	OK(cnet_addr_remove(t->host, a, &prefix, &err));
	OK(cnet_addr_remove(t->host, 99, &prefix, &err));
	INTEGERS_EQUAL(err.code, 0);
}

TEST_NETNS(ipv6)
{
	const struct cnet_prefix prefix = test_parse_prefix("2001:db8::1/64");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	OK(cnet_addr_add(t->host, NULL, a, &prefix, CNET_OPTS(cnet_addr_opts, .flags = IFA_F_NODAD),
			 &err));
	IP_EQUAL(t->host, "0.addr_info.0.local", "2001:db8::1", "-6 address show dev a");
	IP_EQUAL(t->host, "0.addr_info.0.nodad", "true", "-6 address show dev a");
	IP_EQUAL(t->host, "0.addr_info.0.tentative", "", "-6 address show dev a");
	FAILS(EEXIST, cnet_addr_add(t->host, NULL, a, &prefix, NULL, &err));

	OK(cnet_addr_remove(t->host, a, &prefix, &err));
	OK(cnet_addr_remove(t->host, a, &prefix, &err));
	OK(cnet_addr_remove(t->host, 99, &prefix, &err));
	IP_EQUAL(t->host, "0.addr_info.0.local", "", "-6 address show dev a");
}

TEST_NETNS(scope_and_later_flags)
{
	const struct cnet_prefix prefix = test_parse_prefix("10.1.2.3/32");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	OK(cnet_addr_add(
		t->host, NULL, a, &prefix,
		CNET_OPTS(cnet_addr_opts, .scope = RT_SCOPE_LINK, .flags = IFA_F_NOPREFIXROUTE),
		&err));
	IP_EQUAL(t->host, "0.addr_info.0.scope", "link", "address show dev a");
	IP_EQUAL(t->host, "0.addr_info.0.noprefixroute", "true", "address show dev a");
}

TEST_NETNS(refused)
{
	struct cnet_prefix v4 = test_parse_prefix("10.1.2.3/24"), none = { 0 };
	struct cnet_prefix v6 = test_parse_prefix("2001:db8::1/64");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	FAILS_WITH(ENODEV, "link 99: add address \"10.1.2.3/24\": No such device",
		   cnet_addr_add(t->host, NULL, 99, &v4, NULL, &err));
	FAILS(ENODEV, cnet_addr_add(t->host, NULL, 99, &v6, NULL, &err));
	FAILS(EINVAL, cnet_addr_add(t->host, NULL, a, &none, NULL, &err));
	FAILS(EINVAL, cnet_addr_remove(t->host, a, &none, &err));
	FAILS(EINVAL,
	      cnet_addr_add(t->host, NULL, a, &v4, CNET_OPTS(cnet_addr_opts, .scope = 256), &err));
	v4.length = 33;
	FAILS_WITH(EINVAL, "prefix length 33", cnet_addr_add(t->host, NULL, a, &v4, NULL, &err));
	v4.length = 256 + 24;
	FAILS(EINVAL, cnet_addr_add(t->host, NULL, a, &v4, NULL, &err));
	test_command(t->host, "sysctl -qw net.ipv6.conf.a.disable_ipv6=1");
	FAILS(EACCES, cnet_addr_add(t->host, NULL, a, &v6, NULL, &err));
	IP_EQUAL(t->host, "0.addr_info.0.local", "", "address show dev a");
	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, cnet_addr_remove(t->host, a, &v6, &err));
}

TEST_NETNS(list)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	char text[CNET_PREFIX_TEXT];
	struct cnet_addr *addrs;
	size_t n;

	test_command(t->host, "ip address add 2001:db8::1/64 dev a nodad");
	test_command(t->host, "ip address add 10.1.2.3/24 dev a scope link noprefixroute");
	test_command(t->host, "ip address add 10.9.9.1 peer 10.9.9.2/32 dev a");
	test_command(t->host, "ip address add 10.2.2.3/24 dev b");

	OK(cnet_addr_list(t->host, a, &addrs, &n, &err));
	INTEGERS_EQUAL(n, 3);
	STRINGS_EQUAL(cnet_prefix_format(&addrs[0].prefix, text), "10.1.2.3/24");
	INTEGERS_EQUAL(addrs[0].ifindex, a);
	INTEGERS_EQUAL(addrs[0].scope, RT_SCOPE_LINK);
	INTEGERS_EQUAL(addrs[0].flags, IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE);
	STRINGS_EQUAL(cnet_prefix_format(&addrs[1].prefix, text), "10.9.9.1/32");
	STRINGS_EQUAL(cnet_prefix_format(&addrs[2].prefix, text), "2001:db8::1/64");
	INTEGERS_EQUAL(addrs[2].flags, IFA_F_PERMANENT | IFA_F_NODAD);
	free(addrs);

	OK(cnet_addr_list(t->host, 0, &addrs, &n, &err));
	CHECK(n >= 6); /* also lo's two and that of b */
	free(addrs);
	OUT_OF_MEMORY(cnet_addr_list(t->host, 0, &addrs, &n, &err), );
	free(addrs);
	FAILS_WITH(ENODEV, "link 99: list addresses",
		   cnet_addr_list(t->host, 99, &addrs, &n, &err));
	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, cnet_addr_list(t->host, 0, &addrs, &n, &err));
}

TEST_NETNS(list_of_none)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	struct cnet_addr *addrs;
	size_t n;

	OK(cnet_addr_list(t->host, a, &addrs, &n, &err));
	INTEGERS_EQUAL(n, 0);
	free(addrs);
}

/* What the kernel does not filter is not let through: each link's own, of several datagrams. */
TEST_NETNS(list_of_many)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	struct cnet_addr *addrs;
	size_t n, i;

	test_command(t->host, "for i in $(seq 250); do echo address add 10.1.$i.1/24 dev a; "
			      "echo address add 10.2.$i.1/24 dev b; done | ip -batch -");
	OK(cnet_addr_list(t->host, a, &addrs, &n, &err));
	INTEGERS_EQUAL(n, 250);
	for (i = 0; i < n; i++)
		INTEGERS_EQUAL(addrs[i].prefix.ip.bytes[2], i + 1);
	free(addrs);
}

static int add_two(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	const struct cnet_prefix v4 = test_parse_prefix("10.1.2.3/24");
	const struct cnet_prefix v6 = test_parse_prefix("2001:db8::1/64");
	const unsigned int a = test_ifindex(t->host, "a");
	int r;

	r = cnet_addr_add(t->host, txn, a, &v4, NULL, err);
	if (r < 0)
		return r;

	return cnet_addr_add(t->host, txn, a, &v6, CNET_OPTS(cnet_addr_opts, .flags = IFA_F_NODAD),
			     err);
}

TEST_NETNS(rollback)
{
	prepare(t);
	INTEGERS_EQUAL(test_rollback(t, add_two), 2);
}

TEST_NETNS(rollback_leaves_what_was_there)
{
	const struct cnet_prefix prefix = test_parse_prefix("10.1.2.3/24");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	struct cnet_txn *txn;

	test_command(t->host, "ip address add 10.1.2.3/24 dev a");
	OK(cnet_txn_open(&txn, &err));
	FAILS(EEXIST, cnet_addr_add(t->host, txn, a, &prefix, NULL, &err));
	OK(cnet_txn_close(txn, &err));
	IP_EQUAL(t->host, "0.addr_info.0.local", "10.1.2.3", "address show dev a");
}
