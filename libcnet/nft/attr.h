/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking through the attributes of an answer. */
#ifndef CNET_NFT_ATTR_H
#define CNET_NFT_ATTR_H

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdbool.h>

/* libmnl's loops of this kind hand a long to an int, which -Wconversion does not let pass. */
static inline bool cnet__attr_ok(const struct nlattr *a, const void *end)
{
	return mnl_attr_ok(a, (int)((const char *)end - (const char *)a));
}

#define cnet__attr_for_each(a, h)                                              \
	for ((a) = mnl_nlmsg_get_payload_offset((h), sizeof(struct nfgenmsg)); \
	     cnet__attr_ok((a), mnl_nlmsg_get_payload_tail(h)); (a) = mnl_attr_next(a))

#define cnet__attr_for_each_nested(a, nest)                                \
	for ((a) = mnl_attr_get_payload(nest);                             \
	     cnet__attr_ok((a), (const char *)mnl_attr_get_payload(nest) + \
					mnl_attr_get_payload_len(nest));   \
	     (a) = mnl_attr_next(a))

#endif
