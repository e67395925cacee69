/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet status: could a container be attached now? */

#include "cli.h"

static int run(struct cnet_network *network, const struct options *options, struct cnet_error *err)
{
	return cnet_network_status(network, &options->runtime, err);
}

const struct verb verb_status = {
	.name = "status",
	.operands = "NETWORK",
	.about = "could a container be attached now?",
	.run = run,
};
