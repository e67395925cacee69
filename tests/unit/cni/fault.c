/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/fault.h"

#include <errno.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"

TEST(codes_become_the_specifications_numbers)
{
	INTEGERS_EQUAL(cnet__fault_number(CNET_CNI_ECONFIG), 7);
	INTEGERS_EQUAL(cnet__fault_number(CNET_CNI_EBASE + 999), 999);
	INTEGERS_EQUAL(cnet__fault_number(EAGAIN), 11);
	INTEGERS_EQUAL(cnet__fault_number(EBUSY), 11);
	INTEGERS_EQUAL(cnet__fault_number(EIO), 5);
	INTEGERS_EQUAL(cnet__fault_number(ENOSPC), 5);
	INTEGERS_EQUAL(cnet__fault_number(EROFS), 5);
	INTEGERS_EQUAL(cnet__fault_number(EDQUOT), 5);
	INTEGERS_EQUAL(cnet__fault_number(EMFILE), 5);
	INTEGERS_EQUAL(cnet__fault_number(ENFILE), 5);
	INTEGERS_EQUAL(cnet__fault_number(EPERM), 101);
	INTEGERS_EQUAL(cnet__fault_number(ENODEV), 119);
}

static void formats(const char *version, const char *msg, const char *details, const char *expected)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *text = NULL;

	OK(cnet__fault_format(version, 7, msg, details, &text, &err));
	STRINGS_EQUAL(text, expected);
}

TEST(the_object)
{
	formats("1.0.0", "no <net>", "more",
		"{\n    \"cniVersion\": \"1.0.0\",\n    \"code\": 7,\n    \"details\": \"more\",\n"
		"    \"msg\": \"no \\u003cnet\\u003e\"\n}");
	formats("", "x", "", "{\n    \"code\": 7,\n    \"msg\": \"x\"\n}");
	formats(NULL, "x", NULL, "{\n    \"code\": 7,\n    \"msg\": \"x\"\n}");
}

static void repaired(const char *msg, const char *shown)
{
	char expected[128];

	snprintf(expected, sizeof(expected), "{\n    \"code\": 7,\n    \"msg\": \"%s\"\n}", shown);
	formats(NULL, msg, NULL, expected);
}

TEST(what_is_not_utf8_is_replaced)
{
	repaired("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
		 "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
	repaired("cut \xe2\x82", "cut ??");
	repaired("cut \xf0\x9f\x98", "cut ???");
	repaired("\xc3(", "?(");
	repaired("\xff\x80\xc0\xaf", "????");
	repaired("\xe0\x80\x80", "???");
	repaired("\xed\xa0\x80", "???");
	repaired("\xf0\x80\x80\x80", "????");
	repaired("\xf4\x90\x80\x80", "????");
	repaired("\xf5\x80\x80\x80", "????");
}

static void parses(const char *text, int number, const char *message)
{
	struct cnet_error err = { 0 };

	INTEGERS_EQUAL(cnet__fault_parse(text, strlen(text), &err), -(CNET_CNI_EBASE + number));
	INTEGERS_EQUAL(err.code, CNET_CNI_EBASE + number);
	STRINGS_EQUAL(err.message, message);
}

TEST(reading_the_object)
{
	parses("{\"code\": 11, \"msg\": \"try\", \"details\": \"later\"}", 11, "try; later");
	parses("{\"Code\": 100, \"MSG\": \"x\", \"details\": \"\"}", 100, "x");
	parses("{\"msg\": \"x\"}", 999, "x");
	parses("{\"code\": 0, \"msg\": \"x\"}", 999, "x");
	parses("{\"code\": -1, \"msg\": \"x\"}", 999, "x");
	parses("{\"code\": 2147483647, \"msg\": \"x\"}", 999, "x");
	parses("{\"code\": \"7\", \"msg\": \"x\"}", 999, "x");
	parses("{\"code\": 7}", 999,
	       "netplugin failed but error parsing its diagnostic message \"{\"code\": 7}\": no "
	       "\"msg\"");
	parses("{\"code\": 7, \"msg\": \"\"}", 999,
	       "netplugin failed but error parsing its diagnostic message \"{\"code\": 7, \"msg\": "
	       "\"\"}\": no \"msg\"");
	parses("oops", 999,
	       "netplugin failed but error parsing its diagnostic message \"oops\": JSON: line 1, "
	       "column 4: invalid token near 'oops'");
}

TEST(out_of_memory)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *text = NULL;

	OUT_OF_MEMORY(cnet__fault_format("1.0.0", 7, "msg", "details", &text, &err),
		      CHECK(text == NULL));
}
