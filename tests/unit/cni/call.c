/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/call.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness/test.h"

static struct cnet__env environment(enum cnet__verb verb)
{
	return (struct cnet__env){
		.verb = verb,
		.container = "box",
		.netns = "",
		.ifname = "eth0",
		.args = "",
		.path = "/p",
	};
}

/* Reads all of a call; *err tells what failed. */
static int read_call(struct cnet_cni_call *call, const struct cnet__env *env, const char *text,
		     struct cnet_error *err)
{
	int r;

	cnet__call_init(call, env, NULL);
	call->input = strdup(text);
	call->length = strlen(text);
	r = cnet__call_read(call, err);
	return r < 0 ? r : cnet__call_read_verb(call, err);
}

static void opens(struct cnet_cni_call *call, const struct cnet__env *env, const char *text)
{
	struct cnet_error err = { 0 };

	OK(read_call(call, env, text, &err));
}

static void refused(enum cnet__verb verb, const char *args, const char *text, int code,
		    const char *message)
{
	struct cnet__env env = environment(verb);
	struct cnet_error err = { 0 };
	struct cnet_cni_call call;

	env.args = args;
	INTEGERS_EQUAL(read_call(&call, &env, text, &err), -code);
	CONTAINS(err.message, message);
	cnet__call_close(&call);
}

TEST(what_every_verb_reads)
{
	const struct cnet__env env = environment(CNET__VERB_ADD);
	struct cnet_cni_call call;

	opens(&call, &env,
	      "{\"CNIVersion\": \"0.4.0\", \"name\": \"n\", \"ipam\": {\"type\": \"x\"}}");
	STRINGS_EQUAL(cnet_cni_version(&call), "0.4.0");
	CHECK(cnet_cni_version_at_least(&call, 0, 4) && !cnet_cni_version_at_least(&call, 1, 0));
	STRINGS_EQUAL(cnet_cni_attachment(&call)->network, "n");
	STRINGS_EQUAL(cnet_cni_attachment(&call)->container, "box");
	STRINGS_EQUAL(cnet_cni_attachment(&call)->ifname, "eth0");
	STRINGS_EQUAL(cnet_cni_ifname(&call), "eth0");
	CHECK(cnet_cni_has_ipam(&call) && cnet_cni_netns_path(&call) == NULL);
	CHECK(cnet_cni_previous(&call) == NULL && cnet_cni_arg(&call, "IP") == NULL);
	cnet__call_close(&call);
}

TEST(no_version_is_the_oldest)
{
	const struct cnet__env env = environment(CNET__VERB_ADD);
	struct cnet_cni_call call;

	opens(&call, &env, "{\"cniVersion\": \"\", \"name\": \"n\"}");
	STRINGS_EQUAL(cnet_cni_version(&call), "0.1.0");
	CHECK(!cnet_cni_has_ipam(&call));
	cnet__call_close(&call);
}

TEST(malformed_configurations)
{
	const enum cnet__verb add = CNET__VERB_ADD;

	refused(add, "", "", CNET_CNI_EDECODE, "JSON");
	refused(add, "", "{", CNET_CNI_EDECODE, "JSON");
	refused(add, "", "{}", CNET_CNI_ECONFIG, "missing network name");
	refused(add, "", "null", CNET_CNI_ECONFIG, "missing network name");
	refused(add, "", "{\"name\": \"\"}", CNET_CNI_ECONFIG, "missing network name");
	refused(add, "", "{\"name\": \"a b\"}", CNET_CNI_ECONFIG,
		"invalid characters found in network name: \"a b\"");
	refused(add, "", "{\"name\": \"../a\"}", CNET_CNI_ECONFIG, "invalid characters");
	refused(add, "", "{\"name\": 7}", CNET_CNI_ECONFIG, "\"name\": not a string: 7");
	refused(add, "", "{\"name\": \"n\", \"cniVersion\": 1}", CNET_CNI_ECONFIG,
		"\"cniVersion\"");
	refused(add, "", "{\"name\": \"n\", \"ipam\": 1}", CNET_CNI_ECONFIG, "\"ipam\"");
	refused(add, "", "{\"name\": \"n\", \"ipam\": {\"type\": 1}}", CNET_CNI_ECONFIG,
		"\"ipam.type\"");
}

