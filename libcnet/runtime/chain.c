/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calling the plugins of a network: what the verbs share. */

#include "runtime/chain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "base/opts.h"
#include "cni/exec.h"
#include "cni/json.h"
#include "runtime/args.h"
#include "runtime/config.h"

void cnet__chain_close(struct chain *chain)
{
	cnet__kept_clear(&chain->kept);
	json_decref(chain->capabilities);
	chain->capabilities = NULL;
}

static int read_capabilities(struct chain *chain, const char *text, struct cnet_error *err)
{
	int r;

	if (text == NULL || *text == '\0')
		return 0;

	r = cnet__json_parse(text, strlen(text), &chain->capabilities, err);
	if (r < 0) {
		if (err != NULL && r == -CNET_CNI_EDECODE)
			err->code = EINVAL;
		return cnet_error_prefix(err, r == -CNET_CNI_EDECODE ? -EINVAL : r,
					 "capability arguments");
	}

	chain->kept.capabilities = chain->capabilities;
	return 0;
}

static int read_args(struct chain *chain, const char *text, struct cnet_error *err)
{
	json_auto_t *pairs = NULL;
	int r;

	if (text == NULL || *text == '\0')
		return 0;

	/* Only for its check: plugins get the text as it is. */
	r = cnet__args_split(text, &pairs, err);
	if (r < 0)
		return r;

	chain->kept.args = strdup(text);
	if (chain->kept.args == NULL)
		return cnet_error_set(err, ENOMEM, "arguments: out of memory");

	return 0;
}

static int read_attachment(struct chain *chain, const struct cnet_runtime_attachment *attachment,
			   struct cnet_error *err)
{
	int r;

	if (attachment->container == NULL || attachment->ifname == NULL)
		return cnet_error_set(err, EINVAL,
				      "an attachment needs a container ID and an "
				      "interface name");

	chain->kept.attachment = (struct cnet_attachment){ .network = chain->network->name,
							   .container = attachment->container,
							   .ifname = attachment->ifname };
	chain->kept.netns = attachment->netns;
	r = cnet_attachment_check(&chain->kept.attachment, err);
	if (r == 0)
		r = read_args(chain, attachment->args, err);

	return r < 0 ? r : read_capabilities(chain, attachment->capabilities, err);
}

int cnet__chain_open(struct chain *chain, const struct cnet_network *network,
		     const struct cnet_runtime_attachment *attachment,
		     const struct cnet_runtime_opts *opts, struct cnet_error *err)
{
	int r;

	chain->network = network;
	r = cnet__opts_copy(&chain->opts, sizeof(chain->opts), opts, err);
	if (r < 0)
		return r;

	if (chain->opts.plugin_path == NULL)
		chain->opts.plugin_path = "";
	return attachment != NULL ? read_attachment(chain, attachment, err) : 0;
}

/* ---- One plugin ---- */

int cnet__chain_prefix(const struct chain *chain, size_t index, const char *verb, int code,
		       struct cnet_error *err)
{
	/* libcni's words, which runtimes look for in what they are told. */
	static const struct {
		const char *verb, *word;
	} words[] = {
		{ "ADD", "add" }, { "CHECK", "check" },	  { "DEL", "delete" },
		{ "GC", "gc" },	  { "STATUS", "status" }, { "VERSION", "version" },
	};
	const char *word = verb;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].verb, verb) == 0)
			word = words[i].word;
	}

	return cnet_error_prefix(err, code, "plugin type=\"%s\" name=\"%s\" failed (%s)",
				 cnet__network_type(chain->network, index), chain->network->name,
				 word);
}

enum { COMMAND, CONTAINER, NETNS, IFNAME, ARGS, PATH, VARIABLES };

struct environment {
	char *variables[VARIABLES + 1];
};

static void environment_clear(struct environment *environment)
{
	size_t i;

	for (i = 0; i < VARIABLES; i++)
		free(environment->variables[i]);
}

/* All six every time: what our own environment holds must not reach a plugin as a parameter. */
static int environment_make(const struct chain *chain, const char *verb,
			    struct environment *environment)
{
	const struct kept *kept = &chain->kept;
	const char *const variables[VARIABLES][2] = {
		[COMMAND] = { "CNI_COMMAND", verb },
		[CONTAINER] = { "CNI_CONTAINERID", kept->attachment.container },
		[NETNS] = { "CNI_NETNS", kept->netns },
		[IFNAME] = { "CNI_IFNAME", kept->attachment.ifname },
		[ARGS] = { "CNI_ARGS", kept->args },
		[PATH] = { "CNI_PATH", chain->opts.plugin_path },
	};
	size_t i;

	for (i = 0; i < VARIABLES; i++) {
		const char *value = variables[i][1];

		if (asprintf(&environment->variables[i], "%s=%s", variables[i][0],
			     value != NULL ? value : "") < 0) {
			environment->variables[i] = NULL;
			return -ENOMEM;
		}
	}

	return 0;
}

static int run(const struct chain *chain, size_t index, const char *verb, const json_t *config,
	       char **ret, struct cnet_error *err)
{
	__attribute__((cleanup(environment_clear))) struct environment environment = { { NULL } };
	AUTO_FREE char *program = NULL;
	AUTO_FREE char *input = NULL;
	struct cnet__exec exec = { 0 };
	int r;

	r = cnet__exec_find(cnet__network_type(chain->network, index), chain->opts.plugin_path,
			    &program, err);
	if (r < 0)
		return r;
	r = cnet__config_format(config, &input, err);
	if (r < 0)
		return r;
	if (environment_make(chain, verb, &environment) < 0)
		return cnet_error_set(err, ENOMEM, "out of memory");

	exec.program = program;
	exec.environment = (const char *const *)environment.variables;
	exec.input = input;
	exec.length = strlen(input);
	return cnet__exec_run(&exec, ret, err);
}

int cnet__chain_run(const struct chain *chain, size_t index, const char *verb, const json_t *config,
		    char **ret, struct cnet_error *err)
{
	int r = run(chain, index, verb, config, ret, err);

	return r < 0 ? cnet__chain_prefix(chain, index, verb, r, err) : 0;
}

int cnet__chain_find_all(const struct chain *chain, struct cnet_error *err)
{
	size_t i;

	for (i = 0; i < json_array_size(chain->network->plugins); i++) {
		AUTO_FREE char *program = NULL;
		int r;

		r = cnet__exec_find(cnet__network_type(chain->network, i), chain->opts.plugin_path,
				    &program, err);
		if (r < 0)
			return cnet_error_prefix(err, r, "network \"%s\"", chain->network->name);
	}

	return 0;
}
