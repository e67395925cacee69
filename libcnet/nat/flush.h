/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flows of UDP that were tracked before ports changed, and go on past the change. */
#ifndef CNET_NAT_FLUSH_H
#define CNET_NAT_FLUSH_H

#include "nat/claim.h"

/* Forgets flows to published ports at the host's own addresses that lead elsewhere. */
int cnet__flush_added(struct cnet_netns *ns, const struct claims *claims,
		      struct cnet_error *err) CNET_NODISCARD;
/* Forgets flows that lead to where ports led. */
int cnet__flush_removed(struct cnet_netns *ns, const struct claims *claims,
			struct cnet_error *err) CNET_NODISCARD;

#endif
