/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which way a packet would take. */

#include "route/lookup.h"

#include <errno.h>
#include <linux/rtnetlink.h>

#include "harness/kernel.h"

static struct cnet_ip ip(const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_ip address;

	OK(cnet_ip_parse(text, &address, &err));
	return address;
}

TEST_NETNS(ways)
{
	const struct cnet_ip own = ip("10.1.0.1"), neighbour = ip("10.1.0.2"),
			     far = ip("192.0.2.1"), own6 = ip("fd01::1"),
			     neighbour6 = ip("fd01::2"), far6 = ip("2001:db8::1");
	struct cnet_error err = { 0 };
	struct cnet__way way = { 0 };

	test_command(t->host, "ip link add v0 type veth peer name v1; ip link set v0 up; "
			      "ip link set v1 up; ip address add 10.1.0.1/24 dev v0; "
			      "ip address add fd01::1/64 dev v0 nodad");
	OK(cnet__route_lookup(t->host, &own, &way, &err));
	INTEGERS_EQUAL(way.type, RTN_LOCAL);
	OK(cnet__route_lookup(t->host, &own6, &way, &err));
	INTEGERS_EQUAL(way.type, RTN_LOCAL);
	OK(cnet__route_lookup(t->host, &neighbour, &way, &err));
	INTEGERS_EQUAL(way.type, RTN_UNICAST);
	INTEGERS_EQUAL(way.ifindex, test_ifindex(t->host, "v0"));
	OK(cnet__route_lookup(t->host, &neighbour6, &way, &err));
	INTEGERS_EQUAL(way.ifindex, test_ifindex(t->host, "v0"));
	FAILS_WITH(ENETUNREACH, "route to 192.0.2.1",
		   cnet__route_lookup(t->host, &far, &way, &err));
	FAILS(ENETUNREACH, cnet__route_lookup(t->host, &far6, &way, &err));
}
