/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Neighbours: which link-layer address belongs to an address; and telling others of ours. */
#ifndef CNET_NEIGH_H
#define CNET_NEIGH_H

#include <cnet/netns.h>
#include <cnet/txn.h>
#include <cnet/value.h>

CNET_BEGIN_DECLS

/**
 * cnet_neigh_add() - add a permanent neighbour
 * @ns:      where
 * @txn:     records its removal; may be NULL
 * @ifindex: link on which it is
 * @ip:      its address
 * @mac:     its link-layer address
 * @err:     see struct cnet_error
 *
 * An entry that is there already is replaced; if it was permanent, @txn restores it.
 *
 * Return: 0; -ENODEV; -EINVAL.
 */
CNET_API int cnet_neigh_add(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			    const struct cnet_ip *ip, const struct cnet_mac *mac,
			    struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_neigh_remove() - remove a neighbour
 * @ns:      where
 * @ifindex: link on which it is
 * @ip:      its address
 * @err:     see struct cnet_error
 *
 * Return: 0, also if there is none.
 */
CNET_API int cnet_neigh_remove(struct cnet_netns *ns, unsigned int ifindex,
			       const struct cnet_ip *ip, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_neigh_announce() - tell the link that an address is ours
 * @ns:      where
 * @ifindex: a link that is up
 * @ip:      the address: a gratuitous ARP request (RFC 5227, section 3) or an unsolicited
 *           neighbour advertisement to all nodes (RFC 4861, section 7.2.6) is sent once
 * @mac:     our link-layer address
 * @err:     see struct cnet_error
 *
 * Others who knew the address under another MAC learn the new one at once. For IPv4 it takes
 * some ten milliseconds; cnet_neigh_announce_link() does not.
 *
 * Return: 0; -ENETDOWN: the link is down; -ENODEV; -EPERM: CAP_NET_RAW is missing.
 */
CNET_API int cnet_neigh_announce(struct cnet_netns *ns, unsigned int ifindex,
				 const struct cnet_ip *ip, const struct cnet_mac *mac,
				 struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_neigh_announce_link() - have the kernel announce a link's own IPv4 addresses
 * @ns:      where
 * @ifindex: a link that is up
 * @mac:     its link-layer address, as it is
 * @err:     see struct cnet_error
 *
 * The link's arp_notify is set, and stays set: it announces again whenever it comes up or its
 * link-layer address changes.
 *
 * Return: 0; -ENODEV; -EADDRNOTAVAIL: @mac is not a unicast address; -EBUSY: a link of a kind
 * whose address cannot be set while it is up.
 */
CNET_API int cnet_neigh_announce_link(struct cnet_netns *ns, unsigned int ifindex,
				      const struct cnet_mac *mac,
				      struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
