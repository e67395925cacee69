/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ranges of addresses, and sets of them. Words of the errors are those of the reference. */

#include "host-local/range.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cnet/cni.h>

#include "base/auto.h"

enum { RANGE_TEXT = 2 * CNET_IP_TEXT }; /* room for "start-end" */

/* A range with the place that it was configured at. */
struct place {
	const struct hl_range *range;
	size_t set;
	size_t index;
};

int hl_range_contains(const struct hl_range *range, const struct cnet_ip *ip)
{
	return cnet_ip_compare(ip, &range->start) >= 0 && cnet_ip_compare(ip, &range->end) <= 0;
}

static int subnet_check(const struct cnet_prefix *subnet, struct cnet_error *err)
{
	const struct cnet_ip network = cnet_prefix_network(subnet);
	char text[CNET_PREFIX_TEXT], given[CNET_PREFIX_TEXT];

	if (subnet->ip.family == 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "range without a subnet");

	/* Network and broadcast address, or the subnet routers' anycast address (RFC 4291 2.6.1),
	 * leave a /31 or a /127 nothing beside the gateway.
	 */
	if (subnet->length > cnet_ip_bits(&subnet->ip) - 2)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "Network %s too small to allocate from",
				      cnet_prefix_format(subnet, text));

	if (cnet_ip_compare(&network, &subnet->ip) != 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "Network has host bits set. For a subnet mask of length %u "
				      "the network address is %s: \"%s\"",
				      subnet->length, cnet_ip_format(&network, text),
				      cnet_prefix_format(subnet, given));

	return 0;
}

/* A subnet has at least four addresses here, so that neither step can fail. */
static struct cnet_ip first_host(const struct cnet_prefix *subnet)
{
	struct cnet_ip ip = cnet_prefix_network(subnet);

	ignore(cnet_ip_next(&ip));
	return ip;
}

static struct cnet_ip last_host(const struct cnet_prefix *subnet)
{
	struct cnet_ip ip = cnet_prefix_last(subnet);

	if (ip.family == AF_INET)
		ignore(cnet_ip_previous(&ip));
	return ip;
}

static int outside(const char *what, const struct cnet_ip *ip, const struct cnet_prefix *subnet,
		   struct cnet_error *err)
{
	char address[CNET_IP_TEXT], network[CNET_PREFIX_TEXT];

	return cnet_error_set(err, CNET_CNI_ECONFIG, "%s %s not in network %s", what,
			      cnet_ip_format(ip, address), cnet_prefix_format(subnet, network));
}

int hl_range_complete(struct hl_range *range, struct cnet_error *err)
{
	struct hl_range whole = *range;
	int r;

	r = subnet_check(&whole.subnet, err);
	if (r < 0)
		return r;

	if (whole.gateway.family == 0)
		whole.gateway = first_host(&whole.subnet);
	if (whole.start.family == 0)
		whole.start = first_host(&whole.subnet);
	if (whole.end.family == 0)
		whole.end = last_host(&whole.subnet);

	if (!cnet_prefix_contains(&whole.subnet, &whole.start))
		return outside("RangeStart", &whole.start, &whole.subnet, err);
	if (!cnet_prefix_contains(&whole.subnet, &whole.end) ||
	    cnet_ip_compare(&whole.end, &whole.start) < 0)
		return outside("RangeEnd", &whole.end, &whole.subnet, err);
	if (whole.gateway.family != whole.subnet.ip.family)
		return outside("gateway", &whole.gateway, &whole.subnet, err);

	*range = whole;
	return 0;
}

static bool earlier(const struct place *a, const struct place *b)
{
	return a->set < b->set || (a->set == b->set && a->index < b->index);
}

static int by_start(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return cnet_ip_compare(&x->range->start, &y->range->start);
}

/*
 * Finds two ranges that share an address. Sorted by start, if any two do then two neighbours do:
 * there may be thousands of ranges.
 */
