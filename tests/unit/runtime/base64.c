/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "runtime/base64.h"

#include "base/auto.h"
#include "harness/test.h"

static void encoded(const void *data, size_t length, const char *expected)
{
	AUTO_FREE char *text = cnet__base64(data, length);

	STRINGS_EQUAL(text, expected);
}

/* RFC 4648, section 10. */
TEST(known_answers)
{
	encoded("", 0, "");
	encoded("f", 1, "Zg==");
	encoded("fo", 2, "Zm8=");
	encoded("foo", 3, "Zm9v");
	encoded("foob", 4, "Zm9vYg==");
	encoded("fooba", 5, "Zm9vYmE=");
	encoded("foobar", 6, "Zm9vYmFy");
}

TEST(all_digits)
{
	encoded("\xff\xef\xbe\xff", 4, "/+++/w==");
}
