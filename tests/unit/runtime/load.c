/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "runtime/conflist.h"
#include "unit/runtime/stage.h"

static void write_net(const struct stage *stage, const char *file, const char *json)
{
	char path[64];

	snprintf(path, sizeof(path), "net/%s", file);
	stage_write(stage, path, quoted(json));
}

static void loaded(const struct stage *stage, const char *name, const char *types)
{
	CNET_AUTO(cnet_network) *network = NULL;
	struct cnet_error err = { 0 };
	char found[128] = "";
	size_t i;

	OK(cnet_network_load(stage->net, name, &network, &err));
	STRINGS_EQUAL(cnet_network_name(network), name);
	for (i = 0; i < json_array_size(network->plugins); i++) {
		strncat(found, cnet__network_type(network, i), 8);
		strncat(found, " ", 2);
	}
	STRINGS_EQUAL(found, types);
}

static void refused(const struct stage *stage, int code, const char *message)
{
	struct cnet_network *network = NULL;
	struct cnet_error err;

	FAILS_WITH(code, message, cnet_network_load(stage->net, "n", &network, &err));
}

TEST(first_of_the_name)
{
	AUTO_STAGE stage;

	stage_open(&stage);
	write_net(&stage, "00.conf", "{'name': 'n', 'type': 'single'}");
	loaded(&stage, "n", "single ");
	write_net(&stage, "00.json", "{'name': 'n', 'type': 'later'}");
	loaded(&stage, "n", "single ");
	write_net(&stage, "20.conflist", "{'name': 'n', 'plugins': [{'type': 'two'}]}");
	write_net(&stage, "10.conflist", "{'name': 'n', 'plugins': [{'type': 'one'}]}");
	write_net(&stage, "05.conflist", "{'name': 'm', 'plugins': [{'type': 'em'}]}");
	write_net(&stage, "01.txt", "{'name': 'n', 'plugins': [{'type': 'text'}]}");
	loaded(&stage, "n", "one ");
	loaded(&stage, "m", "em ");
}

TEST(not_found)
{
	AUTO_STAGE stage;
	struct cnet_network *network = NULL;
	struct cnet_error err;

	stage_open(&stage);
	refused(&stage, ENOENT, "no network \"n\" in \"");
	FAILS_WITH(ENOENT, "network \"n\": folder \"/nonexistent\"",
		   cnet_network_load("/nonexistent", "n", &network, &err));
}

/* What might be the network that is meant ends the search; what is another's, or nobody's, not. */
TEST(broken_files)
{
	AUTO_STAGE stage;

	stage_open(&stage);
	write_net(&stage, "50.conflist", "{'name': 'n', 'plugins': [{'type': 'one'}]}");
	write_net(&stage, "10.conflist", "{'name': 'm', 'plugins': [{'type': ''}]}");
	write_net(&stage, "90.conflist", "{");
	write_net(&stage, "99.conf", "{'type': 'loopback'}");
	loaded(&stage, "n", "one ");

	write_net(&stage, "20.conflist", "{'name': 'n', ");
	refused(&stage, CNET_CNI_EDECODE, "net/20.conflist: JSON: line 1");
	write_net(&stage, "20.conflist", "{'plugins': [{'type': 'x'}]}");
	refused(&stage, CNET_CNI_ECONFIG, "net/20.conflist: \"name\" is missing");
	write_net(&stage, "20.conflist", "{'name': 'n', 'plugins': [{'type': 'x'}, {}]}");
	refused(&stage, CNET_CNI_ECONFIG, "net/20.conflist: \"plugins\"[1]: \"type\" is missing");
}

TEST(unnamed_single_is_nobodys)
{
	AUTO_STAGE stage;

	stage_open(&stage);
	write_net(&stage, "10.conf", "{'type': 'loopback'}");
	write_net(&stage, "20.conf", "{'name': 'n', 'type': 'one'}");
	loaded(&stage, "n", "one ");
}

TEST(through_a_symbolic_link)
{
	AUTO_STAGE stage;
	char from[64];

	stage_open(&stage);
	stage_write(&stage, "elsewhere", quoted("{'name': 'n', 'plugins': [{'type': 'one'}]}"));
	snprintf(from, sizeof(from), "%s/10.conflist", stage.net);
	CHECK(symlink("../elsewhere", from) == 0);
	loaded(&stage, "n", "one ");

	CHECK(unlink(from) == 0 && symlink("../gone", from) == 0);
	refused(&stage, ENOENT, "net/10.conflist: No such file");
}

TEST(plugin_folder)
{
	AUTO_STAGE stage;

	stage_open(&stage);
	test_command(NULL, "mkdir %s/n", stage.net);
	write_net(&stage, "n/20.conf", "{'type': 'late'}");
	write_net(&stage, "n/10.conf", "{'type': 'early'}");
	write_net(&stage, "n/30.json", "{'type': 'no'}");
	write_net(&stage, "10.conflist", "{'name': 'n', 'plugins': [{'type': 'in'}]}");
	loaded(&stage, "n", "in early late ");
	write_net(&stage, "10.conflist", "{'name': 'n'}");
	loaded(&stage, "n", "early late ");

	write_net(&stage, "10.conflist",
		  "{'name': 'n', 'loadOnlyInlinedPlugins': 'true', 'plugins': [{'type': 'in'}]}");
	loaded(&stage, "n", "in ");
	write_net(&stage, "10.conflist", "{'name': 'n', 'loadOnlyInlinedPlugins': true}");
	refused(&stage, CNET_CNI_ECONFIG, "no plugin is named");

	write_net(&stage, "10.conflist", "{'name': 'n'}");
	write_net(&stage, "n/15.conf", "{'typ': 'x'}");
	refused(&stage, CNET_CNI_ECONFIG, "net/n/15.conf: \"type\" is missing");
	write_net(&stage, "n/15.conf", "x");
	refused(&stage, CNET_CNI_EDECODE, "net/n/15.conf: JSON");
}

TEST(list_names)
{
	AUTO_STAGE stage;
	struct cnet_error err = { 0 };
	char **names = NULL;
	size_t count = 0;
	size_t i;

	stage_open(&stage);
	write_net(&stage, "10.conf", "{'name': 'single', 'type': 'a'}");
	write_net(&stage, "20.conflist", "{'name': 'b', 'plugins': [{'type': 'x'}]}");
	write_net(&stage, "10.conflist", "{'name': 'c', 'plugins': [{'type': 'x'}]}");
	write_net(&stage, "30.conflist", "{'name': 'b', 'plugins': [{'type': 'x'}]}");
	write_net(&stage, "20.conf", "{'type': 'loopback'}");
	OK(cnet_network_list(stage.net, &names, &count, &err));
	INTEGERS_EQUAL(count, 3);
	STRINGS_EQUAL(names[0], "c");
	STRINGS_EQUAL(names[1], "b");
	STRINGS_EQUAL(names[2], "single");
	for (i = 0; i < count; i++)
		free(names[i]);
	free(names);

	FAILS(ENOENT, cnet_network_list("/nonexistent", &names, &count, &err));
}
