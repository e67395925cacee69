/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside a call of a plugin. */
#ifndef CNET_CNI_CALL_H
#define CNET_CNI_CALL_H

#include <jansson.h>

#include <cnet/cni.h>

#include "cni/arena.h"
#include "cni/env.h"

/*
 * plugins:    those of this program, ended by NULL
 * input:      text of the configuration, of length bytes, which a delegate gets as it came
 * conf:       the same, read
 * version:    its cniVersion
 * ipam:       ipam.type, or ""
 * valid_given: is there a list of valid attachments?
 * delegating: a plugin of this program serves as our delegate just now
 */
struct cnet_cni_call {
	struct cnet__env env;
	const struct cnet_cni_plugin *const *plugins;
	char *input;
	size_t length;
	json_t *conf;
	const char *version;
	const char *ipam;
	struct cnet_attachment attachment;
	struct cnet__args args;
	struct cnet_cni_result *previous;
	struct cnet_attachment *valid;
	size_t valid_count;
	int valid_given;
	int delegating;
	struct cnet_netns *host, *container;
	struct cnet__arena arena;
};

/* Makes a call of an environment and the plugins of this program; the input is put in afterwards.
 */
void cnet__call_init(struct cnet_cni_call *call, const struct cnet__env *env,
		     const struct cnet_cni_plugin *const *plugins);

/*
 * Reads of the input what all verbs need. The version is there as soon as the text could be read,
 * also on failure. 0; -CNET_CNI_EDECODE, -CNET_CNI_ECONFIG.
 */
int cnet__call_read(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;

/*
 * Then what this verb needs, which takes a version that we speak.
 * 0; -CNET_CNI_EENVIRONMENT, -CNET_CNI_ECONFIG.
 */
int cnet__call_read_verb(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;

/* The container's namespace must not be our own. 0; -CNET_CNI_ENETNS. */
int cnet__call_check_netns(const struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;

/* Releases all that a call holds. */
void cnet__call_close(struct cnet_cni_call *call);

#endif
