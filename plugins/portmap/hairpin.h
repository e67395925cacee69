/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container that speaks to its own published port. */
#ifndef CNET_PLUGINS_PORTMAP_HAIRPIN_H
#define CNET_PLUGINS_PORTMAP_HAIRPIN_H

#include <cnet/cni.h>

/*
 * Lets packets leave by the bridge's port that they came in, where that is needed for a container
 * to reach its own published ports.
 */
int hairpin_allow(struct cnet_netns *host, struct cnet_cni_result *previous,
		  struct cnet_error *err) CNET_NODISCARD;

#endif
