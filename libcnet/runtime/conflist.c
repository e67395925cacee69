/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text -> a network: a list of plugins that has been checked, and the version chosen. */

#include "runtime/conflist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "base/bug.h"
#include "cni/json.h"
#include "cni/version.h"

/* What a configuration without a version means. */
static const char oldest[] = "0.1.0";

static int out_of_memory(struct cnet_error *err)
{
	return cnet_error_set(err, ENOMEM, "network: out of memory");
}

static int read_name(const json_t *list, const char **ret, struct cnet_error *err)
{
	const json_t *name = cnet__json_get(list, "name");
	struct cnet_attachment probe = { .container = "x", .ifname = "x" };

	if (name == NULL)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"name\" is missing");
	if (!json_is_string(name))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"name\" is not a string");

	probe.network = json_string_value(name);
	if (cnet_attachment_check(&probe, err) < 0) {
		if (err != NULL)
			err->code = CNET_CNI_ECONFIG;
		return cnet_error_prefix(err, -CNET_CNI_ECONFIG, "\"name\"");
	}

	*ret = probe.network;
	return 0;
}

/* The reference takes a bool or, whatever its case, the bool's text. */
static int read_bool(const json_t *list, const char *member, bool *ret, struct cnet_error *err)
{
	const json_t *value = cnet__json_get(list, member);
	const char *text = json_string_value(value);

	if (value == NULL)
		return 0;

	if (json_is_true(value) || (text != NULL && strcasecmp(text, "true") == 0))
		*ret = true;
	else if (json_is_false(value) || (text != NULL && strcasecmp(text, "false") == 0))
		*ret = false;
	else
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"%s\" is neither true nor false",
				      member);

	return 0;
}

static int read_version(const json_t *value, const char *what, struct cnet__version *ret,
			struct cnet_error *err)
{
	if (!json_is_string(value))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "%s is not a string", what);
	if (cnet__version_parse(json_string_value(value), ret) < 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "%s \"%s\" is not a version", what,
				      json_string_value(value));

	return 0;
}

/* Of the list's versions and the one given singly, the highest that we speak, if any. */
static int best_version(const json_t *versions, const char **ret, struct cnet_error *err)
{
	struct cnet__version newest, version, best = { 0 };
	json_t *value;
	size_t i;
	int r;

	bug_on(cnet__version_parse(CNET__VERSION_NEWEST, &newest) < 0);
	if (*ret != NULL && cnet__version_parse(*ret, &version) == 0 &&
	    cnet__version_compare(&version, &newest) <= 0)
		best = version;

	json_array_foreach (versions, i, value) {
		r = read_version(value, "entry", &version, err);
		if (r < 0)
			return cnet_error_prefix(err, r, "\"cniVersions\"[%zu]", i);
		if (cnet__version_compare(&version, &newest) > 0 ||
		    cnet__version_compare(&version, &best) <= 0)
			continue;
		best = version;
		*ret = json_string_value(value);
	}

	return 0;
}

static int choose_version(const json_t *list, const char **ret, struct cnet_error *err)
{
	const json_t *single = cnet__json_get(list, "cniVersion");
	const json_t *versions = cnet__json_get(list, "cniVersions");
	const char *chosen = NULL;
	struct cnet__version version;
	int r;

	if (single != NULL && *(json_string_value(single) ?: "?") != '\0') {
		r = read_version(single, "\"cniVersion\"", &version, err);
		if (r < 0)
			return r;
		chosen = json_string_value(single);
	}

	if (versions != NULL && !json_is_array(versions))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"cniVersions\" is not a list");
	r = best_version(versions, &chosen, err);
	if (r < 0)
		return r;

	*ret = chosen != NULL ? chosen : oldest;
	return 0;
}

