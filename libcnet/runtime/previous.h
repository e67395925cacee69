/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prevResult: in the version of the network, whatever the version it was kept or printed in. */
#ifndef CNET_RUNTIME_PREVIOUS_H
#define CNET_RUNTIME_PREVIOUS_H

#include "runtime/chain.h"

/* What a plugin printed. 0; -CNET_CNI_EDECODE, -CNET_CNI_EVERSION; -ENOMEM. */
int cnet__previous_parse(const struct cnet_network *network, const char *output, json_t **ret,
			 struct cnet_error *err) CNET_NODISCARD;

/*
 * What ADD kept; arguments and capabilities that the caller did not give go into chain->kept.
 * 0; -ENOENT: nothing is kept; as above.
 */
int cnet__previous_load(struct chain *chain, json_t **ret, struct cnet_error *err) CNET_NODISCARD;

#endif
