/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static const char three[] = "{'name': 'n', 'cniVersion': '1.0.0', 'plugins': [{'type': 'one'}, "
			    "{'type': 'two'}, {'type': 'three'}]}";

static const char fails[] = "test $CNI_COMMAND = DEL && exit 0\n"
			    "echo '{\"code\": 7, \"msg\": \"no\"}'; exit 1";

static const char address[] = "echo '{\"ips\": [{\"address\": \"10.0.0.2/24\"}]}'";

static void logged(const struct stage *stage, const char *expected)
{
	AUTO_FREE char *log = stage_log(stage);

	STRINGS_EQUAL(log, expected);
}

static bool is_kept(const struct stage *stage)
{
	AUTO_FREE char *text = stage_read(stage, "cache/results/n-box-eth0");

	return text != NULL;
}

TEST(forwards)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(three);
	AUTO_FREE char *result = NULL;
	AUTO_FREE char *first = NULL;
	AUTO_FREE char *second = NULL;
	AUTO_FREE char *kept = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(&stage, "one", address);
	stage_plugin(&stage, "two", "echo '{\"ips\": [{\"address\": \"10.0.0.3/24\"}]}'");
	stage_plugin(&stage, "three", "sed 's/.*\"prevResult\"://;s/}$//' $in");
	OK(cnet_network_add(network, &stage.box, &stage.opts, &result, &err));
	logged(&stage, "ADD one ADD two ADD three");

	first = stage_read(&stage, "ADD.one");
	CHECK(strstr(first, "prevResult") == NULL);
	second = stage_read(&stage, "ADD.two");
	CONTAINS(second,
		 quoted("'prevResult':{'cniVersion':'1.0.0','ips':[{'address':'10.0.0.2/24'"));
	CONTAINS(result, "10.0.0.3/24");
	kept = stage_read(&stage, "cache/results/n-box-eth0");
	CONTAINS(kept, "10.0.0.3/24");
}

TEST(rolled_back)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(three);
	AUTO_FREE char *input = NULL;
	char *result = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(&stage, "one", address);
	stage_plugin(&stage, "two", fails);
	stage_plugin(&stage, "three", address);
	FAILS_WITH(CNET_CNI_ECONFIG, "plugin type=\"two\" name=\"n\" failed (add): no",
		   cnet_network_add(network, &stage.box, &stage.opts, &result, &err));
	logged(&stage, "ADD one ADD two DEL three DEL two DEL one");
	input = stage_read(&stage, "DEL.one");
	CONTAINS(input, "10.0.0.2/24");
	CHECK(result == NULL && !is_kept(&stage));
}

TEST(rolled_back_as_far_as_possible)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(three);
	char *result = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(&stage, "one", address);
	stage_plugin(&stage, "two", "echo '{\"code\": 5, \"msg\": \"stuck\"}'; exit 1");
	stage_plugin(&stage, "three", address);
	FAILS_WITH(CNET_CNI_EIO,
		   "failed (add): stuck; plugin type=\"two\" name=\"n\" failed (delete): stuck",
		   cnet_network_add(network, &stage.box, &stage.opts, &result, &err));
	logged(&stage, "ADD one ADD two DEL three DEL two DEL one");
}

TEST(rolled_back_where_the_result_is_none)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(three);
	char *result = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(&stage, "one", "echo nonsense");
	stage_plugin(&stage, "two", address);
	stage_plugin(&stage, "three", address);
	FAILS_WITH(CNET_CNI_EDECODE, "plugin type=\"one\" name=\"n\" failed (add): result: JSON",
		   cnet_network_add(network, &stage.box, &stage.opts, &result, &err));
	logged(&stage, "ADD one DEL three DEL two DEL one");
}

TEST(rolled_back_where_it_cannot_be_kept)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(three);
	char *result = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(&stage, "one", address);
	stage_plugin(&stage, "two", address);
	stage_plugin(&stage, "three", address);
	stage.opts.cache_dir = "/dev/null";
	FAILS_WITH(ENOTDIR, "keep result",
		   cnet_network_add(network, &stage.box, &stage.opts, &result, &err));
	logged(&stage, "ADD one ADD two ADD three DEL three DEL two DEL one");
}

/* The first plugin finds its interface there: the attachment that it belongs to must not suffer. */
TEST(earlier_attachment_survives)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(three);
	AUTO_FREE char *first = NULL;
	char *second = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(&stage, "one", address);
	stage_plugin(&stage, "two", address);
	stage_plugin(&stage, "three", address);
	OK(cnet_network_add(network, &stage.box, &stage.opts, &first, &err));
	logged(&stage, "ADD one ADD two ADD three");

	stage_plugin(&stage, "one", fails);
	FAILS(CNET_CNI_ECONFIG, cnet_network_add(network, &stage.box, &stage.opts, &second, &err));
	logged(&stage, "ADD one");
	CHECK(is_kept(&stage));

	/* What a machine's restart left of it, on the other hand, is no attachment. */
	stage_plugin(&stage, "one", address);
	stage_plugin(&stage, "two", fails);
	FAILS(CNET_CNI_ECONFIG, cnet_network_add(network, &stage.box, &stage.opts, &second, &err));
	logged(&stage, "ADD one ADD two DEL three DEL two DEL one");
	CHECK(!is_kept(&stage));
}

TEST(nothing_is_begun)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(three);
	char *result = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(&stage, "one", address);
	stage_plugin(&stage, "two", address);
	FAILS_WITH(CNET_CNI_ECONFIG, "failed to find plugin \"three\"",
		   cnet_network_add(network, &stage.box, &stage.opts, &result, &err));
	stage_plugin(&stage, "three", address);
	stage.box.netns = "";
	FAILS_WITH(EINVAL, "no namespace given",
		   cnet_network_add(network, &stage.box, &stage.opts, &result, &err));
	logged(&stage, "");
}
