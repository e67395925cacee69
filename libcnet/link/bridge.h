/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the bridge kind and its ports. */
#ifndef CNET_LINK_BRIDGE_KIND_H
#define CNET_LINK_BRIDGE_KIND_H

#include <cnet/link/bridge.h>

#include "link/kind.h"

extern const struct cnet__link_kind cnet__bridge;

void cnet__bridge_port_encode(struct cnet__msg *m, unsigned int ifindex,
			      const struct cnet_bridge_port_opts *opts);

#endif
