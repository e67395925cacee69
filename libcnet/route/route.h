/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages that routes are made and read with. */
#ifndef CNET_ROUTE_ROUTE_H
#define CNET_ROUTE_ROUTE_H

#include <cnet/route.h>

#include "base/vec.h"
#include "nl/msg.h"

/* A route as it is asked for; options at our own size. */
struct cnet__route_request {
	unsigned int ifindex;
	struct cnet_prefix destination;
	struct cnet_ip gateway;
	struct cnet_route_opts opts;
};

/* RTM_NEWROUTE or RTM_DELROUTE. protocol: RTPROT_*; 0: any, for RTM_DELROUTE. */
void cnet__route_encode(struct cnet__msg *m, int type, int flags, uint8_t protocol,
			const struct cnet__route_request *route);

struct cnet__routes {
	VEC(struct cnet_route) list;
};

/* Appends what RTM_NEWROUTE describes: a route for each next hop. 0; -EBADMSG, -ENOMEM. */
int cnet__route_decode(const struct nlmsghdr *answer, struct cnet__routes *routes,
		       struct cnet_error *err) CNET_NODISCARD;

#endif
