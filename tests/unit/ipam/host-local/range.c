/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "host-local/range.h"

#include <sys/socket.h>

#include <cnet/cni.h>

#include "harness/test.h"

static struct cnet_ip ip(const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_ip ip = { 0 };

	if (*text != '\0')
		OK(cnet_ip_parse(text, &ip, &err));
	return ip;
}

static struct hl_range range(const char *subnet, const char *start, const char *end,
			     const char *gateway)
{
	struct hl_range range = { .start = ip(start), .end = ip(end), .gateway = ip(gateway) };
	struct cnet_error err = { 0 };

	if (*subnet != '\0')
		OK(cnet_prefix_parse(subnet, &range.subnet, &err));
	return range;
}

static void complete(const char *subnet, const char *start, const char *end, const char *gateway)
{
	struct hl_range r = range(subnet, "", "", "");
	struct cnet_error err = { 0 };
	char text[CNET_IP_TEXT];

	OK(hl_range_complete(&r, &err));
	STRINGS_EQUAL(cnet_ip_format(&r.start, text), start);
	STRINGS_EQUAL(cnet_ip_format(&r.end, text), end);
	STRINGS_EQUAL(cnet_ip_format(&r.gateway, text), gateway);
}

TEST(defaults)
{
	complete("10.1.0.0/16", "10.1.0.1", "10.1.255.254", "10.1.0.1");
	complete("10.1.0.4/30", "10.1.0.5", "10.1.0.6", "10.1.0.5");
	complete("0.0.0.0/0", "0.0.0.1", "255.255.255.254", "0.0.0.1");
	complete("2001:db8::/64", "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", "2001:db8::1");
	complete("2001:db8::4/126", "2001:db8::5", "2001:db8::7", "2001:db8::5");
	complete("::/0", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::1");
}

TEST(given_addresses_are_kept)
{
	struct hl_range r = range("10.0.0.0/24", "10.0.0.0", "10.0.0.255", "192.0.2.1");
	const struct hl_range before = r;
	struct cnet_error err = { 0 };

	OK(hl_range_complete(&r, &err));
	CHECK(memcmp(&r, &before, sizeof(r)) == 0);
}

TEST(refused_ranges)
{
	static const struct {
		const char *subnet, *start, *end, *gateway, *message;
	} cases[] = {
		{ "", "", "", "", "range without a subnet" },
		{ "10.0.0.0/31", "", "", "", "Network 10.0.0.0/31 too small to allocate from" },
		{ "10.0.0.0/32", "", "", "", "Network 10.0.0.0/32 too small to allocate from" },
		{ "2001:db8::/127", "", "", "", "Network 2001:db8::/127 too small" },
		{ "2001:db8::/128", "", "", "", "Network 2001:db8::/128 too small" },
		{ "10.0.0.4/29", "", "", "",
		  "Network has host bits set. For a subnet mask of length 29 the network "
		  "address is 10.0.0.0" },
		{ "10.0.0.0/24", "10.0.1.0", "", "", "RangeStart 10.0.1.0 not in network" },
		{ "10.0.0.0/24", "2001:db8::1", "", "", "RangeStart 2001:db8::1 not in network" },
		{ "10.0.0.0/24", "", "10.0.1.0", "", "RangeEnd 10.0.1.0 not in network" },
		{ "10.0.0.0/24", "10.0.0.9", "10.0.0.8", "", "RangeEnd 10.0.0.8 not in network" },
		{ "10.0.0.0/24", "", "10.0.0.0", "", "RangeEnd 10.0.0.0 not in network" },
		{ "10.0.0.0/24", "10.0.0.255", "", "", "RangeEnd 10.0.0.254 not in network" },
		{ "10.0.0.0/24", "", "", "2001:db8::1", "gateway 2001:db8::1 not in network" },
	};
	struct cnet_error err;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hl_range r =
			range(cases[i].subnet, cases[i].start, cases[i].end, cases[i].gateway);
		const struct hl_range before = r;

		FAILS_WITH(CNET_CNI_ECONFIG, cases[i].message, hl_range_complete(&r, &err));
		CHECK(memcmp(&r, &before, sizeof(r)) == 0);
	}
}

TEST(contains_its_ends_and_nothing_beyond)
{
	struct hl_range r = range("10.0.0.0/24", "10.0.0.10", "10.0.0.12", "");
	struct hl_range_set set = { &r, 1 };
	const struct cnet_ip first = ip("10.0.0.10"), last = ip("10.0.0.12"),
			     before = ip("10.0.0.9"), after = ip("10.0.0.13"),
			     other = ip("a00:b::");
	struct cnet_error err = { 0 };

	OK(hl_range_complete(&r, &err));
	CHECK(hl_range_contains(&r, &first) && hl_range_contains(&r, &last));
	CHECK(!hl_range_contains(&r, &before) && !hl_range_contains(&r, &after));
	CHECK(!hl_range_contains(&r, &other));
	CHECK(hl_range_set_find(&set, &last) == &r);
	CHECK(hl_range_set_find(&set, &after) == NULL);
}

