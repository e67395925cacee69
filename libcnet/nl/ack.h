/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says of a request: NLMSG_ERROR with its extended acknowledgement. */
#ifndef CNET_NL_ACK_H
#define CNET_NL_ACK_H

#include <linux/netlink.h>

#include <cnet/error.h>

/*
 * Reads an NLMSG_ERROR or NLMSG_DONE message.
 * 0: an acknowledgement; the kernel's errno: err says "strerror (kernel: its own words)".
 */
int cnet__ack_read(const struct nlmsghdr *answer, struct cnet_error *err) CNET_NODISCARD;

/*
 * Byte offset within our request of the attribute that the kernel complains of; 0 if it said none.
 */
uint32_t cnet__ack_offset(const struct nlmsghdr *answer);

#endif
