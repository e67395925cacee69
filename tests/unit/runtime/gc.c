/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static void keep_in(const struct stage *stage, const char *network, const char *container,
		    const char *netns)
{
	char path[64], json[512];

	snprintf(path, sizeof(path), "cache/results/%s-%s-eth0", network, container);
	snprintf(json, sizeof(json),
		 "{'kind': 'cniCacheV1', 'networkName': '%s', 'containerId': '%s', "
		 "'ifName': 'eth0', 'netns': '/run/netns/%s', 'cniArgs': [['A', 'b']], "
		 "'capabilityArgs': {'mac': 'x'}, 'result': {'cniVersion': '1.0.0'}}",
		 network, container, netns);
	stage_write(stage, path, quoted(json));
}

static void keep(const struct stage *stage, const char *network, const char *container)
{
	keep_in(stage, network, container, container);
}

static void set_up(struct stage *stage)
{
	stage_open(stage);
	stage_plugin(stage, "one",
		     "echo $CNI_CONTAINERID $CNI_IFNAME $CNI_NETNS $CNI_ARGS >> ${log%log}who");
	stage_plugin(stage, "two", "");
	test_command(NULL, "mkdir -p %s/results", stage->cache);
	keep(stage, "n", "lives");
	keep(stage, "n", "stale");
	keep(stage, "m", "stale");
}

static struct cnet_network *network_of(const char *version, const char *members)
{
	char json[256];

	snprintf(json, sizeof(json),
		 "{'name': 'n', 'cniVersion': '%s', %s 'plugins': [{'type': 'one', "
		 "'capabilities': {'mac': true}}, {'type': 'two'}]}",
		 version, members);
	return stage_network(json);
}

static void logged(const struct stage *stage, const char *expected)
{
	AUTO_FREE char *log = stage_log(stage);

	STRINGS_EQUAL(log, expected);
}

static void left(const struct stage *stage, const char *expected)
{
	AUTO_FREE char *names = test_output(NULL, NULL, "ls %s | tr '\\n' ' '; true", stage->cache);
	AUTO_FREE char *files =
		test_output(NULL, NULL, "ls %s/results | tr '\\n' ' '; true", stage->cache);

	STRINGS_EQUAL(names, "results ");
	STRINGS_EQUAL(files, expected);
}

static const struct cnet_attachment lives = { .container = "lives", .ifname = "eth0" };

TEST(stale_ones_are_detached)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0", "");
	AUTO_FREE char *del = NULL;
	AUTO_FREE char *gc = NULL;
	AUTO_FREE char *who = NULL;
	struct cnet_error err = { 0 };

	set_up(&stage);
	OK(cnet_network_gc(network, &lives, 1, &stage.opts, &err));
	logged(&stage, "DEL two DEL one GC one GC two");
	left(&stage, "m-stale-eth0 n-lives-eth0 ");
	who = stage_read(&stage, "who");
	STRINGS_EQUAL(who, "stale eth0 /run/netns/stale A=b\n\n");
	del = stage_read(&stage, "DEL.one");
	CONTAINS(del, quoted("'runtimeConfig':{'mac':'x'}"));
	gc = stage_read(&stage, "GC.two");
	STRINGS_EQUAL(gc, quoted("{'type':'two','name':'n','cniVersion':'1.1.0',"
				 "'cni.dev/valid-attachments':[{'containerID':'lives','ifname':"
				 "'eth0'}],'cni.dev/attachments':[{'containerID':'lives',"
				 "'ifname':'eth0'}]}"));
}

/* The path of a namespace may come back with another container: its interface must not suffer. */
TEST(namespace_of_a_living_container)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0", "");
	AUTO_FREE char *who = NULL;
	struct cnet_error err = { 0 };

	set_up(&stage);
	keep_in(&stage, "n", "stale", "lives");
	OK(cnet_network_gc(network, &lives, 1, &stage.opts, &err));
	who = stage_read(&stage, "who");
	STRINGS_EQUAL(who, "stale eth0 A=b\n\n");
	left(&stage, "m-stale-eth0 n-lives-eth0 ");
}

TEST(none_lives)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0", "");
	AUTO_FREE char *gc = NULL;
	struct cnet_error err = { 0 };

	set_up(&stage);
	OK(cnet_network_gc(network, NULL, 0, &stage.opts, &err));
	left(&stage, "m-stale-eth0 ");
	gc = stage_read(&stage, "GC.one");
	CONTAINS(gc, "\"cni.dev/valid-attachments\":[]");
}

TEST(other_interface_of_a_living_container)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0", "");
	const struct cnet_attachment other = { .container = "lives", .ifname = "eth1" };
	struct cnet_error err = { 0 };

	set_up(&stage);
	OK(cnet_network_gc(network, &other, 1, &stage.opts, &err));
	left(&stage, "m-stale-eth0 ");
}

/* The verb is of 1.1.0; what the runtime itself keeps is cleaned in any version. */
TEST(before_1_1_0)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0", "");
	struct cnet_error err = { 0 };

	set_up(&stage);
	OK(cnet_network_gc(network, &lives, 1, &stage.opts, &err));
	logged(&stage, "DEL two DEL one");
}

TEST(switched_off)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0", "'disableGC': 'TRUE',");
	struct cnet_error err = { 0 };

	set_up(&stage);
	OK(cnet_network_gc(network, NULL, 0, &stage.opts, &err));
	logged(&stage, "");
	left(&stage, "m-stale-eth0 n-lives-eth0 n-stale-eth0 ");
}

TEST(without_a_cache)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0", "");
	struct cnet_error err = { 0 };

	set_up(&stage);
	test_command(NULL, "rm -r %s", stage.cache);
	OK(cnet_network_gc(network, &lives, 1, &stage.opts, &err));
	logged(&stage, "GC one GC two");
}

TEST(errors_stop_nothing)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0", "");
	struct cnet_error err = { 0 };

	set_up(&stage);
	stage_plugin(&stage, "one", "echo '{\"code\": 11, \"msg\": \"busy\"}'; exit 1");
	FAILS_WITH(CNET_CNI_EAGAIN,
		   "stale attachment stale/eth0: plugin type=\"one\" name=\"n\" failed (delete): "
		   "busy; plugin type=\"one\" name=\"n\" failed (gc): busy",
		   cnet_network_gc(network, &lives, 1, &stage.opts, &err));
	logged(&stage, "DEL two DEL one GC one GC two");
	left(&stage, "m-stale-eth0 n-lives-eth0 n-stale-eth0 ");
}

TEST(names_are_checked)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0", "");
	const struct cnet_attachment bad = { .container = "a/b", .ifname = "eth0" };
	struct cnet_error err = { 0 };

	set_up(&stage);
	FAILS_WITH(EINVAL, "valid attachment 0: container ID \"a/b\"",
		   cnet_network_gc(network, &bad, 1, &stage.opts, &err));
	logged(&stage, "");
}
