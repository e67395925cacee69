/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which address comes next? */
#ifndef CNET_IPAM_HOST_LOCAL_ALLOC_H
#define CNET_IPAM_HOST_LOCAL_ALLOC_H

#include "host-local/range.h"

/* Is an address taken? 1, 0, or -code with err set, which ends the search. */
typedef int (*hl_taken)(const struct cnet_ip *ip, void *arg, struct cnet_error *err);

/*
 * Chooses an address of a set, which is complete.
 *
 * last is the address given out last (family 0: none): the search goes on behind it, through the
 * ranges in their order and round to it again, so that an address rests as long as possible before
 * it is somebody else's. Without one, or if it lies in no range, it begins at the first.
 *
 * 0, with the address and its range; 1: all are taken; the code that taken gave.
 */
int hl_alloc_choose(const struct hl_range_set *set, const struct cnet_ip *last, hl_taken taken,
		    void *arg, struct cnet_ip *ret, const struct hl_range **range,
		    struct cnet_error *err) CNET_NODISCARD;

#endif
