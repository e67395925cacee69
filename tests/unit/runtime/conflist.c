/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "runtime/conflist.h"

#include <cnet/cni.h>

#include "harness/test.h"
#include "unit/runtime/stage.h"

static int parse(const char *json, struct cnet_network **ret, struct cnet_error *err)
{
	const char *text = quoted(json);

	return cnet_network_parse(text, strlen(text), ret, err);
}

static void refused(int code, const char *message, const char *json)
{
	struct cnet_network *network = NULL;
	struct cnet_error err;

	FAILS_WITH(code, message, parse(json, &network, &err));
	CHECK(network == NULL);
}

TEST(list)
{
	CNET_AUTO(cnet_network) *network = NULL;
	struct cnet_error err = { 0 };

	OK(parse("{'cniVersion': '1.0.0', 'name': 'n', 'plugins': [{'type': 'a'}, {'type': 'b'}]}",
		 &network, &err));
	STRINGS_EQUAL(cnet_network_name(network), "n");
	STRINGS_EQUAL(cnet_network_version(network), "1.0.0");
	INTEGERS_EQUAL(json_array_size(network->plugins), 2);
	STRINGS_EQUAL(cnet__network_type(network, 1), "b");
	CHECK(!network->disable_check && !network->disable_gc && !network->inlined_only);
}

/* libcni keeps such a list as the configuration, so the shape is part of the cache's format. */
TEST(single_becomes_a_list)
{
	CNET_AUTO(cnet_network) *network = NULL;
	struct cnet_error err = { 0 };
	char *text;

	OK(parse("{'name': 'n', 'cniVersion': '0.4.0', 'type': 'a', 'mtu': 9}", &network, &err));
	text = json_dumps(network->list, JSON_COMPACT);
	CHECK(text != NULL);
	STRINGS_EQUAL(text, quoted("{'name':'n','cniVersion':'0.4.0','plugins':[{'name':'n',"
				   "'cniVersion':'0.4.0','type':'a','mtu':9}]}"));
	free(text);
}

TEST(names_without_regard_to_case)
{
	CNET_AUTO(cnet_network) *network =
		stage_network("{'CNIVersion': '1.1.0', 'Name': 'n', 'DisableGC': true, 'Plugins': "
			      "[{'Type': 'a'}]}");

	STRINGS_EQUAL(network->name, "n");
	STRINGS_EQUAL(network->version, "1.1.0");
	STRINGS_EQUAL(cnet__network_type(network, 0), "a");
	CHECK(network->disable_gc);
}

TEST(names)
{
	refused(CNET_CNI_ECONFIG, "\"name\" is missing", "{'plugins': [{'type': 'a'}]}");
	refused(CNET_CNI_ECONFIG, "\"name\" is missing", "{'name': null, 'type': 'a'}");
	refused(CNET_CNI_ECONFIG, "\"name\" is not a string", "{'name': 7, 'type': 'a'}");
	refused(CNET_CNI_ECONFIG, "\"name\": network name is empty", "{'name': '', 'type': 'a'}");
	refused(CNET_CNI_ECONFIG, "network name \"../x\"", "{'name': '../x', 'type': 'a'}");
}

TEST(plugins)
{
	refused(CNET_CNI_ECONFIG, "\"plugins\": no plugin", "{'name': 'n'}");
	refused(CNET_CNI_ECONFIG, "\"plugins\": no plugin", "{'name': 'n', 'plugins': []}");
	refused(CNET_CNI_ECONFIG, "\"plugins\" is not a list", "{'name': 'n', 'plugins': {}}");
	refused(CNET_CNI_ECONFIG, "\"plugins\"[1]: not an object",
		"{'name': 'n', 'plugins': [{'type': 'a'}, 7]}");
	refused(CNET_CNI_ECONFIG, "\"plugins\"[0]: \"type\" is missing",
		"{'name': 'n', 'plugins': [{'type': ''}]}");
	refused(CNET_CNI_ECONFIG, "\"plugins\"[0]: \"type\" is not a string",
		"{'name': 'n', 'plugins': [{'type': 1}]}");
	refused(CNET_CNI_ECONFIG, "\"type\" \"../a\" is not a plugin name",
		"{'name': 'n', 'plugins': [{'type': '../a'}]}");
	refused(CNET_CNI_ECONFIG, "\"type\" \"..\" is not a plugin name",
		"{'name': 'n', 'plugins': [{'type': '..'}]}");
	refused(CNET_CNI_ECONFIG, "\"capabilities\" is not an object",
		"{'name': 'n', 'plugins': [{'type': 'a', 'capabilities': ['mac']}]}");
	refused(CNET_CNI_ECONFIG, "\"capabilities\": \"mac\" is neither true nor false",
		"{'name': 'n', 'plugins': [{'type': 'a', 'capabilities': {'mac': 1}}]}");
}

