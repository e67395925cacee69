/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nl/msg.h"

#include <errno.h>
#include <linux/rtnetlink.h>

#include "harness/kernel.h"
#include "harness/wire.h"

static const struct rtgenmsg header = { .rtgen_family = 7 };

TEST(header_and_attributes)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:01"), no_mac = { 0 };
	const struct cnet_ip v4 = test_parse_ip("10.1.2.3"), v6 = test_parse_ip("2001:db8::1");
	const struct cnet_ip no_ip = { 0 };
	CNET__MSG_AUTO m = { 0 };
	struct nlmsghdr *h;

	cnet__msg_init(&m, RTM_GETLINK, NLM_F_ECHO, &header, sizeof(header));
	cnet__msg_u8(&m, 1, 0xfe);
	cnet__msg_u16(&m, 2, 0xfedc);
	cnet__msg_u32(&m, 3, 0xfedcba98);
	cnet__msg_be16(&m, 4, 0x1234);
	cnet__msg_string(&m, 5, "text");
	cnet__msg_data(&m, 6, "bytes", 5);
	cnet__msg_flag(&m, 7);
	cnet__msg_ip(&m, 8, &v4);
	cnet__msg_ip(&m, 9, &v6);
	cnet__msg_ip(&m, 10, &no_ip);
	cnet__msg_mac(&m, 11, &mac);
	cnet__msg_mac(&m, 12, &no_mac);
	INTEGERS_EQUAL(m.error, 0);

	h = nlmsg_hdr(m.msg);
	INTEGERS_EQUAL(h->nlmsg_type, RTM_GETLINK);
	INTEGERS_EQUAL(h->nlmsg_flags, NLM_F_REQUEST | NLM_F_ECHO);
	CHECK(memcmp(nlmsg_data(h), &header, sizeof(header)) == 0);
	WIRE_U8(0xfe, WIRE(&m, header, 1));
	WIRE_U16(0xfedc, WIRE(&m, header, 2));
	WIRE_U32(0xfedcba98, WIRE(&m, header, 3));
	WIRE_BYTES("\x12\x34", WIRE(&m, header, 4));
	WIRE_STRING("text", WIRE(&m, header, 5));
	WIRE_BYTES("bytes", WIRE(&m, header, 6));
	WIRE_BYTES("", WIRE(&m, header, 7));
	WIRE_BYTES("\x0a\x01\x02\x03", WIRE(&m, header, 8));
	WIRE_BYTES("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", WIRE(&m, header, 9));
	WIRE_NONE(WIRE(&m, header, 10));
	WIRE_BYTES("\x02\0\0\0\0\x01", WIRE(&m, header, 11));
	WIRE_NONE(WIRE(&m, header, 12));
}

TEST(nests)
{
	const uint32_t inner = 9;
	CNET__MSG_AUTO m = { 0 };

	cnet__msg_init(&m, RTM_GETLINK, 0, &header, sizeof(header));
	cnet__msg_nest(&m, 1);
	cnet__msg_header(&m, &inner, sizeof(inner));
	cnet__msg_u8(&m, 2, 22);
	cnet__msg_nest(&m, 3);
	cnet__msg_u8(&m, 4, 44);
	cnet__msg_end(&m);
	cnet__msg_u8(&m, 5, 55);
	cnet__msg_end(&m);
	cnet__msg_u8(&m, 6, 66);
	INTEGERS_EQUAL(m.error, 0);
	INTEGERS_EQUAL(m.depth, 0);

	INTEGERS_EQUAL(*(uint32_t *)nla_data(WIRE(&m, header, 1)), 9);
	WIRE_U8(22, WIRE_IN(WIRE(&m, header, 1), inner, 2));
	WIRE_U8(44, WIRE_IN(WIRE(&m, header, 1), inner, 3, 4));
	WIRE_U8(55, WIRE_IN(WIRE(&m, header, 1), inner, 5));
	WIRE_U8(66, WIRE(&m, header, 6));
}

/* What does not fit is remembered, and nothing that follows is written. */
TEST(the_latch)
{
	static char large[70000];
	CNET__MSG_AUTO m = { 0 };
	uint32_t length;

	cnet__msg_init(&m, RTM_GETLINK, 0, &header, sizeof(header));
	cnet__msg_u8(&m, 1, 1);
	length = nlmsg_hdr(m.msg)->nlmsg_len;
	cnet__msg_data(&m, 2, large, sizeof(large));
	INTEGERS_EQUAL(m.error, EMSGSIZE);

	cnet__msg_u8(&m, 3, 3);
	cnet__msg_header(&m, &header, sizeof(header));
	cnet__msg_nest(&m, 4);
	cnet__msg_u8(&m, 5, 5);
	cnet__msg_end(&m);
	INTEGERS_EQUAL(m.error, EMSGSIZE);
	INTEGERS_EQUAL(m.depth, 0);
	INTEGERS_EQUAL(nlmsg_hdr(m.msg)->nlmsg_len, length);
}

/* Until it is full: never past its end, whatever is put last. */
TEST(full)
{
	size_t last;

	for (last = 0; last < 4; last++) {
		CNET__MSG_AUTO m = { 0 };

		cnet__msg_init(&m, RTM_GETLINK, 0, &header, sizeof(header));
		while (m.error == 0)
			cnet__msg_u32(&m, 1, 1);
		INTEGERS_EQUAL(m.error, EMSGSIZE);
		CHECK(nlmsg_hdr(m.msg)->nlmsg_len <= nlmsg_get_max_size(m.msg));

		m.error = 0;
		if (last == 0)
			cnet__msg_string(&m, 1, "text");
		else if (last == 1)
			cnet__msg_header(&m, "123456789012", 12);
		else if (last == 2)
			cnet__msg_data(&m, 1, "1234567890", 10);
		else
			cnet__msg_nest(&m, 1);
		if (last < 3)
			INTEGERS_EQUAL(m.error, EMSGSIZE);
		CHECK(nlmsg_hdr(m.msg)->nlmsg_len <= nlmsg_get_max_size(m.msg));
	}
}
