/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host-local's configuration. */
#ifndef CNET_IPAM_HOST_LOCAL_CONF_H
#define CNET_IPAM_HOST_LOCAL_CONF_H

#include <stdbool.h>

#include <cnet/cni.h>

#include "host-local/range.h"
#include "host-local/store.h"

/* Where the addresses are kept: all that DEL and GC need to know. */
struct hl_location {
	struct hl_store_place place;
	char boot[40];
};

/* 0; -CNET_CNI_ECONFIG. The strings live as long as the call, place.boot as the struct. */
int hl_location_read(struct cnet_cni_call *call, struct hl_location *ret,
		     struct cnet_error *err) CNET_NODISCARD;

struct hl_conf {
	struct hl_range_set *sets; /* of runtimeConfig, then the single range, then ranges */
	size_t set_count;
	struct cnet_ip *requested; /* of CNI_ARGS, args and runtimeConfig */
	size_t requested_count;
	struct cnet_cni_route *routes;
	size_t route_count;
	const char *resolv_conf; /* NULL: none */
};

/*
 * Reads and checks everything. *ret is all zero before. With ranges_optional there may be none: the
 * runtime may give them in runtimeConfig, and only to ADD, DEL and CHECK.
 * 0; -CNET_CNI_ECONFIG, -CNET_CNI_EENVIRONMENT: CNI_ARGS; -ENOMEM.
 */
int hl_conf_read(struct cnet_cni_call *call, bool ranges_optional, struct hl_conf *ret,
		 struct cnet_error *err) CNET_NODISCARD;
void hl_conf_clear(struct hl_conf *conf);

#endif
