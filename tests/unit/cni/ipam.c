/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "unit/cni/program.h"

/* ---- A network plugin, which fails after its delegate did not, and an IPAM plugin ---- */

static bool fails_afterwards, ipam_fails, ipam_undone, ipam_delegates;
static int ipam_calls;

static int net_add(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
		   struct cnet_error *err)
{
	const struct cnet_cni_interface interface = { .name = "eth0" };
	int r;

	r = cnet_cni_result_add_interface(result, &interface, NULL, err);
	if (r == 0)
		r = cnet_cni_ipam_add(call, txn, result, err);
	if (r == 0 && fails_afterwards)
		r = cnet_error_set(err, EBUSY, "afterwards");
	return r;
}

static const struct cnet_cni_plugin net = {
	.size = sizeof(net),
	.name = "net",
	.add = net_add,
	.del = cnet_cni_ipam_del,
	.check = cnet_cni_ipam_check,
	.gc = cnet_cni_ipam_gc,
	.status = cnet_cni_ipam_status,
};

static int ipam_undo(void *arg, struct cnet_error *err)
{
	(void)arg;
	(void)err;
	ipam_undone = true;
	return 0;
}

static int ipam_add(struct cnet_cni_call *call, struct cnet_txn *txn,
		    struct cnet_cni_result *result, struct cnet_error *err)
{
	struct cnet_cni_ip ip = { .interface = 7 };

	ipam_calls++;
	if (ipam_delegates)
		return cnet_cni_ipam_add(call, txn, result, err);
	CHECK(cnet_txn_reserve(txn, err) == 0);
	cnet_txn_push(txn, ipam_undo, NULL, NULL);
	CHECK(cnet_prefix_parse("10.0.0.1/8", &ip.address, err) == 0);
	CHECK(cnet_cni_result_add_ip(result, &ip, err) == 0);
	return ipam_fails ? cnet_error_set(err, CNET_CNI_EAGAIN, "none left") : 0;
}

static int ipam_other(struct cnet_cni_call *call, struct cnet_error *err)
{
	(void)call;
	ipam_calls++;
	return ipam_fails ? cnet_error_set(err, CNET_CNI_EAGAIN, "not now") : 0;
}

static const struct cnet_cni_plugin ipam = {
	.size = sizeof(ipam),
	.name = "ipam",
	.minimum = "0.3.0",
	.add = ipam_add,
	.del = ipam_other,
	.check = ipam_other,
	.gc = ipam_other,
	.status = ipam_other,
};
static const struct cnet_cni_plugin *const plugins[] = { &net, &ipam, NULL };

/* ---- A folder for CNI_PATH ---- */

static char folder[] = "/tmp/cnet-ipam-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void folder_make(void)
{
	CHECK(mkdtemp(folder) != NULL);
}

static void folder_remove(void)
{
	test_command(NULL, "rm -r %s", folder);
}

/* A program that notes each verb in the file "log". */
static void program_make(const char *script)
{
	FILE *file = fopen(in_folder("there"), "we");

	CHECK(file != NULL);
	fprintf(file, "#!/bin/sh\necho $CNI_COMMAND $CNI_IFNAME >> %s/log\n%s\n", folder, script);
	CHECK(fclose(file) == 0 && chmod(in_folder("there"), 0755) == 0);
}

static void log_is(const char *expected)
{
	char *text = test_output(NULL, NULL, "tr '\\n' ';' < %s", in_folder("log"));

	STRINGS_EQUAL(text, expected);
	free(text);
}

static struct printed run(const char *verb, const char *input)
{
	program_environment(verb);
	setenv("CNI_PATH", folder, 1);
	return program_run(plugins, "net", input, -1);
}

static void refused(const char *verb, const char *input, int code, const char *message)
{
	struct printed printed = run(verb, input);
	char text[32];

	snprintf(text, sizeof(text), "\"code\": %d,", code);
	INTEGERS_EQUAL(printed.status, 1);
	CONTAINS(printed.out, text);
	CONTAINS(printed.out, message);
}

#define CONF(version, type)                                              \
	"{\"cniVersion\": \"" version "\", \"name\": \"n\", \"ipam\": {" \
	"\"type\": \"" type "\"}, \"prevResult\": {}, \"cni.dev/valid-attachments\": []}"
