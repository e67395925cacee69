/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RTM_NEWROUTE -> struct cnet_route, one for each next hop. */

#include "route/route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/socket.h>

static const struct nla_policy policy[RTA_MAX + 1] = {
	[RTA_DST] = { .minlen = 4, .maxlen = 16 },
	[RTA_GATEWAY] = { .minlen = 4, .maxlen = 16 },
	[RTA_VIA] = { .minlen = sizeof(struct rtvia) + 4, .maxlen = sizeof(struct rtvia) + 16 },
	[RTA_PREFSRC] = { .minlen = 4, .maxlen = 16 },
	[RTA_OIF] = { .type = NLA_U32 },
	[RTA_TABLE] = { .type = NLA_U32 },
	[RTA_PRIORITY] = { .type = NLA_U32 },
	[RTA_METRICS] = { .type = NLA_NESTED },
	[RTA_MULTIPATH] = { .minlen = sizeof(struct rtnexthop) },
};

static const struct nla_policy metrics_policy[RTAX_MAX + 1] = {
	[RTAX_MTU] = { .type = NLA_U32 },
	[RTAX_ADVMSS] = { .type = NLA_U32 },
};

static uint32_t number(const struct nlattr *attribute)
{
	return attribute != NULL ? nla_get_u32((struct nlattr *)(uintptr_t)attribute) : 0;
}

static int decode_ip(const void *data, int length, unsigned int family, struct cnet_ip *ip)
{
	const struct cnet_ip found = { .family = family };

	if ((unsigned int)length != cnet_ip_bits(&found) / 8)
		return -EBADMSG;

	*ip = found;
	memcpy(ip->bytes, data, (size_t)length);
	return 0;
}

static int decode_address(const struct nlattr *attribute, unsigned int family, struct cnet_ip *ip)
{
	if (attribute == NULL)
		return 0;

	return decode_ip(nla_data(attribute), nla_len(attribute), family, ip);
}

/* A next hop of the route's family (RTA_GATEWAY) or of the other (RTA_VIA). */
static int decode_gateway(struct nlattr **tb, unsigned int family, struct cnet_ip *ip)
{
	const struct rtvia *via;

	if (tb[RTA_VIA] == NULL)
		return decode_address(tb[RTA_GATEWAY], family, ip);

	via = nla_data(tb[RTA_VIA]);
	return decode_ip(via->rtvia_addr, nla_len(tb[RTA_VIA]) - (int)sizeof(*via),
			 via->rtvia_family, ip);
}

static int decode_metrics(struct nlattr *metrics, struct cnet_route *route)
{
	struct nlattr *tb[RTAX_MAX + 1];

	if (metrics == NULL)
		return 0;
	if (nla_parse_nested(tb, RTAX_MAX, metrics, metrics_policy) < 0)
		return -EBADMSG;

	route->mtu = number(tb[RTAX_MTU]);
	route->advmss = number(tb[RTAX_ADVMSS]);
	return 0;
}

static int decode_common(const struct rtmsg *header, struct nlattr **tb, struct cnet_route *route)
{
	const unsigned int family = header->rtm_family;
	int r;

	*route = (struct cnet_route){
		.destination = { .ip.family = family, .length = header->rtm_dst_len },
		.ifindex = number(tb[RTA_OIF]),
		.table = tb[RTA_TABLE] != NULL ? number(tb[RTA_TABLE]) : header->rtm_table,
		.metric = number(tb[RTA_PRIORITY]),
		.scope = header->rtm_scope,
		.type = header->rtm_type,
		.protocol = header->rtm_protocol,
		.flags = header->rtm_flags,
	};

	r = decode_address(tb[RTA_DST], family, &route->destination.ip);
	if (r == 0)
		r = decode_address(tb[RTA_PREFSRC], family, &route->source);
	if (r == 0)
		r = decode_gateway(tb, family, &route->gateway);
	if (r == 0)
		r = decode_metrics(tb[RTA_METRICS], route);

	return r < 0 || header->rtm_dst_len > cnet_ip_bits(&route->destination.ip) ? -EBADMSG : 0;
}

static int append(struct cnet__routes *routes, const struct cnet_route *route)
{
	if (vec_reserve(&routes->list, 1) < 0)
		return -ENOMEM;

	vec_push(&routes->list, *route);
	return 0;
}

static int append_hop(struct cnet__routes *routes, const struct cnet_route *common,
		      const struct rtnexthop *hop)
{
	struct cnet_route route = *common;
	struct nlattr *tb[RTA_MAX + 1];

	if (nla_parse(tb, RTA_MAX, (struct nlattr *)(uintptr_t)(hop + 1),
		      hop->rtnh_len - (int)sizeof(*hop), policy) < 0 ||
	    decode_gateway(tb, common->destination.ip.family, &route.gateway) < 0)
		return -EBADMSG;

	route.ifindex = (uint32_t)hop->rtnh_ifindex;
	route.flags |= hop->rtnh_flags;
	return append(routes, &route);
}

static int append_hops(struct cnet__routes *routes, const struct cnet_route *common,
		       const struct nlattr *multipath)
{
	const char *data = nla_data(multipath);
	int left = nla_len(multipath), r;

	while (left >= (int)sizeof(struct rtnexthop)) {
		const struct rtnexthop *hop = (const void *)data;

		if (hop->rtnh_len < sizeof(*hop) || hop->rtnh_len > left)
			return -EBADMSG;
		r = append_hop(routes, common, hop);
		if (r < 0)
			return r;
		left -= NLA_ALIGN(hop->rtnh_len);
		data += NLA_ALIGN(hop->rtnh_len);
	}

	return 0;
}

static int decode(const struct nlmsghdr *answer, struct cnet__routes *routes)
{
	const struct rtmsg *header = nlmsg_data(answer);
	struct nlattr *tb[RTA_MAX + 1];
	struct cnet_route route;

	if (answer->nlmsg_type != RTM_NEWROUTE || !nlmsg_valid_hdr(answer, sizeof(*header)))
		return -EBADMSG;
	if (header->rtm_family != AF_INET && header->rtm_family != AF_INET6)
		return 0;

	if (nla_parse(tb, RTA_MAX, nlmsg_attrdata(answer, sizeof(*header)),
		      nlmsg_attrlen(answer, sizeof(*header)), policy) < 0 ||
	    decode_common(header, tb, &route) < 0)
		return -EBADMSG;

	if (tb[RTA_MULTIPATH] != NULL)
		return append_hops(routes, &route, tb[RTA_MULTIPATH]);

	return append(routes, &route);
}

int cnet__route_decode(const struct nlmsghdr *answer, struct cnet__routes *routes,
		       struct cnet_error *err)
{
	int r = decode(answer, routes);

	if (r == -ENOMEM)
		return cnet_error_set(err, ENOMEM, "out of memory");
	if (r < 0)
		return cnet_error_set(err, EBADMSG, "the kernel's answer is malformed");

	return 0;
}