TEST(the_version_is_known_although_the_rest_is_wrong)
{
	const struct cnet__env env = environment(CNET__VERB_ADD);
	struct cnet_error err = { 0 };
	struct cnet_cni_call call;

	INTEGERS_EQUAL(read_call(&call, &env, "{\"cniVersion\": \"0.3.1\", \"name\": 7}", &err),
		       -CNET_CNI_ECONFIG);
	STRINGS_EQUAL(cnet_cni_version(&call), "0.3.1");
	cnet__call_close(&call);
}

#define CONF(rest) "{\"cniVersion\": \"1.0.0\", \"name\": \"n\", " rest "}"

TEST(previous_result)
{
	const struct cnet__env env = environment(CNET__VERB_CHECK);
	struct cnet_cni_call call;
	size_t count;

	opens(&call, &env, CONF("\"prevResult\": {\"ips\": [{\"address\": \"10.0.0.1/8\"}]}"));
	CHECK(cnet_cni_result_ips(cnet_cni_previous(&call), &count) != NULL && count == 1);
	cnet__call_close(&call);

	opens(&call, &env, CONF("\"prevResult\": null"));
	CHECK(cnet_cni_previous(&call) == NULL);
	cnet__call_close(&call);
}

TEST(malformed_previous_result)
{
	const enum cnet__verb check = CNET__VERB_CHECK;

	refused(check, "", CONF("\"prevResult\": 7"), CNET_CNI_ECONFIG, "\"prevResult\": not");
	refused(check, "", CONF("\"prevResult\": {\"ips\": 7}"), CNET_CNI_ECONFIG,
		"prevResult: \"ips\": not a list: 7");
	refused(check, "", CONF("\"prevResult\": {\"cniVersion\": \"7\"}"), CNET_CNI_ECONFIG,
		"prevResult: unsupported CNI result version \"7\"");
}

TEST(arguments)
{
	static const char *const known[] = { "IP", "MAC", NULL };
	static const char *const none[] = { NULL };
	struct cnet__env env = environment(CNET__VERB_ADD);
	struct cnet_error err = { 0 };
	struct cnet_cni_call call;

	env.args = "IP=1;MAC=2;IP=3";
	opens(&call, &env, CONF("\"x\": 1"));
	STRINGS_EQUAL(cnet_cni_arg(&call, "IP"), "3");
	CHECK(cnet_cni_arg(&call, "ip") == NULL);
	OK(cnet_cni_args_check(&call, known, &err));
	FAILS_WITH(CNET_CNI_EENVIRONMENT, "CNI_ARGS: unknown key \"IP\"",
		   cnet_cni_args_check(&call, none, &err));
	cnet__call_close(&call);

	env.args = "IgnoreUnknown=0;MAC=2";
	opens(&call, &env, CONF("\"x\": 1"));
	OK(cnet_cni_args_check(&call, known, &err));
	FAILS(CNET_CNI_EENVIRONMENT, cnet_cni_args_check(&call, none, &err));
	cnet__call_close(&call);

	env.args = "IP=1;IgnoreUnknown=1";
	opens(&call, &env, CONF("\"x\": 1"));
	OK(cnet_cni_args_check(&call, none, &err));
	cnet__call_close(&call);

	refused(CNET__VERB_ADD, "IP", CONF("\"x\": 1"), CNET_CNI_EENVIRONMENT, "invalid pair");
	refused(CNET__VERB_CHECK, "IP", CONF("\"x\": 1"), CNET_CNI_EENVIRONMENT, "invalid pair");
}

TEST(del_does_without_what_it_cannot_read)
{
	struct cnet__env env = environment(CNET__VERB_DEL);
	struct cnet_cni_call call;

	env.args = "IP";
	opens(&call, &env, CONF("\"prevResult\": {\"ips\": 7}"));
	CHECK(cnet_cni_previous(&call) == NULL && cnet_cni_arg(&call, "IP") == NULL);
	cnet__call_close(&call);
}