#define THERE CONF("1.1.0", "there")
#define HERE  CONF("1.1.0", "ipam")

/* ---- A program ---- */

TEST(addresses_routes_and_name_servers_of_a_program)
{
	struct printed printed;

	folder_make();
	program_make("cat > /dev/null; echo '{\"cniVersion\": \"0.2.0\", \"ip4\": {\"ip\": "
		     "\"10.0.0.1/8\", \"routes\": [{\"dst\": \"0.0.0.0/0\"}]}, \"dns\": {"
		     "\"domain\": \"d\"}}'");
	printed = run("ADD", THERE);
	STRINGS_EQUAL(printed.out, "{\n"
				   "    \"cniVersion\": \"1.1.0\",\n"
				   "    \"dns\": {\n"
				   "        \"domain\": \"d\"\n"
				   "    },\n"
				   "    \"interfaces\": [\n"
				   "        {\n"
				   "            \"name\": \"eth0\"\n"
				   "        }\n"
				   "    ],\n"
				   "    \"ips\": [\n"
				   "        {\n"
				   "            \"address\": \"10.0.0.1/8\"\n"
				   "        }\n"
				   "    ],\n"
				   "    \"routes\": [\n"
				   "        {\n"
				   "            \"dst\": \"0.0.0.0/0\"\n"
				   "        }\n"
				   "    ]\n"
				   "}");
	INTEGERS_EQUAL(printed.status, 0);
	log_is("ADD eth0;");
	folder_remove();
}

TEST(result_without_a_version_is_of_the_configurations)
{
	folder_make();
	program_make("echo '{\"ip4\": {\"ip\": \"10.0.0.1/8\"}}'");
	CONTAINS(run("ADD", CONF("0.2.0", "there")).out, "10.0.0.1/8");
	folder_remove();
}

TEST(failing_program_gets_its_del)
{
	folder_make();
	program_make("[ $CNI_COMMAND = DEL ] || echo '{\"code\": 11, \"msg\": \"full\"}'; exit 1");
	refused("ADD", THERE, 11, "\"msg\": \"full\"");
	log_is("ADD eth0;DEL eth0;");
	folder_remove();
}

TEST(malformed_results_of_a_program)
{
	folder_make();
	program_make("echo oops");
	refused("ADD", THERE, 6, "result of IPAM plugin \\\"there\\\": JSON: line 1");
	program_make("echo '{\"ips\": [{}]}'");
	refused("ADD", THERE, 6, "\\\"ips[0].address\\\": missing");
	log_is("ADD eth0;DEL eth0;ADD eth0;DEL eth0;");
	folder_remove();
}

TEST(later_failure_releases_what_a_program_gave)
{
	folder_make();
	program_make("[ $CNI_COMMAND = DEL ] || echo '{}'");
	fails_afterwards = true;
	refused("ADD", THERE, 11, "afterwards");
	log_is("ADD eth0;DEL eth0;");
	folder_remove();
}

TEST(the_other_verbs_of_a_program)
{
	folder_make();
	program_make("cat > /dev/null");
	INTEGERS_EQUAL(run("DEL", THERE).status, 0);
	INTEGERS_EQUAL(run("CHECK", THERE).status, 0);
	INTEGERS_EQUAL(run("GC", THERE).status, 0);
	INTEGERS_EQUAL(run("STATUS", THERE).status, 0);
	log_is("DEL eth0;CHECK eth0;GC eth0;STATUS eth0;");
	program_make("echo '{\"code\": 50, \"msg\": \"none\"}'; exit 1");
	refused("STATUS", THERE, 50, "none");
	refused("DEL", THERE, 50, "none");
	folder_remove();
}

TEST(children_are_waited_for_although_our_parent_ignored_them)
{
	struct printed printed;

	folder_make();
	program_make("exit 0");
	signal(SIGCHLD, SIG_IGN);
	printed = run("DEL", THERE);
	STRINGS_EQUAL(printed.out, "");
	folder_remove();
}

/* ---- Not to be found ---- */

