/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include <cnet/version.h>

#include "base/auto.h"
#include "unit/cni/program.h"

/* What the plugin of these tests does, and what became of it. */
static int fails_with, undo_fails_with;
static bool undone, released;
static int calls;
static struct rlimit file_limit;
static rlim_t file_limit_at_add; /* 0: none */

static void limit_files(rlim_t bytes)
{
	CHECK(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ bytes, file_limit.rlim_max }) == 0);
}

static int undo(void *arg, struct cnet_error *err)
{
	(void)arg;
	if (file_limit_at_add != 0)
		limit_files(file_limit.rlim_cur);
	undone = true;
	return undo_fails_with == 0 ? 0 : cnet_error_set(err, undo_fails_with, "cannot undo");
}

static void release(void *arg)
{
	(void)arg;
	released = true;
}

static int add(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
	       struct cnet_error *err)
{
	struct cnet_cni_ip ip = { .interface = -1 };

	(void)call;
	calls++;
	if (file_limit_at_add != 0)
		limit_files(file_limit_at_add);
	CHECK(cnet_txn_reserve(txn, err) == 0);
	cnet_txn_push(txn, undo, NULL, release);
	CHECK(cnet_prefix_parse("10.0.0.1/8", &ip.address, err) == 0);
	if (fails_with == ENOTUNIQ) /* a plugin that breaks its contract */
		return -ENOTUNIQ;
	if (fails_with != 0)
		return cnet_error_set(err, fails_with, "cannot add");
	return cnet_cni_result_add_ip(result, &ip, err);
}

static int other(struct cnet_cni_call *call, struct cnet_error *err)
{
	(void)call;
	calls++;
	return fails_with == 0 ? 0 : cnet_error_set(err, fails_with, "cannot");
}

static const struct cnet_cni_plugin plug = {
	.size = sizeof(plug),
	.name = "plug",
	.add = add,
	.del = other,
	.check = other,
	.gc = other,
	.status = other,
};
static const struct cnet_cni_plugin young = {
	.size = sizeof(young),
	.name = "young",
	.minimum = "1.0.0",
	.add = add,
};
static const struct cnet_cni_plugin *const plugins[] = { &young, &plug, NULL };

static struct printed run(const char *verb, const char *input)
{
	program_environment(verb);
	return program_run(plugins, "/opt/cni/bin/plug", input, -1);
}

static void refused(const char *verb, const char *input, int code, const char *message)
{
	struct printed printed = run(verb, input);
	char text[32];

	snprintf(text, sizeof(text), "\"code\": %d,", code);
	INTEGERS_EQUAL(printed.status, 1);
	CONTAINS(printed.out, text);
	CONTAINS(printed.out, message);
	CONTAINS(printed.out, "\"cniVersion\": \"");
}

#define CONF	   "{\"cniVersion\": \"1.1.0\", \"name\": \"n\"}"
#define WITH(rest) "{\"cniVersion\": \"1.1.0\", \"name\": \"n\", " rest "}"

TEST(about)
{
	struct printed printed;

	clearenv();
	printed = program_run(plugins, "young", "", -1);
	INTEGERS_EQUAL(printed.status, 0);
	STRINGS_EQUAL(printed.out, "");
	STRINGS_EQUAL(printed.err, "CNI young plugin v" CNET_VERSION
				   "\nCNI protocol versions supported: 1.0.0, 1.1.0\n");
}

TEST(version)
{
	struct printed printed;

	clearenv();
	setenv("CNI_COMMAND", "VERSION", 1);
	printed = program_run(plugins, "plug", "", -1);
	INTEGERS_EQUAL(printed.status, 0);
	STRINGS_EQUAL(printed.out,
		      "{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"0.1.0\","
		      "\"0.2.0\",\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}\n");
}

