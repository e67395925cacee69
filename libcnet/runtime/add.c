/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ADD: the plugins forwards, each given the result of the one before; DEL for all if one fails. */

#include <cnet/runtime.h>

#include <errno.h>

#include "base/auto.h"
#include "cni/json.h"
#include "runtime/chain.h"
#include "runtime/config.h"
#include "runtime/detach.h"
#include "runtime/previous.h"

static int add_one(struct chain *chain, size_t index, json_t **result, struct cnet_error *err)
{
	AUTO_FREE char *output = NULL;
	json_auto_t *config = NULL;
	json_t *next;
	int r;

	r = cnet__config_make(chain->network, index, *result, chain->kept.capabilities, &config,
			      err);
	if (r == 0)
		r = cnet__chain_run(chain, index, "ADD", config, &output, err);
	if (r < 0)
		return r;

	r = cnet__previous_parse(chain->network, output, &next, err);
	if (r < 0)
		return cnet__chain_prefix(chain, index, "ADD", r, err);

	json_decref(*result);
	*result = next;
	return 0;
}

/*
 * Was there an ADD that no DEL followed? A first plugin that then fails does so because its
 * interface is there, and to call DEL would take a working attachment away.
 */
static int must_undo(const struct chain *chain, size_t failed)
{
	AUTO_KEPT earlier = { 0 };

	return failed > 0 ||
	       cnet__cache_read(chain->opts.cache_dir, &chain->kept.attachment, &earlier, NULL) < 0;
}

static void undo(struct chain *chain, size_t failed, json_t *result, struct cnet_error *err)
{
	struct cnet_error more = { 0 };

	if (!must_undo(chain, failed))
		return;

	chain->kept.result = result;
	if (cnet__detach(chain, &more) < 0)
		cnet_error_append(err, &more);
}

static int add_all(struct chain *chain, json_t **result, struct cnet_error *err)
{
	size_t count = json_array_size(chain->network->plugins);
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < count; i++)
		r = add_one(chain, i, result, err);

	if (r == 0) {
		chain->kept.result = *result;
		r = cnet__cache_write(chain->opts.cache_dir, &chain->kept, chain->network->list,
				      err);
		i = count + 1;
	}
	if (r < 0)
		undo(chain, i - 1, *result, err);

	return r;
}

int cnet_network_add(struct cnet_network *network, const struct cnet_runtime_attachment *attachment,
		     const struct cnet_runtime_opts *opts, char **ret, struct cnet_error *err)
{
	AUTO_CHAIN chain = { 0 };
	AUTO_FREE char *text = NULL;
	json_auto_t *result = NULL;
	int r;

	r = cnet__chain_open(&chain, network, attachment, opts, err);
	if (r < 0)
		return r;
	if (chain.kept.netns == NULL || *chain.kept.netns == '\0')
		return cnet_error_set(err, EINVAL, "add to network \"%s\": no namespace given",
				      network->name);

	r = cnet__chain_find_all(&chain, err);
	if (r == 0)
		r = add_all(&chain, &result, err);
	if (r == 0)
		r = cnet__json_format(result, 4, &text, err);
	if (r < 0)
		return r;

	*ret = take(text);
	return 0;
}
