/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results, from and to JSON of every version. */
#ifndef CNET_CNI_RESULT_H
#define CNET_CNI_RESULT_H

#include <jansson.h>

#include <cnet/cni.h>

#include "base/vec.h"
#include "cni/arena.h"

struct cnet_cni_result {
	VEC(struct cnet_cni_interface) interfaces;
	VEC(struct cnet_cni_ip) ips;
	VEC(struct cnet_cni_route) routes;
	struct cnet_cni_dns dns;
	struct cnet__arena arena; /* holds the strings */
};

/* An empty one. 0, -ENOMEM. */
int cnet__result_create(struct cnet_cni_result **ret, struct cnet_error *err) CNET_NODISCARD;

/* NULL is allowed. */
void cnet__result_free(struct cnet_cni_result *result);

static inline void cnet_cni_result_auto(struct cnet_cni_result **result)
{
	cnet__result_free(*result);
}

/* Does it name any server, domain or option? 1 or 0 */
int cnet__dns_given(const struct cnet_cni_dns *dns);

/*
 * Reads a result. version is that of the configuration, in which a result that names none is.
 * An address's index is dropped if there are no interfaces (what an IPAM plugin gives).
 * 0; -CNET_CNI_EVERSION: of a version that we do not know; -CNET_CNI_ECONFIG: the message names
 * member and value; -ENOMEM.
 */
int cnet__result_parse(const json_t *json, const char *version, struct cnet_cni_result **ret,
		       struct cnet_error *err) CNET_NODISCARD;

/*
 * Writes a result in a version of the specification. *ret is to be released by json_decref().
 * 0; -CNET_CNI_EVERSION: of a version that we do not know, or that cannot say it (0.1.0 and
 * 0.2.0 without an address); -ENOMEM.
 */
int cnet__result_format(const struct cnet_cni_result *result, const char *version, json_t **ret,
			struct cnet_error *err) CNET_NODISCARD;

#endif
