/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cnet/route.h>

#include "harness/kernel.h"

/* A link that is up, with an address of each family, and nothing that comes later by itself. */
static unsigned int prepare(struct test_netns *t)
{
	test_command(t->host, "ip link add name a type veth peer name b");
	test_command(t->host, "ip link set dev a addrgenmode none; "
			      "ip link set dev b addrgenmode none; "
			      "ip link set dev b up; ip link set dev a up");
	test_command(t->host, "ip address add 10.1.0.2/24 dev a; "
			      "ip address add 10.1.0.3/24 dev a; "
			      "ip address add 2001:db8::2/64 dev a nodad");
	return test_ifindex(t->host, "a");
}

static int add(struct test_netns *t, struct cnet_txn *txn, const char *destination,
	       const char *gateway, const struct cnet_route_opts *opts, struct cnet_error *err)
{
	const struct cnet_prefix to = test_parse_prefix(destination);
	struct cnet_ip by;

	if (gateway != NULL)
		by = test_parse_ip(gateway);
	return cnet_route_add(t->host, txn, test_ifindex(t->host, "a"), &to,
			      gateway != NULL ? &by : NULL, opts, err);
}

static int drop(struct test_netns *t, const char *destination, const char *gateway,
		const struct cnet_route_opts *opts, struct cnet_error *err)
{
	const struct cnet_prefix to = test_parse_prefix(destination);
	struct cnet_ip by;

	if (gateway != NULL)
		by = test_parse_ip(gateway);
	return cnet_route_remove(t->host, test_ifindex(t->host, "a"), &to,
				 gateway != NULL ? &by : NULL, opts, err);
}

TEST_NETNS(ipv4_default)
{
	struct cnet_error err = { 0 };

	prepare(t);
	OK(add(t, NULL, "0.0.0.0/0", "10.1.0.1", NULL, &err));
	IP_EQUAL(t->host, "0.dst", "default", "route show default");
	IP_EQUAL(t->host, "0.gateway", "10.1.0.1", "route show default");
	IP_EQUAL(t->host, "0.dev", "a", "route show default");
	IP_EQUAL(t->host, "0.protocol", "boot", "route show default");
	IP_EQUAL(t->host, "0.metric", "", "route show default");

	OK(drop(t, "0.0.0.0/0", "10.1.0.1", NULL, &err));
	IP_EQUAL(t->host, "0.dst", "", "route show default");
	OK(drop(t, "0.0.0.0/0", "10.1.0.1", NULL, &err));
	INTEGERS_EQUAL(err.code, 0);
}

TEST_NETNS(ipv6_default)
{
	struct cnet_error err = { 0 };

	prepare(t);
	OK(add(t, NULL, "::/0", "2001:db8::1", NULL, &err));
	IP_EQUAL(t->host, "0.dst", "default", "-6 route show default");
	IP_EQUAL(t->host, "0.gateway", "2001:db8::1", "-6 route show default");
	IP_EQUAL(t->host, "0.metric", "1024", "-6 route show default");

	OK(drop(t, "::/0", NULL, NULL, &err));
	IP_EQUAL(t->host, "0.dst", "", "-6 route show default");
	OK(drop(t, "::/0", NULL, NULL, &err));
}

