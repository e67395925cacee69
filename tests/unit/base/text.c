/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"

#include <errno.h>

#include "harness/test.h"

TEST(numbers)
{
	uint32_t value = 7;

	INTEGERS_EQUAL(cnet__text_u32("0", 0, &value), 0);
	INTEGERS_EQUAL(value, 0);
	INTEGERS_EQUAL(cnet__text_u32("65535", 65535, &value), 0);
	INTEGERS_EQUAL(value, 65535);
	INTEGERS_EQUAL(cnet__text_u32("4294967295", UINT32_MAX, &value), 0);
	INTEGERS_EQUAL(value, UINT32_MAX);
}

TEST(not_numbers)
{
	const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "0x1", "01", "00", "1.0", "a" };
	uint32_t value = 7;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		INTEGERS_EQUAL(cnet__text_u32(bad[i], UINT32_MAX, &value), -EINVAL);
	INTEGERS_EQUAL(value, 7);
}

TEST(too_large)
{
	uint32_t value = 7;

	INTEGERS_EQUAL(cnet__text_u32("65536", 65535, &value), -ERANGE);
	INTEGERS_EQUAL(cnet__text_u32("4294967296", UINT32_MAX, &value), -ERANGE);
	INTEGERS_EQUAL(cnet__text_u32("18446744073709551617", UINT32_MAX, &value), -ERANGE);
	INTEGERS_EQUAL(value, 7);
}

TEST(format)
{
	char text[4];

	INTEGERS_EQUAL(cnet__text_format(text, sizeof(text), "%d", 123), 0);
	STRINGS_EQUAL(text, "123");
	INTEGERS_EQUAL(cnet__text_format(text, sizeof(text), "%d", 1234), -ENAMETOOLONG);
}
