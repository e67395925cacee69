/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/value.h>

#include "harness/test.h"

TEST(allowed)
{
	const char *const good[] = {
		"a", "eth0", "fifteen-bytes-a", "...", "br_0.1@x", "\xc3\xa9th"
	};
	struct cnet_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		OK(cnet_link_name_check(good[i], &err));
}

TEST(not_allowed)
{
	const char *const bad[] = { "",	   ".",	  "..",	   "a/b", "a b",  "a\tb",
				    "a\n", "a:0", "eth%d", "%",	  "\x7f", "a\xa0" };
	struct cnet_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS_WITH(EINVAL, "link name \"", cnet_link_name_check(bad[i], &err));
	FAILS(ENAMETOOLONG, cnet_link_name_check("sixteen-bytes-ab", &err));
}