TEST(set_is_of_one_family_and_free_of_overlaps)
{
	struct hl_range ranges[3];
	struct hl_range_set set = { ranges, 0 };
	struct cnet_error err = { 0 };

	FAILS_WITH(CNET_CNI_ECONFIG, "empty range set", hl_range_set_complete(&set, &err));

	set.count = 2;
	ranges[0] = range("10.0.0.0/24", "", "", "");
	ranges[1] = range("2001:db8::/64", "", "", "");
	FAILS_WITH(CNET_CNI_ECONFIG, "mixed address families", hl_range_set_complete(&set, &err));

	ranges[1] = range("10.0.0.0/25", "", "", "");
	FAILS_WITH(CNET_CNI_ECONFIG, "subnets 10.0.0.1-10.0.0.254 and 10.0.0.1-10.0.0.126 overlap",
		   hl_range_set_complete(&set, &err));

	/* Named in the order of the configuration, whichever begins first. */
	ranges[0] = range("10.0.0.0/24", "10.0.0.20", "10.0.0.30", "");
	ranges[1] = range("10.0.0.0/24", "10.0.0.10", "10.0.0.20", "");
	FAILS_WITH(CNET_CNI_ECONFIG, "subnets 10.0.0.20-10.0.0.30 and 10.0.0.10-10.0.0.20 overlap",
		   hl_range_set_complete(&set, &err));

	set.count = 3;
	ranges[0] = range("10.0.0.0/24", "10.0.0.21", "10.0.0.30", "");
	ranges[2] = range("10.0.0.0/24", "10.0.0.31", "10.0.0.31", "");
	OK(hl_range_set_complete(&set, &err));
	ranges[2] = range("10.0.0.0/24", "10.0.0.5", "10.0.0.200", "");
	FAILS_WITH(CNET_CNI_ECONFIG, "overlap", hl_range_set_complete(&set, &err));
}

TEST(sets_share_no_address)
{
	struct hl_range a[] = { range("10.0.0.0/24", "", "", ""),
				range("10.0.1.0/24", "", "", "") };
	struct hl_range b[] = { range("2001:db8::/64", "", "", "") };
	struct hl_range c[] = { range("10.0.1.0/24", "10.0.1.9", "10.0.1.9", "") };
	struct hl_range_set sets[] = { { a, 2 }, { b, 1 }, { c, 1 } };
	struct cnet_error err = { 0 };

	FAILS_WITH(CNET_CNI_ECONFIG, "no IP ranges specified",
		   hl_range_sets_complete(sets, 0, &err));
	FAILS_WITH(CNET_CNI_ECONFIG, "range set 0 overlaps with 2",
		   hl_range_sets_complete(sets, 3, &err));
}

TEST(errors_name_the_set)
{
	struct hl_range a[] = { range("10.0.0.0/24", "", "", "") };
	struct hl_range b[] = { range("10.0.1.1/24", "", "", "") };
	struct hl_range_set sets[] = { { a, 1 }, { b, 1 } };
	struct cnet_error err = { 0 };

	FAILS_WITH(CNET_CNI_ECONFIG, "invalid range set 1: Network has host bits set",
		   hl_range_sets_complete(sets, 2, &err));
	b[0] = range("10.0.1.0/24", "", "", "");
	OK(hl_range_sets_complete(sets, 2, &err));
}

/* A quadratic search takes tens of seconds here (the reference: 45 s for 2,000). */
TEST(many_ranges)
{
	enum { COUNT = 200000 };
	struct hl_range *ranges = calloc(COUNT, sizeof(*ranges));
	struct hl_range_set set = { ranges, COUNT };
	struct cnet_error err = { 0 };
	unsigned int i;

	CHECK(ranges != NULL);
	for (i = 0; i < COUNT; i++) {
		const unsigned int n = (unsigned int)(i * 77777ull % COUNT);

		ranges[i].subnet.ip = (struct cnet_ip){
			AF_INET, { 10, (uint8_t)(n >> 14), (uint8_t)(n >> 6), (uint8_t)(n << 2) }
		};
		ranges[i].subnet.length = 30;
	}

	OK(hl_range_set_complete(&set, &err));
	ranges[COUNT - 1] = ranges[COUNT / 2];
	FAILS_WITH(CNET_CNI_ECONFIG, "overlap", hl_range_set_complete(&set, &err));
	free(ranges);
}

TEST(text_of_a_set)
{
	struct hl_range ranges[20];
	struct hl_range_set set = { ranges, 2 };
	struct cnet_error err = { 0 };
	char text[HL_RANGE_SET_TEXT], subnet[32];
	size_t i;

	ranges[0] = range("10.0.0.0/24", "", "", "");
	ranges[1] = range("10.0.1.0/24", "10.0.1.7", "10.0.1.9", "");
	OK(hl_range_set_complete(&set, &err));
	STRINGS_EQUAL(hl_range_set_format(&set, text), "10.0.0.1-10.0.0.254,10.0.1.7-10.0.1.9");

	for (i = 0; i < 20; i++) {
		snprintf(subnet, sizeof(subnet), "10.100.%zu.0/24", 100 + i);
		ranges[i] = range(subnet, "", "", "");
	}
	set.count = 20;
	OK(hl_range_set_complete(&set, &err));
	hl_range_set_format(&set, text);
	CHECK(strlen(text) < sizeof(text) && strlen(text) > sizeof(text) - 32);
	STRINGS_EQUAL(text + strlen(text) - 6, "254...");
}
