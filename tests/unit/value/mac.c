/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/value.h>

#include "harness/kernel.h"

TEST(text_and_back)
{
	struct cnet_mac mac = test_parse_mac("02:aB:Cd:00:9f:F0");
	char text[CNET_MAC_TEXT];

	STRINGS_EQUAL(cnet_mac_format(&mac, text), "02:ab:cd:00:9f:f0");
	mac = test_parse_mac("02-ab-cd-00-9f-f0");
	STRINGS_EQUAL(cnet_mac_format(&mac, text), "02:ab:cd:00:9f:f0");
}

TEST(malformed)
{
	const char *const bad[] = {
		"",
		"02:ab:cd:00:9f",
		"02:ab:cd:00:9f:f0:11",
		"02:ab:cd:00:9f:f",
		"02:ab:cd:00:9f:fg",
		"02:ab:cd-00:9f:f0",
		"02.ab.cd.00.9f.f0",
		" 2:ab:cd:00:9f:f0",
		"02ab.cd00.9ff0",
		"02:ab:cd:00:9f:f0 ",
	};
	struct cnet_mac mac = { .set = 0 };
	struct cnet_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS_WITH(EINVAL, bad[i], cnet_mac_parse(bad[i], &mac, &err));
	INTEGERS_EQUAL(mac.set, 0);
}

TEST(equality)
{
	const struct cnet_mac a = test_parse_mac("02:00:00:00:00:01"), none = { 0 };
	const struct cnet_mac b = test_parse_mac("02:00:00:00:00:02");
	char text[CNET_MAC_TEXT];

	CHECK(cnet_mac_equal(&a, &a));
	CHECK(!cnet_mac_equal(&a, &b));
	CHECK(!cnet_mac_equal(&a, &none));
	CHECK(!cnet_mac_equal(&none, &none));
	STRINGS_EQUAL(cnet_mac_format(&none, text), "");
}
