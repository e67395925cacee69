/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the veth kind. */
#ifndef CNET_LINK_VETH_KIND_H
#define CNET_LINK_VETH_KIND_H

#include <cnet/link/veth.h>

#include "link/kind.h"

/* The options of the kind: its far end, which is read into *ret unless that is NULL. */
struct cnet__veth_far {
	size_t size;
	const char *name;
	struct cnet_link *ret;
	struct cnet_link_opts opts;
};

extern const struct cnet__link_kind cnet__veth;

#endif
