/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge: a switch in the kernel, and what can be set at its ports. */
#ifndef CNET_LINK_BRIDGE_H
#define CNET_LINK_BRIDGE_H

#include <cnet/link.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_bridge_opts - how a bridge is created
 * @size:           of this struct; see CNET_OPTS()
 * @vlan_filtering: 1: it knows VLANs
 */
struct cnet_bridge_opts {
	size_t size;
	uint32_t vlan_filtering;
	uint32_t reserved;
};

/**
 * cnet_bridge_create() - create a bridge
 * @ns:   where
 * @txn:  records its deletion; may be NULL
 * @name: its name
 * @opts: common options; NULL: defaults; @opts->mac pins its address, which otherwise
 *        follows that of its ports
 * @kind: bridge options; NULL: defaults
 * @ret:  the bridge; may be NULL
 * @err:  see struct cnet_error
 *
 * Return: 0; -EEXIST: there is a link of that name; -EINVAL, -EOPNOTSUPP, -EPERM.
 */
CNET_API int cnet_bridge_create(struct cnet_netns *ns, struct cnet_txn *txn, const char *name,
				const struct cnet_link_opts *opts,
				const struct cnet_bridge_opts *kind, struct cnet_link **ret,
				struct cnet_error *err) CNET_NODISCARD;

/**
 * struct cnet_bridge_port_opts - what can be set at a port
 * @size:     of this struct; see CNET_OPTS()
 * @hairpin:  1: a packet may leave by the port that it came in
 * @isolated: 1: no packet passes between this port and other isolated ones
 */
struct cnet_bridge_port_opts {
	size_t size;
	uint32_t hairpin;
	uint32_t isolated;
};

/**
 * cnet_bridge_port_set() - set the options of a bridge's port
 * @ns:      where
 * @ifindex: the port
 * @opts:    all of them are written; NULL: all off
 * @err:     see struct cnet_error
 *
 * There is no inverse: a port's options go with the port.
 *
 * Return: 0; -EINVAL: not a port of a bridge; -ENODEV; -E2BIG.
 */
CNET_API int cnet_bridge_port_set(struct cnet_netns *ns, unsigned int ifindex,
				  const struct cnet_bridge_port_opts *opts,
				  struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