static size_t valid_count(const char *text, int *given)
{
	const struct cnet__env env = environment(CNET__VERB_GC);
	struct cnet_cni_call call;
	size_t count;

	opens(&call, &env, text);
	*given = call.valid_given;
	if (cnet_cni_valid_attachments(&call, &count) != NULL && count > 0) {
		STRINGS_EQUAL(cnet_cni_valid_attachments(&call, &count)[0].network, "n");
		STRINGS_EQUAL(cnet_cni_valid_attachments(&call, &count)[0].container, "a");
		STRINGS_EQUAL(cnet_cni_valid_attachments(&call, &count)[0].ifname, "i");
	}
	cnet__call_close(&call);
	return count;
}

#define ITEM "{\"containerID\": \"a\", \"ifname\": \"i\"}"

TEST(valid_attachments_under_either_name)
{
	int given;

	INTEGERS_EQUAL(valid_count(CONF("\"cni.dev/valid-attachments\": [" ITEM "]"), &given), 1);
	CHECK(given);
	INTEGERS_EQUAL(valid_count(CONF("\"cni.dev/attachments\": [" ITEM ", " ITEM "]"), &given),
		       2);
	CHECK(given);
	INTEGERS_EQUAL(valid_count(CONF("\"cni.dev/attachments\": [" ITEM "],"
					"\"cni.dev/valid-attachments\": []"),
				   &given),
		       0);
	CHECK(given);
}

TEST(valid_attachments_that_nobody_names)
{
	int given;

	INTEGERS_EQUAL(valid_count(CONF("\"x\": 1"), &given), 0);
	CHECK(!given);
	INTEGERS_EQUAL(valid_count(CONF("\"cni.dev/valid-attachments\": null"), &given), 0);
	CHECK(!given);
}

TEST(malformed_valid_attachments)
{
	const enum cnet__verb gc = CNET__VERB_GC;

	refused(gc, "", CONF("\"cni.dev/valid-attachments\": {}"), CNET_CNI_ECONFIG, "not a list");
	refused(gc, "", CONF("\"cni.dev/valid-attachments\": [" ITEM ", {\"ifname\": \"i\"}]"),
		CNET_CNI_ECONFIG, "\"cni.dev/valid-attachments[1]\": has no containerID");
	refused(gc, "", CONF("\"cni.dev/valid-attachments\": [{\"containerID\": \"a\"}]"),
		CNET_CNI_ECONFIG, "no ifname");
	refused(gc, "", CONF("\"cni.dev/valid-attachments\": [7]"), CNET_CNI_ECONFIG, "no ifname");
}

TEST(verbs_read_nothing_that_is_not_theirs)
{
	const struct cnet__env status = environment(CNET__VERB_STATUS);
	const struct cnet__env add = environment(CNET__VERB_ADD);
	const struct cnet__env del = environment(CNET__VERB_DEL);
	struct cnet_cni_call call;

	opens(&call, &status, CONF("\"prevResult\": 7, \"cni.dev/valid-attachments\": 7"));
	cnet__call_close(&call);
	opens(&call, &add, CONF("\"cni.dev/valid-attachments\": 7"));
	cnet__call_close(&call);
	opens(&call, &del, CONF("\"cni.dev/valid-attachments\": 7"));
	cnet__call_close(&call);
}

/* ---- Namespaces ---- */

static int container_of(enum cnet__verb verb, const char *path, struct cnet_error *err)
{
	struct cnet__env env = environment(verb);
	struct cnet_netns *ns = NULL, *again = NULL;
	struct cnet_cni_call call;
	int r;

	env.netns = path;
	opens(&call, &env, CONF("\"x\": 1"));
	r = cnet_cni_container(&call, &ns, err);
	if (r == 0) {
		CHECK(cnet_cni_container(&call, &again, err) == 0 && again == ns);
		r = ns != NULL;
	}
	cnet__call_close(&call);
	return r;
}

TEST(the_containers_namespace)
{
	struct cnet_error err = { 0 };

	INTEGERS_EQUAL(container_of(CNET__VERB_ADD, "/proc/self/ns/net", &err), 1);
	FAILS_WITH(CNET_CNI_ENETNS, "CNI_NETNS: network namespace \"/nonexistent\": No such file",
		   container_of(CNET__VERB_ADD, "/nonexistent", &err));
	FAILS(CNET_CNI_ENETNS, container_of(CNET__VERB_CHECK, "/dev/null", &err));
	FAILS(CNET_CNI_ENETNS, container_of(CNET__VERB_ADD, "/proc/self/ns/uts", &err));
}

