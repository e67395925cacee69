/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet add: attach a container. */

#include "cli.h"

#include <stdio.h>

#include "base/auto.h"

static int run(struct cnet_network *network, const struct options *options, struct cnet_error *err)
{
	AUTO_FREE char *result = NULL;
	int r;

	r = cnet_network_add(network, &options->attachment, &options->runtime, &result, err);
	if (r < 0)
		return r;

	puts(result);
	return 0;
}

const struct verb verb_add = {
	.name = "add",
	.operands = "NETWORK NETNS",
	.about = "attach a container, and print the result as JSON",
	.accepts = ACCEPTS_NETNS,
	.run = run,
};
