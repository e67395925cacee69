/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages that neighbours are made and read with, and the packets that announce. */
#ifndef CNET_NEIGH_NEIGH_H
#define CNET_NEIGH_NEIGH_H

#include <cnet/neigh.h>

#include "nl/msg.h"

struct cnet__neigh {
	uint16_t state; /* NUD_* */
	struct cnet_mac mac;
};

/* RTM_NEWNEIGH (permanent), RTM_GETNEIGH or RTM_DELNEIGH; only the first takes a mac. */
void cnet__neigh_encode(struct cnet__msg *m, int type, int flags, unsigned int ifindex,
			const struct cnet_ip *ip, const struct cnet_mac *mac);

/* RTM_NEWNEIGH -> neigh. 0; -EBADMSG. */
int cnet__neigh_decode(const struct nlmsghdr *answer, struct cnet__neigh *neigh,
		       struct cnet_error *err) CNET_NODISCARD;

enum { CNET__ARP_SIZE = 28, CNET__ADVERTISEMENT_SIZE = 32 };

/* The packets behind the Ethernet, or the IPv6, header; the kernel adds the ICMPv6 checksum. */
void cnet__announce_arp(uint8_t *packet, const struct cnet_ip *ip, const struct cnet_mac *mac);
void cnet__announce_advertisement(uint8_t *packet, const struct cnet_ip *ip,
				  const struct cnet_mac *mac);

#endif
