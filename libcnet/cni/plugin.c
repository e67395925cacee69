/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugins of a program: found by name, asked what they serve, called. */

#include "cni/plugin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/opts.h"
#include "cni/version.h"

int cnet__plugin_find(const struct cnet_cni_plugin *const *plugins, const char *name,
		      struct cnet_cni_plugin *ret, struct cnet_error *err)
{
	for (; *plugins != NULL; plugins++) {
		if (strcmp((*plugins)->name, name) == 0)
			return cnet__opts_copy(ret, sizeof(*ret), *plugins, err);
	}

	return -ENOENT;
}

/* The specification's version that a verb came with. */
static int verb_known(enum cnet__verb verb, const char *version)
{
	switch (verb) {
	case CNET__VERB_CHECK:
		return cnet__version_at_least(version, 0, 4);
	case CNET__VERB_GC:
	case CNET__VERB_STATUS:
		return cnet__version_at_least(version, 1, 1);
	case CNET__VERB_NONE:
	case CNET__VERB_ADD:
	case CNET__VERB_DEL:
	case CNET__VERB_VERSION:
		break;
	}

	return 1;
}

int cnet__plugin_serves(const struct cnet_cni_plugin *plugin, enum cnet__verb verb,
			const char *version, char *details, struct cnet_error *err)
{
	char list[CNET__VERSION_LIST];

	if (!cnet__version_served(version, plugin->minimum)) {
		cnet__version_list(plugin->minimum, "\"", " ", list);
		snprintf(details, CNET__DETAILS, "config is \"%.64s\", plugin supports [%s]",
			 version, list);
		return cnet_error_set(err, CNET_CNI_EVERSION, "incompatible CNI versions");
	}
	if (!verb_known(verb, version))
		return cnet_error_set(err, CNET_CNI_EVERSION, "config version does not allow %s",
				      cnet__verb_name(verb));

	return 0;
}

int cnet__plugin_call(const struct cnet_cni_plugin *plugin, struct cnet_cni_call *call,
		      enum cnet__verb verb, struct cnet_error *err)
{
	int (*const fn)(struct cnet_cni_call * call, struct cnet_error * err) =
		verb == CNET__VERB_DEL	    ? plugin->del
		: verb == CNET__VERB_CHECK  ? plugin->check
		: verb == CNET__VERB_GC	    ? plugin->gc
		: verb == CNET__VERB_STATUS ? plugin->status
					    : NULL;

	return fn != NULL ? fn(call, err) : 0;
}
