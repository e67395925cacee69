/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <sys/socket.h>

#include <cnet/value.h>

#include "harness/kernel.h"

static void round_trip(const char *text, const char *expected)
{
	const struct cnet_prefix prefix = test_parse_prefix(text);
	char buffer[CNET_PREFIX_TEXT];

	STRINGS_EQUAL(cnet_prefix_format(&prefix, buffer), expected);
}

TEST(text_and_back)
{
	round_trip("10.1.2.3/24", "10.1.2.3/24");
	round_trip("0.0.0.0/0", "0.0.0.0/0");
	round_trip("255.255.255.255/32", "255.255.255.255/32");
	round_trip("2001:DB8::1/64", "2001:db8::1/64");
	round_trip("::/0", "::/0");
	round_trip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/128",
		   "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/128");
}

TEST(mapped_addresses_become_ipv4)
{
	struct cnet_error err = { 0 };
	struct cnet_prefix prefix;

	round_trip("::ffff:10.1.2.3/120", "10.1.2.3/24");
	round_trip("::ffff:10.1.2.3/96", "10.1.2.3/0");
	FAILS(EINVAL, cnet_prefix_parse("::ffff:10.1.2.3/95", &prefix, &err));
}

TEST(malformed)
{
	const char *const bad[] = {
		"",
		"10.0.0.1",
		"10.0.0.1/",
		"/24",
		"10.0.0.1/33",
		"10.0.0.1/-1",
		"10.0.0.1/024",
		"10.0.0.1/24/24",
		"10.0.0.1/255.255.255.0",
		"10.0.0.1 /24",
		"::1/129",
		"::1/4294967297",
		"1111111111111111111111111111111111111111111111111111/24",
	};
	struct cnet_prefix prefix = { .length = 7 };
	struct cnet_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS_WITH(EINVAL, bad[i], cnet_prefix_parse(bad[i], &prefix, &err));
	INTEGERS_EQUAL(prefix.length, 7);
}

TEST(no_address)
{
	const struct cnet_prefix none = { .length = 24 };
	char buffer[CNET_PREFIX_TEXT];

	STRINGS_EQUAL(cnet_prefix_format(&none, buffer), "");
}

static void ends(const char *text, const char *first, const char *last)
{
	const struct cnet_prefix prefix = test_parse_prefix(text);
	struct cnet_ip ip = cnet_prefix_network(&prefix);
	char buffer[CNET_IP_TEXT];

	STRINGS_EQUAL(cnet_ip_format(&ip, buffer), first);
	ip = cnet_prefix_last(&prefix);
	STRINGS_EQUAL(cnet_ip_format(&ip, buffer), last);
}

TEST(first_and_last)
{
	ends("10.1.2.3/24", "10.1.2.0", "10.1.2.255");
	ends("10.1.2.3/32", "10.1.2.3", "10.1.2.3");
	ends("10.1.2.3/31", "10.1.2.2", "10.1.2.3");
	ends("10.1.2.3/0", "0.0.0.0", "255.255.255.255");
	ends("10.255.2.3/9", "10.128.0.0", "10.255.255.255");
	ends("2001:db8::1/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff");
	ends("2001:db8::1/128", "2001:db8::1", "2001:db8::1");
	ends("2001:db8:ffff::1/33", "2001:db8:8000::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
	ends("2001:db8::1/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static int contains(const char *text, const char *address)
{
	const struct cnet_prefix prefix = test_parse_prefix(text);
	const struct cnet_ip ip = test_parse_ip(address);

	return cnet_prefix_contains(&prefix, &ip);
}

TEST(containing)
{
	CHECK(contains("10.1.2.3/24", "10.1.2.255"));
	CHECK(!contains("10.1.2.3/24", "10.1.3.0"));
	CHECK(contains("10.1.2.3/0", "255.0.0.1"));
	CHECK(contains("10.1.2.3/32", "10.1.2.3"));
	CHECK(!contains("10.1.2.3/32", "10.1.2.2"));
	CHECK(contains("2001:db8::/32", "2001:db8:1::1"));
	CHECK(!contains("2001:db8::/32", "2001:db9::"));
	CHECK(!contains("0.0.0.0/0", "::1"));
	CHECK(!contains("::/0", "10.0.0.1"));
}

/* Every length against every length, for two addresses that part at bit 20. */
TEST(overlapping)
{
	struct cnet_prefix a = test_parse_prefix("10.1.16.0/0");
	struct cnet_prefix b = test_parse_prefix("10.1.24.0/0");

	for (a.length = 0; a.length <= 32; a.length++) {
		for (b.length = 0; b.length <= 32; b.length++) {
			const int shorter = (int)(a.length < b.length ? a.length : b.length);

			INTEGERS_EQUAL(cnet_prefix_overlaps(&a, &b), shorter <= 20);
			INTEGERS_EQUAL(cnet_prefix_overlaps(&b, &a), shorter <= 20);
		}
	}

	b = test_parse_prefix("::/0");
	a.length = 0;
	CHECK(!cnet_prefix_overlaps(&a, &b));
}
