/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says of a request: NLMSG_ERROR with its extended acknowledgement. */

#include "nl/ack.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

/* Where the TLVs of an answer begin: behind the errno and, if it is there, our request. */
static int find_tlvs(const struct nlmsghdr *answer, struct nlattr **ret)
{
	const struct nlmsgerr *e = nlmsg_data(answer);
	size_t skip = sizeof(int);

	if ((answer->nlmsg_flags & NLM_F_ACK_TLVS) == 0)
		return 0;

	if (answer->nlmsg_type == NLMSG_ERROR) {
		skip = sizeof(*e);
		if ((size_t)nlmsg_datalen(answer) < skip || e->msg.nlmsg_len < sizeof(e->msg))
			return 0;
		if ((answer->nlmsg_flags & NLM_F_CAPPED) == 0)
			skip += e->msg.nlmsg_len - sizeof(e->msg);
	}

	skip = (skip + NLMSG_ALIGNTO - 1) / NLMSG_ALIGNTO * NLMSG_ALIGNTO;
	if ((size_t)nlmsg_datalen(answer) < skip)
		return 0;

	*ret = (struct nlattr *)(void *)((char *)nlmsg_data(answer) + skip);
	return nlmsg_datalen(answer) - (int)skip;
}

int cnet__ack_read(const struct nlmsghdr *answer, struct cnet_error *err)
{
	struct nlattr *tlvs = NULL, *text;
	int code, length;

	if ((size_t)nlmsg_datalen(answer) <
	    (answer->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr) : sizeof(int)))
		return cnet_error_set(err, EBADMSG, "netlink: truncated acknowledgement");

	memcpy(&code, nlmsg_data(answer), sizeof(code));
	if (code == 0)
		return 0;
	if (code > 0) /* a dump's end may carry its length */
		return 0;

	length = find_tlvs(answer, &tlvs);
	text = length > 0 ? nla_find(tlvs, length, NLMSGERR_ATTR_MSG) : NULL;
	if (text == NULL || nla_len(text) < 1)
		return cnet_error_set(err, -code, "%s", strerror(-code));

	return cnet_error_set(err, -code, "%s (kernel: %.*s)", strerror(-code), nla_len(text),
			      (const char *)nla_data(text));
}

uint32_t cnet__ack_offset(const struct nlmsghdr *answer)
{
	struct nlattr *tlvs = NULL, *offset;
	int length = find_tlvs(answer, &tlvs);

	offset = length > 0 ? nla_find(tlvs, length, NLMSGERR_ATTR_OFFS) : NULL;
	return offset != NULL && nla_len(offset) == sizeof(uint32_t) ? nla_get_u32(offset) : 0;
}
