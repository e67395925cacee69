/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "link/veth.h"

#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "harness/kernel.h"
#include "harness/wire.h"
#include "netns/netns.h"

TEST(the_far_end)
{
	const struct cnet_link_opts near = { .mtu = 1300 };
	struct cnet__veth_far far = { .name = "eth0" };
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };
	struct cnet_netns *ns;
	struct nlattr *peer;

	OK(cnet_netns_open(NULL, &ns, &err));
	far.opts.mtu = 1400;
	far.opts.tx_queue_len = 500;
	far.opts.mac = test_parse_mac("02:00:00:00:00:01");
	far.opts.netns = ns;
	cnet__link_encode_create(&m, &cnet__veth, "veth0", &near, &far);
	INTEGERS_EQUAL(m.error, 0);

	WIRE_STRING("veth0", WIRE(&m, struct ifinfomsg, IFLA_IFNAME));
	WIRE_U32(1300, WIRE(&m, struct ifinfomsg, IFLA_MTU));
	WIRE_STRING("veth", WIRE(&m, struct ifinfomsg, IFLA_LINKINFO, IFLA_INFO_KIND));
	peer = WIRE(&m, struct ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA, VETH_INFO_PEER);
	CHECK(peer != NULL);
	INTEGERS_EQUAL(((struct ifinfomsg *)nla_data(peer))->ifi_index, 0);
	WIRE_STRING("eth0", WIRE_IN(peer, struct ifinfomsg, IFLA_IFNAME));
	WIRE_U32(1400, WIRE_IN(peer, struct ifinfomsg, IFLA_MTU));
	WIRE_U32(500, WIRE_IN(peer, struct ifinfomsg, IFLA_TXQLEN));
	WIRE_BYTES("\x02\0\0\0\0\x01", WIRE_IN(peer, struct ifinfomsg, IFLA_ADDRESS));
	WIRE_U32((uint32_t)cnet__netns_fd(ns), WIRE_IN(peer, struct ifinfomsg, IFLA_NET_NS_FD));
	cnet_netns_close(ns);
}

TEST(a_far_end_of_defaults)
{
	const struct cnet_link_opts near = { 0 };
	struct cnet__veth_far far = { .name = "eth0" };
	CNET__MSG_AUTO m = { 0 };
	struct nlattr *peer;

	cnet__link_encode_create(&m, &cnet__veth, "veth0", &near, &far);
	peer = WIRE(&m, struct ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA, VETH_INFO_PEER);
	WIRE_STRING("eth0", WIRE_IN(peer, struct ifinfomsg, IFLA_IFNAME));
	WIRE_NONE(WIRE_IN(peer, struct ifinfomsg, IFLA_MTU));
	WIRE_NONE(WIRE_IN(peer, struct ifinfomsg, IFLA_TXQLEN));
	WIRE_NONE(WIRE_IN(peer, struct ifinfomsg, IFLA_ADDRESS));
	WIRE_NONE(WIRE_IN(peer, struct ifinfomsg, IFLA_NET_NS_FD));
}
