/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* STATUS: could ADD be served now? The plugins forwards, until one says no. */

#include <cnet/runtime.h>

#include "base/auto.h"
#include "cni/version.h"
#include "runtime/chain.h"
#include "runtime/config.h"

static int status_one(const struct chain *chain, size_t index, struct cnet_error *err)
{
	AUTO_FREE char *output = NULL;
	json_auto_t *config = NULL;
	int r;

	r = cnet__config_make(chain->network, index, NULL, NULL, &config, err);
	return r < 0 ? r : cnet__chain_run(chain, index, "STATUS", config, &output, err);
}

int cnet_network_status(struct cnet_network *network, const struct cnet_runtime_opts *opts,
			struct cnet_error *err)
{
	AUTO_CHAIN chain = { 0 };
	size_t i;
	int r;

	r = cnet__chain_open(&chain, network, NULL, opts, err);
	if (r < 0 || !cnet__version_at_least(network->version, 1, 1))
		return r;

	for (i = 0; r == 0 && i < json_array_size(network->plugins); i++)
		r = status_one(&chain, i, err);

	return r;
}