TEST_NETNS(every_option)
{
	const struct cnet_ip v4 = test_parse_ip("10.1.0.3"), v6 = test_parse_ip("2001:db8::2");
	const struct cnet_route_opts *opts4 = CNET_OPTS(cnet_route_opts, .metric = 77,
							.table = 1000, .mtu = 1400, .advmss = 1360,
							.onlink = 1, .source = v4);
	const struct cnet_route_opts *opts6 = CNET_OPTS(cnet_route_opts, .metric = 78,
							.table = 1001, .mtu = 1300, .advmss = 1240,
							.onlink = 1, .source = v6);
	struct cnet_error err = { 0 };

	prepare(t);
	OK(add(t, NULL, "10.9.9.9/16", "192.0.2.1", opts4, &err));
	IP_EQUAL(t->host, "0.dst", "10.9.0.0/16", "route show table 1000");
	IP_EQUAL(t->host, "0.gateway", "192.0.2.1", "route show table 1000");
	IP_EQUAL(t->host, "0.flags.0", "onlink", "route show table 1000");
	IP_EQUAL(t->host, "0.metric", "77", "route show table 1000");
	IP_EQUAL(t->host, "0.prefsrc", "10.1.0.3", "route show table 1000");
	IP_EQUAL(t->host, "0.metrics.0.mtu", "1400", "route show table 1000");
	IP_EQUAL(t->host, "0.metrics.0.advmss", "1360", "route show table 1000");
	IP_EQUAL(t->host, "0.dst", "", "route show 10.9.0.0/16");

	OK(add(t, NULL, "2001:db8:9::9/48", "2001:db8:ffff::1", opts6, &err));
	IP_EQUAL(t->host, "0.dst", "2001:db8:9::/48", "-6 route show table 1001");
	IP_EQUAL(t->host, "0.metric", "78", "-6 route show table 1001");
	IP_EQUAL(t->host, "0.prefsrc", "2001:db8::2", "-6 route show table 1001");
	IP_EQUAL(t->host, "0.metrics.0.mtu", "1300", "-6 route show table 1001");
	IP_EQUAL(t->host, "0.metrics.0.advmss", "1240", "-6 route show table 1001");

	OK(drop(t, "10.9.0.0/16", "192.0.2.1", opts4, &err));
	OK(drop(t, "2001:db8:9::/48", "2001:db8:ffff::1", opts6, &err));
	IP_EQUAL(t->host, "0.dst", "", "route show table 1000");
	IP_EQUAL(t->host, "0.dst", "", "-6 route show table 1001");
}

/* As for a container with an address of 32 bits: first the way to the gateway, then by it. */
TEST_NETNS(link_scope)
{
	struct cnet_error err = { 0 };

	prepare(t);
	OK(add(t, NULL, "169.254.1.1/32", NULL, CNET_OPTS(cnet_route_opts, .scope = RT_SCOPE_LINK),
	       &err));
	IP_EQUAL(t->host, "0.scope", "link", "route show 169.254.1.1");
	OK(add(t, NULL, "0.0.0.0/0", "169.254.1.1", NULL, &err));
	OK(drop(t, "169.254.1.1/32", NULL, CNET_OPTS(cnet_route_opts, .scope = RT_SCOPE_LINK),
		&err));
	IP_EQUAL(t->host, "0.scope", "", "route show 169.254.1.1");
}

TEST_NETNS(gateway_of_the_other_family)
{
	struct cnet_error err = { 0 };
	struct cnet_route *routes;
	char text[CNET_IP_TEXT];
	size_t n;

	prepare(t);
	OK(add(t, NULL, "10.9.0.0/16", "2001:db8::1", NULL, &err));
	IP_EQUAL(t->host, "0.via.family", "inet6", "route show 10.9.0.0/16");
	IP_EQUAL(t->host, "0.via.host", "2001:db8::1", "route show 10.9.0.0/16");

	OK(cnet_route_list(t->host, 0, RT_TABLE_MAIN, &routes, &n, &err));
	INTEGERS_EQUAL(routes[n - 2].destination.ip.family, AF_INET);
	STRINGS_EQUAL(cnet_ip_format(&routes[n - 2].gateway, text), "2001:db8::1");
	free(routes);

	OK(drop(t, "10.9.0.0/16", "2001:db8::1", NULL, &err));
	IP_EQUAL(t->host, "0.dst", "", "route show 10.9.0.0/16");
	FAILS_WITH(EINVAL, "kernel: ", add(t, NULL, "2001:db8:9::/48", "10.1.0.1", NULL, &err));
}

