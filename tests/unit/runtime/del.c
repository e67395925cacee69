/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static const char kept[] = "cache/results/n-box-eth0";

static const char document[] =
	"{'kind': 'cniCacheV1', 'networkName': 'n', 'containerId': 'box', 'ifName': 'eth0', "
	"'cniArgs': [['A', 'b']], 'capabilityArgs': {'mac': 'x'}, "
	"'result': {'cniVersion': '1.0.0', 'ips': [{'address': '10.0.0.2/24'}]}}";

static void set_up(struct stage *stage)
{
	stage_open(stage);
	stage_plugin(stage, "one", "echo one $CNI_ARGS > ${log%log}args");
	stage_plugin(stage, "two", "");
	test_command(NULL, "mkdir -p %s/results", stage->cache);
	stage_write(stage, kept, quoted(document));
}

static struct cnet_network *network_of(const char *version)
{
	char json[256];

	snprintf(json, sizeof(json),
		 "{'name': 'n', 'cniVersion': '%s', 'plugins': [{'type': 'one', 'capabilities': "
		 "{'mac': true}}, {'type': 'two'}]}",
		 version);
	return stage_network(json);
}

static void logged(const struct stage *stage, const char *expected)
{
	AUTO_FREE char *log = stage_log(stage);

	STRINGS_EQUAL(log, expected);
}

static bool is_kept(const struct stage *stage)
{
	AUTO_FREE char *text = stage_read(stage, kept);

	return text != NULL;
}

TEST(backwards_with_what_add_kept)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0");
	AUTO_FREE char *one = NULL;
	AUTO_FREE char *two = NULL;
	AUTO_FREE char *args = NULL;
	struct cnet_error err = { 0 };

	set_up(&stage);
	stage.box.netns = NULL;
	OK(cnet_network_del(network, &stage.box, &stage.opts, &err));
	logged(&stage, "DEL two DEL one");
	CHECK(!is_kept(&stage));

	one = stage_read(&stage, "DEL.one");
	CONTAINS(one, quoted("'prevResult':{'cniVersion':'1.0.0','ips':[{'address':'10.0.0.2/24'"));
	CONTAINS(one, quoted("'runtimeConfig':{'mac':'x'}"));
	two = stage_read(&stage, "DEL.two");
	CONTAINS(two, "prevResult");
	CHECK(strstr(two, "runtimeConfig") == NULL);
	args = stage_read(&stage, "args");
	STRINGS_EQUAL(args, "one A=b\n");
}

TEST(again_and_without_anything)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0");
	AUTO_FREE char *one = NULL;
	struct cnet_error err = { 0 };

	set_up(&stage);
	test_command(NULL, "rm -r %s", stage.cache);
	OK(cnet_network_del(network, &stage.box, &stage.opts, &err));
	OK(cnet_network_del(network, &stage.box, &stage.opts, &err));
	logged(&stage, "DEL two DEL one DEL two DEL one");
	one = stage_read(&stage, "DEL.one");
	CHECK(strstr(one, "prevResult") == NULL);
}

TEST(one_that_fails_stops_no_other)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0");
	struct cnet_error err = { 0 };

	set_up(&stage);
	stage_plugin(&stage, "two", "echo '{\"code\": 11, \"msg\": \"busy\"}'; exit 1");
	FAILS_WITH(CNET_CNI_EAGAIN, "plugin type=\"two\" name=\"n\" failed (delete): busy",
		   cnet_network_del(network, &stage.box, &stage.opts, &err));
	logged(&stage, "DEL two DEL one");
	CHECK(is_kept(&stage));

	stage_plugin(&stage, "one", "echo '{\"code\": 5, \"msg\": \"broken\"}'; exit 1");
	FAILS_WITH(CNET_CNI_EAGAIN, "busy; plugin type=\"one\" name=\"n\" failed (delete): broken",
		   cnet_network_del(network, &stage.box, &stage.opts, &err));
	CHECK(cnet_network_del(network, &stage.box, &stage.opts, NULL) == -CNET_CNI_EAGAIN);
}

TEST(plugin_that_is_gone_stops_no_other)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0");
	struct cnet_error err = { 0 };

	set_up(&stage);
	test_command(NULL, "rm %s/two", stage.bin);
	FAILS_WITH(CNET_CNI_ECONFIG, "failed to find plugin \"two\"",
		   cnet_network_del(network, &stage.box, &stage.opts, &err));
	logged(&stage, "DEL one");
}

TEST(no_result_before_0_4_0)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("0.3.1");
	AUTO_FREE char *one = NULL;
	struct cnet_error err = { 0 };

	set_up(&stage);
	OK(cnet_network_del(network, &stage.box, &stage.opts, &err));
	one = stage_read(&stage, "DEL.one");
	CHECK(strstr(one, "prevResult") == NULL);
	CONTAINS(one, quoted("'runtimeConfig':{'mac':'x'}"));
	CHECK(!is_kept(&stage));
}

TEST(what_is_not_readable_is_no_hindrance)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0");
	AUTO_FREE char *one = NULL;
	struct cnet_error err = { 0 };

	set_up(&stage);
	stage_write(&stage, kept, "{");
	OK(cnet_network_del(network, &stage.box, &stage.opts, &err));
	logged(&stage, "DEL two DEL one");
	one = stage_read(&stage, "DEL.one");
	CHECK(strstr(one, "prevResult") == NULL);
	CHECK(!is_kept(&stage));
}
