/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what an owner has to what it shall have, in one transaction. */
#ifndef CNET_NAT_PLAN_H
#define CNET_NAT_PLAN_H

#include "nat/owner.h"

/* Puts the rules of an attachment's conditions into its chain, which is empty. */
typedef void cnet__plan_rules_fn(struct cnet__batch *b, unsigned int family, const char *chain,
				 void *arg);

struct plan_rules {
	cnet__plan_rules_fn *put;
	void *arg;
};

/* Makes the chains of a new owner's conditional ports, with their rules. */
void cnet__plan_chains(struct cnet__batch *b, const struct owner *owner,
		       const struct claims *claims, const struct plan_rules *rules);

/*
 * Replaces an owner's claims, hands over to those who wait what it gives up, and waits itself for
 * what others have and share.
 * @wanted:  empty: it gives up all
 * @rules:   may be NULL if no claim is conditional
 * @removed: the claims that it had; NULL: not wanted
 * 0; -EADDRINUSE: a port is held by another container, the message names it; -ENOENT: the table,
 * or a set that is needed, does not exist.
 */
int cnet__plan_carry_out(struct cnet_netns *ns, const struct owner *owner,
			 const struct claims *wanted, const struct plan_rules *rules,
			 struct claims *removed, struct cnet_error *err) CNET_NODISCARD;

#endif
