/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CHECK: the plugins forwards, each given the result that ADD kept. */

#include <cnet/runtime.h>

#include <errno.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "cni/version.h"
#include "runtime/chain.h"
#include "runtime/config.h"
#include "runtime/previous.h"

static int check_one(const struct chain *chain, size_t index, json_t *previous,
		     struct cnet_error *err)
{
	AUTO_FREE char *output = NULL;
	json_auto_t *config = NULL;
	int r;

	r = cnet__config_make(chain->network, index, previous, chain->kept.capabilities, &config,
			      err);
	return r < 0 ? r : cnet__chain_run(chain, index, "CHECK", config, &output, err);
}

static int check_all(struct chain *chain, struct cnet_error *err)
{
	json_auto_t *previous = NULL;
	size_t i;
	int r;

	r = cnet__previous_load(chain, &previous, err);
	if (r == -ENOENT)
		return cnet_error_set(err, CNET_CNI_EUNKNOWN,
				      "container \"%s\", interface \"%s\": no result of an ADD to "
				      "network \"%s\" is kept",
				      chain->kept.attachment.container,
				      chain->kept.attachment.ifname, chain->network->name);

	for (i = 0; r == 0 && i < json_array_size(chain->network->plugins); i++)
		r = check_one(chain, i, previous, err);

	return r;
}

int cnet_network_check(struct cnet_network *network,
		       const struct cnet_runtime_attachment *attachment,
		       const struct cnet_runtime_opts *opts, struct cnet_error *err)
{
	AUTO_CHAIN chain = { 0 };
	int r;

	r = cnet__chain_open(&chain, network, attachment, opts, err);
	if (r < 0)
		return r;
	if (chain.kept.netns == NULL || *chain.kept.netns == '\0')
		return cnet_error_set(err, EINVAL, "check of network \"%s\": no namespace given",
				      network->name);

	/* libcni's words, which it keeps for those who look for them. */
	if (!cnet__version_at_least(network->version, 0, 4))
		return cnet_error_set(err, CNET_CNI_EVERSION,
				      "network \"%s\": configuration version \"%s\" does not "
				      "support the CHECK command",
				      network->name, network->version);

	return network->disable_check ? 0 : check_all(&chain, err);
}
