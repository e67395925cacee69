/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table that every attachment's elements lie in, and its rules, which do not grow. */
#ifndef CNET_NAT_BASE_H
#define CNET_NAT_BASE_H

#include <cnet/value.h>

#include "nft/set.h"

/* Names of the sets; where two are named, the first is for IPv4. See README.md. */
#define CNET__NAT_OWNER	  "owner"
#define CNET__NAT_OWNED	  "owned"
#define CNET__NAT_SHARING "sharing"

/*
 * Makes the table with all that does not depend on attachments. 0, also if another process has made
 * it; -EOPNOTSUPP: the kernel lacks something that is needed.
 */
int cnet__base_add(struct cnet_netns *ns, struct cnet_error *err) CNET_NODISCARD;

/*
 * Makes the set, and the rule that looks into it, for networks of a prefix length, unless they
 * are there.
 * @stem: "own" (masquerading: the own network) or "sub" (published ports: siblings)
 */
int cnet__base_add_length(struct cnet_netns *ns, const char *stem, const struct cnet_prefix *prefix,
			  struct cnet_error *err) CNET_NODISCARD;

/* The name of that set: "own4_24". @name: CNET__NFT_SET_NAME bytes */
void cnet__base_length_set(const char *stem, const struct cnet_prefix *prefix, char *name);

/* Are all rules there? 0; -ENOENT: the message names the chain. */
int cnet__base_check(struct cnet_netns *ns, struct cnet_error *err) CNET_NODISCARD;
int cnet__base_check_length(struct cnet_netns *ns, const char *stem,
			    const struct cnet_prefix *prefix,
			    struct cnet_error *err) CNET_NODISCARD;

#endif
