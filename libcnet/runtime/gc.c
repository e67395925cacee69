/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GC: DEL for what is kept and not valid, then each plugin's own GC. */

#include <cnet/runtime.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/auto.h"
#include "cni/version.h"
#include "runtime/chain.h"
#include "runtime/config.h"

/*
 * list:      the attachments that live, as plugins are told of them
 * alive:     a member "container/ifname" for each
 * inhabited: a member "netns/ifname" for each of them that is kept
 */
struct collection {
	struct cnet_network *network;
	const struct cnet_runtime_opts *opts;
	json_t *list;
	json_t *alive;
	json_t *inhabited;
	struct cnet_error errors;
};

static void collection_clear(struct collection *collection)
{
	json_decref(collection->list);
	json_decref(collection->alive);
	json_decref(collection->inhabited);
}

#define AUTO_COLLECTION __attribute__((cleanup(collection_clear))) struct collection

static int out_of_memory(struct cnet_error *err)
{
	return cnet_error_set(err, ENOMEM, "garbage collection: out of memory");
}

/* ---- Sets ---- */

static int set_add(json_t *set, const char *where, const char *ifname)
{
	AUTO_FREE char *key = NULL;

	if (asprintf(&key, "%s/%s", where, ifname) < 0) {
		key = NULL;
		return -1;
	}

	return json_object_set_new(set, key, json_true());
}

/* Out of memory, everything counts as being in the set: better to leave something behind. */
static bool set_has(const json_t *set, const char *where, const char *ifname)
{
	AUTO_FREE char *key = NULL;

	if (asprintf(&key, "%s/%s", where, ifname) < 0) {
		key = NULL;
		return true;
	}

	return json_object_get(set, key) != NULL;
}

static int add_valid(struct collection *collection, const struct cnet_attachment *valid,
		     struct cnet_error *err)
{
	json_t *item =
		json_pack("{s:s, s:s}", "containerID", valid->container, "ifname", valid->ifname);

	if (json_array_append_new(collection->list, item) < 0 ||
	    set_add(collection->alive, valid->container, valid->ifname) < 0)
		return out_of_memory(err);

	return 0;
}

static int read_valid(struct collection *collection, const struct cnet_attachment *valid,
		      size_t count, struct cnet_error *err)
{
	size_t i;
	int r = 0;

	collection->list = json_array();
	collection->alive = json_object();
	collection->inhabited = json_object();
	if (collection->inhabited == NULL)
		return out_of_memory(err);

	for (i = 0; r == 0 && i < count; i++) {
		struct cnet_attachment attachment = valid[i];

		attachment.network = collection->network->name;
		r = cnet_attachment_check(&attachment, err);
		if (r < 0)
			return cnet_error_prefix(err, r, "valid attachment %zu", i);
		r = add_valid(collection, &attachment, err);
	}

	return r;
}

/* ---- What is kept ---- */

static bool is_alive(const struct collection *collection, const struct kept *kept)
{
	return set_has(collection->alive, kept->attachment.container, kept->attachment.ifname);
}

static int note_inhabited(void *arg, const struct kept *kept, struct cnet_error *err)
{
	struct collection *collection = arg;

	if (kept->netns == NULL || !is_alive(collection, kept))
		return 0;

	return set_add(collection->inhabited, kept->netns, kept->attachment.ifname) < 0
		       ? out_of_memory(err)
		       : 0;
}

/*
 * Arguments and capabilities are found again by cnet_network_del(). The namespace is not named if
 * its path leads to a container that lives: there the interface of that name is another's.
 */
static int detach_stale(void *arg, const struct kept *kept,
			__attribute__((unused)) struct cnet_error *err)
{
	struct cnet_runtime_attachment attachment = {
		.container = kept->attachment.container,
		.ifname = kept->attachment.ifname,
		.netns = kept->netns,
	};
	struct collection *collection = arg;
	struct cnet_error one = { 0 };
	int r;

	if (is_alive(collection, kept))
		return 0;

	if (kept->netns != NULL &&
	    set_has(collection->inhabited, kept->netns, kept->attachment.ifname))
		attachment.netns = NULL;
	r = cnet_network_del(collection->network, &attachment, collection->opts, &one);
	if (r < 0) {
		cnet_error_prefix(&one, r, "stale attachment %s/%s", attachment.container,
				  attachment.ifname);
		cnet_error_append(&collection->errors, &one);
	}

	return 0;
}

/* ---- The plugins' own ---- */

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

static void gc_plugins(const struct chain *chain, struct collection *collection)
{
	size_t i;

	for (i = 0; i < json_array_size(chain->network->plugins); i++) {
		struct cnet_error one = { 0 };

		if (gc_one(chain, i, collection->list, &one) < 0)
			cnet_error_append(&collection->errors, &one);
	}
}

int cnet_network_gc(struct cnet_network *network, const struct cnet_attachment *valid, size_t count,
		    const struct cnet_runtime_opts *opts, struct cnet_error *err)
{
	AUTO_COLLECTION collection = { .network = network, .opts = opts };
	AUTO_CHAIN chain = { 0 };
	int r;

	r = cnet__chain_open(&chain, network, NULL, opts, err);
	if (r == 0)
		r = read_valid(&collection, valid, count, err);
	if (r < 0 || network->disable_gc)
		return r;

	r = cnet__cache_each(chain.opts.cache_dir, network->name, note_inhabited, &collection, err);
	if (r == 0)
		r = cnet__cache_each(chain.opts.cache_dir, network->name, detach_stale, &collection,
				     err);
	if (r < 0)
		return r;

	if (cnet__version_at_least(network->version, 1, 1))
		gc_plugins(&chain, &collection);
	if (collection.errors.code != 0 && err != NULL)
		*err = collection.errors;
	return -collection.errors.code;
}
