/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages that addresses are made and read with. */
#ifndef CNET_ADDR_ADDR_H
#define CNET_ADDR_ADDR_H

#include <cnet/addr.h>

#include "nl/msg.h"

/* RTM_NEWADDR, or RTM_DELADDR with opts NULL. */
void cnet__addr_encode(struct cnet__msg *m, int type, int flags, unsigned int ifindex,
		       const struct cnet_prefix *prefix, const struct cnet_addr_opts *opts);

/* RTM_NEWADDR -> addr. 1; 0: of a family other than IP; -EBADMSG. */
int cnet__addr_decode(const struct nlmsghdr *answer, struct cnet_addr *addr,
		      struct cnet_error *err) CNET_NODISCARD;

#endif
