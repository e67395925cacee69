/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RTM_NEWLINK -> struct cnet_link. */

#include "link/link.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>

static const struct nla_policy link_policy[IFLA_MAX + 1] = {
	[IFLA_IFNAME] = { .type = NLA_STRING, .maxlen = CNET_LINK_NAME },
	[IFLA_IFALIAS] = { .type = NLA_STRING, .maxlen = CNET__LINK_ALIAS },
	[IFLA_MTU] = { .type = NLA_U32 },
	[IFLA_MASTER] = { .type = NLA_U32 },
	[IFLA_LINK] = { .type = NLA_U32 },
	[IFLA_OPERSTATE] = { .type = NLA_U8 },
	[IFLA_LINKINFO] = { .type = NLA_NESTED },
};

static const struct nla_policy info_policy[IFLA_INFO_MAX + 1] = {
	[IFLA_INFO_KIND] = { .type = NLA_STRING, .maxlen = CNET__LINK_KIND },
	[IFLA_INFO_SLAVE_KIND] = { .type = NLA_STRING },
	[IFLA_INFO_SLAVE_DATA] = { .type = NLA_NESTED },
};

static const struct nla_policy port_policy[IFLA_BRPORT_MAX + 1] = {
	[IFLA_BRPORT_MODE] = { .type = NLA_U8 },
	[IFLA_BRPORT_ISOLATED] = { .type = NLA_U8 },
};

static uint32_t number(const struct nlattr *attribute)
{
	return attribute != NULL ? nla_get_u32((struct nlattr *)(uintptr_t)attribute) : 0;
}

static uint8_t octet(const struct nlattr *attribute)
{
	return attribute != NULL ? nla_get_u8((struct nlattr *)(uintptr_t)attribute) : 0;
}

/* The policy has checked that it fits and that it ends. */
static void text(char *to, size_t size, const struct nlattr *attribute)
{
	if (attribute != NULL)
		nla_strlcpy(to, attribute, size);
}

static int decode_port(struct nlattr *data, struct cnet_link *link)
{
	struct nlattr *port[IFLA_BRPORT_MAX + 1];

	if (nla_parse_nested(port, IFLA_BRPORT_MAX, data, port_policy) < 0)
		return -EBADMSG;

	link->hairpin = octet(port[IFLA_BRPORT_MODE]);
	link->isolated = octet(port[IFLA_BRPORT_ISOLATED]);
	return 0;
}

static int decode_info(struct nlattr *data, struct cnet_link *link)
{
	struct nlattr *info[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(info, IFLA_INFO_MAX, data, info_policy) < 0)
		return -EBADMSG;

	text(link->kind, sizeof(link->kind), info[IFLA_INFO_KIND]);
	if (info[IFLA_INFO_SLAVE_KIND] == NULL || info[IFLA_INFO_SLAVE_DATA] == NULL ||
	    strcmp(nla_get_string(info[IFLA_INFO_SLAVE_KIND]), "bridge") != 0)
		return 0;

	return decode_port(info[IFLA_INFO_SLAVE_DATA], link);
}

static int decode(const struct nlmsghdr *answer, struct cnet_link *link)
{
	struct nlattr *tb[IFLA_MAX + 1];
	const struct ifinfomsg *header = nlmsg_data(answer);

	*link = (struct cnet_link){ 0 };
	if (!nlmsg_valid_hdr(answer, sizeof(*header)) ||
	    nla_parse(tb, IFLA_MAX, nlmsg_attrdata(answer, sizeof(*header)),
		      nlmsg_attrlen(answer, sizeof(*header)), link_policy) < 0 ||
	    tb[IFLA_IFNAME] == NULL || header->ifi_index <= 0)
		return -EBADMSG;

	link->ifindex = (uint32_t)header->ifi_index;
	link->flags = header->ifi_flags;
	link->mtu = number(tb[IFLA_MTU]);
	link->master = number(tb[IFLA_MASTER]);
	link->parent = number(tb[IFLA_LINK]);
	link->operstate = octet(tb[IFLA_OPERSTATE]);
	text(link->name, sizeof(link->name), tb[IFLA_IFNAME]);
	text(link->alias, sizeof(link->alias), tb[IFLA_IFALIAS]);
	if (tb[IFLA_ADDRESS] != NULL && nla_len(tb[IFLA_ADDRESS]) == sizeof(link->mac.bytes)) {
		memcpy(link->mac.bytes, nla_data(tb[IFLA_ADDRESS]), sizeof(link->mac.bytes));
		link->mac.set = 1;
	}

	return tb[IFLA_LINKINFO] != NULL ? decode_info(tb[IFLA_LINKINFO], link) : 0;
}

int cnet__link_decode(const struct nlmsghdr *answer, struct cnet_link *link, struct cnet_error *err)
{
	if (answer->nlmsg_type != RTM_NEWLINK || decode(answer, link) < 0)
		return cnet_error_set(err, EBADMSG, "link: the kernel's answer is malformed");

	return 0;
}
