/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/value.h>

#include "harness/test.h"

static void round_trip(const char *text, const char *expected)
{
	struct cnet_error err = { 0 };
	char buffer[CNET_IP_TEXT];
	struct cnet_ip ip;

	OK(cnet_ip_parse(text, &ip, &err));
	STRINGS_EQUAL(cnet_ip_format(&ip, buffer), expected);
}

TEST(text_and_back)
{
	round_trip("10.1.0.255", "10.1.0.255");
	round_trip("2001:DB8:0:0:0:0:0:1", "2001:db8::1");
	round_trip("::ffff:10.0.0.1", "10.0.0.1");
	round_trip("::", "::");
}

TEST(malformed)
{
	const char *const bad[] = { "",		  "10.0.0", "10.0.0.256", "010.0.0.1",
				    "1.2.3.4/24", "x",	    "1::2::3",	  "fe80::1%lo" };
	struct cnet_error err = { 0 };
	struct cnet_ip ip;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS_WITH(EINVAL, bad[i], cnet_ip_parse(bad[i], &ip, &err));
}

TEST(next_and_previous)
{
	struct cnet_error err = { 0 };
	char buffer[CNET_IP_TEXT];
	struct cnet_ip ip;

	OK(cnet_ip_parse("10.0.255.255", &ip, &err));
	INTEGERS_EQUAL(cnet_ip_next(&ip), 0);
	STRINGS_EQUAL(cnet_ip_format(&ip, buffer), "10.1.0.0");
	INTEGERS_EQUAL(cnet_ip_previous(&ip), 0);
	STRINGS_EQUAL(cnet_ip_format(&ip, buffer), "10.0.255.255");

	OK(cnet_ip_parse("255.255.255.255", &ip, &err));
	INTEGERS_EQUAL(cnet_ip_next(&ip), -ERANGE);
	STRINGS_EQUAL(cnet_ip_format(&ip, buffer), "255.255.255.255");
	OK(cnet_ip_parse("::", &ip, &err));
	INTEGERS_EQUAL(cnet_ip_previous(&ip), -ERANGE);
	OK(cnet_ip_parse("::ff", &ip, &err));
	INTEGERS_EQUAL(cnet_ip_next(&ip), 0);
	STRINGS_EQUAL(cnet_ip_format(&ip, buffer), "::100");
}
