/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "neigh/neigh.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "harness/kernel.h"
#include "harness/wire.h"

TEST(encode)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:01");
	const struct cnet_ip ip = test_parse_ip("10.1.2.3");
	CNET__MSG_AUTO add = { 0 }, get = { 0 };
	const struct ndmsg *header;

	cnet__neigh_encode(&add, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, 5, &ip, &mac);
	header = nlmsg_data(nlmsg_hdr(add.msg));
	INTEGERS_EQUAL(nlmsg_hdr(add.msg)->nlmsg_flags,
		       NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE);
	INTEGERS_EQUAL(header->ndm_family, AF_INET);
	INTEGERS_EQUAL(header->ndm_ifindex, 5);
	INTEGERS_EQUAL(header->ndm_state, NUD_PERMANENT);
	WIRE_BYTES("\x0a\x01\x02\x03", WIRE(&add, struct ndmsg, NDA_DST));
	WIRE_BYTES("\x02\0\0\0\0\x01", WIRE(&add, struct ndmsg, NDA_LLADDR));

	/* Strict checking refuses a state in a question. */
	cnet__neigh_encode(&get, RTM_GETNEIGH, 0, 5, &ip, NULL);
	header = nlmsg_data(nlmsg_hdr(get.msg));
	INTEGERS_EQUAL(header->ndm_state, 0);
	WIRE_NONE(WIRE(&get, struct ndmsg, NDA_LLADDR));
}

TEST(decode)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:01");
	const struct cnet_ip ip = test_parse_ip("10.1.2.3");
	CNET__MSG_AUTO with = { 0 }, without = { 0 };
	struct cnet_error err = { 0 };
	struct cnet__neigh neigh;

	cnet__neigh_encode(&with, RTM_NEWNEIGH, 0, 5, &ip, &mac);
	OK(cnet__neigh_decode(nlmsg_hdr(with.msg), &neigh, &err));
	INTEGERS_EQUAL(neigh.state, NUD_PERMANENT);
	CHECK(cnet_mac_equal(&neigh.mac, &mac));

	cnet__neigh_encode(&without, RTM_NEWNEIGH, 0, 5, &ip, NULL);
	OK(cnet__neigh_decode(nlmsg_hdr(without.msg), &neigh, &err));
	INTEGERS_EQUAL(neigh.state, 0);
	CHECK(!neigh.mac.set);

	nlmsg_hdr(with.msg)->nlmsg_type = RTM_NEWLINK;
	FAILS(EBADMSG, cnet__neigh_decode(nlmsg_hdr(with.msg), &neigh, &err));
}