static int overlap(struct place *places, size_t count, struct place *a, struct place *b)
{
	size_t i;

	qsort(places, count, sizeof(*places), by_start);

	for (i = 1; i < count; i++) {
		if (cnet_ip_compare(&places[i].range->start, &places[i - 1].range->end) <= 0) {
			const bool swap = earlier(&places[i], &places[i - 1]);

			*a = places[swap ? i : i - 1];
			*b = places[swap ? i - 1 : i];
			return 1;
		}
	}

	return 0;
}

static int places_of(const struct hl_range_set *sets, size_t count, struct place **ret,
		     size_t *length, struct cnet_error *err)
{
	struct place *places;
	size_t total = 0, i, k, n = 0;

	for (i = 0; i < count; i++)
		total += sets[i].count;

	places = calloc(total, sizeof(*places));
	if (places == NULL)
		return cnet_error_set(err, ENOMEM, "ranges: out of memory");

	for (i = 0; i < count; i++) {
		for (k = 0; k < sets[i].count; k++)
			places[n++] = (struct place){ &sets[i].ranges[k], i, k };
	}

	*ret = places;
	*length = n;
	return 0;
}

static const char *range_format(const struct hl_range *range, char *text)
{
	char start[CNET_IP_TEXT], end[CNET_IP_TEXT];

	snprintf(text, RANGE_TEXT, "%s-%s", cnet_ip_format(&range->start, start),
		 cnet_ip_format(&range->end, end));
	return text;
}

int hl_range_set_complete(struct hl_range_set *set, struct cnet_error *err)
{
	AUTO_FREE struct place *places = NULL;
	char first[RANGE_TEXT], second[RANGE_TEXT];
	struct place a, b;
	size_t i, n = 0;
	int r;

	if (set->count == 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "empty range set");

	for (i = 0; i < set->count; i++) {
		r = hl_range_complete(&set->ranges[i], err);
		if (r < 0)
			return r;
		if (set->ranges[i].subnet.ip.family != set->ranges[0].subnet.ip.family)
			return cnet_error_set(err, CNET_CNI_ECONFIG, "mixed address families");
	}

	r = places_of(set, 1, &places, &n, err);
	if (r < 0)
		return r;
	if (overlap(places, n, &a, &b))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "subnets %s and %s overlap",
				      range_format(a.range, first), range_format(b.range, second));

	return 0;
}

const struct hl_range *hl_range_set_find(const struct hl_range_set *set, const struct cnet_ip *ip)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (hl_range_contains(&set->ranges[i], ip))
			return &set->ranges[i];
	}

	return NULL;
}

const char *hl_range_set_format(const struct hl_range_set *set, char *text)
{
	static const char cut[] = "...";
	char range[RANGE_TEXT];
	size_t length = 0, i;

	for (i = 0; i < set->count; i++) {
		const char *comma = i == 0 ? "" : ",";
		const size_t more = strlen(range_format(&set->ranges[i], range)) + strlen(comma);

		if (length + more + sizeof(cut) > HL_RANGE_SET_TEXT) {
			memcpy(text + length, cut, sizeof(cut));
			return text;
		}
		snprintf(text + length, more + 1, "%s%s", comma, range);
		length += more;
	}

	return text;
}

int hl_range_set_exhausted(const struct hl_range_set *set, int code, struct cnet_error *err)
{
	char text[HL_RANGE_SET_TEXT];

	return cnet_error_set(err, code, "no IP addresses available in range set: %s",
			      hl_range_set_format(set, text));
}

int hl_range_sets_complete(struct hl_range_set *sets, size_t count, struct cnet_error *err)
{
	AUTO_FREE struct place *places = NULL;
	struct place a, b;
	size_t i, n = 0;
	int r;

	if (count == 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "no IP ranges specified");

	for (i = 0; i < count; i++) {
		r = hl_range_set_complete(&sets[i], err);
		if (r < 0)
			return cnet_error_prefix(err, r, "invalid range set %zu", i);
	}

	r = places_of(sets, count, &places, &n, err);
	if (r < 0)
		return r;
	if (overlap(places, n, &a, &b))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "range set %zu overlaps with %zu",
				      a.set, b.set);

	return 0;
}
