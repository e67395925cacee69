/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <linux/rtnetlink.h>

#include "harness/wire.h"
#include "link/bridge.h"

TEST(options)
{
	const struct cnet_bridge_port_opts opts = { .hairpin = 7 };
	const struct ifinfomsg *header;
	CNET__MSG_AUTO m = { 0 };
	struct nlattr *info;

	cnet__bridge_port_encode(&m, 5, &opts);
	header = nlmsg_data(nlmsg_hdr(m.msg));
	INTEGERS_EQUAL(nlmsg_hdr(m.msg)->nlmsg_type, RTM_SETLINK);
	INTEGERS_EQUAL(header->ifi_family, AF_BRIDGE);
	INTEGERS_EQUAL(header->ifi_index, 5);
	info = WIRE(&m, struct ifinfomsg, IFLA_PROTINFO);
	CHECK(info->nla_type & NLA_F_NESTED);
	WIRE_U8(1, WIRE(&m, struct ifinfomsg, IFLA_PROTINFO, IFLA_BRPORT_MODE));
	WIRE_U8(0, WIRE(&m, struct ifinfomsg, IFLA_PROTINFO, IFLA_BRPORT_ISOLATED));
}
