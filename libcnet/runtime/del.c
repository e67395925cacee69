/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DEL: the plugins backwards. One that fails must not keep the others from cleaning up. */

#include <cnet/runtime.h>

#include "base/auto.h"
#include "cni/version.h"
#include "runtime/config.h"
#include "runtime/detach.h"
#include "runtime/previous.h"

static int del_one(const struct chain *chain, size_t index, json_t *previous,
		   struct cnet_error *err)
{
	AUTO_FREE char *output = NULL;
	json_auto_t *config = NULL;
	int r;

	r = cnet__config_make(chain->network, index, previous, chain->kept.capabilities, &config,
			      err);
	return r < 0 ? r : cnet__chain_run(chain, index, "DEL", config, &output, err);
}

int cnet__detach(const struct chain *chain, struct cnet_error *err)
{
	/* Before 0.4.0, DEL was not given a result. */
	const int with_result = cnet__version_at_least(chain->network->version, 0, 4);
	json_t *previous = with_result ? chain->kept.result : NULL;
	size_t i = json_array_size(chain->network->plugins);
	struct cnet_error all = { 0 };

	while (i-- > 0) {
		struct cnet_error one = { 0 };

		if (del_one(chain, i, previous, &one) < 0)
			cnet_error_append(&all, &one);
	}
	if (all.code != 0) {
		if (err != NULL)
			*err = all;
		return -all.code;
	}

	return cnet__cache_remove(chain->opts.cache_dir, &chain->kept.attachment, err);
}

int cnet_network_del(struct cnet_network *network, const struct cnet_runtime_attachment *attachment,
		     const struct cnet_runtime_opts *opts, struct cnet_error *err)
{
	AUTO_CHAIN chain = { 0 };
	json_auto_t *previous = NULL;
	int r;

	r = cnet__chain_open(&chain, network, attachment, opts, err);
	if (r < 0)
		return r;

	/* Without what was kept, or with what is not readable any longer, there is no prevResult.
	 */
	r = cnet__previous_load(&chain, &previous, NULL);
	chain.kept.result = r == 0 ? previous : NULL;
	return cnet__detach(&chain, err);
}