static int check_plugin(const json_t *plugin, struct cnet_error *err)
{
	json_t *capabilities = cnet__json_get(plugin, "capabilities");
	const json_t *type = cnet__json_get(plugin, "type");
	const char *name = json_string_value(type);
	const char *key;
	json_t *value;

	if (!json_is_object(plugin))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "not an object");
	if (type == NULL || (name != NULL && *name == '\0'))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"type\" is missing");
	if (name == NULL)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"type\" is not a string");

	/* It becomes a file name below the plugin path (CVE-2021-20206). */
	if (strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"type\" \"%s\" is not a plugin name",
				      name);

	if (capabilities != NULL && !json_is_object(capabilities))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"capabilities\" is not an object");
	json_object_foreach (capabilities, key, value) {
		if (!json_is_boolean(value) && !json_is_null(value))
			return cnet_error_set(err, CNET_CNI_ECONFIG,
					      "\"capabilities\": \"%s\" is neither true nor false",
					      key);
	}

	return 0;
}

static int read_plugins(json_t *list, json_t **ret, struct cnet_error *err)
{
	json_t *plugins = cnet__json_get(list, "plugins");
	json_t *plugin;
	size_t i;
	int r;

	if (plugins != NULL && !json_is_array(plugins))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"plugins\" is not a list");

	json_array_foreach (plugins, i, plugin) {
		r = check_plugin(plugin, err);
		if (r < 0)
			return cnet_error_prefix(err, r, "\"plugins\"[%zu]", i);
	}

	if (plugins == NULL) {
		plugins = json_array();
		if (json_object_set_new(list, "plugins", plugins) < 0)
			return out_of_memory(err);
	}

	*ret = plugins;
	return 0;
}

/* What libcni makes of a single plugin's configuration: a list of that one. */
static json_t *list_of_one(json_t *plugin)
{
	json_t *list = json_pack("{s:O*, s:O*, s:[O]}", "name", cnet__json_get(plugin, "name"),
				 "cniVersion", cnet__json_get(plugin, "cniVersion"), "plugins",
				 plugin);

	json_decref(plugin);
	return list;
}

static int read_list(struct cnet_network *network, struct cnet_error *err)
{
	const json_t *list = network->list;
	int r;

	r = read_name(list, &network->name, err);
	if (r == 0)
		r = choose_version(list, &network->version, err);
	if (r == 0)
		r = read_bool(list, "disableCheck", &network->disable_check, err);
	if (r == 0)
		r = read_bool(list, "disableGC", &network->disable_gc, err);
	if (r == 0)
		r = read_bool(list, "loadOnlyInlinedPlugins", &network->inlined_only, err);

	return r < 0 ? r : read_plugins(network->list, &network->plugins, err);
}

int cnet__network_read(json_t *json, struct cnet_network **ret, struct cnet_error *err)
{
	CNET_AUTO(cnet_network) *network = calloc(1, sizeof(*network));
	int r;

	if (cnet__json_get(json, "plugins") == NULL && cnet__json_get(json, "type") != NULL)
		json = list_of_one(json);
	if (network == NULL || json == NULL) {
		json_decref(json);
		return out_of_memory(err);
	}

	network->list = json;
	r = read_list(network, err);
	if (r < 0)
		return r;

	*ret = take(network);
	return 0;
}

int cnet__network_append(struct cnet_network *network, json_t *plugin, struct cnet_error *err)
{
	int r = check_plugin(plugin, err);

	if (r < 0)
		return r;

	return json_array_append(network->plugins, plugin) < 0 ? out_of_memory(err) : 0;
}

int cnet__network_complete(const struct cnet_network *network, struct cnet_error *err)
{
	if (json_array_size(network->plugins) == 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"plugins\": no plugin is named");

	return 0;
}

const char *cnet__network_type(const struct cnet_network *network, size_t index)
{
	return cnet__json_string(json_array_get(network->plugins, index), "type");
}

int cnet_network_parse(const char *json, size_t length, struct cnet_network **ret,
		       struct cnet_error *err)
{
	CNET_AUTO(cnet_network) *network = NULL;
	json_t *list;
	int r;

	r = cnet__json_parse(json, length, &list, err);
	if (r == 0)
		r = cnet__network_read(list, &network, err);
	if (r == 0)
		r = cnet__network_complete(network, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "network");

	*ret = take(network);
	return 0;
}

const char *cnet_network_name(const struct cnet_network *network)
{
	return network->name;
}

const char *cnet_network_version(const struct cnet_network *network)
{
	return network->version;
}

void cnet_network_free(struct cnet_network *network)
{
	if (network == NULL)
		return;

	json_decref(network->list);
	free(network);
}
