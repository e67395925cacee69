/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/env.h"

#include <errno.h>

#include <cnet/cni.h>

#include "harness/test.h"

/* "NAME=value" ..., ended by NULL; all others are unset. */
static void environment(const char *const *variables)
{
	clearenv();
	for (; *variables != NULL; variables++)
		CHECK(putenv((char *)(uintptr_t)*variables) == 0);
}

static void reads(enum cnet__verb verb, const char *const *variables)
{
	struct cnet_error err = { 0 };
	struct cnet__env env;

	environment(variables);
	OK(cnet__env_read(&env, &err));
	INTEGERS_EQUAL(env.verb, verb);
}

static void refused(const char *message, const char *const *variables)
{
	struct cnet_error err = { 0 };
	struct cnet__env env;

	environment(variables);
	FAILS_WITH(CNET_CNI_EENVIRONMENT, message, cnet__env_read(&env, &err));
}

#define LIST(...)                               \
	(const char *const[])                   \
	{                                       \
		__VA_ARGS__ __VA_OPT__(, ) NULL \
	}

#define ID    "CNI_CONTAINERID=a1_.-"
#define NETNS "CNI_NETNS=/n"
#define IF    "CNI_IFNAME=eth0"
#define WHERE "CNI_PATH=/p"

TEST(what_each_verb_needs)
{
	reads(CNET__VERB_NONE, LIST());
	reads(CNET__VERB_NONE, LIST("CNI_COMMAND="));
	reads(CNET__VERB_VERSION, LIST("CNI_COMMAND=VERSION"));
	reads(CNET__VERB_GC, LIST("CNI_COMMAND=GC", WHERE));
	reads(CNET__VERB_STATUS, LIST("CNI_COMMAND=STATUS", WHERE));
	reads(CNET__VERB_ADD, LIST("CNI_COMMAND=ADD", ID, NETNS, IF, WHERE));
	reads(CNET__VERB_CHECK, LIST("CNI_COMMAND=CHECK", ID, NETNS, IF, WHERE));
	reads(CNET__VERB_DEL, LIST("CNI_COMMAND=DEL", ID, IF, WHERE));
}

TEST(all_that_is_missing_is_named_at_once)
{
	refused("required env variables [CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH] missing",
		LIST("CNI_COMMAND=ADD"));
	refused("required env variables [CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH] missing",
		LIST("CNI_COMMAND=CHECK", "CNI_NETNS="));
	refused("required env variables [CNI_CONTAINERID,CNI_IFNAME,CNI_PATH] missing",
		LIST("CNI_COMMAND=DEL"));
	refused("required env variables [CNI_PATH] missing", LIST("CNI_COMMAND=GC"));
	refused("required env variables [CNI_PATH] missing", LIST("CNI_COMMAND=STATUS"));
}

TEST(unknown_verbs)
{
	refused("unknown CNI_COMMAND: add", LIST("CNI_COMMAND=add"));
	refused("unknown CNI_COMMAND: ADDX", LIST("CNI_COMMAND=ADDX", ID, NETNS, IF, WHERE));
}

TEST(values_are_checked_where_they_are_needed_before_what_is_missing)
{
	refused("CNI_CONTAINERID: invalid characters in containerID: \"a b\"",
		LIST("CNI_COMMAND=ADD", "CNI_CONTAINERID=a b"));
	refused("CNI_CONTAINERID", LIST("CNI_COMMAND=DEL", "CNI_CONTAINERID=-a", IF, WHERE));
	refused("CNI_CONTAINERID", LIST("CNI_COMMAND=DEL", "CNI_CONTAINERID=../a", IF, WHERE));
	refused("CNI_IFNAME: link name \"0123456789abcdef\": longer than 15 bytes",
		LIST("CNI_COMMAND=ADD", "CNI_IFNAME=0123456789abcdef"));
	refused("CNI_IFNAME", LIST("CNI_COMMAND=ADD", "CNI_IFNAME=."));
	refused("CNI_IFNAME", LIST("CNI_COMMAND=ADD", "CNI_IFNAME=a/b"));
	refused("CNI_IFNAME", LIST("CNI_COMMAND=DEL", "CNI_IFNAME=a:b"));
	refused("CNI_IFNAME", LIST("CNI_COMMAND=CHECK", "CNI_IFNAME=a b"));
	reads(CNET__VERB_ADD,
	      LIST("CNI_COMMAND=ADD", ID, NETNS, "CNI_IFNAME=0123456789abcde", WHERE));
	reads(CNET__VERB_GC, LIST("CNI_COMMAND=GC", "CNI_CONTAINERID=a b", "CNI_IFNAME=/", WHERE));
}