TEST(delegates_that_are_not_there)
{
	folder_make();
	refused("ADD", THERE, 7, "failed to find plugin \\\"there\\\" in path");
	refused("DEL", THERE, 7, "failed to find plugin");
	refused("ADD", CONF("1.1.0", "../there"), 7, "invalid plugin name");
	refused("ADD", "{\"cniVersion\": \"1.1.0\", \"name\": \"n\"}", 7,
		"no plugin name provided");
	/* One of ours has to be found in CNI_PATH, too: it says what may be run. */
	refused("ADD", HERE, 7, "failed to find plugin \\\"ipam\\\"");
	INTEGERS_EQUAL(ipam_calls, 0);
	folder_remove();
}

TEST(without_a_delegate_there_is_nothing_to_do)
{
	const char *const conf = "{\"cniVersion\": \"1.1.0\", \"name\": \"n\", \"ipam\": {}}";

	INTEGERS_EQUAL(run("DEL", conf).status, 0);
	INTEGERS_EQUAL(run("STATUS", conf).status, 0);
}

/* ---- This very program ---- */

static void link_to_us(void)
{
	test_command(NULL, "ln -s /proc/%d/exe %s", (int)getpid(), in_folder("ipam"));
}

TEST(plugin_of_this_program_is_called_here)
{
	struct printed printed;

	folder_make();
	link_to_us();
	printed = run("ADD", HERE);
	INTEGERS_EQUAL(printed.status, 0);
	CONTAINS(printed.out, "\"address\": \"10.0.0.1/8\"");
	CHECK(strstr(printed.out, "\"interface\":") == NULL);
	INTEGERS_EQUAL(ipam_calls, 1);
	CHECK(!ipam_undone);

	INTEGERS_EQUAL(run("DEL", HERE).status, 0);
	INTEGERS_EQUAL(run("CHECK", HERE).status, 0);
	INTEGERS_EQUAL(run("GC", HERE).status, 0);
	INTEGERS_EQUAL(run("STATUS", HERE).status, 0);
	INTEGERS_EQUAL(ipam_calls, 5);
	folder_remove();
}

TEST(copy_of_this_program_is_called_here)
{
	folder_make();
	test_command(NULL, "cp /proc/%d/exe %s", (int)getpid(), in_folder("ipam"));
	INTEGERS_EQUAL(run("ADD", HERE).status, 0);
	INTEGERS_EQUAL(ipam_calls, 1);
	folder_remove();
}

TEST(other_program_of_the_same_name_is_executed)
{
	folder_make();
	program_make("echo '{\"ips\": [{\"address\": \"10.9.9.9/8\"}]}'");
	test_command(NULL, "mv %s/there %s/ipam", folder, folder);
	CONTAINS(run("ADD", HERE).out, "10.9.9.9/8");
	INTEGERS_EQUAL(ipam_calls, 0);
	log_is("ADD eth0;");
	folder_remove();
}

TEST(failures_of_a_plugin_called_here)
{
	folder_make();
	link_to_us();
	ipam_fails = true;
	refused("ADD", HERE, 11, "\"msg\": \"none left\"");
	CHECK(ipam_undone);
	refused("DEL", HERE, 11, "\"msg\": \"not now\"");
	INTEGERS_EQUAL(ipam_calls, 2);
	folder_remove();
}

TEST(later_failure_undoes_a_plugin_called_here)
{
	folder_make();
	link_to_us();
	fails_afterwards = true;
	refused("ADD", HERE, 11, "afterwards");
	CHECK(ipam_undone);
	INTEGERS_EQUAL(ipam_calls, 1);
	folder_remove();
}

TEST(version_that_the_delegate_does_not_serve)
{
	folder_make();
	link_to_us();
	refused("ADD", CONF("0.2.0", "ipam"), 1,
		"IPAM plugin \\\"ipam\\\": incompatible CNI versions");
	INTEGERS_EQUAL(ipam_calls, 0);
	folder_remove();
}

TEST(delegates_do_not_delegate)
{
	folder_make();
	link_to_us();
	ipam_delegates = true;
	refused("ADD", HERE, 7, "\\\"ipam.type\\\": not an IPAM plugin: \\\"ipam\\\"");
	folder_remove();
}
