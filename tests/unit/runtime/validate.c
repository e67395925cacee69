/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static int validate(const char *version, const char *script, struct cnet_error *err)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = NULL;
	char json[128];

	snprintf(json, sizeof(json), "{'name': 'n', 'cniVersion': '%s', 'type': 'one'}", version);
	network = stage_network(json);
	stage_open(&stage);
	stage_plugin(&stage, "one", script);
	return cnet_network_validate(network, &stage.opts, err);
}

static const char modern[] = "echo '{\"cniVersion\": \"1.0.0\", \"supportedVersions\": "
			     "[\"0.4.0\", \"1.0.0\"]}'";

TEST(listed)
{
	struct cnet_error err = { 0 };

	OK(validate("1.0.0", modern, &err));
	OK(validate("0.4.0", modern, &err));
	FAILS_WITH(CNET_CNI_EVERSION,
		   "plugin type=\"one\" name=\"n\" does not support config version \"1.1.0\"",
		   validate("1.1.0", modern, &err));
}

TEST(plugins_older_than_the_list)
{
	const char *second = "echo '{\"cniVersion\": \"0.2.0\"}'";
	const char *first =
		"echo '{\"code\": 4, \"msg\": \"unknown CNI_COMMAND: VERSION\"}'; exit 1";
	struct cnet_error err = { 0 };

	OK(validate("0.1.0", second, &err));
	OK(validate("0.2.0", second, &err));
	FAILS(CNET_CNI_EVERSION, validate("0.3.0", second, &err));
	FAILS(CNET_CNI_EVERSION,
	      validate("0.1.0",
		       "echo '{\"cniVersion\": \"0.2.0\", \"supportedVersions\": [\"0.2.0\"]}'",
		       &err));
	OK(validate("0.1.0", first, &err));
	FAILS(CNET_CNI_EVERSION, validate("0.2.0", first, &err));
}

/* Before 0.2.0 a plugin wanted all variables whatever the verb. */
TEST(variables)
{
	struct cnet_error err = { 0 };

	OK(validate("1.0.0",
		    "test -n \"$CNI_NETNS\" && test -n \"$CNI_IFNAME\" && "
		    "test -n \"$CNI_CONTAINERID\" && "
		    "echo '{\"supportedVersions\": [\"1.0.0\"]}'",
		    &err));
}

TEST(broken)
{
	CNET_AUTO(cnet_network) *network =
		stage_network("{'name': 'n', 'cniVersion': '1.0.0', 'type': 'one'}");
	struct cnet_error err = { 0 };

	FAILS_WITH(CNET_CNI_EDECODE, "plugin type=\"one\" name=\"n\" failed (version): JSON",
		   validate("1.0.0", "echo rubbish", &err));
	FAILS_WITH(CNET_CNI_EBASE + 999, "failed (version): netplugin failed",
		   validate("1.0.0", "exit 3", &err));
	FAILS_WITH(CNET_CNI_ECONFIG, "failed to find plugin \"one\"",
		   cnet_network_validate(network, NULL, &err));
}
