/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which way a packet would take. */
#ifndef CNET_ROUTE_LOOKUP_H
#define CNET_ROUTE_LOOKUP_H

#include <cnet/netns.h>
#include <cnet/value.h>

struct cnet__way {
	unsigned int ifindex; /* by which it would leave; 0: none */
	uint8_t type;	      /* RTN_* of <linux/rtnetlink.h>: RTN_LOCAL: to the host itself */
};

/* 0; -ENETUNREACH, -EHOSTUNREACH, -EACCES: there is no way, or one that forbids it. */
int cnet__route_lookup(struct cnet_netns *ns, const struct cnet_ip *destination,
		       struct cnet__way *ret, struct cnet_error *err) CNET_NODISCARD;

#endif
