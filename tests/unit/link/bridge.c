/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "link/bridge.h"

#include <linux/rtnetlink.h>

#include "harness/wire.h"

TEST(vlan_filtering)
{
	struct cnet_bridge_opts bridge = { .vlan_filtering = 1 };
	const struct cnet_link_opts opts = { 0 };
	CNET__MSG_AUTO with = { 0 }, without = { 0 };

	cnet__link_encode_create(&with, &cnet__bridge, "br", &opts, &bridge);
	WIRE_STRING("bridge", WIRE(&with, struct ifinfomsg, IFLA_LINKINFO, IFLA_INFO_KIND));
	WIRE_U8(1, WIRE(&with, struct ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA,
			IFLA_BR_VLAN_FILTERING));

	bridge.vlan_filtering = 0;
	cnet__link_encode_create(&without, &cnet__bridge, "br", &opts, &bridge);
	WIRE_NONE(WIRE(&without, struct ifinfomsg, IFLA_LINKINFO, IFLA_INFO_DATA,
		       IFLA_BR_VLAN_FILTERING));
}
