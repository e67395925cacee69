/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <linux/rtnetlink.h>

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

TEST_NETNS(one_link_and_one_table)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	struct cnet_route *routes;
	char text[CNET_PREFIX_TEXT];
	size_t n, all;

	test_command(t->host,
		     "ip route add default via 10.1.0.1 dev a metric 5 mtu 1400 advmss 1300 "
		     "onlink src 10.1.0.3 proto static");
	test_command(t->host, "ip route add blackhole 10.8.0.0/16 table 300");

	OK(cnet_route_list(t->host, a, RT_TABLE_MAIN, &routes, &n, &err));
	INTEGERS_EQUAL(n, 3);
	STRINGS_EQUAL(cnet_prefix_format(&routes[0].destination, text), "0.0.0.0/0");
	STRINGS_EQUAL(cnet_ip_format(&routes[0].gateway, text), "10.1.0.1");
	STRINGS_EQUAL(cnet_ip_format(&routes[0].source, text), "10.1.0.3");
	INTEGERS_EQUAL(routes[0].ifindex, a);
	INTEGERS_EQUAL(routes[0].table, RT_TABLE_MAIN);
	INTEGERS_EQUAL(routes[0].metric, 5);
	INTEGERS_EQUAL(routes[0].mtu, 1400);
	INTEGERS_EQUAL(routes[0].advmss, 1300);
	INTEGERS_EQUAL(routes[0].protocol, RTPROT_STATIC);
	INTEGERS_EQUAL(routes[0].scope, RT_SCOPE_UNIVERSE);
	INTEGERS_EQUAL(routes[0].type, RTN_UNICAST);
	CHECK(routes[0].flags & RTNH_F_ONLINK);
	STRINGS_EQUAL(cnet_prefix_format(&routes[1].destination, text), "10.1.0.0/24");
	INTEGERS_EQUAL(routes[1].gateway.family, 0);
	INTEGERS_EQUAL(routes[1].protocol, RTPROT_KERNEL);
	INTEGERS_EQUAL(routes[1].scope, RT_SCOPE_LINK);
	STRINGS_EQUAL(cnet_prefix_format(&routes[2].destination, text), "2001:db8::/64");
	free(routes);

	OK(cnet_route_list(t->host, 0, 300, &routes, &n, &err));
	INTEGERS_EQUAL(n, 1);
	INTEGERS_EQUAL(routes[0].type, RTN_BLACKHOLE);
	INTEGERS_EQUAL(routes[0].ifindex, 0);
	INTEGERS_EQUAL(routes[0].table, 300);
	free(routes);

	OK(cnet_route_list(t->host, 0, 0, &routes, &all, &err));
	CHECK(all > 10);
	free(routes);
	OK(cnet_route_list(t->host, a, 0, &routes, &n, &err));
	CHECK(n > 3 && n < all);
	free(routes);
	OK(cnet_route_list(t->host, 0, 4711, &routes, &n, &err));
	INTEGERS_EQUAL(n, 0);
	free(routes);
	OUT_OF_MEMORY(cnet_route_list(t->host, 0, 0, &routes, &n, &err), );
	free(routes);
	FAILS_WITH(ENODEV, "link 99: list routes",
		   cnet_route_list(t->host, 99, 0, &routes, &n, &err));
	test_fail_request(2, ENOBUFS);
	FAILS(ENOBUFS, cnet_route_list(t->host, 0, 0, &routes, &n, &err));
}

/* The kernel is asked for these routes alone: what comes does not grow with those of others. */
TEST_NETNS(few_among_many)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	struct cnet_route *routes;
	size_t n;

	test_command(t->host, "for i in $(seq 2000); do "
			      "echo route add 10.9.$((i / 250)).$((i %% 250))/32 dev b; "
			      "done | ip -batch -");
	OK(cnet_route_list(t->host, a, RT_TABLE_MAIN, &routes, &n, &err));
	INTEGERS_EQUAL(n, 2);
	free(routes);
	OK(cnet_route_list(t->host, 0, RT_TABLE_MAIN, &routes, &n, &err));
	INTEGERS_EQUAL(n, 2002);
	free(routes);
}

TEST_NETNS(none)
{
	struct cnet_error err = { 0 };
	struct cnet_route *routes;
	size_t n;

	test_command(t->box, "ip link add name a type bridge");
	OK(cnet_route_list(t->box, test_ifindex(t->box, "a"), 0, &routes, &n, &err));
	INTEGERS_EQUAL(n, 0);
	free(routes);
}
