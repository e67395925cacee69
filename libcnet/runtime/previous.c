/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prevResult: in the version of the network, whatever the version it was kept or printed in. */

#include "runtime/previous.h"

#include <errno.h>
#include <string.h>

#include "base/auto.h"
#include "cni/json.h"
#include "cni/result.h"

static int convert(const struct cnet_network *network, const json_t *json, json_t **ret,
		   struct cnet_error *err)
{
	CNET_AUTO(cnet_cni_result) *result = NULL;
	int r;

	r = cnet__result_parse(json, network->version, &result, err);
	return r < 0 ? r : cnet__result_format(result, network->version, ret, err);
}

int cnet__previous_parse(const struct cnet_network *network, const char *output, json_t **ret,
			 struct cnet_error *err)
{
	json_auto_t *json = NULL;
	int r;

	r = cnet__json_parse(output, strlen(output), &json, err);
	if (r == 0)
		r = convert(network, json, ret, err);

	return r < 0 ? cnet_error_prefix(err, r, "result") : 0;
}

/* What the caller says counts; what it does not say is as it was for ADD. */
static void complete(struct chain *chain, struct kept *kept)
{
	if (chain->kept.args == NULL)
		chain->kept.args = take(kept->args);
	if (chain->kept.capabilities == NULL) {
		chain->capabilities = json_incref(kept->capabilities);
		chain->kept.capabilities = chain->capabilities;
	}
}

int cnet__previous_load(struct chain *chain, json_t **ret, struct cnet_error *err)
{
	AUTO_KEPT kept = { 0 };
	int r;

	r = cnet__cache_read(chain->opts.cache_dir, &chain->kept.attachment, &kept, err);
	if (r < 0)
		return r;

	complete(chain, &kept);
	if (kept.result == NULL)
		return cnet_error_set(err, ENOENT, "kept result: empty");

	r = convert(chain->network, kept.result, ret, err);
	return r < 0 ? cnet_error_prefix(err, r, "kept result") : 0;
}
