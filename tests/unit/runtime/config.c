/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "runtime/config.h"

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static void made(const char *plugin, const char *previous, const char *capabilities,
		 const char *expected)
{
	CNET_AUTO(cnet_network) *network = NULL;
	json_auto_t *result = previous != NULL ? json_loads(quoted(previous), 0, NULL) : NULL;
	json_auto_t *arguments = capabilities != NULL ? json_loads(quoted(capabilities), 0, NULL)
						      : NULL;
	json_auto_t *config = NULL;
	AUTO_FREE char *before = NULL;
	AUTO_FREE char *after = NULL;
	AUTO_FREE char *text = NULL;
	struct cnet_error err = { 0 };
	char list[1024];

	snprintf(list, sizeof(list), "{'name': 'n', 'cniVersion': '1.0.0', 'plugins': [%s]}",
		 plugin);
	network = stage_network(list);
	before = json_dumps(network->list, JSON_COMPACT);
	OK(cnet__config_make(network, 0, result, arguments, &config, &err));
	OK(cnet__config_format(config, &text, &err));
	STRINGS_EQUAL(text, quoted(expected));

	after = json_dumps(network->list, JSON_COMPACT);
	STRINGS_EQUAL(after, before);
}

TEST(order_and_numbers_stay)
{
	made("{'zeta': 9223372036854775807, 'type': 'a', 'alpha': {'y': 0.5, 'x': [null]}}", NULL,
	     NULL,
	     "{'zeta':9223372036854775807,'type':'a','alpha':{'y':0.5,'x':[null]},'name':'n',"
	     "'cniVersion':'1.0.0'}");
}

TEST(the_network_names)
{
	made("{'cniVersion': '0.3.0', 'name': 'other', 'type': 'a'}", NULL, NULL,
	     "{'cniVersion':'1.0.0','name':'n','type':'a'}");
	made("{'CNIVersion': '0.3.0', 'NAME': 'other', 'type': 'a'}", NULL, NULL,
	     "{'type':'a','name':'n','cniVersion':'1.0.0'}");
}

TEST(previous_result)
{
	made("{'type': 'a'}", "{'ips': []}", NULL,
	     "{'type':'a','name':'n','cniVersion':'1.0.0','prevResult':{'ips':[]}}");
	made("{'prevresult': 1, 'type': 'a'}", "{'ips': []}", NULL,
	     "{'type':'a','name':'n','cniVersion':'1.0.0','prevResult':{'ips':[]}}");
}

TEST(args_pass)
{
	made("{'type': 'a', 'args': {'cni': {'ips': ['10.0.0.9']}}}", NULL, NULL,
	     "{'type':'a','args':{'cni':{'ips':['10.0.0.9']}},'name':'n','cniVersion':'1.0.0'}");
}

/* Only what is declared, true and given; nothing at all makes no member. */
TEST(capabilities)
{
	const char *given = "{'portMappings': [{'hostPort': 80}], 'mac': 'x', 'ips': ['y']}";

	made("{'type': 'a', 'capabilities': {'portMappings': true, 'mac': false, 'dns': true}}",
	     NULL, given,
	     "{'type':'a','capabilities':{'portMappings':true,'mac':false,'dns':true},'name':'n',"
	     "'cniVersion':'1.0.0','runtimeConfig':{'portMappings':[{'hostPort':80}]}}");
	made("{'type': 'a', 'capabilities': {'dns': true}}", NULL, given,
	     "{'type':'a','capabilities':{'dns':true},'name':'n','cniVersion':'1.0.0'}");
	made("{'type': 'a'}", NULL, given, "{'type':'a','name':'n','cniVersion':'1.0.0'}");
	made("{'type': 'a', 'capabilities': {'mac': true}}", NULL, NULL,
	     "{'type':'a','capabilities':{'mac':true},'name':'n','cniVersion':'1.0.0'}");
}

TEST(valid_attachments)
{
	json_auto_t *valid = json_pack("[{s:s, s:s}]", "containerID", "c", "ifname", "eth0");
	CNET_AUTO(cnet_network) *network =
		stage_network("{'name': 'n', 'cniVersion': '1.1.0', 'type': 'a'}");
	json_auto_t *config = NULL;
	struct cnet_error err = { 0 };

	OK(cnet__config_make(network, 0, NULL, NULL, &config, &err));
	OK(cnet__config_add_valid(config, valid, &err));
	CHECK(json_equal(json_object_get(config, "cni.dev/valid-attachments"), valid));
	CHECK(json_equal(json_object_get(config, "cni.dev/attachments"), valid));
}
