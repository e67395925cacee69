/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A network: a list of plugins that has been checked. */
#ifndef CNET_RUNTIME_CONFLIST_H
#define CNET_RUNTIME_CONFLIST_H

#include <jansson.h>
#include <stdbool.h>

#include <cnet/runtime.h>

/*
 * list:    the whole of it, in the shape of a *.conflist whatever it was read from; owns the rest
 * plugins: its array of objects, each with a "type"
 * version: what the plugins are called with
 */
struct cnet_network {
	json_t *list;
	json_t *plugins;
	const char *name;
	const char *version;
	bool disable_check;
	bool disable_gc;
	bool inlined_only;
};

/*
 * Reads a list, or a single plugin's configuration, whose reference is taken over in any case. The
 * list may still be without plugins. 0; -CNET_CNI_ECONFIG: the message names the member; -ENOMEM.
 */
int cnet__network_read(json_t *json, struct cnet_network **ret,
		       struct cnet_error *err) CNET_NODISCARD;

/* Appends a plugin's configuration; a reference of its own is taken. 0; as above. */
int cnet__network_append(struct cnet_network *network, json_t *plugin,
			 struct cnet_error *err) CNET_NODISCARD;

/* Is there a plugin at all? 0; -CNET_CNI_ECONFIG. */
int cnet__network_complete(const struct cnet_network *network,
			   struct cnet_error *err) CNET_NODISCARD;

/* A plugin's "type". */
const char *cnet__network_type(const struct cnet_network *network, size_t index);

#endif
