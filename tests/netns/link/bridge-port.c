/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/link/bridge.h>

#include "harness/kernel.h"

TEST_NETNS(options)
{
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_error err = { 0 };
	unsigned int port;

	test_command(t->host, "ip link add name br type bridge");
	test_command(t->host, "ip link add name p master br type veth peer name q");
	port = test_ifindex(t->host, "p");

	OK(cnet_bridge_port_set(t->host, port, CNET_OPTS(cnet_bridge_port_opts, .hairpin = 1),
				&err));
	IP_EQUAL(t->host, "0.linkinfo.info_slave_data.hairpin", "true", "link show dev p");
	IP_EQUAL(t->host, "0.linkinfo.info_slave_data.isolated", "false", "link show dev p");

	OK(cnet_bridge_port_set(t->host, port, CNET_OPTS(cnet_bridge_port_opts, .isolated = 1),
				&err));
	IP_EQUAL(t->host, "0.linkinfo.info_slave_data.hairpin", "false", "link show dev p");
	IP_EQUAL(t->host, "0.linkinfo.info_slave_data.isolated", "true", "link show dev p");
	OK(cnet_link_get(t->host, "p", &link, &err));
	CHECK(cnet_link_port_isolated(link));
	CHECK(!cnet_link_port_hairpin(link));

	OK(cnet_bridge_port_set(t->host, port, NULL, &err));
	IP_EQUAL(t->host, "0.linkinfo.info_slave_data.isolated", "false", "link show dev p");
}

TEST_NETNS(refused)
{
	struct cnet_error err = { 0 };

	FAILS_WITH(EINVAL, "link 1: set bridge port options: not a port of a bridge",
		   cnet_bridge_port_set(t->host, 1, NULL, &err));
	FAILS(ENODEV, cnet_bridge_port_set(t->host, 99, NULL, &err));
	FAILS(ENODEV, cnet_bridge_port_set(t->host, 0, NULL, &err));
	FAILS(EINVAL, cnet_bridge_port_set(t->host, 1, &(struct cnet_bridge_port_opts){ 0 }, &err));
	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, cnet_bridge_port_set(t->host, 1, NULL, &err));
}
