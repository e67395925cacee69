/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims of owners in the kernel: added, checked, removed, collected. */
#ifndef CNET_NAT_STORE_H
#define CNET_NAT_STORE_H

#include "nat/plan.h"

/*
 * Gives an owner these claims, in place of what it had. What the claims need of the table is made
 * first, if it is not there.
 * @rules: may be NULL if no claim is conditional
 * 0; -EADDRINUSE: a port is held by another container, the message names it.
 */
int cnet__store_add(struct cnet_netns *ns, const struct owner *owner, const struct claims *claims,
		    const struct plan_rules *rules, struct cnet_error *err) CNET_NODISCARD;

/* Is all of that there? 0; -ENOENT: the message says what is missing. */
int cnet__store_check(struct cnet_netns *ns, const struct owner *owner, const struct claims *claims,
		      struct cnet_error *err) CNET_NODISCARD;

/*
 * Takes an owner's claims back, whatever they are.
 * @removed: what they were; NULL: not wanted
 */
int cnet__store_remove(struct cnet_netns *ns, const struct owner *owner, struct claims *removed,
		       struct cnet_error *err) CNET_NODISCARD;

/*
 * Calls remove() for each owner of a kind that belongs to a network and is none of the valid
 * attachments. Failures do not stop it.
 */
int cnet__store_gc(struct cnet_netns *ns, const char *kind, const char *network,
		   const struct cnet_attachment *valid, size_t count,
		   int (*remove)(struct cnet_netns *ns, const struct owner *owner,
				 struct cnet_error *err),
		   struct cnet_error *err) CNET_NODISCARD;

/*
 * Makes ready for an addition to be undone: reserves room in the transaction (which may be NULL).
 * @ret: to be handed to cnet__store_done() once the addition is made, or else freed
 */
struct store_undo;
int cnet__store_reserve(struct cnet_netns *ns, struct cnet_txn *txn, const struct owner *owner,
			struct store_undo **ret, struct cnet_error *err) CNET_NODISCARD;
/* Records that remove() undoes the addition. */
void cnet__store_done(struct cnet_txn *txn, struct store_undo *undo,
		      int (*remove)(struct cnet_netns *ns, const struct owner *owner,
				    struct cnet_error *err));

#endif
