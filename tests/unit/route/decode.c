/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "harness/kernel.h"
#include "harness/wire.h"
#include "route/route.h"

static void begin(struct cnet__msg *m, uint8_t family, uint8_t length)
{
	const struct rtmsg header = { .rtm_family = family,
				      .rtm_dst_len = length,
				      .rtm_table = RT_TABLE_COMPAT,
				      .rtm_protocol = RTPROT_STATIC,
				      .rtm_scope = RT_SCOPE_SITE,
				      .rtm_type = RTN_UNICAST };

	cnet__msg_init(m, RTM_NEWROUTE, 0, &header, sizeof(header));
}

/* What our own encoder writes is what our decoder reads. */
TEST(round_trip)
{
	const struct cnet__route_request request = {
		.ifindex = 5,
		.destination = test_parse_prefix("10.9.0.0/16"),
		.gateway = test_parse_ip("fe80::1"),
		.opts = { .metric = 7,
			  .table = 1000,
			  .scope = RT_SCOPE_LINK,
			  .mtu = 1400,
			  .advmss = 1360,
			  .onlink = 1,
			  .source = test_parse_ip("10.1.0.2") },
	};
	struct cnet__routes routes = { 0 };
	struct cnet_error err = { 0 };
	const struct cnet_route *route;
	CNET__MSG_AUTO m = { 0 };

	cnet__route_encode(&m, RTM_NEWROUTE, 0, RTPROT_BOOT, &request);
	OK(cnet__route_decode(nlmsg_hdr(m.msg), &routes, &err));
	INTEGERS_EQUAL(routes.list.count, 1);
	route = &routes.list.items[0];
	INTEGERS_EQUAL(route->ifindex, 5);
	CHECK(memcmp(&route->destination, &request.destination, sizeof(route->destination)) == 0);
	INTEGERS_EQUAL(cnet_ip_compare(&route->gateway, &request.gateway), 0);
	INTEGERS_EQUAL(cnet_ip_compare(&route->source, &request.opts.source), 0);
	INTEGERS_EQUAL(route->metric, 7);
	INTEGERS_EQUAL(route->table, 1000);
	INTEGERS_EQUAL(route->scope, RT_SCOPE_LINK);
	INTEGERS_EQUAL(route->type, RTN_UNICAST);
	INTEGERS_EQUAL(route->protocol, RTPROT_BOOT);
	INTEGERS_EQUAL(route->flags, RTNH_F_ONLINK);
	INTEGERS_EQUAL(route->mtu, 1400);
	INTEGERS_EQUAL(route->advmss, 1360);
	free(routes.list.items);
}

static void put_hop(char *data, size_t *length, int ifindex, uint8_t flags, const char *gateway)
{
	const struct cnet_ip ip = test_parse_ip(gateway);
	const uint16_t size = (uint16_t)(cnet_ip_bits(&ip) / 8);
	struct rtnexthop hop = { .rtnh_ifindex = ifindex, .rtnh_flags = flags };
	const struct nlattr attribute = { .nla_type = RTA_GATEWAY,
					  .nla_len = (uint16_t)(sizeof(attribute) + size) };

	hop.rtnh_len = (uint16_t)(sizeof(hop) + attribute.nla_len);
	memcpy(data + *length, &hop, sizeof(hop));
	memcpy(data + *length + sizeof(hop), &attribute, sizeof(attribute));
	memcpy(data + *length + sizeof(hop) + sizeof(attribute), ip.bytes, size);
	*length += hop.rtnh_len;
}

TEST(several_next_hops)
{
	struct cnet__routes routes = { 0 };
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };
	char text[CNET_IP_TEXT], hops[128];
	size_t length = 0;

	put_hop(hops, &length, 5, RTNH_F_ONLINK, "10.1.0.1");
	put_hop(hops, &length, 6, 0, "10.2.0.1");
	begin(&m, AF_INET, 0);
	cnet__msg_u32(&m, RTA_TABLE, 254);
	cnet__msg_data(&m, RTA_MULTIPATH, hops, length);
	OK(cnet__route_decode(nlmsg_hdr(m.msg), &routes, &err));
	INTEGERS_EQUAL(routes.list.count, 2);
	INTEGERS_EQUAL(routes.list.items[0].ifindex, 5);
	INTEGERS_EQUAL(routes.list.items[0].flags, RTNH_F_ONLINK);
	STRINGS_EQUAL(cnet_ip_format(&routes.list.items[0].gateway, text), "10.1.0.1");
	INTEGERS_EQUAL(routes.list.items[1].ifindex, 6);
	INTEGERS_EQUAL(routes.list.items[1].flags, 0);
	STRINGS_EQUAL(cnet_ip_format(&routes.list.items[1].gateway, text), "10.2.0.1");
	INTEGERS_EQUAL(routes.list.items[1].table, 254);
	INTEGERS_EQUAL(routes.list.items[1].scope, RT_SCOPE_SITE);
	free(routes.list.items);
}

static void refused(uint8_t family, uint8_t prefix, int attribute, const void *data, size_t length)
{
	struct cnet__routes routes = { 0 };
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };

	begin(&m, family, prefix);
	cnet__msg_data(&m, attribute, data, length);
	FAILS(EBADMSG, cnet__route_decode(nlmsg_hdr(m.msg), &routes, &err));
	free(routes.list.items);
}

TEST(malformed)
{
	const char bytes[32] = { 0 };
	struct rtnexthop hop = { .rtnh_len = 4 };

	refused(AF_INET, 33, RTA_OIF, "\x01\0\0\0", 4);
	refused(AF_INET, 24, RTA_DST, bytes, 16);
	refused(AF_INET6, 24, RTA_DST, bytes, 4);
	refused(AF_INET, 24, RTA_GATEWAY, bytes, 3);
	refused(AF_INET, 24, RTA_GATEWAY, bytes, 5);
	refused(AF_INET, 24, RTA_PREFSRC, bytes, 16);
	refused(AF_INET, 24, RTA_OIF, bytes, 2);
	refused(AF_INET, 24, RTA_VIA, bytes, 2);
	refused(AF_INET, 24, RTA_VIA, "\x0a\0\0\0\0\0", 6);
	refused(AF_INET, 24, RTA_METRICS, "\x06\0\x02\0\0\0\0\0", 8);
	refused(AF_INET, 24, RTA_MULTIPATH, &hop, 7);
	refused(AF_INET, 24, RTA_MULTIPATH, &hop, sizeof(hop));
	hop.rtnh_len = 9;
	refused(AF_INET, 24, RTA_MULTIPATH, &hop, sizeof(hop));
	hop.rtnh_len = 0;
	refused(AF_INET, 24, RTA_MULTIPATH, &hop, sizeof(hop));
}

TEST(other_families_are_left_out)
{
	struct cnet__routes routes = { 0 };
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };

	begin(&m, 28, 20); /* MPLS */
	OK(cnet__route_decode(nlmsg_hdr(m.msg), &routes, &err));
	INTEGERS_EQUAL(routes.list.count, 0);
	nlmsg_hdr(m.msg)->nlmsg_type = RTM_NEWLINK;
	FAILS(EBADMSG, cnet__route_decode(nlmsg_hdr(m.msg), &routes, &err));
}
