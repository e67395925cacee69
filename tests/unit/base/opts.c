/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/opts.h"

#include <errno.h>

#include "harness/test.h"

struct ours {
	size_t size;
	uint32_t a;
	uint32_t b;
};

struct older {
	size_t size;
	uint32_t a;
};

struct newer {
	size_t size;
	uint32_t a;
	uint32_t b;
	uint64_t c;
};

TEST(none_is_all_zero)
{
	struct ours copy = { 1, 1, 1 };
	struct cnet_error err = { 0 };

	OK(cnet__opts_copy(&copy, sizeof(copy), NULL, &err));
	INTEGERS_EQUAL(copy.size, 0);
	INTEGERS_EQUAL(copy.a, 0);
	INTEGERS_EQUAL(copy.b, 0);
}

TEST(same_size)
{
	const struct ours theirs = { sizeof(theirs), 1, 2 };
	struct cnet_error err = { 0 };
	struct ours copy;

	OK(cnet__opts_copy(&copy, sizeof(copy), &theirs, &err));
	INTEGERS_EQUAL(copy.a, 1);
	INTEGERS_EQUAL(copy.b, 2);
}

TEST(an_older_caller_lacks_members)
{
	/* What lies behind the caller's struct is not ours to read. */
	const struct {
		struct older opts;
		uint32_t other[4];
	} theirs = { { offsetof(struct older, a) + 4, 1 }, { 9, 9, 9, 9 } };
	struct ours copy = { 0, 7, 7 };
	struct cnet_error err = { 0 };

	OK(cnet__opts_copy(&copy, sizeof(copy), &theirs, &err));
	INTEGERS_EQUAL(copy.a, 1);
	INTEGERS_EQUAL(copy.b, 0);
}

TEST(a_newer_caller_asks_for_nothing_new)
{
	const struct newer theirs = { sizeof(theirs), 1, 2, 0 };
	struct cnet_error err = { 0 };
	struct ours copy;

	OK(cnet__opts_copy(&copy, sizeof(copy), &theirs, &err));
	INTEGERS_EQUAL(copy.b, 2);
}

TEST(a_newer_caller_asks_for_something_new)
{
	const struct newer theirs = { sizeof(theirs), 1, 2, (uint64_t)1 << 56 };
	struct cnet_error err = { 0 };
	struct ours copy;

	FAILS_WITH(E2BIG, "member at byte", cnet__opts_copy(&copy, sizeof(copy), &theirs, &err));
}

TEST(size_was_forgotten)
{
	const struct ours theirs = { 0, 1, 2 };
	struct cnet_error err = { 0 };
	struct ours copy;

	FAILS_WITH(EINVAL, "size", cnet__opts_copy(&copy, sizeof(copy), &theirs, &err));
}
