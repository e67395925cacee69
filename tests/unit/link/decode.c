/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>

#include "harness/kernel.h"
#include "harness/wire.h"
#include "link/link.h"

/* What the kernel says of a bridge's port. */
static void build(struct cnet__msg *m)
{
	const struct ifinfomsg header = { .ifi_index = 5, .ifi_flags = IFF_UP | IFF_PROMISC };
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:01");

	cnet__msg_init(m, RTM_NEWLINK, 0, &header, sizeof(header));
	cnet__msg_string(m, IFLA_IFNAME, "fifteen-bytes-a");
	cnet__msg_u32(m, IFLA_MTU, 1400);
	cnet__msg_u32(m, IFLA_MASTER, 9);
	cnet__msg_u32(m, IFLA_LINK, 6);
	cnet__msg_u8(m, IFLA_OPERSTATE, IF_OPER_UP);
	cnet__msg_string(m, IFLA_IFALIAS, "text");
	cnet__msg_mac(m, IFLA_ADDRESS, &mac);
	cnet__msg_nest(m, IFLA_LINKINFO);
	cnet__msg_string(m, IFLA_INFO_KIND, "veth");
	cnet__msg_string(m, IFLA_INFO_SLAVE_KIND, "bridge");
	cnet__msg_nest(m, IFLA_INFO_SLAVE_DATA);
	cnet__msg_u8(m, IFLA_BRPORT_MODE, 1);
	cnet__msg_u8(m, IFLA_BRPORT_ISOLATED, 1);
	cnet__msg_end(m);
	cnet__msg_end(m);
	INTEGERS_EQUAL(m->error, 0);
}

TEST(everything)
{
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };
	struct cnet_link link;
	struct cnet_mac mac;
	char text[CNET_MAC_TEXT];

	build(&m);
	OK(cnet__link_decode(nlmsg_hdr(m.msg), &link, &err));
	INTEGERS_EQUAL(cnet_link_ifindex(&link), 5);
	INTEGERS_EQUAL(cnet_link_flags(&link), IFF_UP | IFF_PROMISC);
	INTEGERS_EQUAL(cnet_link_mtu(&link), 1400);
	INTEGERS_EQUAL(cnet_link_master(&link), 9);
	INTEGERS_EQUAL(cnet_link_parent(&link), 6);
	INTEGERS_EQUAL(cnet_link_operstate(&link), IF_OPER_UP);
	STRINGS_EQUAL(cnet_link_name(&link), "fifteen-bytes-a");
	STRINGS_EQUAL(cnet_link_alias(&link), "text");
	STRINGS_EQUAL(cnet_link_kind(&link), "veth");
	CHECK(cnet_link_is_up(&link));
	CHECK(cnet_link_port_hairpin(&link));
	CHECK(cnet_link_port_isolated(&link));
	mac = cnet_link_mac(&link);
	STRINGS_EQUAL(cnet_mac_format(&mac, text), "02:00:00:00:00:01");
}

/* A tunnel's address has other lengths; another master's data means something else. */
TEST(what_is_not_for_us)
{
	const struct ifinfomsg header = { .ifi_index = 5 };
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };
	struct cnet_link link;

	cnet__msg_init(&m, RTM_NEWLINK, 0, &header, sizeof(header));
	cnet__msg_string(&m, IFLA_IFNAME, "tun0");
	cnet__msg_data(&m, IFLA_ADDRESS, "\x0a\0\0\x01", 4);
	cnet__msg_u32(&m, IFLA_MAX + 10, 1);
	cnet__msg_nest(&m, IFLA_LINKINFO);
	cnet__msg_string(&m, IFLA_INFO_SLAVE_KIND, "bond");
	cnet__msg_nest(&m, IFLA_INFO_SLAVE_DATA);
	cnet__msg_u8(&m, IFLA_BRPORT_MODE, 1);
	cnet__msg_end(&m);
	cnet__msg_end(&m);
	OK(cnet__link_decode(nlmsg_hdr(m.msg), &link, &err));
	CHECK(!cnet_link_mac(&link).set);
	CHECK(!cnet_link_port_hairpin(&link));
	STRINGS_EQUAL(cnet_link_kind(&link), "");
}

static void refused(int index, int attribute, const void *data, size_t length)
{
	const struct ifinfomsg header = { .ifi_index = index };
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };
	struct cnet_link link;

	cnet__msg_init(&m, RTM_NEWLINK, 0, &header, sizeof(header));
	if (attribute != IFLA_IFNAME)
		cnet__msg_string(&m, IFLA_IFNAME, "eth0");
	if (data != NULL)
		cnet__msg_data(&m, attribute, data, length);
	FAILS(EBADMSG, cnet__link_decode(nlmsg_hdr(m.msg), &link, &err));
}

TEST(malformed)
{
	const char unended[300] = { [0 ... 299] = 'x' };

	refused(5, IFLA_IFNAME, NULL, 0);
	refused(0, IFLA_MTU, "\0\0\0\0", 4);
	refused(-1, IFLA_MTU, "\0\0\0\0", 4);
	refused(5, IFLA_MTU, "\0\0", 2);
	refused(5, IFLA_IFNAME, unended, 8);
	refused(5, IFLA_IFNAME, "sixteen-bytes-ab", 17);
	refused(5, IFLA_IFALIAS, unended, sizeof(unended));
	refused(5, IFLA_LINKINFO, "\x08\0\x01\0veth", 8);
	refused(5, IFLA_OPERSTATE, "", 0);
}

/* Cut anywhere: read or refused, never past the end. */
TEST(truncated)
{
	CNET__MSG_AUTO m = { 0 };
	uint32_t length;

	build(&m);
	for (length = sizeof(struct nlmsghdr); length < nlmsg_hdr(m.msg)->nlmsg_len; length++) {
		struct nlmsghdr *copy = malloc(length);
		struct cnet_error err = { 0 };
		struct cnet_link link;
		int r;

		CHECK(copy != NULL);
		memcpy(copy, nlmsg_hdr(m.msg), length);
		copy->nlmsg_len = length;
		r = cnet__link_decode(copy, &link, &err);
		CHECK(r == 0 || r == -EBADMSG);
		free(copy);
	}
}

TEST(another_message)
{
	const struct ifinfomsg header = { .ifi_index = 5 };
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };
	struct cnet_link link;

	cnet__msg_init(&m, RTM_DELLINK, 0, &header, sizeof(header));
	cnet__msg_string(&m, IFLA_IFNAME, "eth0");
	FAILS(EBADMSG, cnet__link_decode(nlmsg_hdr(m.msg), &link, &err));
}
