/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our table and its chains. */
#ifndef CNET_NFT_TABLE_H
#define CNET_NFT_TABLE_H

#include <stdbool.h>

#include "nft/nft.h"

/* The table must not exist. */
void cnet__nft_add_table(struct cnet__batch *b, const char *comment);

/* A chain that others lead to; one that exists already is no error. @comment: may be NULL */
void cnet__nft_add_chain(struct cnet__batch *b, const char *name, const char *comment);

/* A chain that packets enter. @type: "nat" or "filter"; @hook: NF_INET_* */
void cnet__nft_add_base_chain(struct cnet__batch *b, const char *name, const char *type,
			      uint32_t hook, int32_t priority);

/* Deletes a chain with its rules; nothing may lead to it. */
void cnet__nft_delete_chain(struct cnet__batch *b, const char *name);
/* Deletes the rules of a chain. */
void cnet__nft_flush_chain(struct cnet__batch *b, const char *name);

/* Is there such a chain? */
int cnet__nft_has_chain(struct cnet_netns *ns, const char *name, bool *ret,
			struct cnet_error *err) CNET_NODISCARD;

/*
 * Counts the rules of a chain; one that does not exist has none.
 * @set: only rules that look into this set; NULL: all
 */
int cnet__nft_count_rules(struct cnet_netns *ns, const char *chain, const char *set, size_t *ret,
			  struct cnet_error *err) CNET_NODISCARD;

#endif
