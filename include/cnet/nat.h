/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Address translation for containers: masquerading and published ports, by nf_tables. */
#ifndef CNET_NAT_H
#define CNET_NAT_H

#include <cnet/attachment.h>
#include <cnet/netns.h>
#include <cnet/txn.h>
#include <cnet/value.h>

CNET_BEGIN_DECLS

/*
 * Everything lives in tables of our own (inet "cnet"), whose rules do not grow: see
 * docs/architecture.md. Whatever is added belongs to an attachment and is removed by its three
 * names, without knowing what was added.
 */

/**
 * cnet_nat_check() - could anything below be added?
 * @ns:  the host
 * @err: see struct cnet_error
 *
 * Return: 0; -EPERM: CAP_NET_ADMIN is missing; -EOPNOTSUPP: the kernel has no nf_tables.
 */
CNET_API int cnet_nat_check(struct cnet_netns *ns, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_masquerade_add() - let a container's packets leave under the host's address
 * @ns:     the host
 * @txn:    records the removal; may be NULL
 * @owner:  the attachment
 * @source: the container's addresses with the length of their networks: what goes to the own
 *          network, or to multicast, is not translated
 * @count:  of @source; 0 does nothing
 * @err:    see struct cnet_error
 *
 * What the same attachment had before is replaced; undoing this removes the new state, and does not
 * bring back the old. An address that several attachments name is translated until the last of
 * them is removed.
 *
 * Return: 0; -EINVAL; -EPERM; -EOPNOTSUPP: the kernel lacks nf_tables.
 */
CNET_API int cnet_masquerade_add(struct cnet_netns *ns, struct cnet_txn *txn,
				 const struct cnet_attachment *owner,
				 const struct cnet_prefix *source, size_t count,
				 struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_masquerade_check() - is everything that cnet_masquerade_add() made still there?
 *
 * Return: 0; -ENOENT: the message says what is missing.
 */
CNET_API int cnet_masquerade_check(struct cnet_netns *ns, const struct cnet_attachment *owner,
				   const struct cnet_prefix *source, size_t count,
				   struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_masquerade_remove() - stop masquerading for an attachment
 * @ns:    the host
 * @owner: the attachment
 * @err:   see struct cnet_error
 *
 * Return: 0, also if there is nothing.
 */
CNET_API int cnet_masquerade_remove(struct cnet_netns *ns, const struct cnet_attachment *owner,
				    struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_masquerade_gc() - remove what no attachment of a network owns any longer
 * @ns:      the host
 * @network: only attachments of this network are looked at
 * @valid:   the attachments that live; their member network is not looked at
 * @count:   of @valid; 0: none lives
 * @err:     see struct cnet_error
 *
 * Return: 0.
 */
CNET_API int cnet_masquerade_gc(struct cnet_netns *ns, const char *network,
				const struct cnet_attachment *valid, size_t count,
				struct cnet_error *err) CNET_NODISCARD;

/**
 * struct cnet_port_map - a port of the host that leads to a port of a container
 * @host_ip:        only connections to this address of the host; no address: to any
 * @host_port:      1 to 65535
 * @container_port: 1 to 65535
 * @protocol:       IPPROTO_TCP, IPPROTO_UDP or IPPROTO_SCTP
 * @reserved:       zero
 *
 * A value: its layout is frozen.
 */
struct cnet_port_map {
	struct cnet_ip host_ip;
	uint16_t host_port;
	uint16_t container_port;
	uint8_t protocol;
	uint8_t reserved[3];
};

/**
 * struct cnet_portmap_opts - how ports are published
 * @size:           of this struct; see CNET_OPTS()
 * @snat:           1: also reachable from the host's 127.0.0.1, from the container itself and
 *                  from its siblings, by translating the source address where it is needed
 * @masquerade_all: 1: translate the source address of every connection; includes @snat
 * @conditions4:    conditions for IPv4, as text tokens; NULL: none. See
 *                  cnet_portmap_conditions_check()
 * @conditions6:    the same for IPv6
 * @n_conditions4:  tokens in @conditions4
 * @n_conditions6:  tokens in @conditions6
 */
struct cnet_portmap_opts {
	size_t size;
	uint32_t snat;
	uint32_t masquerade_all;
	const char *const *conditions4;
	const char *const *conditions6;
	size_t n_conditions4;
	size_t n_conditions6;
};

/**
 * cnet_portmap_conditions_check() - are these conditions that we can compile?
 * @family: AF_INET or AF_INET6
 * @tokens: text; each may hold several words separated by spaces. A condition is one of
 *          [ip|ip6] saddr|daddr, iifname|oifname, meta mark, tcp|udp sport, then an optional
 *          == or !=, then a value, a prefix or range, or { set, of, values }
 * @count:  of @tokens
 * @err:    see struct cnet_error
 *
 * Return: 0; -EINVAL: the message names the token.
 */
CNET_API int cnet_portmap_conditions_check(unsigned int family, const char *const *tokens,
					   size_t count, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_portmap_add() - publish ports of a container
 * @ns:        the host
 * @txn:       records the removal; may be NULL
 * @owner:     the attachment
 * @container: its IPv4 and IPv6 address, either or both, with the length of their networks
 * @n_container: 1 or 2
 * @maps:      the ports; those whose host_ip is of a family that the container lacks are
 *             left out
 * @n_maps:    0 does nothing
 * @opts:      NULL: all off
 * @err:       see struct cnet_error
 *
 * What the same attachment had before is replaced; undoing this removes the new state, and does not
 * bring back the old. Where another attachment of the same container holds a port, this one waits
 * for it: the port stays published until the last of them is removed. A port at one address of
 * the host does not conflict with the same port at any address, and goes first.
 *
 * Connections that do not meet an attachment's conditions are not led anywhere. Flows of UDP to
 * such ports of the host that the kernel tracks already are forgotten, if they lead elsewhere.
 * With @opts->snat or @opts->masquerade_all and IPv4, route_localnet is set on the link that leads
 * to the container, and stays; the host's 127.0.0.1 is guarded against what comes from links.
 *
 * Return: 0; -EADDRINUSE: another container holds a port, the message names it;
 * -EINVAL: a bad port, protocol or condition, or one host port that leads to two ports;
 * -EPERM; -EOPNOTSUPP.
 */
CNET_API int cnet_portmap_add(struct cnet_netns *ns, struct cnet_txn *txn,
			      const struct cnet_attachment *owner,
			      const struct cnet_prefix *container, size_t n_container,
			      const struct cnet_port_map *maps, size_t n_maps,
			      const struct cnet_portmap_opts *opts,
			      struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_portmap_check() - is everything that cnet_portmap_add() made still there?
 *
 * Return: 0; -ENOENT: the message says what is missing.
 */
CNET_API int cnet_portmap_check(struct cnet_netns *ns, const struct cnet_attachment *owner,
				const struct cnet_prefix *container, size_t n_container,
				const struct cnet_port_map *maps, size_t n_maps,
				const struct cnet_portmap_opts *opts,
				struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_portmap_remove() - take back all ports of an attachment
 * @ns:    the host
 * @owner: the attachment
 * @err:   see struct cnet_error
 *
 * Flows of UDP that were led to the container are forgotten.
 *
 * Return: 0, also if there are none.
 */
CNET_API int cnet_portmap_remove(struct cnet_netns *ns, const struct cnet_attachment *owner,
				 struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_portmap_gc() - take back the ports that no attachment of a network owns any longer
 *
 * Arguments as cnet_masquerade_gc().
 *
 * Return: 0.
 */
CNET_API int cnet_portmap_gc(struct cnet_netns *ns, const char *network,
			     const struct cnet_attachment *valid, size_t count,
			     struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
