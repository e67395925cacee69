/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet del: detach a container. */

#include "cli.h"

static int run(struct cnet_network *network, const struct options *options, struct cnet_error *err)
{
	return cnet_network_del(network, &options->attachment, &options->runtime, err);
}

const struct verb verb_del = {
	.name = "del",
	.operands = "NETWORK NETNS",
	.about = "detach a container; what is gone already is no error",
	.accepts = ACCEPTS_NETNS,
	.run = run,
};
