/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nl/ack.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "harness/test.h"

/* An answer of the kernel: the errno, the request (whole, or its header alone), TLVs. */
struct answer {
	struct nl_msg *msg;
};

static struct nlmsghdr *begin(struct answer *a, int code, uint16_t flags, uint32_t request)
{
	struct nlmsgerr e = { .error = code };
	char rest[64] = { 0 };

	e.msg.nlmsg_len = (uint32_t)sizeof(e.msg) + request;
	a->msg = nlmsg_alloc_simple(NLMSG_ERROR, flags);
	CHECK(a->msg != NULL && request <= sizeof(rest));
	CHECK(nlmsg_append(a->msg, &e, sizeof(e), NLMSG_ALIGNTO) == 0);
	if ((flags & NLM_F_CAPPED) == 0)
		CHECK(nlmsg_append(a->msg, rest, request, NLMSG_ALIGNTO) == 0);
	return nlmsg_hdr(a->msg);
}

TEST(an_acknowledgement)
{
	struct cnet_error err = { 0 };
	struct answer a;

	OK(cnet__ack_read(begin(&a, 0, NLM_F_CAPPED, 0), &err));
	INTEGERS_EQUAL(err.code, 0);
	nlmsg_free(a.msg);
}

TEST(an_error_without_words)
{
	struct cnet_error err = { 0 };
	struct answer a;

	INTEGERS_EQUAL(cnet__ack_read(begin(&a, -EEXIST, NLM_F_CAPPED, 0), &err), -EEXIST);
	INTEGERS_EQUAL(err.code, EEXIST);
	STRINGS_EQUAL(err.message, "File exists");
	INTEGERS_EQUAL(cnet__ack_offset(nlmsg_hdr(a.msg)), 0);
	nlmsg_free(a.msg);
}

static void with_words(uint16_t flags, uint32_t request)
{
	struct cnet_error err = { 0 };
	struct nlmsghdr *h;
	struct answer a;

	h = begin(&a, -EINVAL, flags | NLM_F_ACK_TLVS, request);
	CHECK(nla_put_u32(a.msg, NLMSGERR_ATTR_OFFS, 36) == 0);
	CHECK(nla_put_string(a.msg, NLMSGERR_ATTR_MSG, "no good") == 0);
	INTEGERS_EQUAL(cnet__ack_read(h, &err), -EINVAL);
	STRINGS_EQUAL(err.message, "Invalid argument (kernel: no good)");
	INTEGERS_EQUAL(cnet__ack_offset(h), 36);
	INTEGERS_EQUAL(cnet__ack_read(h, NULL), -EINVAL);
	nlmsg_free(a.msg);
}

TEST(an_error_with_the_kernels_words)
{
	with_words(NLM_F_CAPPED, 0);
	with_words(NLM_F_CAPPED, 40); /* capped: only the header of the request is there */
	with_words(0, 0);
	with_words(0, 40);
	with_words(0, 41); /* the TLVs are aligned */
}

TEST(the_end_of_a_dump)
{
	struct nl_msg *msg = nlmsg_alloc_simple(NLMSG_DONE, NLM_F_ACK_TLVS);
	struct cnet_error err = { 0 };
	int *code;

	CHECK(msg != NULL);
	code = nlmsg_reserve(msg, sizeof(*code), NLMSG_ALIGNTO);
	*code = 0;
	OK(cnet__ack_read(nlmsg_hdr(msg), &err));
	*code = 4711; /* some dumps end with a length */
	OK(cnet__ack_read(nlmsg_hdr(msg), &err));
	*code = -ENODEV;
	CHECK(nla_put_string(msg, NLMSGERR_ATTR_MSG, "gone") == 0);
	FAILS_WITH(ENODEV, "No such device (kernel: gone)", cnet__ack_read(nlmsg_hdr(msg), &err));
	nlmsg_free(msg);
}

/* Truncated and lying answers, at every length: an error or no words, never a read past the end. */
TEST(malformed)
{
	struct cnet_error err = { 0 };
	struct nlmsghdr *h, *copy;
	struct answer a;
	uint32_t length;

	h = begin(&a, -EINVAL, NLM_F_ACK_TLVS, 40);
	CHECK(nla_put_string(a.msg, NLMSGERR_ATTR_MSG, "no good") == 0);
	for (length = sizeof(*h); length < h->nlmsg_len; length++) {
		copy = malloc(length); /* so that a sanitizer sees its end */
		CHECK(copy != NULL);
		memcpy(copy, h, length);
		copy->nlmsg_len = length;
		if (length < NLMSG_LENGTH(sizeof(struct nlmsgerr)))
			FAILS(EBADMSG, cnet__ack_read(copy, &err));
		else
			INTEGERS_EQUAL(cnet__ack_read(copy, &err), -EINVAL);
		INTEGERS_EQUAL(cnet__ack_offset(copy), 0);
		free(copy);
	}

	((struct nlmsgerr *)nlmsg_data(h))->msg.nlmsg_len = 0xfffffff0;
	INTEGERS_EQUAL(cnet__ack_read(h, &err), -EINVAL);
	((struct nlmsgerr *)nlmsg_data(h))->msg.nlmsg_len = 0;
	INTEGERS_EQUAL(cnet__ack_read(h, &err), -EINVAL);
	nlmsg_free(a.msg);
}
