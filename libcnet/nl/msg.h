/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A netlink message under construction, with an error latch. */
#ifndef CNET_NL_MSG_H
#define CNET_NL_MSG_H

#include <netlink/msg.h>

#include <cnet/value.h>

enum { CNET__MSG_DEPTH = 8 };

/*
 * A message remembers its first failure, and everything put into it afterwards does nothing: it
 * is asked once, when it is sent. So the code that builds one reads as a list.
 */
struct cnet__msg {
	struct nl_msg *msg;
	int error;
	unsigned int depth;
	struct nlattr *nests[CNET__MSG_DEPTH];
};

static inline void cnet__msg_free(struct cnet__msg *m)
{
	nlmsg_free(m->msg);
	m->msg = NULL;
}

#define CNET__MSG_AUTO __attribute__((cleanup(cnet__msg_free))) struct cnet__msg

/* Begins a message with the header of its family (struct ifinfomsg ...). */
void cnet__msg_init(struct cnet__msg *m, int type, int flags, const void *header, size_t length);

/* The header of a family within an attribute (VETH_INFO_PEER). */
void cnet__msg_header(struct cnet__msg *m, const void *header, size_t length);

void cnet__msg_data(struct cnet__msg *m, int attribute, const void *data, size_t length);
void cnet__msg_flag(struct cnet__msg *m, int attribute);
void cnet__msg_u8(struct cnet__msg *m, int attribute, uint8_t value);
void cnet__msg_u16(struct cnet__msg *m, int attribute, uint16_t value);
void cnet__msg_be16(struct cnet__msg *m, int attribute, uint16_t value); /* from host order */
void cnet__msg_u32(struct cnet__msg *m, int attribute, uint32_t value);
void cnet__msg_string(struct cnet__msg *m, int attribute, const char *value);
void cnet__msg_ip(struct cnet__msg *m, int attribute, const struct cnet_ip *ip); /* none: nothing */
void cnet__msg_mac(struct cnet__msg *m, int attribute, const struct cnet_mac *mac); /* likewise */

/* What is put between these two lies inside the attribute. */
void cnet__msg_nest(struct cnet__msg *m, int attribute);
void cnet__msg_end(struct cnet__msg *m);

#endif
