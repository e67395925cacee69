/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which address comes next? Arithmetic alone: who holds what is the caller's to know. */

#include "host-local/alloc.h"

#include "base/auto.h"

/* A place in a set. */
struct cursor {
	const struct hl_range_set *set;
	const struct hl_range *range;
	struct cnet_ip ip;
};

static void advance(struct cursor *cursor)
{
	const struct hl_range *const end = cursor->set->ranges + cursor->set->count;

	if (cnet_ip_compare(&cursor->ip, &cursor->range->end) < 0) {
		ignore(cnet_ip_next(&cursor->ip)); /* there is one: it is before the end */
		return;
	}

	cursor->range++;
	if (cursor->range == end)
		cursor->range = cursor->set->ranges;
	cursor->ip = cursor->range->start;
}

static struct cursor begin(const struct hl_range_set *set, const struct cnet_ip *last)
{
	struct cursor cursor = { .set = set, .range = hl_range_set_find(set, last), .ip = *last };

	if (cursor.range != NULL) {
		advance(&cursor);
		return cursor;
	}

	cursor.range = set->ranges;
	cursor.ip = cursor.range->start;
	return cursor;
}

int hl_alloc_choose(const struct hl_range_set *set, const struct cnet_ip *last, hl_taken taken,
		    void *arg, struct cnet_ip *ret, const struct hl_range **range,
		    struct cnet_error *err)
{
	struct cursor cursor = begin(set, last);
	const struct cnet_ip first = cursor.ip;
	int r;

	/* No address is in two ranges, so that the first comes again only after all others. */
	do {
		r = 1;
		if (cnet_ip_compare(&cursor.ip, &cursor.range->gateway) != 0)
			r = taken(&cursor.ip, arg, err);
		if (r < 0)
			return r;
		if (r == 0) {
			*ret = cursor.ip;
			*range = cursor.range;
			return 0;
		}
		advance(&cursor);
	} while (cnet_ip_compare(&cursor.ip, &first) != 0);

	return 1;
}
