/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which way a packet would take. */

#include "route/lookup.h"

#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "netns/netns.h"

static int on_route(const struct nlmsghdr *answer, void *arg, struct cnet_error *err)
{
	const struct rtmsg *rtm = nlmsg_data(answer);
	const struct nlattr *oif;
	struct cnet__way *way = arg;

	(void)err;
	if (!nlmsg_valid_hdr(answer, sizeof(*rtm)))
		return 0;

	oif = nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)answer, sizeof(*rtm), RTA_OIF);
	way->type = rtm->rtm_type;
	if (oif != NULL && nla_len(oif) == sizeof(uint32_t))
		way->ifindex = nla_get_u32(oif);

	return 0;
}

int cnet__route_lookup(struct cnet_netns *ns, const struct cnet_ip *destination,
		       struct cnet__way *ret, struct cnet_error *err)
{
	const struct rtmsg header = { .rtm_family = (unsigned char)destination->family,
				      .rtm_dst_len = (unsigned char)cnet_ip_bits(destination) };
	struct cnet__way way = { 0 };
	char text[CNET_IP_TEXT];
	struct cnet__msg m;
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	cnet__msg_init(&m, RTM_GETROUTE, 0, &header, sizeof(header));
	cnet__msg_ip(&m, RTA_DST, destination);
	r = cnet__nl_get(nl, &m, on_route, &way, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "route to %s", cnet_ip_format(destination, text));

	*ret = way;
	return 0;
}
