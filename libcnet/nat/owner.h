/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owners: the index by which an attachment's claims are found again. */
#ifndef CNET_NAT_OWNER_H
#define CNET_NAT_OWNER_H

#include <cnet/attachment.h>

#include "nat/claim.h"

/* What an attachment owns in one respect, so that its masquerading and its ports are apart. */
#define OWNER_MASQUERADE "masquerade"
#define OWNER_PORTMAP	 "portmap"

struct owner {
	const char *kind;
	char text[CNET_ATTACHMENT_TEXT]; /* cnet_attachment_format() */
	char key[CNET_LINK_NAME];	 /* its key in the sets of the index: 15 digits of a hash */
	char chain4[CNET__NFT_CHAIN_NAME], chain6[CNET__NFT_CHAIN_NAME]; /* of its conditions */
};

void cnet__owner_init(struct owner *owner, const char *kind, const struct cnet_attachment *a);
/* The owner that has such a text. */
void cnet__owner_of_text(struct owner *owner, const char *kind, const char *text);

/* Do two texts belong to attachments of one container? */
bool cnet__owner_same_container(const char *text, const char *other);

/* The elements of the owner's claims, sorted; see cnet__claims_elements(). */
int cnet__owner_elements(const struct owner *owner, const struct claims *claims,
			 struct cnet__elements *ret, struct cnet_error *err) CNET_NODISCARD;

/* The elements of the index for an owner with these claims. */
int cnet__owner_index(const struct owner *owner, const struct claims *claims,
		      struct cnet__elements *ret, struct cnet_error *err) CNET_NODISCARD;

/*
 * Reads an owner's claims.
 * @index:  the elements of the index as they are; empty: there is no such owner
 * 0; -EBADMSG: the index is damaged.
 */
int cnet__owner_read(struct cnet_netns *ns, const struct owner *owner, struct cnet__elements *index,
		     struct claims *claims, struct cnet_error *err) CNET_NODISCARD;

/* Is there such an owner? */
int cnet__owner_exists(struct cnet_netns *ns, const struct owner *owner, bool *ret,
		       struct cnet_error *err) CNET_NODISCARD;

/*
 * The line in which those wait who want an element that another owner has: one for the ports of a
 * container, one for each address. @key: CNET_LINK_NAME bytes
 */
void cnet__sharing_key(const struct owner *owner, const struct cnet__element *e, char *key);
/* A place in such a line, counted from 0. @text: who waits there; "": for looking it up */
struct cnet__element cnet__sharing_place(const char *key, uint32_t n, const char *text);

#endif
