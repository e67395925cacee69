/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static void set_up(struct stage *stage)
{
	stage_open(stage);
	stage_plugin(stage, "one", "");
	stage_plugin(stage, "two", "");
	test_command(NULL, "mkdir -p %s/results", stage->cache);
	stage_write(stage, "cache/results/n-box-eth0",
		    quoted("{'kind': 'cniCacheV1', 'networkName': 'n', 'containerId': 'box', "
			   "'ifName': 'eth0', 'result': {'cniVersion': '0.4.0', 'ips': "
			   "[{'version': '4', 'address': '10.0.0.2/24'}]}}"));
}

static struct cnet_network *network_of(const char *version, const char *members)
{
	char json[256];

	snprintf(json, sizeof(json),
		 "{'name': 'n', 'cniVersion': '%s', %s 'plugins': [{'type': 'one'}, "
		 "{'type': 'two'}]}",
		 version, members);
	return stage_network(json);
}

static void logged(const struct stage *stage, const char *expected)
{
	AUTO_FREE char *log = stage_log(stage);

	STRINGS_EQUAL(log, expected);
}

TEST(forwards_with_the_result)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0", "");
	AUTO_FREE char *one = NULL;
	AUTO_FREE char *two = NULL;
	const char *expected;
	struct cnet_error err = { 0 };

	set_up(&stage);
	OK(cnet_network_check(network, &stage.box, &stage.opts, &err));
	logged(&stage, "CHECK one CHECK two");
	one = stage_read(&stage, "CHECK.one");
	two = stage_read(&stage, "CHECK.two");
	expected = quoted("'prevResult':{'cniVersion':'1.0.0','ips':[{'address':'10.0.0.2/24'");
	CONTAINS(one, expected);
	CONTAINS(two, expected);
}

TEST(first_failure_ends_it)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0", "");
	struct cnet_error err = { 0 };

	set_up(&stage);
	stage_plugin(&stage, "one", "echo '{\"code\": 102, \"msg\": \"gone\"}'; exit 1");
	FAILS_WITH(CNET_CNI_EBASE + 102, "plugin type=\"one\" name=\"n\" failed (check): gone",
		   cnet_network_check(network, &stage.box, &stage.opts, &err));
	logged(&stage, "CHECK one");
}

TEST(not_added)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0", "");
	struct cnet_error err = { 0 };

	set_up(&stage);
	stage.box.ifname = "eth1";
	FAILS_WITH(CNET_CNI_EUNKNOWN, "interface \"eth1\": no result of an ADD",
		   cnet_network_check(network, &stage.box, &stage.opts, &err));
	stage.box.netns = NULL;
	FAILS(EINVAL, cnet_network_check(network, &stage.box, &stage.opts, &err));
	logged(&stage, "");
}

TEST(not_readable)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0", "");
	struct cnet_error err = { 0 };

	set_up(&stage);
	stage_write(&stage, "cache/results/n-box-eth0", "{");
	FAILS(CNET_CNI_EDECODE, cnet_network_check(network, &stage.box, &stage.opts, &err));
	logged(&stage, "");
}

TEST(versions_and_switch)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *old = network_of("0.3.1", "");
	CNET_AUTO(cnet_network) *off = network_of("0.4.0", "'disableCheck': true,");
	CNET_AUTO(cnet_network) *old_and_off = network_of("0.3.1", "'disableCheck': true,");
	struct cnet_error err = { 0 };

	set_up(&stage);
	FAILS_WITH(CNET_CNI_EVERSION, "does not support the CHECK command",
		   cnet_network_check(old, &stage.box, &stage.opts, &err));
	FAILS(CNET_CNI_EVERSION, cnet_network_check(old_and_off, &stage.box, &stage.opts, &err));
	OK(cnet_network_check(off, &stage.box, &stage.opts, &err));
	logged(&stage, "");
}
