/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <linux/rtnetlink.h>

#include "harness/kernel.h"
#include "harness/wire.h"
#include "link/kind.h"

static const struct cnet__link_kind plain = { .name = "plain" };

TEST(defaults_are_left_to_the_kernel)
{
	const struct cnet_link_opts opts = { 0 };
	CNET__MSG_AUTO m = { 0 };

	cnet__link_encode_create(&m, &plain, "eth0", &opts, NULL);
	INTEGERS_EQUAL(m.error, 0);
	INTEGERS_EQUAL(nlmsg_hdr(m.msg)->nlmsg_type, RTM_NEWLINK);
	INTEGERS_EQUAL(nlmsg_hdr(m.msg)->nlmsg_flags,
		       NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ECHO);
	WIRE_STRING("eth0", WIRE(&m, struct ifinfomsg, IFLA_IFNAME));
	WIRE_STRING("plain", WIRE(&m, struct ifinfomsg, IFLA_LINKINFO, IFLA_INFO_KIND));
	WIRE_NONE(WIRE(&m, struct ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA));
	WIRE_NONE(WIRE(&m, struct ifinfomsg, IFLA_MTU));
	WIRE_NONE(WIRE(&m, struct ifinfomsg, IFLA_TXQLEN));
	WIRE_NONE(WIRE(&m, struct ifinfomsg, IFLA_ADDRESS));
	WIRE_NONE(WIRE(&m, struct ifinfomsg, IFLA_MASTER));
}

TEST(all_options)
{
	const struct cnet_link_opts opts = {
		.mtu = 1400,
		.master = 9,
		.tx_queue_len = 500,
		.mac = test_parse_mac("02:00:00:00:00:01"),
	};
	CNET__MSG_AUTO m = { 0 };

	cnet__link_encode_create(&m, &plain, "eth0", &opts, NULL);
	WIRE_U32(1400, WIRE(&m, struct ifinfomsg, IFLA_MTU));
	WIRE_U32(9, WIRE(&m, struct ifinfomsg, IFLA_MASTER));
	WIRE_U32(500, WIRE(&m, struct ifinfomsg, IFLA_TXQLEN));
	WIRE_BYTES("\x02\0\0\0\0\x01", WIRE(&m, struct ifinfomsg, IFLA_ADDRESS));
}
