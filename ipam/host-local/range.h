/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ranges of addresses, and sets of them: an attachment gets one address of each set. */
#ifndef CNET_IPAM_HOST_LOCAL_RANGE_H
#define CNET_IPAM_HOST_LOCAL_RANGE_H

#include <stddef.h>

#include <cnet/value.h>

/*
 * What may be given out of one network: start to end, both included, without the gateway. An
 * address that is absent (family 0) is filled in by hl_range_complete().
 */
struct hl_range {
	struct cnet_prefix subnet;
	struct cnet_ip start;
	struct cnet_ip end;
	struct cnet_ip gateway;
};

/* Ranges of one family that do not overlap. */
struct hl_range_set {
	struct hl_range *ranges;
	size_t count;
};

/*
 * Fills in what is absent: gateway and start are the network's first host, end is its last (IPv4:
 * the one before the broadcast address). 0; -CNET_CNI_ECONFIG: nothing can be given out of it.
 */
int hl_range_complete(struct hl_range *range, struct cnet_error *err) CNET_NODISCARD;

/* Is the address between start and end? 1 or 0. */
int hl_range_contains(const struct hl_range *range, const struct cnet_ip *ip);

/* Completes every range of a set, and makes sure that it is one. 0; -CNET_CNI_ECONFIG; -ENOMEM. */
int hl_range_set_complete(struct hl_range_set *set, struct cnet_error *err) CNET_NODISCARD;

/* The range that contains an address, or NULL. */
const struct hl_range *hl_range_set_find(const struct hl_range_set *set, const struct cnet_ip *ip);

enum { HL_RANGE_SET_TEXT = 256 };

/* "start-end,start-end", cut with "..." where it exceeds HL_RANGE_SET_TEXT bytes. Returns text. */
const char *hl_range_set_format(const struct hl_range_set *set, char *text);

/* Says that a set has no address left. Returns -code. */
int hl_range_set_exhausted(const struct hl_range_set *set, int code, struct cnet_error *err);

/*
 * Completes sets; no two may share an address, and some address can be had from each.
 * 0; -CNET_CNI_ECONFIG: the message names the set or sets by index; -ENOMEM.
 */
int hl_range_sets_complete(struct hl_range_set *sets, size_t count,
			   struct cnet_error *err) CNET_NODISCARD;

#endif
