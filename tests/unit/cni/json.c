/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/json.h"

#include <errno.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"

static json_t *parse(const char *text)
{
	struct cnet_error err = { 0 };
	json_t *json = NULL;

	OK(cnet__json_parse(text, strlen(text), &json, &err));
	return json;
}

static void refused(const char *text, const char *message)
{
	struct cnet_error err = { 0 };
	json_t *json = NULL;

	FAILS_WITH(CNET_CNI_EDECODE, message, cnet__json_parse(text, strlen(text), &json, &err));
	CHECK(json == NULL);
}

TEST(malformed_text_is_refused_with_its_place)
{
	refused("", "line 1, column 0");
	refused("{\n\"a\": x}", "line 2, column");
	refused("{} {}", "line 1, column 4");
	refused("[]", "an object is expected");
	refused("7", "an object is expected");
	refused("{\"a\": \"\\u0000\"}", "line 1");
	refused("{\"a\": \"\xff\"}", "line 1");
}

static char *nested(unsigned int depth)
{
	char *text = calloc(1, 2 * (size_t)depth + 32);

	CHECK(text != NULL);
	strcpy(text, "{\"[\\\"[\":");
	memset(text + strlen(text), '[', depth - 1);
	memset(text + strlen(text), ']', depth - 1);
	strcat(text, "}");
	return text;
}

TEST(depth_is_bounded)
{
	AUTO_FREE char *deepest = nested(CNET__JSON_DEPTH_MAX);
	AUTO_FREE char *deeper = nested(CNET__JSON_DEPTH_MAX + 1);
	AUTO_FREE char *absurd = nested(400000);
	json_auto_t *json = parse(deepest);

	refused(deeper, "nested deeper than 64 levels");
	refused(absurd, "nested deeper than 64 levels");
}

TEST(depth_counts_what_is_open)
{
	AUTO_FREE char *text = calloc(1, 1024);
	json_auto_t *json = NULL;
	int i;

	strcpy(text, "{\"a\":[0");
	for (i = 0; i < 200; i++)
		strcat(text, ",[]");
	strcat(text, "]}");
	json = parse(text);
}

TEST(length_is_bounded)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *text = malloc(CNET__JSON_MAX + 1);
	json_auto_t *json = NULL;
	json_t *none = NULL;

	memset(text, ' ', CNET__JSON_MAX + 1);
	memcpy(text, "{}", 2);
	OK(cnet__json_parse(text, CNET__JSON_MAX, &json, &err));
	FAILS_WITH(CNET_CNI_EDECODE, "longer than 8388608 bytes",
		   cnet__json_parse(text, CNET__JSON_MAX + 1, &none, &err));
}

TEST(null_is_an_empty_object)
{
	json_auto_t *json = parse(" null\n");

	CHECK(json_is_object(json));
	INTEGERS_EQUAL(json_object_size(json), 0);
}

TEST(members_match_without_case_the_last_wins_null_is_absent)
{
	json_auto_t *json = parse("{\"hostport\": 1, \"HostPort\": 2, \"HOSTPORT\": null, \"a\": 3,"
				  " \"a\": 4, \"gone\": null, \"hostPort2\": 5}");

	INTEGERS_EQUAL(json_integer_value(cnet__json_get(json, "hostPort")), 2);
	INTEGERS_EQUAL(json_integer_value(cnet__json_get(json, "A")), 4);
	CHECK(cnet__json_get(json, "gone") == NULL);
	CHECK(cnet__json_get(json, "hostPor") == NULL);
	CHECK(cnet__json_get(NULL, "a") == NULL);
	CHECK(cnet__json_get(cnet__json_get(json, "a"), "a") == NULL);
	CHECK(cnet__json_string(json, "a") == NULL);
}

TEST(only_ascii_letters_have_case)
{
	CHECK(cnet__json_name_equal("aZ[", "Az["));
	CHECK(!cnet__json_name_equal("[", "{"));
	CHECK(!cnet__json_name_equal("@", "`"));
	CHECK(!cnet__json_name_equal("\xc3\x84", "\xc3\xa4"));
	CHECK(!cnet__json_name_equal("a", "ab"));
	CHECK(!cnet__json_name_equal("ab", "a"));
}

TEST(output_is_as_go_writes_it)
{
	struct cnet_error err = { 0 };
	json_auto_t *json = parse("{\"b\": [1, {}], \"a\": {\"z\": \"<&>\\\"/\", \"B\": []}}");
	AUTO_FREE char *wide = NULL, *narrow = NULL;

	OK(cnet__json_format(json, 4, &wide, &err));
	STRINGS_EQUAL(wide, "{\n"
			    "    \"a\": {\n"
			    "        \"B\": [],\n"
			    "        \"z\": \"\\u003c\\u0026\\u003e\\\"/\"\n"
			    "    },\n"
			    "    \"b\": [\n"
			    "        1,\n"
			    "        {}\n"
			    "    ]\n"
			    "}");
	OK(cnet__json_format(json, 0, &narrow, &err));
	STRINGS_EQUAL(narrow, "{\"a\":{\"B\":[],\"z\":\"\\u003c\\u0026\\u003e\\\"/\"},"
			      "\"b\":[1,{}]}");
}

/* Where it gets no memory for a string, jansson complains of the text. */
static int parse_out_of_memory(const char *text, json_t **ret, struct cnet_error *err)
{
	int r = cnet__json_parse(text, strlen(text), ret, err);

	return r == -CNET_CNI_EDECODE ? cnet_error_set(err, ENOMEM, "out of memory") : r;
}

TEST(out_of_memory)
{
	static const char text[] = "{\"a\": [1, {\"b\": \"<\"}], \"c\": 1.5}";
	struct cnet_error err = { 0 };
	json_auto_t *json = NULL;
	json_auto_t *empty = NULL;
	AUTO_FREE char *formatted = NULL;

	OUT_OF_MEMORY(parse_out_of_memory(text, &json, &err), CHECK(json == NULL));
	OUT_OF_MEMORY(parse_out_of_memory("null", &empty, &err), CHECK(empty == NULL));
	OUT_OF_MEMORY(cnet__json_format(json, 4, &formatted, &err), CHECK(formatted == NULL));
}
