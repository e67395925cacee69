/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "runtime/previous.h"

#include <errno.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static void converted(const char *version, const char *output, const char *expected)
{
	CNET_AUTO(cnet_network) *network = NULL;
	json_auto_t *result = NULL;
	json_auto_t *wanted = json_loads(quoted(expected), 0, NULL);
	struct cnet_error err = { 0 };
	char json[128];

	snprintf(json, sizeof(json), "{'name': 'n', 'cniVersion': '%s', 'type': 'a'}", version);
	network = stage_network(json);
	OK(cnet__previous_parse(network, quoted(output), &result, &err));
	CHECK(wanted != NULL);
	if (!json_equal(result, wanted))
		FAIL("%s", json_dumps(result, 0));
}

TEST(in_the_networks_version)
{
	converted("0.4.0", "{'cniVersion': '1.0.0', 'ips': [{'address': '10.0.0.2/24'}]}",
		  "{'cniVersion': '0.4.0', 'ips': [{'version': '4', 'address': '10.0.0.2/24'}], "
		  "'dns': {}}");
	converted("1.0.0", "{'cniVersion': '0.2.0', 'ip4': {'ip': '10.0.0.2/24'}}",
		  "{'cniVersion': '1.0.0', 'ips': [{'address': '10.0.0.2/24'}]}");
	converted("1.1.0", "{'ips': [{'address': '10.0.0.2/24'}]}",
		  "{'cniVersion': '1.1.0', 'ips': [{'address': '10.0.0.2/24'}]}");
	converted("1.0.0", "null", "{'cniVersion': '1.0.0'}");
}

TEST(no_result)
{
	CNET_AUTO(cnet_network) *network =
		stage_network("{'name': 'n', 'cniVersion': '1.0.0', 'type': 'a'}");
	json_t *result = NULL;
	struct cnet_error err;

	FAILS_WITH(CNET_CNI_EDECODE, "result: JSON",
		   cnet__previous_parse(network, "", &result, &err));
	FAILS_WITH(CNET_CNI_EVERSION, "result: ",
		   cnet__previous_parse(network, "{\"cniVersion\": \"7.0.0\"}", &result, &err));
	CHECK(result == NULL);
}

static void keep(const struct stage *stage, const char *json)
{
	test_command(NULL, "mkdir -p %s/results", stage->cache);
	stage_write(stage, "cache/results/n-box-eth0", quoted(json));
}

TEST(what_was_not_said_is_as_it_was)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network =
		stage_network("{'name': 'n', 'cniVersion': '1.0.0', 'type': 'a'}");
	AUTO_CHAIN silent = { 0 };
	AUTO_CHAIN outspoken = { 0 };
	json_auto_t *first = NULL;
	json_auto_t *second = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	keep(&stage, "{'kind': 'cniCacheV1', 'networkName': 'n', 'containerId': 'box', 'ifName': "
		     "'eth0', 'cniArgs': [['A', 'b']], 'capabilityArgs': {'mac': 'x'}, 'result': "
		     "{'cniVersion': '0.4.0'}}");
	OK(cnet__chain_open(&silent, network, &stage.box, &stage.opts, &err));
	OK(cnet__previous_load(&silent, &first, &err));
	STRINGS_EQUAL(silent.kept.args, "A=b");
	STRINGS_EQUAL(json_string_value(json_object_get(silent.kept.capabilities, "mac")), "x");
	STRINGS_EQUAL(json_string_value(json_object_get(first, "cniVersion")), "1.0.0");

	stage.box.args = "C=d";
	stage.box.capabilities = "{}";
	OK(cnet__chain_open(&outspoken, network, &stage.box, &stage.opts, &err));
	OK(cnet__previous_load(&outspoken, &second, &err));
	STRINGS_EQUAL(outspoken.kept.args, "C=d");
	INTEGERS_EQUAL(json_object_size(outspoken.kept.capabilities), 0);
}

TEST(arguments_without_a_result)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network =
		stage_network("{'name': 'n', 'cniVersion': '1.0.0', 'type': 'a'}");
	AUTO_CHAIN chain = { 0 };
	json_t *previous = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	OK(cnet__chain_open(&chain, network, &stage.box, &stage.opts, &err));
	FAILS(ENOENT, cnet__previous_load(&chain, &previous, &err));
	keep(&stage, "{'kind': 'cniCacheV1', 'cniArgs': [['A', 'b']]}");
	FAILS(ENOENT, cnet__previous_load(&chain, &previous, &err));
	STRINGS_EQUAL(chain.kept.args, "A=b");
}
