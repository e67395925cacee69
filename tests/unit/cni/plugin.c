/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/plugin.h"

#include <errno.h>

#include "harness/test.h"

static int del(struct cnet_cni_call *call, struct cnet_error *err)
{
	(void)call;
	return cnet_error_set(err, EBUSY, "del");
}

static int check(struct cnet_cni_call *call, struct cnet_error *err)
{
	(void)call;
	return cnet_error_set(err, EBUSY, "check");
}

static int gc(struct cnet_cni_call *call, struct cnet_error *err)
{
	(void)call;
	return cnet_error_set(err, EBUSY, "gc");
}

static int status(struct cnet_cni_call *call, struct cnet_error *err)
{
	(void)call;
	return cnet_error_set(err, EBUSY, "status");
}

static const struct cnet_cni_plugin full = {
	.size = sizeof(full),
	.name = "full",
	.minimum = "0.3.0",
	.del = del,
	.check = check,
	.gc = gc,
	.status = status,
};
static const struct cnet_cni_plugin empty = { .size = sizeof(empty), .name = "empty" };
static const struct cnet_cni_plugin unsized = { .name = "unsized" };
static const struct cnet_cni_plugin *const plugins[] = { &empty, &full, &unsized, NULL };

TEST(found_by_name)
{
	struct cnet_cni_plugin plugin;
	struct cnet_error err = { 0 };

	OK(cnet__plugin_find(plugins, "full", &plugin, &err));
	CHECK(plugin.gc == gc);
	INTEGERS_EQUAL(cnet__plugin_find(plugins, "ful", &plugin, &err), -ENOENT);
	FAILS(EINVAL, cnet__plugin_find(plugins, "unsized", &plugin, &err));
}

TEST(called_by_verb)
{
	struct cnet_error err = { 0 };

	FAILS_WITH(EBUSY, "del", cnet__plugin_call(&full, NULL, CNET__VERB_DEL, &err));
	FAILS_WITH(EBUSY, "check", cnet__plugin_call(&full, NULL, CNET__VERB_CHECK, &err));
	FAILS_WITH(EBUSY, "gc", cnet__plugin_call(&full, NULL, CNET__VERB_GC, &err));
	FAILS_WITH(EBUSY, "status", cnet__plugin_call(&full, NULL, CNET__VERB_STATUS, &err));
	OK(cnet__plugin_call(&empty, NULL, CNET__VERB_DEL, &err));
	OK(cnet__plugin_call(&empty, NULL, CNET__VERB_STATUS, &err));
}

static void serves(const struct cnet_cni_plugin *plugin, enum cnet__verb verb, const char *version)
{
	char details[CNET__DETAILS] = "";
	struct cnet_error err = { 0 };

	OK(cnet__plugin_serves(plugin, verb, version, details, &err));
}

static void refuses(const struct cnet_cni_plugin *plugin, enum cnet__verb verb, const char *version,
		    const char *message, const char *expected)
{
	char details[CNET__DETAILS] = "";
	struct cnet_error err = { 0 };

	FAILS_WITH(CNET_CNI_EVERSION, message,
		   cnet__plugin_serves(plugin, verb, version, details, &err));
	STRINGS_EQUAL(details, expected);
}

TEST(versions)
{
	serves(&empty, CNET__VERB_ADD, "0.1.0");
	serves(&empty, CNET__VERB_DEL, "1.1.0");
	serves(&full, CNET__VERB_ADD, "0.3.0");
	refuses(&full, CNET__VERB_ADD, "0.2.0", "incompatible CNI versions",
		"config is \"0.2.0\", plugin supports [\"0.3.0\" \"0.3.1\" \"0.4.0\" \"1.0.0\" "
		"\"1.1.0\"]");
	refuses(&empty, CNET__VERB_DEL, "9.9.9", "incompatible CNI versions",
		"config is \"9.9.9\", plugin supports [\"0.1.0\" \"0.2.0\" \"0.3.0\" \"0.3.1\" "
		"\"0.4.0\" "
		"\"1.0.0\" \"1.1.0\"]");
}

TEST(verbs_that_came_later)
{
	serves(&empty, CNET__VERB_CHECK, "0.4.0");
	refuses(&empty, CNET__VERB_CHECK, "0.3.1", "config version does not allow CHECK", "");
	serves(&empty, CNET__VERB_GC, "1.1.0");
	refuses(&empty, CNET__VERB_GC, "1.0.0", "config version does not allow GC", "");
	serves(&empty, CNET__VERB_STATUS, "1.1.0");
	refuses(&empty, CNET__VERB_STATUS, "1.0.0", "config version does not allow STATUS", "");
}