TEST(one_plugin_answers_to_any_name)
{
	struct printed printed = { 0 };

	clearenv();
	setenv("CNI_COMMAND", "VERSION", 1);
	fflush(stdout);
	INTEGERS_EQUAL(freopen("/dev/null", "we", stdout) != NULL, 1);
	printed.status = cnet_cni_main(&plug);
	INTEGERS_EQUAL(printed.status, 0);
}

TEST(a_name_that_is_no_plugin)
{
	struct printed printed;

	program_environment("ADD");
	printed = program_run(plugins, "cnet-plugins", CONF, -1);
	INTEGERS_EQUAL(printed.status, 1);
	CONTAINS(printed.out, "\"code\": 999");
	CONTAINS(printed.out, "\\\"cnet-plugins\\\": not the name of a plugin in this program");

	printed = program_run(plugins, NULL, CONF, -1);
	INTEGERS_EQUAL(printed.status, 1);
}

TEST(result_is_printed_and_kept)
{
	struct printed printed = run("ADD", CONF);

	INTEGERS_EQUAL(printed.status, 0);
	STRINGS_EQUAL(printed.err, "");
	STRINGS_EQUAL(printed.out, "{\n"
				   "    \"cniVersion\": \"1.1.0\",\n"
				   "    \"ips\": [\n"
				   "        {\n"
				   "            \"address\": \"10.0.0.1/8\"\n"
				   "        }\n"
				   "    ]\n"
				   "}");
	CHECK(!undone && released);
}

TEST(add_that_fails_is_undone)
{
	fails_with = EBUSY;
	refused("ADD", CONF, 11, "\"msg\": \"cannot add\"");
	CHECK(undone && released);
}

TEST(what_cannot_be_undone_is_told)
{
	fails_with = EBUSY;
	undo_fails_with = EPERM;
	refused("ADD", CONF, 11, "\"msg\": \"cannot add; cannot undo\"");
}

TEST(an_error_without_words)
{
	fails_with = ENOTUNIQ;
	refused("ADD", CONF, 100 + ENOTUNIQ, "plug failed and does not say why");
}

TEST(result_that_nobody_gets)
{
	struct printed printed;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	program_environment("ADD");
	printed = program_run(plugins, "plug", CONF, full);
	INTEGERS_EQUAL(printed.status, 1);
	CHECK(undone && released);
	CONTAINS(printed.err, "error writing to stdout: No space left on device");
}

TEST(result_into_a_broken_pipe)
{
	struct printed printed;
	int ends[2];

	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	close(ends[0]);
	signal(SIGPIPE, SIG_DFL);
	program_environment("ADD");
	printed = program_run(plugins, "plug", CONF, ends[1]);
	INTEGERS_EQUAL(printed.status, 1);
	CHECK(undone);
	CONTAINS(printed.err, "Broken pipe");
}

/* A file that has room for the beginning, and for more only when the result is being undone. */
TEST(result_of_which_a_part_is_written)
{
	struct printed printed;

	CHECK(getrlimit(RLIMIT_FSIZE, &file_limit) == 0);
	signal(SIGXFSZ, SIG_IGN);
	file_limit_at_add = 10;
	printed = run("ADD", CONF);
	INTEGERS_EQUAL(printed.status, 1);
	CHECK(undone);
	STRINGS_EQUAL(printed.out, "{\n    \"cni");
	CONTAINS(printed.err, "error writing to stdout: File too large");
}

TEST(version_that_cannot_say_the_result)
{
	refused("ADD", "{\"cniVersion\": \"7\", \"name\": \"n\"}", 1, "incompatible CNI versions");
	refused("ADD", "{\"cniVersion\": \"7\", \"name\": \"n\"}", 1,
		"\"details\": \"config is \\\"7\\\", plugin supports [\\\"0.1.0\\\"");
	INTEGERS_EQUAL(calls, 0);
}

TEST(results_of_old_versions)
{
	struct printed printed = run("ADD", "{\"name\": \"n\"}");

	INTEGERS_EQUAL(printed.status, 0);
	CONTAINS(printed.out, "\"cniVersion\": \"0.1.0\"");
	CONTAINS(printed.out, "\"ip4\"");
}

