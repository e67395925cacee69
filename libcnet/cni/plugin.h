/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugins of a program. */
#ifndef CNET_CNI_PLUGIN_H
#define CNET_CNI_PLUGIN_H

#include <cnet/cni.h>

#include "cni/env.h"

/*
 * Finds a plugin by its name and copies it, as the program may have been compiled with an older
 * libcnet. 0; -ENOENT (without a message); what cnet__opts_copy() gives.
 */
int cnet__plugin_find(const struct cnet_cni_plugin *const *plugins, const char *name,
		      struct cnet_cni_plugin *ret, struct cnet_error *err) CNET_NODISCARD;

enum { CNET__DETAILS = 256 };

/*
 * May the verb be called with a configuration of this version? details has CNET__DETAILS bytes and
 * may be filled on failure. 0; -CNET_CNI_EVERSION.
 */
int cnet__plugin_serves(const struct cnet_cni_plugin *plugin, enum cnet__verb verb,
			const char *version, char *details, struct cnet_error *err) CNET_NODISCARD;

/* Calls the plugin for any verb but ADD. */
int cnet__plugin_call(const struct cnet_cni_plugin *plugin, struct cnet_cni_call *call,
		      enum cnet__verb verb, struct cnet_error *err) CNET_NODISCARD;

#endif
