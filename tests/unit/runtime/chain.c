/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "runtime/chain.h"

#include <errno.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static const char two[] =
	"{'name': 'n', 'cniVersion': '1.0.0', 'plugins': [{'type': 'one'}, {'type': 'two'}]}";

TEST(what_a_plugin_is_given)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(two);
	json_auto_t *config = json_pack("{s:i}", "a", 1);
	AUTO_CHAIN chain = { 0 };
	AUTO_FREE char *output = NULL;
	AUTO_FREE char *input = NULL;
	AUTO_FREE char *expected = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(&stage, "two", "env | grep ^CNI_ | sort");
	stage.box.args = "A=b;C=d";
	setenv("CNI_IFNAME", "eth9", 1);
	OK(cnet__chain_open(&chain, network, &stage.box, &stage.opts, &err));
	OK(cnet__chain_run(&chain, 1, "ADD", config, &output, &err));
	CHECK(asprintf(&expected,
		       "CNI_ARGS=A=b;C=d\nCNI_COMMAND=ADD\nCNI_CONTAINERID=box\nCNI_IFNAME=eth0\n"
		       "CNI_NETNS=/run/netns/box\nCNI_PATH=%s\n",
		       stage.bin) > 0);
	STRINGS_EQUAL(output, expected);
	input = stage_read(&stage, "ADD.two");
	STRINGS_EQUAL(input, "{\"a\":1}");
}

/* Verbs without an attachment: what our own environment says of one is not passed on. */
TEST(environment_without_attachment)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(two);
	json_auto_t *config = json_object();
	AUTO_CHAIN chain = { 0 };
	AUTO_FREE char *output = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(&stage, "one", "echo $CNI_CONTAINERID$CNI_IFNAME$CNI_NETNS$CNI_ARGS.");
	setenv("CNI_CONTAINERID", "ours", 1);
	setenv("CNI_ARGS", "A=b", 1);
	OK(cnet__chain_open(&chain, network, NULL, &stage.opts, &err));
	OK(cnet__chain_run(&chain, 0, "GC", config, &output, &err));
	STRINGS_EQUAL(output, ".\n");
}

TEST(which_plugin_failed)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(two);
	json_auto_t *config = json_object();
	AUTO_CHAIN chain = { 0 };
	char *output = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	stage_plugin(
		&stage, "one",
		"echo '{\"code\": 11, \"msg\": \"later\", \"details\": \"or never\"}'; exit 1");
	OK(cnet__chain_open(&chain, network, &stage.box, &stage.opts, &err));
	FAILS_WITH(CNET_CNI_EAGAIN, "plugin type=\"one\" name=\"n\" failed (add): later; or never",
		   cnet__chain_run(&chain, 0, "ADD", config, &output, &err));
	FAILS_WITH(CNET_CNI_EAGAIN, "plugin type=\"one\" name=\"n\" failed (delete): later",
		   cnet__chain_run(&chain, 0, "DEL", config, &output, &err));
	FAILS_WITH(CNET_CNI_ECONFIG,
		   "plugin type=\"two\" name=\"n\" failed (check): failed to find",
		   cnet__chain_run(&chain, 1, "CHECK", config, &output, &err));
	CHECK(output == NULL);
}

TEST(find_all)
{
	AUTO_STAGE stage;
	CNET_AUTO(cnet_network) *network = stage_network(two);
	AUTO_CHAIN chain = { 0 };
	struct cnet_error err = { 0 };

	stage_open(&stage);
	OK(cnet__chain_open(&chain, network, NULL, &stage.opts, &err));
	stage_plugin(&stage, "one", "");
	FAILS_WITH(CNET_CNI_ECONFIG, "network \"n\": failed to find plugin \"two\"",
		   cnet__chain_find_all(&chain, &err));
	stage_plugin(&stage, "two", "");
	OK(cnet__chain_find_all(&chain, &err));
}

static void refused(const char *message, const struct cnet_runtime_attachment *attachment)
{
	CNET_AUTO(cnet_network) *network = stage_network(two);
	AUTO_CHAIN chain = { 0 };
	struct cnet_error err;

	FAILS_WITH(EINVAL, message, cnet__chain_open(&chain, network, attachment, NULL, &err));
}

TEST(what_callers_may_not_say)
{
	refused("needs a container ID",
		&(const struct cnet_runtime_attachment){ .ifname = "eth0" });
	refused("container ID \"a/b\"",
		&(const struct cnet_runtime_attachment){ .container = "a/b", .ifname = "eth0" });
	refused("interface name", &(const struct cnet_runtime_attachment){
					  .container = "a", .ifname = "a-name-that-is-too-long" });
	refused("arguments \"A\"", &(const struct cnet_runtime_attachment){
					   .container = "a", .ifname = "eth0", .args = "A" });
	refused("capability arguments: JSON",
		&(const struct cnet_runtime_attachment){
			.container = "a", .ifname = "eth0", .capabilities = "[1]" });
}
