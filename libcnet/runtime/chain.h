/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calling the plugins of a network. */
#ifndef CNET_RUNTIME_CHAIN_H
#define CNET_RUNTIME_CHAIN_H

#include "runtime/cache.h"
#include "runtime/conflist.h"

/*
 * What all plugins of a call share.
 * network:     the network
 * opts:        a copy of the caller's; plugin_path is never NULL
 * kept:        the attachment, if the verb has one: names, netns, args, capabilities, and (for
 *              CHECK, DEL and the rollback of ADD) the result. kept.document owns what was read
 * capabilities: owns kept.capabilities where the caller gave them
 */
struct chain {
	const struct cnet_network *network;
	struct cnet_runtime_opts opts;
	struct kept kept;
	json_t *capabilities;
};

void cnet__chain_close(struct chain *chain);

#define AUTO_CHAIN __attribute__((cleanup(cnet__chain_close))) struct chain

/*
 * Prepares a call. attachment: NULL for verbs that have none. chain is to be zero.
 * 0; -EINVAL: names, arguments, capabilities or options are not what they should be; -ENOMEM.
 */
int cnet__chain_open(struct chain *chain, const struct cnet_network *network,
		     const struct cnet_runtime_attachment *attachment,
		     const struct cnet_runtime_opts *opts, struct cnet_error *err) CNET_NODISCARD;

/*
 * Runs one plugin. verb: "ADD" ...; config: its input; *ret: what it printed, to be freed.
 * 0; the plugin's error: which plugin and verb it was is in the message.
 */
int cnet__chain_run(const struct chain *chain, size_t index, const char *verb, const json_t *config,
		    char **ret, struct cnet_error *err) CNET_NODISCARD;

/* Says in front of an error which plugin and verb it was. Returns the (negative) code. */
int cnet__chain_prefix(const struct chain *chain, size_t index, const char *verb, int code,
		       struct cnet_error *err);

/* Are all plugins there? 0; -CNET_CNI_ECONFIG. */
int cnet__chain_find_all(const struct chain *chain, struct cnet_error *err) CNET_NODISCARD;

#endif
