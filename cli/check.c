/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet check: is an attachment as it should be? */

#include "cli.h"

static int run(struct cnet_network *network, const struct options *options, struct cnet_error *err)
{
	return cnet_network_check(network, &options->attachment, &options->runtime, err);
}

const struct verb verb_check = {
	.name = "check",
	.operands = "NETWORK NETNS",
	.about = "is an attachment as it should be?",
	.accepts = ACCEPTS_NETNS,
	.run = run,
};
