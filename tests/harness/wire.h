/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading back a netlink message, one that was built or one that a test makes up. */
#ifndef CNET_TESTS_WIRE_H
#define CNET_TESTS_WIRE_H

#include "harness/test.h"
#include "nl/msg.h"

/* An attribute, found by its place: types from the outermost inwards, then -1; NULL: none. */
struct nlattr *test_attribute(struct nlattr *first, int length, const int *types);

/* WIRE(m, struct ifinfomsg, IFLA_LINKINFO, IFLA_INFO_KIND) */
#define WIRE(m, header, ...)                                                \
	test_attribute(nlmsg_attrdata(nlmsg_hdr((m)->msg), sizeof(header)), \
		       nlmsg_attrlen(nlmsg_hdr((m)->msg), sizeof(header)),  \
		       (const int[]){ __VA_ARGS__, -1 })

/* The same within an attribute that begins with a header of its own (VETH_INFO_PEER). */
#define WIRE_IN(attribute, header, ...)                                                         \
	test_attribute((struct nlattr *)(void *)((char *)nla_data(attribute) + sizeof(header)), \
		       nla_len(attribute) - (int)sizeof(header), (const int[]){ __VA_ARGS__, -1 })

#define WIRE_U8(expected, attribute)  wire_number_((expected), (attribute), 1, __FILE__, __LINE__)
#define WIRE_U16(expected, attribute) wire_number_((expected), (attribute), 2, __FILE__, __LINE__)
#define WIRE_U32(expected, attribute) wire_number_((expected), (attribute), 4, __FILE__, __LINE__)
#define WIRE_STRING(expected, attribute) \
	wire_bytes_((expected), sizeof(expected), (attribute), __FILE__, __LINE__)
/* The bytes of a string literal without its end. */
#define WIRE_BYTES(expected, attribute) \
	wire_bytes_((expected), sizeof(expected) - 1, (attribute), __FILE__, __LINE__)
#define WIRE_NONE(attribute) CHECK((attribute) == NULL)

void wire_number_(uint32_t expected, const struct nlattr *attribute, int size, const char *file,
		  int line);
void wire_bytes_(const void *expected, size_t size, const struct nlattr *attribute,
		 const char *file, int line);

#endif
