/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "runtime/args.h"

#include <errno.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static void both_ways(const char *args, const char *expected)
{
	json_auto_t *pairs = NULL;
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *again = NULL;
	struct cnet_error err = { 0 };

	OK(cnet__args_split(args, &pairs, &err));
	text = json_dumps(pairs, JSON_COMPACT);
	STRINGS_EQUAL(text, quoted(expected));

	OK(cnet__args_join(pairs, &again, &err));
	if (*args != '\0')
		STRINGS_EQUAL(again, args);
	else
		CHECK(again == NULL);
}

TEST(pairs)
{
	both_ways("IP=10.0.0.9", "[['IP','10.0.0.9']]");
	both_ways("IgnoreUnknown=1;K8S_POD_NAME=a;X=", "[['IgnoreUnknown','1'],['K8S_POD_NAME',"
						       "'a'],['X','']]");
	both_ways("A=b=c", "[['A','b=c']]");
	both_ways("", "[]");
}

TEST(malformed)
{
	json_t *pairs = NULL;
	struct cnet_error err;

	FAILS_WITH(EINVAL, "arguments \"A\": not KEY=VALUE", cnet__args_split("A", &pairs, &err));
	FAILS(EINVAL, cnet__args_split("=b", &pairs, &err));
	FAILS(EINVAL, cnet__args_split("A=b;;C=d", &pairs, &err));
	FAILS(EINVAL, cnet__args_split("A=\xff", &pairs, &err));
}
