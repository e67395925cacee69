/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "runtime/cache.h"

#include <errno.h>
#include <sys/stat.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"
#include "unit/runtime/stage.h"

static const struct cnet_attachment box = { "n", "box", "eth0" };

static char file[] = "cache/results/n-box-eth0";

/* As libcni v1.3.0 writes it, through json.Marshal(). */
static const char libcni[] =
	"{'kind':'cniCacheV1','containerId':'box','config':'e30=','ifName':'eth0',"
	"'networkName':'n','netns':'/run/netns/box','cniArgs':[['IgnoreUnknown','1'],['A','b']],"
	"'capabilityArgs':{'mac':'02:00:00:00:00:01'},"
	"'result':{'cniVersion':'1.0.0','ips':[{'address':'10.0.0.2/24'}]}}";

static void make_results(const struct stage *stage)
{
	test_command(NULL, "mkdir -p %s/results", stage->cache);
}

TEST(format_is_libcnis)
{
	AUTO_STAGE stage;
	json_auto_t *list = json_object();
	json_auto_t *capabilities = json_pack("{s:s}", "mac", "02:00:00:00:00:01");
	json_auto_t *result = json_pack("{s:s, s:[{s:s}]}", "cniVersion", "1.0.0", "ips", "address",
					"10.0.0.2/24");
	char args[] = "IgnoreUnknown=1;A=b";
	const struct kept kept = { .attachment = box,
				   .netns = "/run/netns/box",
				   .args = args,
				   .capabilities = capabilities,
				   .result = result };
	AUTO_FREE char *text = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	OK(cnet__cache_write(stage.cache, &kept, list, &err));
	text = stage_read(&stage, file);
	STRINGS_EQUAL(text, quoted(libcni));
}

/* Go leaves these members out where they are empty. */
TEST(empty_members_are_left_out)
{
	AUTO_STAGE stage;
	json_auto_t *list = json_object();
	json_auto_t *result = json_pack("{s:s}", "cniVersion", "1.0.0");
	const struct kept kept = { .attachment = box, .netns = "", .result = result };
	AUTO_FREE char *text = NULL;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	OK(cnet__cache_write(stage.cache, &kept, list, &err));
	text = stage_read(&stage, file);
	STRINGS_EQUAL(text, quoted("{'kind':'cniCacheV1','containerId':'box','config':'e30=',"
				   "'ifName':'eth0','networkName':'n',"
				   "'result':{'cniVersion':'1.0.0'}}"));
}

static unsigned int mode_of(const struct stage *stage, const char *path)
{
	char whole[128];
	struct stat st;

	snprintf(whole, sizeof(whole), "%s/%s", stage->folder, path);
	CHECK(stat(whole, &st) == 0);
	return st.st_mode & 07777;
}

TEST(modes)
{
	AUTO_STAGE stage;
	json_auto_t *object = json_object();
	const struct kept kept = { .attachment = box, .result = object };
	struct cnet_error err = { 0 };

	stage_open(&stage);
	umask(0);
	OK(cnet__cache_write(stage.cache, &kept, object, &err));
	INTEGERS_EQUAL(mode_of(&stage, file), 0600);
	INTEGERS_EQUAL(mode_of(&stage, "cache/results"), 0700);
	INTEGERS_EQUAL(mode_of(&stage, "cache"), 0700);
}

TEST(read_libcnis)
{
	AUTO_STAGE stage;
	AUTO_KEPT kept = { 0 };
	struct cnet_error err = { 0 };

	stage_open(&stage);
	make_results(&stage);
	stage_write(&stage, file, quoted(libcni));
	OK(cnet__cache_read(stage.cache, &box, &kept, &err));
	STRINGS_EQUAL(kept.attachment.network, "n");
	STRINGS_EQUAL(kept.attachment.container, "box");
	STRINGS_EQUAL(kept.attachment.ifname, "eth0");
	STRINGS_EQUAL(kept.netns, "/run/netns/box");
	STRINGS_EQUAL(kept.args, "IgnoreUnknown=1;A=b");
	STRINGS_EQUAL(json_string_value(json_object_get(kept.capabilities, "mac")),
		      "02:00:00:00:00:01");
	STRINGS_EQUAL(json_string_value(json_object_get(kept.result, "cniVersion")), "1.0.0");
}

