/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "link/link.h"

#include <linux/rtnetlink.h>

#include "harness/wire.h"

TEST(by_number)
{
	CNET__MSG_AUTO get = { 0 }, delete = { 0 };

	cnet__link_encode_get(&get, 5, NULL);
	INTEGERS_EQUAL(nlmsg_hdr(get.msg)->nlmsg_type, RTM_GETLINK);
	INTEGERS_EQUAL(((struct ifinfomsg *)nlmsg_data(nlmsg_hdr(get.msg)))->ifi_index, 5);
	WIRE_NONE(WIRE(&get, struct ifinfomsg, IFLA_IFNAME));
	WIRE_U32(RTEXT_FILTER_SKIP_STATS, WIRE(&get, struct ifinfomsg, IFLA_EXT_MASK));

	cnet__link_encode_delete(&delete, 5, NULL);
	INTEGERS_EQUAL(nlmsg_hdr(delete.msg)->nlmsg_type, RTM_DELLINK);
	INTEGERS_EQUAL(((struct ifinfomsg *)nlmsg_data(nlmsg_hdr(delete.msg)))->ifi_index, 5);
}

TEST(by_name)
{
	CNET__MSG_AUTO get = { 0 }, delete = { 0 };

	cnet__link_encode_get(&get, 0, "eth0");
	INTEGERS_EQUAL(((struct ifinfomsg *)nlmsg_data(nlmsg_hdr(get.msg)))->ifi_index, 0);
	WIRE_STRING("eth0", WIRE(&get, struct ifinfomsg, IFLA_IFNAME));

	cnet__link_encode_delete(&delete, 0, "eth0");
	WIRE_STRING("eth0", WIRE(&delete, struct ifinfomsg, IFLA_IFNAME));
}
