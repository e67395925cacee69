/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routes. */
#ifndef CNET_ROUTE_H
#define CNET_ROUTE_H

#include <cnet/netns.h>
#include <cnet/txn.h>
#include <cnet/value.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_route - a route as it was when it was read
 * @destination: 0.0.0.0/0 or ::/0 for a default route
 * @gateway:     no address: directly connected
 * @source:      preferred source address; may be none
 * @ifindex:     link by which packets leave; 0 if none
 * @table:       routing table
 * @metric:      priority, lower first
 * @scope:       RT_SCOPE_*
 * @type:        RTN_*
 * @protocol:    RTPROT_*
 * @flags:       RTNH_F_ONLINK ...
 * @mtu:         0: none of its own
 * @advmss:      0: none of its own
 */
struct cnet_route {
	struct cnet_prefix destination;
	struct cnet_ip gateway;
	struct cnet_ip source;
	uint32_t ifindex;
	uint32_t table;
	uint32_t metric;
	uint32_t scope;
	uint32_t type;
	uint32_t protocol;
	uint32_t flags;
	uint32_t mtu;
	uint32_t advmss;
};

/**
 * struct cnet_route_opts - what a route has beside destination and gateway
 * @size:   of this struct; see CNET_OPTS()
 * @metric: priority; 0: the kernel's default (IPv4 0, IPv6 1024)
 * @table:  0: the main table
 * @scope:  RT_SCOPE_*; 0: global
 * @mtu:    bytes; 0: that of the link
 * @advmss: bytes; 0: from the MTU
 * @onlink: 1: the gateway counts as directly reachable
 * @source: preferred source address; none: chosen by the kernel
 */
struct cnet_route_opts {
	size_t size;
	uint32_t metric;
	uint32_t table;
	uint32_t scope;
	uint32_t mtu;
	uint32_t advmss;
	uint32_t onlink;
	struct cnet_ip source;
	uint32_t reserved;
};

/**
 * cnet_route_add() - add a route
 * @ns:          where
 * @txn:         records its removal; may be NULL
 * @ifindex:     link by which packets leave
 * @destination: bits beyond its length are ignored
 * @gateway:     next hop, of either family (RFC 5549); NULL: directly connected
 * @opts:        NULL: defaults
 * @err:         see struct cnet_error
 *
 * Another route to the destination, even of the same metric, is no obstacle: of IPv4 routes
 * the newer one is preferred, IPv6 routes that have a gateway join into a multipath route.
 *
 * Return: 0; -EEXIST: there is this very route; -ENETUNREACH, -EHOSTUNREACH: the gateway is
 * not reachable; -ENETDOWN: the link is down; -ENODEV; -EINVAL.
 */
CNET_API int cnet_route_add(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			    const struct cnet_prefix *destination, const struct cnet_ip *gateway,
			    const struct cnet_route_opts *opts,
			    struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_route_remove() - remove a route
 * @ns:          where
 * @ifindex:     link by which packets leave
 * @destination: as added
 * @gateway:     as added; NULL: any
 * @opts:        metric, table and scope as added; NULL: defaults
 * @err:         see struct cnet_error
 *
 * Return: 0, also if there is no such route.
 */
CNET_API int cnet_route_remove(struct cnet_netns *ns, unsigned int ifindex,
			       const struct cnet_prefix *destination, const struct cnet_ip *gateway,
			       const struct cnet_route_opts *opts,
			       struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_route_list() - read the routes through a link
 * @ns:      where
 * @ifindex: the link; 0: all routes
 * @table:   routing table; 0: all tables
 * @ret:     array of @count routes, IPv4 first; to be freed
 * @count:   how many
 * @err:     see struct cnet_error
 *
 * A multipath route is listed as a route for each of its next hops.
 *
 * The kernel is asked for these routes alone. Routes made by the kernel itself
 * (RTN_LOCAL and the like in table 255) belong to "all tables".
 *
 * Return: 0; -ENODEV; -ENOMEM.
 */
CNET_API int cnet_route_list(struct cnet_netns *ns, unsigned int ifindex, uint32_t table,
			     struct cnet_route **ret, size_t *count,
			     struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
