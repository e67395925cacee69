/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every small case is compared with the plainest allocator that one can write. */

#include "host-local/alloc.h"

#include <errno.h>
#include <sys/socket.h>

#include "harness/test.h"

enum { MOST = 32 };

static struct cnet_ip host(unsigned int n)
{
	return (struct cnet_ip){ AF_INET, { 10, 0, 0, (uint8_t)n } };
}

/* taken: of 10.0.0.n, bit n. */
static int is_taken(const struct cnet_ip *ip, void *arg, struct cnet_error *err)
{
	const uint32_t *taken = arg;

	(void)err;
	if (ip->family != AF_INET || ip->bytes[3] >= MOST)
		FAIL("asked for an address that is in no range");
	return (*taken >> ip->bytes[3]) & 1;
}

/* The same by a list: all addresses in order, twice, and the first after last that may be had. */
static int expected(const struct hl_range_set *set, unsigned int last, uint32_t taken)
{
	unsigned int list[2 * MOST], gateway[2 * MOST], n = 0, begin = 0, i, k;

	for (i = 0; i < set->count; i++) {
		const struct hl_range *r = &set->ranges[i];

		for (k = r->start.bytes[3]; k <= r->end.bytes[3]; k++) {
			gateway[n] = r->gateway.bytes[3];
			list[n++] = k;
		}
	}

	for (i = 0; i < n; i++) {
		if (list[i] == last)
			begin = i + 1;
	}

	for (i = begin; i < begin + n; i++) {
		k = list[i % n];
		if (k != gateway[i % n] && (taken >> k & 1) == 0)
			return (int)k;
	}

	return -1;
}

static void compare(const struct hl_range_set *set, unsigned int last, uint32_t taken)
{
	struct cnet_ip begin = host(last), ip = { 0 };
	const struct hl_range *range = NULL;
	struct cnet_error err = { 0 };
	int want = expected(set, last, taken);
	int r;

	r = hl_alloc_choose(set, &begin, is_taken, &taken, &ip, &range, &err);
	if ((r == 0 ? ip.bytes[3] : -r) != want || (r == 0 && !hl_range_contains(range, &ip)) ||
	    (r > 0 && (range != NULL || ip.family != 0 || err.code != 0)))
		FAIL("%u-%u gateway %u, last %u, taken %#x: %d (10.0.0.%u), expected %d",
		     set->ranges[0].start.bytes[3], set->ranges[0].end.bytes[3],
		     set->ranges[0].gateway.bytes[3], last, taken, r, ip.bytes[3], want);
}

TEST(every_range_of_eight)
{
	struct hl_range range = { .subnet = { host(0), 29 } };
	struct hl_range_set set = { &range, 1 };
	unsigned int start, end, gateway, last;
	uint32_t taken;

	for (start = 0; start < 8; start++) {
		for (end = start; end < 8; end++) {
			for (gateway = 0; gateway <= 8; gateway++) {
				range.start = host(start);
				range.end = host(end);
				range.gateway = host(gateway);
				for (last = 0; last < 10; last++) {
					for (taken = 0; taken < 256; taken++)
						compare(&set, last, taken);
				}
			}
		}
	}
}

/* Not in the order of their addresses: that of the configuration counts. */
TEST(every_pair_of_ranges_of_four)
{
	struct hl_range ranges[2] = { { .subnet = { host(4), 30 } },
				      { .subnet = { host(0), 30 } } };
	struct hl_range_set set = { ranges, 2 };
	unsigned int spans, gateways, last;
	uint32_t taken;

	for (spans = 0; spans < 256; spans++) {
		const unsigned int a = spans & 3, b = spans >> 2 & 3, c = spans >> 4 & 3,
				   d = spans >> 6;

		if (a > b || c > d)
			continue;
		ranges[0].start = host(4 + a);
		ranges[0].end = host(4 + b);
		ranges[1].start = host(c);
		ranges[1].end = host(d);
		for (gateways = 0; gateways < 25; gateways++) {
			ranges[0].gateway = host(4 + gateways % 5);
			ranges[1].gateway = host(gateways / 5);
			for (last = 0; last < 9; last++) {
				for (taken = 0; taken < 256; taken += 1 + gateways % 3)
					compare(&set, last, taken);
			}
		}
	}
}

/* Given out and never taken back, the addresses come in order, each once. */
TEST(round_robin)
{
	struct hl_range range = { { host(0), 28 }, host(3), host(12), host(5) };
	struct hl_range_set set = { &range, 1 };
	const struct hl_range *from;
	struct cnet_error err = { 0 };
	struct cnet_ip ip = host(9);
	uint32_t none = 0;
	int i;

	for (i = 0; i < 27; i++) {
		static const uint8_t order[] = { 10, 11, 12, 3, 4, 6, 7, 8, 9 };

		OK(hl_alloc_choose(&set, &ip, is_taken, &none, &ip, &from, &err));
		INTEGERS_EQUAL(ip.bytes[3], order[i % 9]);
	}
}

static int free_of_all(const struct cnet_ip *ip, void *arg, struct cnet_error *err)
{
	(void)ip;
	(void)arg;
	(void)err;
	return 0;
}

static void next(const char *subnet, const char *last, const char *expected)
{
	const struct hl_range *from;
	struct hl_range range = { 0 };
	struct hl_range_set set = { &range, 1 };
	struct cnet_error err = { 0 };
	struct cnet_ip ip = { 0 };
	char text[CNET_IP_TEXT];

	OK(cnet_prefix_parse(subnet, &range.subnet, &err));
	OK(hl_range_set_complete(&set, &err));
	if (*last != '\0')
		OK(cnet_ip_parse(last, &ip, &err));
	OK(hl_alloc_choose(&set, &ip, free_of_all, NULL, &ip, &from, &err));
	STRINGS_EQUAL(cnet_ip_format(&ip, text), expected);
}

TEST(ends_of_the_space)
{
	next("::/0", "", "::2");
	next("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
	     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	next("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::2");
	next("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffc/126",
	     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
	next("0.0.0.0/0", "255.255.255.254", "0.0.0.2");
	next("255.255.255.252/30", "255.255.255.254", "255.255.255.254");
	next("2001:db8::/64", "2001:db8::ffff", "2001:db8::1:0");
	next("2001:db8::/64", "10.0.0.1", "2001:db8::2");
	next("10.0.0.0/8", "10.0.255.255", "10.1.0.0");
}

static int fails_at_the_third(const struct cnet_ip *ip, void *arg, struct cnet_error *err)
{
	int *calls = arg;

	(void)ip;
	return ++*calls < 3 ? 1 : cnet_error_set(err, EIO, "no idea");
}

TEST(predicate_ends_the_search)
{
	struct hl_range range = { { host(0), 28 }, host(1), host(14), host(1) };
	struct hl_range_set set = { &range, 1 };
	const struct hl_range *from = NULL;
	struct cnet_error err = { 0 };
	struct cnet_ip ip = { 0 };
	int calls = 0;

	FAILS(EIO, hl_alloc_choose(&set, &ip, fails_at_the_third, &calls, &ip, &from, &err));
	INTEGERS_EQUAL(calls, 3);
	CHECK(ip.family == 0 && from == NULL);
}
