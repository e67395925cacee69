/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plugin reads on its standard input. */
#ifndef CNET_RUNTIME_CONFIG_H
#define CNET_RUNTIME_CONFIG_H

#include "runtime/conflist.h"

/*
 * A plugin's own configuration, in its order, with what the specification adds:
 * previous:     becomes "prevResult"; NULL: none
 * capabilities: object; those that the plugin declares become "runtimeConfig"; NULL: none
 * 0; -ENOMEM. *ret is to be released.
 */
int cnet__config_make(const struct cnet_network *network, size_t index, json_t *previous,
		      json_t *capabilities, json_t **ret, struct cnet_error *err) CNET_NODISCARD;

/* Adds the attachments that live, for GC; an array of {"containerID", "ifname"}. 0; -ENOMEM. */
int cnet__config_add_valid(json_t *config, json_t *valid, struct cnet_error *err) CNET_NODISCARD;

/* As text; to be freed. 0; -ENOMEM. */
int cnet__config_format(const json_t *config, char **ret, struct cnet_error *err) CNET_NODISCARD;

#endif
