/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links of any kind: look at them, change them, delete them. Kinds are created in cnet/link/. */
#ifndef CNET_LINK_H
#define CNET_LINK_H

#include <cnet/error.h>
#include <cnet/netns.h>
#include <cnet/txn.h>
#include <cnet/value.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_link - a link as it was when it was read
 *
 * A snapshot, owned by whoever received it; strings live as long as it does.
 */
struct cnet_link;

/**
 * struct cnet_link_opts - what links of every kind have
 * @size:         of this struct; see CNET_OPTS()
 * @mtu:          bytes; 0: the kernel's default for the kind
 * @mac:          not set: chosen by the kernel
 * @netns:        where the link shall appear; NULL: where it is created
 * @alias:        text kept beside the link, up to 255 bytes; NULL: none
 * @master:       ifindex of the bridge or vrf to join in @netns; 0: none
 * @tx_queue_len: packets; 0: the kernel's default
 */
struct cnet_link_opts {
	size_t size;
	uint32_t mtu;
	uint32_t master;
	uint32_t tx_queue_len;
	uint32_t reserved;
	struct cnet_mac mac;
	struct cnet_netns *netns;
	const char *alias;
};

/**
 * cnet_link_get() - read a link
 * @ns:   where
 * @name: its name
 * @ret:  the link, to be released by cnet_link_free()
 * @err:  see struct cnet_error
 *
 * Return: 0; -ENODEV: there is none; -EINVAL: no valid name.
 */
