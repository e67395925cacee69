/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "route/route.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "harness/kernel.h"
#include "harness/wire.h"

static struct cnet__route_request request(const char *destination, const char *gateway)
{
	struct cnet__route_request route = { .ifindex = 5,
					     .destination = test_parse_prefix(destination) };

	if (gateway != NULL)
		route.gateway = test_parse_ip(gateway);
	return route;
}

TEST(ipv4_default)
{
	const struct cnet__route_request route = request("0.0.0.0/0", "10.1.0.1");
	const struct rtmsg *header;
	CNET__MSG_AUTO m = { 0 };

	cnet__route_encode(&m, RTM_NEWROUTE, NLM_F_CREATE, RTPROT_BOOT, &route);
	header = nlmsg_data(nlmsg_hdr(m.msg));
	INTEGERS_EQUAL(nlmsg_hdr(m.msg)->nlmsg_flags, NLM_F_REQUEST | NLM_F_CREATE);
	INTEGERS_EQUAL(header->rtm_family, AF_INET);
	INTEGERS_EQUAL(header->rtm_dst_len, 0);
	INTEGERS_EQUAL(header->rtm_protocol, RTPROT_BOOT);
	INTEGERS_EQUAL(header->rtm_scope, RT_SCOPE_UNIVERSE);
	INTEGERS_EQUAL(header->rtm_type, RTN_UNICAST);
	INTEGERS_EQUAL(header->rtm_flags, 0);
	WIRE_NONE(WIRE(&m, struct rtmsg, RTA_DST));
	WIRE_U32(5, WIRE(&m, struct rtmsg, RTA_OIF));
	WIRE_U32(RT_TABLE_MAIN, WIRE(&m, struct rtmsg, RTA_TABLE));
	WIRE_BYTES("\x0a\x01\0\x01", WIRE(&m, struct rtmsg, RTA_GATEWAY));
	WIRE_NONE(WIRE(&m, struct rtmsg, RTA_VIA));
	WIRE_NONE(WIRE(&m, struct rtmsg, RTA_PRIORITY));
	WIRE_NONE(WIRE(&m, struct rtmsg, RTA_PREFSRC));
	WIRE_NONE(WIRE(&m, struct rtmsg, RTA_METRICS));
}

TEST(every_option)
{
	struct cnet__route_request route = request("10.9.8.7/16", NULL);
	const struct rtmsg *header;
	CNET__MSG_AUTO m = { 0 };

	route.opts = (struct cnet_route_opts){
		.metric = 7,
		.table = 1000,
		.scope = RT_SCOPE_LINK,
		.mtu = 1400,
		.advmss = 1360,
		.onlink = 1,
		.source = test_parse_ip("10.1.0.2"),
	};
	cnet__route_encode(&m, RTM_NEWROUTE, 0, RTPROT_BOOT, &route);
	header = nlmsg_data(nlmsg_hdr(m.msg));
	INTEGERS_EQUAL(header->rtm_dst_len, 16);
	INTEGERS_EQUAL(header->rtm_scope, RT_SCOPE_LINK);
	INTEGERS_EQUAL(header->rtm_flags, RTNH_F_ONLINK);
	WIRE_BYTES("\x0a\x09\0\0", WIRE(&m, struct rtmsg, RTA_DST));
	WIRE_NONE(WIRE(&m, struct rtmsg, RTA_GATEWAY));
	WIRE_U32(7, WIRE(&m, struct rtmsg, RTA_PRIORITY));
	WIRE_U32(1000, WIRE(&m, struct rtmsg, RTA_TABLE));
	WIRE_U32(1400, WIRE(&m, struct rtmsg, RTA_METRICS, RTAX_MTU));
	WIRE_U32(1360, WIRE(&m, struct rtmsg, RTA_METRICS, RTAX_ADVMSS));
	WIRE_BYTES("\x0a\x01\0\x02", WIRE(&m, struct rtmsg, RTA_PREFSRC));
}

TEST(metrics_one_at_a_time)
{
	struct cnet__route_request route = request("10.9.0.0/16", NULL);
	CNET__MSG_AUTO mtu = { 0 }, advmss = { 0 };

	route.opts.mtu = 1400;
	cnet__route_encode(&mtu, RTM_NEWROUTE, 0, RTPROT_BOOT, &route);
	WIRE_U32(1400, WIRE(&mtu, struct rtmsg, RTA_METRICS, RTAX_MTU));
	WIRE_NONE(WIRE(&mtu, struct rtmsg, RTA_METRICS, RTAX_ADVMSS));

	route.opts.mtu = 0;
	route.opts.advmss = 1360;
	cnet__route_encode(&advmss, RTM_NEWROUTE, 0, RTPROT_BOOT, &route);
	WIRE_NONE(WIRE(&advmss, struct rtmsg, RTA_METRICS, RTAX_MTU));
	WIRE_U32(1360, WIRE(&advmss, struct rtmsg, RTA_METRICS, RTAX_ADVMSS));
}

/* So that a removal means the very route that an addition of the same options made. */
TEST(ipv6_has_its_metric_written_out)
{
	struct cnet__route_request route = request("2001:db8::/32", "fe80::1");
	CNET__MSG_AUTO m = { 0 }, with = { 0 };

	cnet__route_encode(&m, RTM_DELROUTE, 0, RTPROT_UNSPEC, &route);
	WIRE_U32(1024, WIRE(&m, struct rtmsg, RTA_PRIORITY));
	WIRE_BYTES("\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", WIRE(&m, struct rtmsg, RTA_GATEWAY));

	route.opts.metric = 7;
	cnet__route_encode(&with, RTM_DELROUTE, 0, RTPROT_UNSPEC, &route);
	WIRE_U32(7, WIRE(&with, struct rtmsg, RTA_PRIORITY));
}

TEST(gateway_of_the_other_family)
{
	const struct cnet__route_request v4 = request("10.9.0.0/16", "fe80::1");
	const struct cnet__route_request v6 = request("2001:db8::/32", "10.1.0.1");
	CNET__MSG_AUTO one = { 0 }, two = { 0 };

	cnet__route_encode(&one, RTM_NEWROUTE, 0, RTPROT_BOOT, &v4);
	WIRE_NONE(WIRE(&one, struct rtmsg, RTA_GATEWAY));
	WIRE_BYTES("\x0a\0\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01",
		   WIRE(&one, struct rtmsg, RTA_VIA)); /* AF_INET6 is 10 */
	cnet__route_encode(&two, RTM_NEWROUTE, 0, RTPROT_BOOT, &v6);
	WIRE_BYTES("\x02\0\x0a\x01\0\x01", WIRE(&two, struct rtmsg, RTA_VIA));
}
