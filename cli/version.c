/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet version: the version of CNI that a network is run with, once all its plugins serve it. */

#include "cli.h"

#include <stdio.h>

static int run(struct cnet_network *network, const struct options *options, struct cnet_error *err)
{
	int r = cnet_network_validate(network, &options->runtime, err);

	if (r < 0)
		return r;

	puts(cnet_network_version(network));
	return 0;
}

const struct verb verb_version = {
	.name = "version",
	.operands = "NETWORK",
	.about = "do all plugins serve the network's version of CNI? print it",
	.run = run,
};