TEST(in_del_it_may_be_gone)
{
	static const char *const gone[] = { "",	    "/nonexistent",	 "/dev/null/x",
					    "/tmp", "/proc/self/ns/uts", "/proc/self/status" };
	struct cnet_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		INTEGERS_EQUAL(container_of(CNET__VERB_DEL, gone[i], &err), 0);
	INTEGERS_EQUAL(container_of(CNET__VERB_DEL, "/proc/self/ns/net", &err), 1);
	INTEGERS_EQUAL(err.code, 0);
}

TEST(in_del_it_may_be_a_socket_now)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct cnet_error err = { 0 };

	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/cnet-call-%d", (int)getpid());
	CHECK(bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
	INTEGERS_EQUAL(container_of(CNET__VERB_DEL, address.sun_path, &err), 0);
	unlink(address.sun_path);
	close(fd);
}

TEST(no_descriptors_is_not_gone)
{
	struct cnet_error err = { 0 };
	struct rlimit limit;

	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 0, limit.rlim_max }) == 0);
	FAILS(EMFILE, container_of(CNET__VERB_DEL, "/proc/self/ns/net", &err));
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

TEST(the_hosts_namespace)
{
	const struct cnet__env env = environment(CNET__VERB_ADD);
	struct cnet_netns *ns = NULL, *again = NULL;
	struct cnet_error err = { 0 };
	struct cnet_cni_call call;

	opens(&call, &env, CONF("\"x\": 1"));
	OK(cnet_cni_host(&call, &ns, &err));
	OK(cnet_cni_host(&call, &again, &err));
	CHECK(ns != NULL && ns == again);
	cnet__call_close(&call);
}

static int check_netns(const char *path, int may_be_own, struct cnet_error *err)
{
	struct cnet__env env = environment(CNET__VERB_ADD);
	struct cnet_cni_call call;
	int r;

	env.netns = path;
	env.netns_override = may_be_own;
	opens(&call, &env, CONF("\"x\": 1"));
	r = cnet__call_check_netns(&call, err);
	cnet__call_close(&call);
	return r;
}

TEST(our_own_namespace_is_refused)
{
	struct cnet_error err = { 0 };

	FAILS_WITH(CNET_CNI_ENETNS, "should not be the same",
		   check_netns("/proc/self/ns/net", 0, &err));
	OK(check_netns("/proc/self/ns/net", 1, &err));
	OK(check_netns("", 0, &err));
	OK(check_netns("/nonexistent", 0, &err));
	OK(check_netns("/dev/null", 0, &err));
}

/* ---- Reading a plugin's members ---- */

TEST(members_live_as_long_as_the_call)
{
	static const struct cnet_cni_member members[] = {
		{ "words", CNET_CNI_STRINGS, 0, NULL },
		{ NULL, CNET_CNI_STRING, 0, NULL },
	};
	const struct cnet__env env = environment(CNET__VERB_ADD);
	const char *const *words = NULL;
	struct cnet_error err = { 0 };
	struct cnet_cni_call call;

	opens(&call, &env, CONF("\"words\": [\"a\", \"b\"]"));
	OK(cnet_cni_read(&call, members, &words, &err));
	STRINGS_EQUAL(words[1], "b");
	cnet__call_close(&call);
}

static void read_out_of_memory(const struct cnet__env *env, const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_cni_call call;

	cnet__call_init(&call, env, NULL);
	call.input = strdup(text);
	call.length = strlen(text);
	OK(cnet__call_read(&call, &err));
	OUT_OF_MEMORY(cnet__call_read_verb(&call, &err), );
	cnet__call_close(&call);
}

TEST(out_of_memory)
{
	struct cnet__env add = environment(CNET__VERB_ADD), gc = environment(CNET__VERB_GC);

	add.args = "A=b";
	read_out_of_memory(&add, CONF("\"prevResult\": {\"interfaces\": [{}]}"));
	read_out_of_memory(&gc, CONF("\"cni.dev/attachments\": [" ITEM "]"));
}
