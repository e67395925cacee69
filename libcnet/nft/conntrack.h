/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections that the kernel tracks. */
#ifndef CNET_NFT_CONNTRACK_H
#define CNET_NFT_CONNTRACK_H

#include <cnet/netns.h>
#include <cnet/value.h>

/* A flow of UDP packets: whom the client addressed, and who answers it. */
struct cnet__flow {
	struct cnet_ip destination;
	struct cnet_ip answerer;
	uint16_t destination_port;
	uint16_t answerer_port;
};

/* 1: forget this flow; 0: keep it; negative with err set. */
typedef int cnet__flow_fn(const struct cnet__flow *flow, void *arg, struct cnet_error *err);

/*
 * Makes the kernel forget flows of UDP, so that the next packet of each is translated anew.
 * @family: AF_INET or AF_INET6; AF_UNSPEC: both, but the kernel then shows all connections
 * @port:   only flows to this port; 0: to any. The kernel itself looks for them.
 * 0, also if the kernel does not track connections; or what fn returned.
 */
int cnet__conntrack_forget_udp(struct cnet_netns *ns, unsigned int family, uint16_t port,
			       cnet__flow_fn *fn, void *arg, struct cnet_error *err) CNET_NODISCARD;

#endif
