/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of links. */
#ifndef CNET_ADDR_H
#define CNET_ADDR_H

#include <cnet/netns.h>
#include <cnet/txn.h>
#include <cnet/value.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_addr - an address of a link
 * @prefix:  the address with the length of its network
 * @ifindex: the link
 * @flags:   IFA_F_* of <linux/if_addr.h> (tentative, dadfailed, permanent ...)
 * @scope:   RT_SCOPE_* of <linux/rtnetlink.h>
 */
struct cnet_addr {
	struct cnet_prefix prefix;
	uint32_t ifindex;
	uint32_t flags;
	uint32_t scope;
};

/**
 * struct cnet_addr_opts - how an address is added
 * @size:  of this struct; see CNET_OPTS()
 * @flags: IFA_F_NODAD ...; 0: none
 * @scope: RT_SCOPE_*; 0: global
 */
struct cnet_addr_opts {
	size_t size;
	uint32_t flags;
	uint32_t scope;
};

/**
 * cnet_addr_add() - give a link an address
 * @ns:      where
 * @txn:     records its removal; may be NULL
 * @ifindex: the link
 * @prefix:  the address; the kernel adds the route to its network once the link is up. IPv4's
 *           broadcast address is the last of the network
 * @opts:    NULL: defaults
 * @err:     see struct cnet_error
 *
 * Return: 0; -EEXIST: the link has it; -ENODEV; -EACCES: IPv6 is switched off on the
 * link; -EINVAL.
 */
CNET_API int cnet_addr_add(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			   const struct cnet_prefix *prefix, const struct cnet_addr_opts *opts,
			   struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_addr_remove() - take an address from a link
 * @ns:      where
 * @ifindex: the link
 * @prefix:  the address with its length
 * @err:     see struct cnet_error
 *
 * Return: 0, also if the link or the address is gone.
 */
CNET_API int cnet_addr_remove(struct cnet_netns *ns, unsigned int ifindex,
			      const struct cnet_prefix *prefix,
			      struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_addr_list() - read the addresses of a link
 * @ns:      where
 * @ifindex: the link; 0: of all links
 * @ret:     array of @count addresses, IPv4 first; to be freed
 * @count:   how many
 * @err:     see struct cnet_error
 *
 * Return: 0; -ENODEV; -ENOMEM.
 */
CNET_API int cnet_addr_list(struct cnet_netns *ns, unsigned int ifindex, struct cnet_addr **ret,
			    size_t *count, struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
