/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GC: DEL for what is kept and not valid, then each plugin's own GC. */

#include <cnet/runtime.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/auto.h"
#include "cni/version.h"
#include "runtime/chain.h"
#include "runtime/config.h"

struct collection {
	struct cnet_network *network;
	const struct cnet_attachment *valid;
	size_t count;
	const struct cnet_runtime_opts *opts;
	struct cnet_error errors;
};

static bool is_valid(const struct collection *collection, const struct cnet_attachment *attachment)
{
	size_t i;

	for (i = 0; i < collection->count; i++) {
		if (strcmp(collection->valid[i].container, attachment->container) == 0 &&
		    strcmp(collection->valid[i].ifname, attachment->ifname) == 0)
			return true;
	}

	return false;
}

/* Arguments and capabilities are found again by cnet_network_del(). */
static int detach_stale(void *arg, const struct kept *kept,
			__attribute__((unused)) struct cnet_error *err)
{
	const struct cnet_runtime_attachment attachment = {
		.container = kept->attachment.container,
		.ifname = kept->attachment.ifname,
		.netns = kept->netns,
	};
	struct collection *collection = arg;
	struct cnet_error one = { 0 };
	int r;

	if (is_valid(collection, &kept->attachment))
		return 0;

	r = cnet_network_del(collection->network, &attachment, collection->opts, &one);
	if (r < 0) {
		cnet_error_prefix(&one, r, "stale attachment %s/%s", attachment.container,
				  attachment.ifname);
		cnet_error_append(&collection->errors, &one);
	}

	return 0;
}

static json_t *valid_list(const struct collection *collection)
{
	json_auto_t *list = json_array();
	size_t i;

	for (i = 0; i < collection->count; i++) {
		json_t *item = json_pack("{s:s, s:s}", "containerID",
					 collection->valid[i].container, "ifname",
					 collection->valid[i].ifname);

		if (json_array_append_new(list, item) < 0)
			return NULL;
	}

	return json_incref(list);
}

static int gc_one(const struct chain *chain, size_t index, json_t *valid, struct cnet_error *err)
{
	AUTO_FREE char *output = NULL;
	json_auto_t *config = NULL;
	int r;

	r = cnet__config_make(chain->network, index, NULL, NULL, &config, err);
	if (r == 0)
		r = cnet__config_add_valid(config, valid, err);

	return r < 0 ? r : cnet__chain_run(chain, index, "GC", config, &output, err);
}

static int gc_plugins(const struct chain *chain, struct collection *collection,
		      struct cnet_error *err)
{
	json_auto_t *valid = valid_list(collection);
	size_t i;

	if (valid == NULL)
		return cnet_error_set(err, ENOMEM, "garbage collection: out of memory");

	for (i = 0; i < json_array_size(chain->network->plugins); i++) {
		struct cnet_error one = { 0 };

		if (gc_one(chain, i, valid, &one) < 0)
			cnet_error_append(&collection->errors, &one);
	}

	return 0;
}

static int check_valid(struct cnet_network *network, const struct cnet_attachment *valid,
		       size_t count, struct cnet_error *err)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct cnet_attachment attachment = valid[i];
		int r;

		attachment.network = network->name;
		r = cnet_attachment_check(&attachment, err);
		if (r < 0)
			return cnet_error_prefix(err, r, "valid attachment %zu", i);
	}

	return 0;
}

int cnet_network_gc(struct cnet_network *network, const struct cnet_attachment *valid, size_t count,
		    const struct cnet_runtime_opts *opts, struct cnet_error *err)
{
	struct collection collection = {
		.network = network, .valid = valid, .count = count, .opts = opts
	};
	AUTO_CHAIN chain = { 0 };
	int r;

	r = cnet__chain_open(&chain, network, NULL, opts, err);
	if (r == 0)
		r = check_valid(network, valid, count, err);
	if (r < 0 || network->disable_gc)
		return r;

	r = cnet__cache_each(chain.opts.cache_dir, network->name, detach_stale, &collection,
			     &collection.errors);
	if (r == 0 && cnet__version_at_least(network->version, 1, 1))
		r = gc_plugins(&chain, &collection, err);
	if (r == 0 && collection.errors.code != 0) {
		if (err != NULL)
			*err = collection.errors;
		r = -collection.errors.code;
	}

	return r;
}