CNET_API int cnet_link_get(struct cnet_netns *ns, const char *name, struct cnet_link **ret,
			   struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_get_index() - read a link
 * @ns:      where
 * @ifindex: its number
 * @ret:     the link, to be released by cnet_link_free()
 * @err:     see struct cnet_error
 *
 * Return: 0; -ENODEV: there is none.
 */
CNET_API int cnet_link_get_index(struct cnet_netns *ns, unsigned int ifindex,
				 struct cnet_link **ret, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_list() - read all links of a namespace
 * @ns:    where
 * @ret:   array of @count links, in the kernel's order; release with cnet_link_list_free()
 * @count: how many
 * @err:   see struct cnet_error
 *
 * Return: 0, -ENOMEM.
 */
CNET_API int cnet_link_list(struct cnet_netns *ns, struct cnet_link ***ret, size_t *count,
			    struct cnet_error *err) CNET_NODISCARD;

/** cnet_link_list_free() - release what cnet_link_list() gave */
CNET_API void cnet_link_list_free(struct cnet_link **links, size_t count);

/** cnet_link_free() - release a link; NULL is allowed */
CNET_API void cnet_link_free(struct cnet_link *link);

static inline void cnet_link_auto(struct cnet_link **link)
{
	cnet_link_free(*link);
}

/** cnet_link_ifindex() - its number, unique in its namespace */
CNET_API unsigned int cnet_link_ifindex(const struct cnet_link *link);
/** cnet_link_name() - its name */
CNET_API const char *cnet_link_name(const struct cnet_link *link);
/** cnet_link_kind() - "veth", "bridge" ...; "" for a device without a kind */
CNET_API const char *cnet_link_kind(const struct cnet_link *link);
/** cnet_link_alias() - the text kept beside it, "" if none */
CNET_API const char *cnet_link_alias(const struct cnet_link *link);
/** cnet_link_mac() - its address (of lo: all zero); not set for links without one */
CNET_API struct cnet_mac cnet_link_mac(const struct cnet_link *link);
/** cnet_link_mtu() - in bytes */
CNET_API unsigned int cnet_link_mtu(const struct cnet_link *link);
/** cnet_link_master() - ifindex of the bridge or vrf that it is in, or 0 */
CNET_API unsigned int cnet_link_master(const struct cnet_link *link);
/** cnet_link_parent() - ifindex of the peer (veth) or lower link (IFLA_LINK), or 0 */
CNET_API unsigned int cnet_link_parent(const struct cnet_link *link);
/** cnet_link_flags() - IFF_* of <linux/if.h>, as set by administrators and the kernel */
CNET_API unsigned int cnet_link_flags(const struct cnet_link *link);
/** cnet_link_is_up() - has it been set up? 1 or 0 */
CNET_API int cnet_link_is_up(const struct cnet_link *link);
/** cnet_link_operstate() - IF_OPER_* of <linux/if.h> */
CNET_API unsigned int cnet_link_operstate(const struct cnet_link *link);
/** cnet_link_port_hairpin() - as a bridge's port: may a packet leave where it came in? 1 or 0 */
CNET_API int cnet_link_port_hairpin(const struct cnet_link *link);
/** cnet_link_port_isolated() - as a bridge's port: kept apart from other isolated ports? 1 or 0 */
CNET_API int cnet_link_port_isolated(const struct cnet_link *link);

/**
 * cnet_link_delete() - delete a link
 * @ns:   where
 * @name: its name
 * @err:  see struct cnet_error
 *
 * Return: 0, also if there is none; -EOPNOTSUPP: not a link that can be deleted; -EPERM.
 */
CNET_API int cnet_link_delete(struct cnet_netns *ns, const char *name,
			      struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_delete_index() - delete a link
 * @ns:      where
 * @ifindex: its number
 * @err:     see struct cnet_error
 *
 * Return: as cnet_link_delete().
 */
CNET_API int cnet_link_delete_index(struct cnet_netns *ns, unsigned int ifindex,
				    struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_rename() - give a link another name
 * @ns:      where
 * @txn:     records the old name; may be NULL
 * @ifindex: its number
 * @name:    the new name
 * @err:     see struct cnet_error
 *
 * Return: 0; -EEXIST; -ENODEV; -EBUSY: older kernels, while it is up.
 */
CNET_API int cnet_link_rename(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			      const char *name, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_move() - move a link to another namespace
 * @ns:      where it is
 * @txn:     records the way back; may be NULL
 * @ifindex: its number here
 * @target:  where it goes
 * @name:    its name there; NULL: keep it
 * @ret:     the link as it is there; may be NULL
 * @err:     see struct cnet_error
 *
 * It arrives down and without addresses. On its way back it regains name, number and state,
 * not its addresses.
 *
 * Return: 0; -EEXIST: @target has a link of that name; -ENODEV; -EINVAL: a link that
 * cannot move.
 */
CNET_API int cnet_link_move(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			    struct cnet_netns *target, const char *name, struct cnet_link **ret,
			    struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_set_up() - set a link up or down
 * @ns:      where
 * @txn:     records the old state; may be NULL
 * @ifindex: its number
 * @up:      1: up, 0: down
 * @err:     see struct cnet_error
 *
 * Return: 0; -ENODEV; -ENOTCONN: a veth whose peer does not exist yet.
 */
CNET_API int cnet_link_set_up(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			      int up, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_set_mtu() - set the largest packet
 * @ns:      where
 * @txn:     records the old MTU; may be NULL
 * @ifindex: its number
 * @mtu:     bytes
 * @err:     see struct cnet_error
 *
 * Return: 0; -EINVAL: outside what the link allows; -ENODEV.
 */
CNET_API int cnet_link_set_mtu(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			       unsigned int mtu, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_set_mac() - set the link-layer address
 * @ns:      where
 * @txn:     records the old address; may be NULL
 * @ifindex: its number
 * @mac:     a unicast address
 * @err:     see struct cnet_error
 *
 * Return: 0; -EADDRNOTAVAIL: not a unicast address; -EBUSY; -ENODEV.
 */
CNET_API int cnet_link_set_mac(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			       const struct cnet_mac *mac, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_set_master() - make a link a port of a bridge, or free it
 * @ns:      where
 * @txn:     records the old master; may be NULL
 * @ifindex: its number
 * @master:  ifindex of the bridge; 0: none
 * @err:     see struct cnet_error
 *
 * Return: 0; -EBUSY; -ENODEV: no such link or master; -EOPNOTSUPP: @master is no bridge;
 * -ELOOP; -EXFULL: the bridge has 1,023 ports.
 */
CNET_API int cnet_link_set_master(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
				  unsigned int master, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_set_alias() - keep a text beside a link
 * @ns:      where
 * @txn:     records the old text; may be NULL
 * @ifindex: its number
 * @alias:   up to 255 bytes; "" removes it
 * @err:     see struct cnet_error
 *
 * Return: 0; -EINVAL: too long; -ENODEV.
 */
CNET_API int cnet_link_set_alias(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
				 const char *alias, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_link_set_promiscuous() - let a link receive everything, or no longer
 * @ns:          where
 * @txn:         records the old setting; may be NULL
 * @ifindex:     its number
 * @promiscuous: 1 or 0; a packet capture's own request is independent of this
 * @err:         see struct cnet_error
 *
 * Return: 0; -ENODEV.
 */
CNET_API int cnet_link_set_promiscuous(struct cnet_netns *ns, struct cnet_txn *txn,
				       unsigned int ifindex, int promiscuous,
				       struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
