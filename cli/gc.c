/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet gc: free what no valid attachment owns. */

#include "cli.h"

static int run(struct cnet_network *network, const struct options *options, struct cnet_error *err)
{
	return cnet_network_gc(network, options->valid.items, options->valid.count,
			       &options->runtime, err);
}

const struct verb verb_gc = {
	.name = "gc",
	.operands = "NETWORK [--valid ID/IFNAME]... | --all",
	.about = "free what no valid attachment owns",
	.accepts = ACCEPTS_VALID,
	.run = run,
};