TEST(values)
{
	struct cnet_error err = { 0 };
	struct cnet__env env;

	environment(LIST("CNI_COMMAND=DEL", ID, IF, WHERE, "CNI_ARGS=A=b", "TRACEPARENT=x"));
	OK(cnet__env_read(&env, &err));
	STRINGS_EQUAL(env.container, "a1_.-");
	STRINGS_EQUAL(env.netns, "");
	STRINGS_EQUAL(env.ifname, "eth0");
	STRINGS_EQUAL(env.args, "A=b");
	STRINGS_EQUAL(env.path, "/p");
	CHECK(!env.netns_override);
}

static int override(const char *variable)
{
	struct cnet_error err = { 0 };
	struct cnet__env env;

	environment(LIST("CNI_COMMAND=GC", WHERE, variable));
	OK(cnet__env_read(&env, &err));
	return env.netns_override;
}

TEST(the_override)
{
	CHECK(override("CNI_NETNS_OVERRIDE=1") && override("CNI_NETNS_OVERRIDE=tRue"));
	CHECK(!override("CNI_NETNS_OVERRIDE=") && !override("CNI_NETNS_OVERRIDE=0"));
	CHECK(!override("CNI_NETNS_OVERRIDE=yes") && !override("CNI_NETNS_OVERRIDE=11"));
}

TEST(names_of_verbs)
{
	STRINGS_EQUAL(cnet__verb_name(CNET__VERB_ADD), "ADD");
	STRINGS_EQUAL(cnet__verb_name(CNET__VERB_VERSION), "VERSION");
}

/* ---- CNI_ARGS ---- */

TEST(pairs)
{
	struct cnet_error err = { 0 };
	struct cnet__arena arena = { 0 };
	struct cnet__args args;

	OK(cnet__args_parse("IP=10.0.0.1;EMPTY=;=x;IP=2", &arena, &args, &err));
	INTEGERS_EQUAL(args.count, 4);
	STRINGS_EQUAL(args.pairs[0].key, "IP");
	STRINGS_EQUAL(args.pairs[0].value, "10.0.0.1");
	STRINGS_EQUAL(args.pairs[1].value, "");
	STRINGS_EQUAL(args.pairs[2].key, "");
	CHECK(!args.ignore_unknown);

	OK(cnet__args_parse("", &arena, &args, &err));
	INTEGERS_EQUAL(args.count, 0);
	cnet__arena_free(&arena);
}

TEST(malformed_pairs)
{
	static const char *const bad[] = { "A", "A=b;", ";A=b", "A=b=c", ";", "IgnoreUnknown=1;x" };
	struct cnet__arena arena = { 0 };
	struct cnet_error err = { 0 };
	struct cnet__args args;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS_WITH(CNET_CNI_EENVIRONMENT, "CNI_ARGS: invalid pair",
			   cnet__args_parse(bad[i], &arena, &args, &err));
	cnet__arena_free(&arena);
}

static int ignores(const char *text)
{
	struct cnet__arena arena = { 0 };
	struct cnet_error err = { 0 };
	struct cnet__args args;

	OK(cnet__args_parse(text, &arena, &args, &err));
	cnet__arena_free(&arena);
	return args.ignore_unknown;
}

TEST(ignore_unknown_is_a_truth_value)
{
	struct cnet__arena arena = { 0 };
	struct cnet_error err = { 0 };
	struct cnet__args args;

	CHECK(ignores("IgnoreUnknown=1") && ignores("IgnoreUnknown=True"));
	CHECK(!ignores("IgnoreUnknown=0") && !ignores("IgnoreUnknown=FALSE"));
	CHECK(!ignores("ignoreunknown=1"));
	FAILS_WITH(CNET_CNI_EENVIRONMENT, "IgnoreUnknown is neither true nor false: \"yes\"",
		   cnet__args_parse("IgnoreUnknown=yes", &arena, &args, &err));
	FAILS(CNET_CNI_EENVIRONMENT, cnet__args_parse("IgnoreUnknown=", &arena, &args, &err));
	cnet__arena_free(&arena);
}

TEST(out_of_memory)
{
	struct cnet__arena arena = { 0 };
	struct cnet_error err = { 0 };
	struct cnet__args args;

	OUT_OF_MEMORY(cnet__args_parse("A=b;C=d", &arena, &args, &err), cnet__arena_free(&arena));
	cnet__arena_free(&arena);
}
