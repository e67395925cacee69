/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/error.h>

#include "harness/test.h"

TEST(set_returns_the_negative_code)
{
	struct cnet_error err = { 0 };

	INTEGERS_EQUAL(cnet_error_set(&err, ENOENT, "file \"%s\": %d", "x", 7), -ENOENT);
	INTEGERS_EQUAL(err.code, ENOENT);
	STRINGS_EQUAL(err.message, "file \"x\": 7");
	INTEGERS_EQUAL(cnet_error_set(NULL, ENOENT, "nobody wants to know"), -ENOENT);
}

TEST(set_cuts_what_is_too_long)
{
	struct cnet_error err = { 0 };
	char text[600];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cnet_error_set(&err, EINVAL, "%s", text);
	INTEGERS_EQUAL(strlen(err.message), sizeof(err.message) - 1);
}

TEST(prefix_goes_before)
{
	struct cnet_error err = { 0 };

	cnet_error_set(&err, EINVAL, "inner");
	INTEGERS_EQUAL(cnet_error_prefix(&err, -EINVAL, "outer %d", 1), -EINVAL);
	STRINGS_EQUAL(err.message, "outer 1: inner");
	INTEGERS_EQUAL(err.code, EINVAL);
	INTEGERS_EQUAL(cnet_error_prefix(NULL, -EINVAL, "outer"), -EINVAL);
}

TEST(prefix_keeps_its_own_text_whole)
{
	struct cnet_error err = { 0 };
	char text[508];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cnet_error_set(&err, EINVAL, "%s", text);
	cnet_error_prefix(&err, -EINVAL, "outer");
	INTEGERS_EQUAL(strlen(err.message), sizeof(err.message) - 1);
	CHECK(strncmp(err.message, "outer: xxx", 10) == 0);

	cnet_error_prefix(&err, -EINVAL, "%s", text);
	STRINGS_EQUAL(err.message, text);
}

TEST(append_keeps_the_first_code)
{
	struct cnet_error all = { 0 }, one = { 0 };

	cnet_error_set(&one, ENOENT, "first");
	INTEGERS_EQUAL(cnet_error_append(&all, &one), -ENOENT);
	STRINGS_EQUAL(all.message, "first");
	cnet_error_set(&one, EPERM, "second");
	INTEGERS_EQUAL(cnet_error_append(&all, &one), -ENOENT);
	STRINGS_EQUAL(all.message, "first; second");
	INTEGERS_EQUAL(all.code, ENOENT);
	INTEGERS_EQUAL(cnet_error_append(NULL, &one), -EPERM);
}
