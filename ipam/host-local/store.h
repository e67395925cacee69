/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who holds which address of a network: files in a folder, as the reference keeps them. */
#ifndef CNET_IPAM_HOST_LOCAL_STORE_H
#define CNET_IPAM_HOST_LOCAL_STORE_H

#include <stddef.h>

#include <cnet/attachment.h>
#include <cnet/value.h>

#include "host-local/owner.h"

/*
 * <folder>/<network>/<address>             allocation, see owner.h; an empty file is none
 * <folder>/<network>/last_reserved_ip.<n>  address of set n given out last
 * <folder>/<network>/lock                  held by flock() by whoever changes anything
 * <folder>/.cnet/<network>/                ours alone, see boot.h
 *
 * Only regular files count; what else bears an address as its name keeps that address from being
 * given out. Whether owners are found by reading every file or by an index is the store's own
 * affair: callers ask by owner or by address, never for a list.
 */
struct hl_store;

/* Where it is. boot: the kernel's boot_id; NULL: allocations are not tied to a boot. */
struct hl_store_place {
	const char *folder;
	const char *network;
	const char *boot;
};

enum hl_store_access {
	HL_STORE_READ,	 /* nothing is locked or changed */
	HL_STORE_CHANGE, /* locked until it is closed */
	HL_STORE_MAKE,	 /* made if absent, locked, and rid of what other boots left */
};

/*
 * Opens the store. 0; -ENOENT without a message: absent, so that nobody holds anything (not with
 * HL_STORE_MAKE); -EAGAIN: somebody else kept it locked; what else the filesystem gives.
 */
int hl_store_open(const struct hl_store_place *place, enum hl_store_access access,
		  struct hl_store **ret, struct cnet_error *err) CNET_NODISCARD;
void hl_store_close(struct hl_store *store);

static inline void hl_store_auto(struct hl_store **store)
{
	hl_store_close(*store);
}

/* Could HL_STORE_MAKE succeed? Nothing is made. 0; what the filesystem says against it. */
int hl_store_usable(const struct hl_store_place *place, struct cnet_error *err) CNET_NODISCARD;

/* Is the address given out? 1, 0, or -code. */
int hl_store_taken(struct hl_store *store, const struct cnet_ip *ip,
		   struct cnet_error *err) CNET_NODISCARD;

/* The same, as hl_alloc_choose() asks it. */
static inline int hl_store_is_taken(const struct cnet_ip *ip, void *store, struct cnet_error *err)
{
	return hl_store_taken(store, ip, err);
}

/* Gives an address to an owner. 0; -EEXIST without a message: it is taken. */
int hl_store_reserve(struct hl_store *store, const struct cnet_ip *ip,
		     const struct cnet_attachment *owner, struct cnet_error *err) CNET_NODISCARD;

/* An address that an owner holds. */
struct hl_holding {
	struct cnet_ip ip;
	enum hl_claim claim;
};

/* All that an owner holds; *ret to be freed. 0; -code if any file could not be read. */
int hl_store_find(struct hl_store *store, const struct cnet_attachment *owner,
		  struct hl_holding **ret, size_t *count, struct cnet_error *err) CNET_NODISCARD;

/*
 * Takes back everything that an owner holds as an attachment, or if that is nothing, as a
 * container. Goes on past errors. 0 or the code of the first.
 */
int hl_store_release(struct hl_store *store, const struct cnet_attachment *owner,
		     struct cnet_error *err) CNET_NODISCARD;

/* Takes back one address, if the owner holds it. */
int hl_store_release_ip(struct hl_store *store, const struct cnet_ip *ip,
			const struct cnet_attachment *owner, struct cnet_error *err) CNET_NODISCARD;

/* Takes back what none of these holds. Goes on past errors. 0 or the code of the first. */
int hl_store_keep_only(struct hl_store *store, const struct hl_owners *owners,
		       struct cnet_error *err) CNET_NODISCARD;

/* The address of a set given out last; family 0: unknown. A hint. */
struct cnet_ip hl_store_last(struct hl_store *store, size_t set);
int hl_store_set_last(struct hl_store *store, size_t set, const struct cnet_ip *ip,
		      struct cnet_error *err) CNET_NODISCARD;

#endif