TEST(read_bare_result)
{
	AUTO_STAGE stage;
	AUTO_KEPT kept = { 0 };
	struct cnet_error err = { 0 };

	stage_open(&stage);
	make_results(&stage);
	stage_write(&stage, file, "{\"cniVersion\": \"0.4.0\"}");
	OK(cnet__cache_read(stage.cache, &box, &kept, &err));
	STRINGS_EQUAL(json_string_value(json_object_get(kept.result, "cniVersion")), "0.4.0");
	CHECK(kept.attachment.network == NULL && kept.args == NULL && kept.capabilities == NULL);
}

TEST(nothing_or_rubbish)
{
	AUTO_STAGE stage;
	AUTO_KEPT kept = { 0 };
	struct cnet_attachment endless = box;
	struct cnet_error err;
	char name[300];

	stage_open(&stage);
	FAILS(ENOENT, cnet__cache_read(stage.cache, &box, &kept, &err));
	make_results(&stage);
	FAILS(ENOENT, cnet__cache_read(stage.cache, &box, &kept, &err));
	stage_write(&stage, file, "{");
	FAILS_WITH(CNET_CNI_EDECODE, "n-box-eth0: JSON",
		   cnet__cache_read(stage.cache, &box, &kept, &err));

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	endless.container = name;
	FAILS(ENAMETOOLONG, cnet__cache_read(stage.cache, &endless, &kept, &err));
}

TEST(forget)
{
	AUTO_STAGE stage;
	struct cnet_error err = { 0 };

	stage_open(&stage);
	OK(cnet__cache_remove(stage.cache, &box, &err));
	make_results(&stage);
	OK(cnet__cache_remove(stage.cache, &box, &err));
	stage_write(&stage, file, "{}");
	stage_write(&stage, "cache/results/n-box-eth1", "{}");
	OK(cnet__cache_remove(stage.cache, &box, &err));
	test_command(NULL, "test \"$(ls %s/results)\" = n-box-eth1", stage.cache);
}

static int note(void *arg, const struct kept *kept, __attribute__((unused)) struct cnet_error *err)
{
	strncat(arg, kept->attachment.container, 32);
	strncat(arg, " ", 2);
	return 0;
}

static int refuse(__attribute__((unused)) void *arg,
		  __attribute__((unused)) const struct kept *kept, struct cnet_error *err)
{
	return cnet_error_set(err, EPERM, "refused");
}

TEST(each_of_a_network)
{
	AUTO_STAGE stage;
	struct cnet_error err = { 0 };
	char seen[256] = "";

	stage_open(&stage);
	OK(cnet__cache_each(stage.cache, "n", note, seen, &err));
	make_results(&stage);
	stage_write(&stage, file, quoted(libcni));
	/* Another's, a copy under another name, a bare result, rubbish. */
	stage_write(&stage, "cache/results/n-m-box-eth0",
		    quoted("{'kind':'cniCacheV1','containerId':'box','ifName':'eth0',"
			   "'networkName':'n-m'}"));
	stage_write(&stage, "cache/results/n-copy-eth0", quoted(libcni));
	stage_write(&stage, "cache/results/n-bare-eth0", "{\"cniVersion\": \"1.0.0\"}");
	stage_write(&stage, "cache/results/n-bad-eth0", "{");
	stage_write(&stage, "cache/results/m-box-eth0", quoted(libcni));
	OK(cnet__cache_each(stage.cache, "n", note, seen, &err));
	STRINGS_EQUAL(seen, "box ");
	FAILS(EPERM, cnet__cache_each(stage.cache, "n", refuse, NULL, &err));
}
