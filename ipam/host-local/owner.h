/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an allocation file says about its owner. */
#ifndef CNET_IPAM_HOST_LOCAL_OWNER_H
#define CNET_IPAM_HOST_LOCAL_OWNER_H

#include <stdbool.h>
#include <stddef.h>

#include <cnet/attachment.h>

/*
 * "container\r\ninterface" without a final newline. Files of host-local before 0.8 hold the
 * container alone: they are any interface's of it.
 */
enum hl_claim {
	HL_CLAIM_NONE,
	HL_CLAIM_ATTACHMENT,
	HL_CLAIM_CONTAINER,
};

/* The text that makes an allocation the owner's. To be freed; NULL: out of memory. */
char *hl_owner_format(const struct cnet_attachment *owner, size_t *length);

/* A short name for an owner: digits of a hash. text has room for HL_OWNER_HASH bytes. */
enum { HL_OWNER_HASH = 17 };
const char *hl_owner_hash(const struct cnet_attachment *owner, char *text);

/* By what does the owner hold a file with this text? White space around it does not count. */
enum hl_claim hl_owner_claim(const char *text, const struct cnet_attachment *owner);

/* Attachments, sorted for hl_owners_hold(). */
struct hl_owners {
	struct cnet_attachment *items;
	size_t count;
};

/* Sorts a copy. 0; -ENOMEM. items to be freed; the names are borrowed. */
int hl_owners_sort(const struct cnet_attachment *attachments, size_t count, struct hl_owners *ret,
		   struct cnet_error *err) CNET_NODISCARD;

/* Does any of them hold a file with this text? */
bool hl_owners_hold(const struct hl_owners *owners, const char *text);

#endif
