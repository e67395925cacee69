/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VERSION: are all plugins there, and do they serve the network's version? */

#include <cnet/runtime.h>

#include <errno.h>
#include <string.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "cni/json.h"
#include "runtime/chain.h"

/*
 * Does the reply name the version? Two rules for plugins older than the reply: without a list,
 * 0.2.0 means 0.1.0 and 0.2.0 (CNI specification 0.2.0).
 */
static int serves(const json_t *reply, const char *version)
{
	const json_t *supported = cnet__json_get(reply, "supportedVersions");
	const char *own = cnet__json_string(reply, "cniVersion");
	json_t *value;
	size_t i;

	json_array_foreach (supported, i, value) {
		if (strcmp(json_string_value(value) ?: "", version) == 0)
			return 1;
	}

	return supported == NULL && own != NULL && strcmp(own, "0.2.0") == 0 &&
	       (strcmp(version, "0.1.0") == 0 || strcmp(version, "0.2.0") == 0);
}

static int ask(const struct chain *chain, size_t index, json_t **ret, struct cnet_error *err)
{
	const struct cnet_network *network = chain->network;
	AUTO_FREE char *output = NULL;
	json_auto_t *question = json_pack("{s:s}", "cniVersion", network->version);
	struct cnet_error refused = { 0 };
	int r;

	if (question == NULL)
		return cnet_error_set(err, ENOMEM, "network \"%s\": out of memory", network->name);

	r = cnet__chain_run(chain, index, "VERSION", question, &output, &refused);
	if (r == 0) {
		r = cnet__json_parse(output, strlen(output), ret, err);
		return r < 0 ? cnet__chain_prefix(chain, index, "VERSION", r, err) : 0;
	}

	/* So old that it does not know the verb: it is of 0.1.0. */
	if (strstr(refused.message, "unknown CNI_COMMAND: VERSION") == NULL) {
		if (err != NULL)
			*err = refused;
		return r;
	}

	*ret = json_pack("{s:[s]}", "supportedVersions", "0.1.0");
	return *ret == NULL ? cnet_error_set(err, ENOMEM, "version: out of memory") : 0;
}

static int validate_one(const struct chain *chain, size_t index, struct cnet_error *err)
{
	const struct cnet_network *network = chain->network;
	json_auto_t *reply = NULL;
	int r;

	r = ask(chain, index, &reply, err);
	if (r < 0)
		return r;

	if (!serves(reply, network->version))
		return cnet_error_set(err, CNET_CNI_EVERSION,
				      "plugin type=\"%s\" name=\"%s\" does not support config "
				      "version \"%s\"",
				      cnet__network_type(network, index), network->name,
				      network->version);

	return 0;
}

int cnet_network_validate(struct cnet_network *network, const struct cnet_runtime_opts *opts,
			  struct cnet_error *err)
{
	/* Plugins of that time want all variables whatever the verb; libcni sends them this, too.
	 */
	const struct cnet_runtime_attachment dummy = { .container = "dummy",
						       .ifname = "dummy",
						       .netns = "dummy" };
	AUTO_CHAIN chain = { 0 };
	size_t i;
	int r;

	r = cnet__chain_open(&chain, network, &dummy, opts, err);
	if (r == 0)
		r = cnet__chain_find_all(&chain, err);
	for (i = 0; r == 0 && i < json_array_size(network->plugins); i++)
		r = validate_one(&chain, i, err);

	return r;
}
