/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "addr/addr.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "harness/kernel.h"
#include "harness/wire.h"

TEST(encode)
{
	const struct cnet_addr_opts opts = { .flags = IFA_F_NOPREFIXROUTE, .scope = 253 };
	const struct cnet_prefix prefix = test_parse_prefix("10.1.2.3/24");
	const struct ifaddrmsg *header;
	CNET__MSG_AUTO m = { 0 };

	cnet__addr_encode(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, 5, &prefix, &opts);
	header = nlmsg_data(nlmsg_hdr(m.msg));
	INTEGERS_EQUAL(nlmsg_hdr(m.msg)->nlmsg_flags, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL);
	INTEGERS_EQUAL(header->ifa_family, AF_INET);
	INTEGERS_EQUAL(header->ifa_prefixlen, 24);
	INTEGERS_EQUAL(header->ifa_index, 5);
	INTEGERS_EQUAL(header->ifa_scope, 253);
	WIRE_BYTES("\x0a\x01\x02\x03", WIRE(&m, struct ifaddrmsg, IFA_LOCAL));
	WIRE_BYTES("\x0a\x01\x02\x03", WIRE(&m, struct ifaddrmsg, IFA_ADDRESS));
	WIRE_U32(IFA_F_NOPREFIXROUTE, WIRE(&m, struct ifaddrmsg, IFA_FLAGS));
	WIRE_BYTES("\x0a\x01\x02\xff", WIRE(&m, struct ifaddrmsg, IFA_BROADCAST));
	WIRE_NONE(WIRE(&m, struct ifaddrmsg, IFA_LABEL));
}

TEST(encode_without_broadcast)
{
	static const char *const without[] = { "10.1.2.3/31", "10.1.2.3/32", "2001:db8::1/64" };
	struct cnet_prefix prefix;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(without); i++) {
		CNET__MSG_AUTO m = { 0 };

		prefix = test_parse_prefix(without[i]);
		cnet__addr_encode(&m, RTM_NEWADDR, NLM_F_CREATE, 5, &prefix, NULL);
		WIRE_NONE(WIRE(&m, struct ifaddrmsg, IFA_BROADCAST));
	}
}

static int decode(uint8_t family, uint8_t length, const void *address, size_t size,
		  struct cnet_addr *addr, struct cnet_error *err)
{
	const struct ifaddrmsg header = { .ifa_family = family,
					  .ifa_prefixlen = length,
					  .ifa_flags = IFA_F_PERMANENT,
					  .ifa_index = 5 };
	CNET__MSG_AUTO m = { 0 };

	cnet__msg_init(&m, RTM_NEWADDR, 0, &header, sizeof(header));
	if (address != NULL)
		cnet__msg_data(&m, IFA_ADDRESS, address, size);
	return cnet__addr_decode(nlmsg_hdr(m.msg), addr, err);
}

TEST(decoding)
{
	struct cnet_error err = { 0 };
	char text[CNET_PREFIX_TEXT];
	struct cnet_addr addr;

	INTEGERS_EQUAL(decode(AF_INET, 24, "\x0a\x01\x02\x03", 4, &addr, &err), 1);
	STRINGS_EQUAL(cnet_prefix_format(&addr.prefix, text), "10.1.2.3/24");
	INTEGERS_EQUAL(addr.flags, IFA_F_PERMANENT); /* the header's, where there are no others */
	INTEGERS_EQUAL(decode(45, 24, "\x0a", 1, &addr, &err), 0); /* MCTP */
	INTEGERS_EQUAL(err.code, 0);
	FAILS(EBADMSG, decode(AF_INET, 24, NULL, 0, &addr, &err));
	FAILS(EBADMSG, decode(AF_INET, 33, "\x0a\x01\x02\x03", 4, &addr, &err));
	FAILS(EBADMSG, decode(AF_INET, 24, "0123456789abcdef", 16, &addr, &err));
	FAILS(EBADMSG, decode(AF_INET6, 64, "\x0a\x01\x02\x03", 4, &addr, &err));
	FAILS(EBADMSG, decode(AF_INET, 24, "\x0a\x01", 2, &addr, &err));
}

/* Of an address with a peer our own end is meant, which the peer's is not. */
TEST(decoding_a_point_to_point_link)
{
	const struct ifaddrmsg header = { .ifa_family = AF_INET, .ifa_prefixlen = 32 };
	const struct cnet_ip ours = test_parse_ip("10.9.9.1"), peer = test_parse_ip("10.9.9.2");
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };
	struct cnet_addr addr;

	cnet__msg_init(&m, RTM_NEWADDR, 0, &header, sizeof(header));
	cnet__msg_ip(&m, IFA_ADDRESS, &peer);
	cnet__msg_ip(&m, IFA_LOCAL, &ours);
	cnet__msg_u32(&m, IFA_FLAGS, IFA_F_NOPREFIXROUTE);
	INTEGERS_EQUAL(cnet__addr_decode(nlmsg_hdr(m.msg), &addr, &err), 1);
	INTEGERS_EQUAL(cnet_ip_compare(&addr.prefix.ip, &ours), 0);
	INTEGERS_EQUAL(addr.flags, IFA_F_NOPREFIXROUTE);

	nlmsg_hdr(m.msg)->nlmsg_type = RTM_DELADDR;
	FAILS(EBADMSG, cnet__addr_decode(nlmsg_hdr(m.msg), &addr, &err));
}