TEST_NETNS(the_same_again)
{
	struct cnet_error err = { 0 };

	prepare(t);
	OK(add(t, NULL, "10.9.0.0/16", "10.1.0.1", NULL, &err));
	FAILS_WITH(EEXIST, "add route to \"10.9.0.0/16\" via \"10.1.0.1\": File exists",
		   add(t, NULL, "10.9.0.0/16", "10.1.0.1", NULL, &err));
	OK(add(t, NULL, "2001:db8:9::/48", "2001:db8::1", NULL, &err));
	FAILS(EEXIST, add(t, NULL, "2001:db8:9::/48", "2001:db8::1", NULL, &err));
	OK(add(t, NULL, "2001:db8:8::/48", NULL, NULL, &err));
	FAILS(EEXIST, add(t, NULL, "2001:db8:8::/48", NULL, NULL, &err));
}

/* As for a container in two networks that both give it a default route. */
TEST_NETNS(a_second_default)
{
	const struct cnet_prefix v4 = test_parse_prefix("0.0.0.0/0");
	const struct cnet_prefix v6 = test_parse_prefix("::/0");
	const struct cnet_ip by4 = test_parse_ip("10.2.0.1"), by6 = test_parse_ip("2001:db8:2::1");
	struct cnet_error err = { 0 };
	struct cnet_route *routes;
	unsigned int a, b;
	size_t n;

	a = prepare(t);
	b = test_ifindex(t->host, "b");
	test_command(t->host, "ip address add 10.2.0.2/24 dev b; "
			      "ip address add 2001:db8:2::2/64 dev b nodad");
	OK(add(t, NULL, "0.0.0.0/0", "10.1.0.1", NULL, &err));
	OK(cnet_route_add(t->host, NULL, b, &v4, &by4, NULL, &err));
	IP_EQUAL(t->host, "0.gateway", "10.2.0.1", "route show default");
	IP_EQUAL(t->host, "1.gateway", "10.1.0.1", "route show default");
	OK(add(t, NULL, "::/0", "2001:db8::1", NULL, &err));
	OK(cnet_route_add(t->host, NULL, b, &v6, &by6, NULL, &err));
	IP_EQUAL(t->host, "0.nexthops.0.dev", "a", "-6 route show default");
	IP_EQUAL(t->host, "0.nexthops.1.dev", "b", "-6 route show default");

	/* Each link shows its own next hop. */
	OK(cnet_route_list(t->host, b, RT_TABLE_MAIN, &routes, &n, &err));
	INTEGERS_EQUAL(n, 4);
	INTEGERS_EQUAL(cnet_ip_compare(&routes[0].gateway, &by4), 0);
	INTEGERS_EQUAL(routes[3].destination.length, 0);
	INTEGERS_EQUAL(cnet_ip_compare(&routes[3].gateway, &by6), 0);
	INTEGERS_EQUAL(routes[3].ifindex, b);
	free(routes);

	/* And each can be taken away without the other. */
	OK(cnet_route_remove(t->host, b, &v4, &by4, NULL, &err));
	OK(cnet_route_remove(t->host, b, &v6, &by6, NULL, &err));
	IP_EQUAL(t->host, "0.gateway", "10.1.0.1", "route show default");
	IP_EQUAL(t->host, "1.gateway", "", "route show default");
	IP_EQUAL(t->host, "0.gateway", "2001:db8::1", "-6 route show default");
	OK(cnet_route_list(t->host, a, RT_TABLE_MAIN, &routes, &n, &err));
	INTEGERS_EQUAL(n, 4);
	free(routes);
}

