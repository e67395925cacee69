/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/conf.h"

#include <errno.h>

#include <stdbool.h>
#include <sys/socket.h>

#include <jansson.h>

#include "base/auto.h"
#include "harness/test.h"

struct pair {
	int64_t number;
	struct cnet_prefix subnet;
	bool given;
};

struct conf {
	const char *text;
	bool on;
	int64_t number, small;
	uint32_t mode;
	struct cnet_mac mac;
	struct cnet_ip ip;
	struct cnet_prefix prefix;
	const char *const *words;
	struct cnet_cni_list pairs, sets;
	bool given;
};

static const struct cnet_cni_bounds bounds = { -1, 9 };
static const struct cnet_cni_choice modes[] = { { "one", 1 }, { "two", 2 }, { NULL, 0 } };
static const struct cnet_cni_member pair_members[] = {
	{ "number", CNET_CNI_INT, offsetof(struct pair, number), NULL },
	{ "number", CNET_CNI_GIVEN, offsetof(struct pair, given), NULL },
	{ "subnet", CNET_CNI_PREFIX, offsetof(struct pair, subnet), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};
static const struct cnet_cni_element pair = { sizeof(struct pair), pair_members, NULL };
static const struct cnet_cni_element set = { sizeof(struct cnet_cni_list), NULL, &pair };

static const struct cnet_cni_member members[] = {
	{ "text", CNET_CNI_STRING, offsetof(struct conf, text), NULL },
	{ "a.b.text", CNET_CNI_STRING, offsetof(struct conf, text), NULL },
	{ "on", CNET_CNI_BOOL, offsetof(struct conf, on), NULL },
	{ "number", CNET_CNI_INT, offsetof(struct conf, number), NULL },
	{ "small", CNET_CNI_INT, offsetof(struct conf, small), &bounds },
	{ "mode", CNET_CNI_CHOICE, offsetof(struct conf, mode), modes },
	{ "mac", CNET_CNI_MAC, offsetof(struct conf, mac), NULL },
	{ "ip", CNET_CNI_IP, offsetof(struct conf, ip), NULL },
	{ "prefix", CNET_CNI_PREFIX, offsetof(struct conf, prefix), NULL },
	{ "words", CNET_CNI_STRINGS, offsetof(struct conf, words), NULL },
	{ "pairs", CNET_CNI_LIST, offsetof(struct conf, pairs), &pair },
	{ "ipam.ranges", CNET_CNI_LIST, offsetof(struct conf, sets), &set },
	{ "given", CNET_CNI_GIVEN, offsetof(struct conf, given), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

struct fixture {
	json_t *json;
	struct cnet__arena arena;
	struct conf conf;
};

static int read_conf(struct fixture *f, const char *text, struct cnet_error *err)
{
	*f = (struct fixture){ .conf = { .text = "default", .number = 42, .on = true } };
	f->json = json_loads(text, 0, NULL);
	if (f->json == NULL)
		FAIL("bad JSON in the test: %s", text);
	return cnet__conf_read(f->json, &f->arena, members, &f->conf, err);
}

static void release(struct fixture *f)
{
	cnet__arena_free(&f->arena);
	json_decref(f->json);
}

static void refused(const char *text, const char *message)
{
	struct cnet_error err = { 0 };
	struct fixture f;

	INTEGERS_EQUAL(read_conf(&f, text, &err), -CNET_CNI_ECONFIG);
	INTEGERS_EQUAL(err.code, CNET_CNI_ECONFIG);
	STRINGS_EQUAL(err.message, message);
	release(&f);
}

TEST(every_type)
{
	struct cnet_error err = { 0 };
	struct fixture f;
	char text[CNET_PREFIX_TEXT];

	OK(read_conf(&f,
		     "{\"text\": \"\", \"on\": false, \"number\": 4294967295, \"small\": -1,"
		     " \"mode\": \"two\", \"mac\": \"02:00:00:00:00:01\", \"ip\": \"10.0.0.1\","
		     " \"prefix\": \"fd00::1/64\", \"words\": [\"x\", \"\"], \"given\": [7]}",
		     &err));
	STRINGS_EQUAL(f.conf.text, "");
	CHECK(!f.conf.on && f.conf.given);
	INTEGERS_EQUAL(f.conf.number, 4294967295);
	INTEGERS_EQUAL(f.conf.small, -1);
	INTEGERS_EQUAL(f.conf.mode, 2);
	STRINGS_EQUAL(cnet_mac_format(&f.conf.mac, text), "02:00:00:00:00:01");
	STRINGS_EQUAL(cnet_ip_format(&f.conf.ip, text), "10.0.0.1");
	STRINGS_EQUAL(cnet_prefix_format(&f.conf.prefix, text), "fd00::1/64");
	STRINGS_EQUAL(f.conf.words[0], "x");
	STRINGS_EQUAL(f.conf.words[1], "");
	CHECK(f.conf.words[2] == NULL);
	release(&f);
}

TEST(what_is_absent_or_null_leaves_the_default)
{
	struct cnet_error err = { 0 };
	struct fixture f;

	OK(read_conf(
		&f,
		"{\"text\": null, \"on\": null, \"number\": null, \"given\": null, \"a\": null,"
		" \"ipam\": {}, \"mac\": \"\", \"ip\": \"\", \"unknown\": {\"x\": []}}",
		&err));
	STRINGS_EQUAL(f.conf.text, "default");
	CHECK(f.conf.on && !f.conf.given);
	INTEGERS_EQUAL(f.conf.number, 42);
	CHECK(!f.conf.mac.set && f.conf.ip.family == 0 && f.conf.words == NULL);
	CHECK(f.conf.sets.count == 0 && f.conf.sets.items == NULL);
	release(&f);
}

TEST(of_rows_that_share_a_place_the_later_wins)
{
	struct cnet_error err = { 0 };
	struct fixture f;

	OK(read_conf(&f, "{\"A\": {\"B\": {\"Text\": \"inner\"}}, \"text\": \"outer\"}", &err));
	STRINGS_EQUAL(f.conf.text, "inner");
	release(&f);
}

TEST(lists)
{
	struct cnet_error err = { 0 };
	const struct cnet_cni_list *sets;
	const struct pair *pairs;
	struct fixture f;

	OK(read_conf(&f,
		     "{\"pairs\": [{\"number\": 7}, {}], \"words\": [],"
		     " \"ipam\": {\"ranges\": [[], [{\"number\": 1}, {\"number\": 2}]]}}",
		     &err));
	INTEGERS_EQUAL(f.conf.pairs.count, 2);
	pairs = f.conf.pairs.items;
	CHECK(pairs[0].number == 7 && pairs[0].given);
	CHECK(pairs[1].number == 0 && !pairs[1].given);
	CHECK(f.conf.words != NULL && f.conf.words[0] == NULL);
	INTEGERS_EQUAL(f.conf.sets.count, 2);
	sets = f.conf.sets.items;
	INTEGERS_EQUAL(sets[0].count, 0);
	INTEGERS_EQUAL(sets[1].count, 2);
	pairs = sets[1].items;
	INTEGERS_EQUAL(pairs[1].number, 2);
	release(&f);
}

TEST(wrong_types)
{
	refused("{\"text\": 7}", "\"text\": not a string: 7");
	refused("{\"on\": \"true\"}", "\"on\": not true or false: \"true\"");
	refused("{\"number\": \"7\"}", "\"number\": not an integer: \"7\"");
	refused("{\"number\": 1.0}", "\"number\": not an integer: 1.0");
	refused("{\"mode\": 1}", "\"mode\": not one of \"one\" \"two\": 1");
	refused("{\"mac\": []}", "\"mac\": not a string: []");
	refused("{\"ip\": {}}", "\"ip\": not a string: {}");
	refused("{\"prefix\": true}", "\"prefix\": not a string: true");
	refused("{\"words\": \"x\"}", "\"words\": not a list: \"x\"");
	refused("{\"words\": [\"x\", 7]}", "\"words[1]\": not a string: 7");
	refused("{\"pairs\": {\"x\": 1}}", "\"pairs\": not a list: {\"x\":1}");
	refused("{\"pairs\": [{}, null]}", "\"pairs[1]\": not an object: null");
	refused("{\"ipam\": {\"ranges\": [{}]}}", "\"ipam.ranges[0]\": not a list: {}");
	refused("{\"ipam\": []}", "\"ipam\": not an object: []");
	refused("{\"a\": {\"b\": 7}}", "\"a.b\": not an object: 7");
}

TEST(wrong_values)
{
	refused("{\"number\": -1}", "\"number\": not between 0 and 4294967295: -1");
	refused("{\"number\": 4294967296}", "\"number\": not between 0 and 4294967295: 4294967296");
	refused("{\"small\": -2}", "\"small\": not between -1 and 9: -2");
	refused("{\"small\": 10}", "\"small\": not between -1 and 9: 10");
	refused("{\"mode\": \"three\"}", "\"mode\": not one of \"one\" \"two\": \"three\"");
	refused("{\"mac\": \"x\"}", "\"mac\": not a MAC address: \"x\"");
	refused("{\"ip\": \"10.0.0\"}", "\"ip\": not an IP address: \"10.0.0\"");
	refused("{\"prefix\": \"\"}", "\"prefix\": not in \"address/length\" form: \"\"");
	refused("{\"ipam\": {\"ranges\": [[{}, {\"subnet\": \"10.0.0\"}]]}}",
		"\"ipam.ranges[0][1].subnet\": not in \"address/length\" form: \"10.0.0\"");
	refused("{\"pairs\": [{\"number\": 1}, {\"number\": -1}]}",
		"\"pairs[1].number\": not between 0 and 4294967295: -1");
}

TEST(long_values_are_cut)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *text = NULL;
	struct fixture f;

	CHECK(asprintf(&text, "{\"number\": \"%0300d\"}", 7) > 0);
	INTEGERS_EQUAL(read_conf(&f, text, &err), -CNET_CNI_ECONFIG);
	INTEGERS_EQUAL(strlen(err.message), strlen("\"number\": not an integer: ...") + 128);
	release(&f);
}

TEST(without_an_error_struct)
{
	struct fixture f;

	INTEGERS_EQUAL(read_conf(&f, "{\"number\": \"x\"}", NULL), -CNET_CNI_ECONFIG);
	release(&f);
}

TEST(out_of_memory)
{
	static const char text[] =
		"{\"text\": \"x\", \"words\": [\"a\", \"b\"], \"pairs\": [{\"number\": 7}],"
		" \"ipam\": {\"ranges\": [[{\"number\": 1}], [], [], [], []]}}";
	struct cnet_error err = { 0 };
	struct fixture f = { .json = json_loads(text, 0, NULL) };

	OUT_OF_MEMORY(cnet__conf_read(f.json, &f.arena, members, &f.conf, &err),
		      cnet__arena_free(&f.arena));
	release(&f);
}

TEST(refusal_out_of_memory)
{
	struct cnet_error err = { 0 };
	struct fixture f = { .json = json_loads("{\"text\": 7}", 0, NULL) };

	test_fail_allocation(1);
	INTEGERS_EQUAL(cnet__conf_read(f.json, &f.arena, members, &f.conf, &err), -ENOMEM);
	CHECK(test_allocation_failed());
	CONTAINS(err.message, "\"text\": out of memory");
	release(&f);
}