TEST(text)
{
	struct cnet_network *network = NULL;
	struct cnet_error err;

	refused(CNET_CNI_EDECODE, "network: JSON: line 1", "{'name': ");
	refused(CNET_CNI_EDECODE, "object is expected", "['name']");
	FAILS(CNET_CNI_EDECODE, cnet_network_parse("", 0, &network, &err));
}

static void flags(const char *value, bool expected)
{
	CNET_AUTO(cnet_network) *network = NULL;
	struct cnet_error err = { 0 };
	char json[256];

	snprintf(json, sizeof(json),
		 "{'name': 'n', 'disableCheck': %s, 'disableGC': %s, "
		 "'loadOnlyInlinedPlugins': %s, 'plugins': [{'type': 'a'}]}",
		 value, value, value);
	OK(parse(json, &network, &err));
	INTEGERS_EQUAL(network->disable_check, expected);
	INTEGERS_EQUAL(network->disable_gc, expected);
	INTEGERS_EQUAL(network->inlined_only, expected);
}

TEST(bools_may_be_text)
{
	flags("true", true);
	flags("'true'", true);
	flags("'TRUE'", true);
	flags("false", false);
	flags("'False'", false);
	flags("null", false);
	refused(CNET_CNI_ECONFIG, "\"disableCheck\" is neither true nor false",
		"{'name': 'n', 'type': 'a', 'plugins': [{'type': 'a'}], 'disableCheck': 'yes'}");
	refused(CNET_CNI_ECONFIG, "\"disableGC\" is neither true nor false",
		"{'name': 'n', 'plugins': [{'type': 'a'}], 'disableGC': 1}");
}

static void chosen(const char *expected, const char *members)
{
	CNET_AUTO(cnet_network) *network = NULL;
	struct cnet_error err = { 0 };
	char json[256];

	snprintf(json, sizeof(json), "{'name': 'n', %s 'plugins': [{'type': 'a'}]}", members);
	OK(parse(json, &network, &err));
	STRINGS_EQUAL(network->version, expected);
}

TEST(version)
{
	chosen("0.1.0", "");
	chosen("0.1.0", "'cniVersion': '',");
	chosen("0.3.1", "'cniVersion': '0.3.1',");
	/* Newer than we speak, and nothing else is offered: the plugin says no. */
	chosen("9.9.9", "'cniVersion': '9.9.9',");
	chosen("1.1.0", "'cniVersions': ['0.4.0', '1.1.0', '1.0.0'],");
	chosen("1.0.0", "'cniVersions': ['0.4.0', '1.0.0', '1.2.0'],");
	chosen("1.0.0", "'cniVersion': '1.0.0', 'cniVersions': ['0.4.0'],");
	chosen("0.4.0", "'cniVersion': '2.0.0', 'cniVersions': ['0.4.0'],");
	chosen("2.0.0", "'cniVersion': '2.0.0', 'cniVersions': ['3.0.0'],");
	chosen("0.4.0", "'cniVersion': '0.4.0', 'cniVersions': [],");
	chosen("0.10.0", "'cniVersions': ['0.9.0', '0.10.0'],");
	refused(CNET_CNI_ECONFIG, "\"cniVersion\" \"one\" is not a version",
		"{'name': 'n', 'cniVersion': 'one', 'plugins': [{'type': 'a'}]}");
	refused(CNET_CNI_ECONFIG, "\"cniVersion\" is not a string",
		"{'name': 'n', 'cniVersion': 1, 'plugins': [{'type': 'a'}]}");
	refused(CNET_CNI_ECONFIG, "\"cniVersions\"[1]: entry \"x\" is not a version",
		"{'name': 'n', 'cniVersions': ['1.0.0', 'x'], 'plugins': [{'type': 'a'}]}");
	refused(CNET_CNI_ECONFIG, "\"cniVersions\" is not a list",
		"{'name': 'n', 'cniVersions': '1.0.0', 'plugins': [{'type': 'a'}]}");
}