TEST_NETNS(refused)
{
	const struct cnet_ip v6 = test_parse_ip("2001:db8::2");
	struct cnet_prefix to = test_parse_prefix("10.9.0.0/16");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	char *before = test_snapshot(t->host);

	FAILS_WITH(ENETUNREACH, "(kernel: Nexthop has invalid gateway",
		   add(t, NULL, "10.9.0.0/16", "192.0.2.1", NULL, &err));
	FAILS(EHOSTUNREACH, add(t, NULL, "2001:db8:9::/48", "2001:db8:ffff::1", NULL, &err));
	FAILS(ENODEV, cnet_route_add(t->host, NULL, 99, &to, NULL, NULL, &err));
	FAILS(EINVAL,
	      add(t, NULL, "10.9.0.0/16", NULL, CNET_OPTS(cnet_route_opts, .source = v6), &err));
	FAILS(EINVAL,
	      add(t, NULL, "10.9.0.0/16", NULL, CNET_OPTS(cnet_route_opts, .scope = 256), &err));
	to.length = 33;
	FAILS_WITH(EINVAL, "prefix length 33",
		   cnet_route_add(t->host, NULL, a, &to, NULL, NULL, &err));
	to = (struct cnet_prefix){ 0 };
	FAILS_WITH(EINVAL, "no destination",
		   cnet_route_add(t->host, NULL, a, &to, NULL, NULL, &err));
	FAILS(EINVAL, cnet_route_remove(t->host, a, &to, NULL, NULL, &err));
	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, drop(t, "10.9.0.0/16", NULL, NULL, &err));
	test_same(before, t->host, "refused");
	free(before);

	test_command(t->host, "ip link set dev a down");
	FAILS(ENETDOWN, add(t, NULL, "10.9.0.0/16", NULL, NULL, &err));
	FAILS(ENETDOWN, add(t, NULL, "2001:db8:9::/48", NULL, NULL, &err));
}

/* "Also if there is no such route", for every reason that there can be. */
TEST_NETNS(nothing_to_remove)
{
	const struct cnet_prefix v4 = test_parse_prefix("10.9.0.0/16");
	const struct cnet_prefix v6 = test_parse_prefix("2001:db8:9::/48");
	const struct cnet_route_opts *table = CNET_OPTS(cnet_route_opts, .table = 4711);
	struct cnet_error err = { 0 };

	prepare(t);
	OK(cnet_route_remove(t->host, 99, &v4, NULL, NULL, &err));
	OK(cnet_route_remove(t->host, 99, &v6, NULL, NULL, &err));
	OK(drop(t, "10.9.0.0/16", NULL, table, &err));
	OK(drop(t, "2001:db8:9::/48", NULL, table, &err));
	OK(drop(t, "10.9.0.0/16", "192.0.2.1", NULL, &err));
	OK(drop(t, "2001:db8:9::/48", "2001:db8:ffff::1", NULL, &err));
	test_command(t->host, "ip link set dev a down");
	OK(drop(t, "10.9.0.0/16", NULL, NULL, &err));
	OK(drop(t, "2001:db8:9::/48", NULL, NULL, &err));
	INTEGERS_EQUAL(err.code, 0);
}

static int add_three(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	int r;

	r = add(t, txn, "0.0.0.0/0", "10.1.0.7", NULL, err);
	if (r == 0)
		r = add(t, txn, "::/0", "2001:db8::7", NULL, err);
	if (r == 0)
		r = add(t, txn, "10.9.0.0/16", NULL,
			CNET_OPTS(cnet_route_opts, .table = 300, .metric = 3), err);

	return r;
}

TEST_NETNS(rollback)
{
	prepare(t);
	INTEGERS_EQUAL(test_rollback(t, add_three), 3);

	/* Beside routes that differ from ours in one thing only. */
	test_command(t->host,
		     "ip route add default via 10.1.0.1; ip route add default via 10.1.0.7 "
		     "metric 9; ip route add default via 10.1.0.7 table 300");
	test_command(t->host, "ip -6 route add default via 2001:db8::1; "
			      "ip -6 route add default via 2001:db8::7 metric 9");
	INTEGERS_EQUAL(test_rollback(t, add_three), 3);
}

TEST_NETNS(rollback_leaves_what_was_there)
{
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	prepare(t);
	test_command(t->host, "ip route add default via 10.1.0.1");
	OK(cnet_txn_open(&txn, &err));
	FAILS(EEXIST, add(t, txn, "0.0.0.0/0", "10.1.0.1", NULL, &err));
	OK(cnet_txn_close(txn, &err));
	IP_EQUAL(t->host, "0.gateway", "10.1.0.1", "route show default");
}
