/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/version.h"

#include <errno.h>

#include "harness/test.h"

static int compare(const char *a, const char *b)
{
	struct cnet__version x, y;

	CHECK(cnet__version_parse(a, &x) == 0 && cnet__version_parse(b, &y) == 0);
	return cnet__version_compare(&x, &y);
}

TEST(order)
{
	CHECK(compare("1.0.0", "0.4.0") > 0);
	CHECK(compare("0.3.1", "0.4.0") < 0);
	CHECK(compare("0.3.1", "0.3.0") > 0);
	CHECK(compare("1.1", "1.1.0") == 0);
	CHECK(compare("1", "1.0.0") == 0);
	CHECK(compare("1.10.0", "1.9.0") > 0);
}

TEST(malformed)
{
	static const char *const bad[] = { "",	  ".",	 "1.",	    "1..0",   "v1",
					   "1.x", "-1",	 "1.0.0.0", "1.0.0.", "1.0.99999999999",
					   "01",  "1 .0" };
	struct cnet__version version;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (cnet__version_parse(bad[i], &version) != -EINVAL)
			FAIL("accepted: \"%s\"", bad[i]);
	}
}

TEST(known)
{
	CHECK(cnet__version_known("0.1.0") && cnet__version_known("1.1.0"));
	CHECK(!cnet__version_known("1.1") && !cnet__version_known("") &&
	      !cnet__version_known("9.9.9"));
}

TEST(at_least)
{
	CHECK(cnet__version_at_least("0.4.0", 0, 4));
	CHECK(cnet__version_at_least("1.0.0", 0, 4));
	CHECK(!cnet__version_at_least("0.3.1", 0, 4));
	CHECK(!cnet__version_at_least("x", 0, 0));
}
