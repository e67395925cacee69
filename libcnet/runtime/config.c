/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plugin reads on its standard input (CNI specification 1.1.0, section 3). */

#include "runtime/config.h"

#include <errno.h>
#include <string.h>

#include "cni/json.h"

static int out_of_memory(struct cnet_error *err)
{
	return cnet_error_set(err, ENOMEM, "plugin configuration: out of memory");
}

/* A member of the same name in another case goes: plugins would take either for it. 0 or -1. */
static int replace(json_t *config, const char *name, json_t *value)
{
	const char *key;
	json_t *old;
	void *next;

	json_object_foreach_safe(config, next, key, old)
	{
		if (strcmp(key, name) != 0 && cnet__json_name_equal(key, name))
			json_object_del(config, key);
	}

	return json_object_set(config, name, value);
}

static int replace_new(json_t *config, const char *name, json_t *value)
{
	int r = value == NULL ? -1 : replace(config, name, value);

	json_decref(value);
	return r;
}

static int add_capabilities(json_t *config, json_t *capabilities)
{
	json_t *declared = cnet__json_get(config, "capabilities");
	json_auto_t *given = json_object();
	const char *key;
	json_t *value;

	if (given == NULL)
		return -1;

	json_object_foreach (declared, key, value) {
		json_t *argument = json_object_get(capabilities, key);

		if (json_is_true(value) && argument != NULL &&
		    json_object_set(given, key, argument) < 0)
			return -1;
	}

	return json_object_size(given) > 0 ? replace(config, "runtimeConfig", given) : 0;
}

int cnet__config_make(const struct cnet_network *network, size_t index, json_t *previous,
		      json_t *capabilities, json_t **ret, struct cnet_error *err)
{
	json_auto_t *config = json_copy(json_array_get(network->plugins, index));

	if (config == NULL || replace_new(config, "name", json_string(network->name)) < 0 ||
	    replace_new(config, "cniVersion", json_string(network->version)) < 0 ||
	    (previous != NULL && replace(config, "prevResult", previous) < 0) ||
	    add_capabilities(config, capabilities) < 0)
		return out_of_memory(err);

	*ret = json_incref(config);
	return 0;
}

int cnet__config_add_valid(json_t *config, json_t *valid, struct cnet_error *err)
{
	/* The second is what libcni of 1.1.0 called it by mistake, and plugins of its time read. */
	if (replace(config, "cni.dev/valid-attachments", valid) < 0 ||
	    replace(config, "cni.dev/attachments", valid) < 0)
		return out_of_memory(err);

	return 0;
}

int cnet__config_format(const json_t *config, char **ret, struct cnet_error *err)
{
	char *text = json_dumps(config, JSON_COMPACT);

	if (text == NULL)
		return out_of_memory(err);

	*ret = text;
	return 0;
}
