/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static void set_up(struct stage *stage)
{
	stage_open(stage);
	stage_plugin(stage, "one", "");
	stage_plugin(stage, "two", "");
}

static struct cnet_network *network_of(const char *version)
{
	char json[128];

	snprintf(json, sizeof(json),
		 "{'name': 'n', 'cniVersion': '%s', 'plugins': [{'type': 'one'}, {'type': 'two'}]}",
		 version);
	return stage_network(json);
}

static void logged(const struct stage *stage, const char *expected)
{
	AUTO_FREE char *log = stage_log(stage);

	STRINGS_EQUAL(log, expected);
}

TEST(forwards)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0");
	AUTO_FREE char *input = NULL;
	struct cnet_error err = { 0 };

	set_up(&stage);
	OK(cnet_network_status(network, &stage.opts, &err));
	logged(&stage, "STATUS one STATUS two");
	input = stage_read(&stage, "STATUS.two");
	STRINGS_EQUAL(input, quoted("{'type':'two','name':'n','cniVersion':'1.1.0'}"));
}

TEST(first_no_ends_it)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.1.0");
	struct cnet_error err = { 0 };

	set_up(&stage);
	stage_plugin(&stage, "one", "echo '{\"code\": 50, \"msg\": \"full\"}'; exit 1");
	FAILS_WITH(CNET_CNI_EUNAVAILABLE, "plugin type=\"one\" name=\"n\" failed (status): full",
		   cnet_network_status(network, &stage.opts, &err));
	logged(&stage, "STATUS one");
}

TEST(before_1_1_0)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = network_of("1.0.0");
	struct cnet_error err = { 0 };

	set_up(&stage);
	OK(cnet_network_status(network, &stage.opts, &err));
	logged(&stage, "");
}