TEST(the_other_verbs_print_nothing)
{
	static const char *const verbs[] = { "DEL", "CHECK", "STATUS", "GC" };
	const char *const conf = WITH("\"prevResult\": {}, \"cni.dev/valid-attachments\": []");
	size_t i;

	for (i = 0; i < 4; i++) {
		struct printed printed = run(verbs[i], conf);

		INTEGERS_EQUAL(printed.status, 0);
		STRINGS_EQUAL(printed.out, "");
		STRINGS_EQUAL(printed.err, "");
		INTEGERS_EQUAL(calls, i + 1);
	}
}

TEST(the_other_verbs_may_fail)
{
	fails_with = ENOSPC;
	refused("DEL", CONF, 5, "cannot");
	refused("STATUS", CONF, 5, "cannot");
	fails_with = CNET_CNI_ELIMITED;
	refused("STATUS", CONF, 51, "cannot");
	INTEGERS_EQUAL(calls, 3);
}

TEST(check_needs_a_result)
{
	refused("CHECK", CONF, 7, "required prevResult missing");
	INTEGERS_EQUAL(calls, 0);
}

TEST(gc_without_a_list_does_nothing)
{
	INTEGERS_EQUAL(run("GC", CONF).status, 0);
	INTEGERS_EQUAL(run("GC", WITH("\"cni.dev/valid-attachments\": null")).status, 0);
	INTEGERS_EQUAL(calls, 0);
	INTEGERS_EQUAL(run("GC", WITH("\"cni.dev/attachments\": []")).status, 0);
	INTEGERS_EQUAL(calls, 1);
}

TEST(verbs_of_later_versions)
{
	const char *const old = "{\"cniVersion\": \"0.3.1\", \"name\": \"n\", \"prevResult\": {}}";

	refused("CHECK", old, 1, "config version does not allow CHECK");
	refused("GC", old, 1, "config version does not allow GC");
	refused("STATUS", old, 1, "config version does not allow STATUS");
	INTEGERS_EQUAL(calls, 0);
}

TEST(bad_input)
{
	refused("ADD", "", 6, "JSON");
	refused("DEL", "{", 6, "JSON");
	refused("ADD", "{}", 7, "missing network name");
	refused("ADD", WITH("\"prevResult\": 7"), 7, "prevResult");
	INTEGERS_EQUAL(calls, 0);
}

TEST(too_much_input)
{
	AUTO_FREE char *input = malloc((9 << 20) + 1);

	CHECK(input != NULL);
	memset(input, ' ', 9 << 20);
	input[9 << 20] = '\0';
	memcpy(input, CONF, strlen(CONF));
	refused("ADD", input, 6, "JSON: longer than 8388608 bytes");
	INTEGERS_EQUAL(calls, 0);
}

TEST(bad_environment)
{
	refused("add", CONF, 4, "unknown CNI_COMMAND: add");
	INTEGERS_EQUAL(calls, 0);
}

TEST(our_own_namespace)
{
	static const char *const verbs[] = { "ADD", "CHECK", "DEL" };
	const char *const conf = WITH("\"prevResult\": {}");
	struct printed printed;
	size_t i;

	for (i = 0; i < 3; i++) {
		program_environment(verbs[i]);
		setenv("CNI_NETNS", "/proc/self/ns/net", 1);
		printed = program_run(plugins, "plug", conf, -1);
		INTEGERS_EQUAL(printed.status, 1);
		CONTAINS(printed.out, "\"code\": 8");
	}
	INTEGERS_EQUAL(calls, 0);

	setenv("CNI_NETNS_OVERRIDE", "TRUE", 1);
	INTEGERS_EQUAL(program_run(plugins, "plug", conf, -1).status, 0);
	INTEGERS_EQUAL(calls, 1);
}
