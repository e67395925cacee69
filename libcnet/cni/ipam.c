/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Delegation to the IPAM plugin.
 *
 * One that is this very program is called here and now, which saves the start of a process: it
 * sees the same call, and what it changes is recorded in the caller's transaction. Any other is
 * executed, with our environment and input.
 */

#include <cnet/cni.h>

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "cni/build-id.h"
#include "cni/call.h"
#include "cni/exec.h"
#include "cni/json.h"
#include "cni/plugin.h"
#include "cni/result.h"

/* Who serves: a plugin of ours, or, where path is not NULL, a program. */
struct delegate {
	struct cnet_cni_plugin plugin;
	char *path;
};

static void delegate_close(struct delegate *delegate)
{
	free(delegate->path);
}

#define AUTO_DELEGATE __attribute__((cleanup(delegate_close))) struct delegate

static int is_this_program(const char *path)
{
	struct stat own, found;

	if (stat(path, &found) < 0 || stat("/proc/self/exe", &own) < 0)
		return 0;

	/* Hard links may have been copied apart, as installers of CNI plugins do. */
	return (own.st_dev == found.st_dev && own.st_ino == found.st_ino) ||
	       cnet__build_id_is_ours(path);
}

static int delegate_find(const struct cnet_cni_call *call, struct delegate *delegate,
			 struct cnet_error *err)
{
	AUTO_FREE char *path = NULL;
	int r;

	if (call->delegating)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"ipam.type\": not an IPAM plugin: \"%s\"", call->ipam);
	r = cnet__exec_find(call->ipam, call->env.path, &path, err);
	if (r < 0)
		return r;

	r = cnet__plugin_find(call->plugins, call->ipam, &delegate->plugin, err);
	if (r == -ENOENT || (r == 0 && !is_this_program(path))) {
		delegate->path = take(path);
		return 0;
	}

	return r;
}

/* ---- A program ---- */

static int execute(const struct cnet_cni_call *call, const char *path, enum cnet__verb verb,
		   char **ret, struct cnet_error *err)
{
	char command[32] = "CNI_COMMAND=";
	const char *const environment[] = { command, NULL };
	const struct cnet__exec exec = {
		.program = path,
		.environment = environment,
		.input = call->input,
		.length = call->length,
	};

	stpcpy(command + strlen(command), cnet__verb_name(verb));
	/* Whoever started us may have it ignored, and then no status can be had. */
	signal(SIGCHLD, SIG_DFL);
	return cnet__exec_run(&exec, ret, err);
}

static int execute_quietly(const struct cnet_cni_call *call, const char *path, enum cnet__verb verb,
			   struct cnet_error *err)
{
	AUTO_FREE char *output = NULL;

	return execute(call, path, verb, &output, err);
}

struct release {
	const struct cnet_cni_call *call;
	char *path;
};

static int release_addresses(void *arg, struct cnet_error *err)
{
	const struct release *release = arg;

	return execute_quietly(release->call, release->path, CNET__VERB_DEL, err);
}

static void release_free(void *arg)
{
	struct release *release = arg;

	free(release->path);
	free(release);
}

static int parse_output(const struct cnet_cni_call *call, const char *output,
			struct cnet_cni_result **ret, struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	json_auto_t *json = NULL;
	int r;

	r = cnet__json_parse(output, strlen(output), &json, &why);
	if (r == 0)
		r = cnet__result_parse(json, call->version, ret, &why);
	if (r < 0)
		return cnet_error_set(err, r == -ENOMEM ? ENOMEM : CNET_CNI_EDECODE,
				      "result of IPAM plugin \"%s\": %s", call->ipam, why.message);

	return 0;
}

/* ---- ADD ---- */

/* Interfaces of its own, which the specification does not allow an IPAM plugin, are left out. */
static int merge(struct cnet_cni_result *to, struct cnet_cni_result *from, struct cnet_error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < from->ips.count; i++) {
		from->ips.items[i].interface = -1;
		r = cnet_cni_result_add_ip(to, &from->ips.items[i], err);
	}
	for (i = 0; r == 0 && i < from->routes.count; i++)
		r = cnet_cni_result_add_route(to, &from->routes.items[i], err);
	if (r == 0 && cnet__dns_given(&from->dns))
		r = cnet_cni_result_set_dns(to, &from->dns, err);

	return r;
}

/* What it did before it failed is in the transaction, too: there is no need for its DEL. */
static int add_here(struct cnet_cni_call *call, const struct cnet_cni_plugin *plugin,
		    struct cnet_txn *txn, struct cnet_cni_result *result, struct cnet_error *err)
{
	CNET_AUTO(cnet_cni_result) *own = NULL;
	char details[CNET__DETAILS];
	int r;

	r = cnet__plugin_serves(plugin, CNET__VERB_ADD, call->version, details, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "IPAM plugin \"%s\"", call->ipam);
	r = cnet__result_create(&own, err);
	if (r < 0)
		return r;

	call->delegating = 1;
	r = plugin->add(call, txn, own, err);
	call->delegating = 0;

	return r < 0 ? r : merge(result, own, err);
}

static int add_there(struct cnet_cni_call *call, const struct release *release,
		     struct cnet_cni_result *result, struct cnet_error *err)
{
	CNET_AUTO(cnet_cni_result) *own = NULL;
	AUTO_FREE char *output = NULL;
	int r;

	r = execute(call, release->path, CNET__VERB_ADD, &output, err);
	if (r == 0)
		r = parse_output(call, output, &own, err);
	if (r == 0 && own != NULL)
		r = merge(result, own, err);
	if (r < 0) /* the specification wants its DEL; what it says of it would hide the cause */
		ignore(execute_quietly(call, release->path, CNET__VERB_DEL, NULL));

	return r;
}

int cnet_cni_ipam_add(struct cnet_cni_call *call, struct cnet_txn *txn,
		      struct cnet_cni_result *result, struct cnet_error *err)
{
	AUTO_DELEGATE delegate = { 0 };
	struct release *release;
	int r;

	r = delegate_find(call, &delegate, err);
	if (r < 0)
		return r;
	if (delegate.path == NULL)
		return add_here(call, &delegate.plugin, txn, result, err);

	r = cnet_txn_reserve(txn, err);
	if (r < 0)
		return r;
	release = calloc(1, sizeof(*release));
	if (release == NULL)
		return cnet_error_set(err, ENOMEM, "IPAM plugin: out of memory");
	release->call = call;
	release->path = take(delegate.path);

	r = add_there(call, release, result, err);
	if (r < 0)
		release_free(release);
	else
		cnet_txn_push(txn, release_addresses, release, release_free);
	return r;
}

/* ---- The other verbs ---- */

int cnet_cni_has_ipam(const struct cnet_cni_call *call)
{
	return *call->ipam != '\0';
}

static int forward(struct cnet_cni_call *call, enum cnet__verb verb, struct cnet_error *err)
{
	AUTO_DELEGATE delegate = { 0 };
	int r;

	if (!cnet_cni_has_ipam(call))
		return 0;
	r = delegate_find(call, &delegate, err);
	if (r < 0)
		return r;
	if (delegate.path != NULL)
		return execute_quietly(call, delegate.path, verb, err);

	call->delegating = 1;
	r = cnet__plugin_call(&delegate.plugin, call, verb, err);
	call->delegating = 0;
	return r;
}

int cnet_cni_ipam_del(struct cnet_cni_call *call, struct cnet_error *err)
{
	return forward(call, CNET__VERB_DEL, err);
}

int cnet_cni_ipam_check(struct cnet_cni_call *call, struct cnet_error *err)
{
	return forward(call, CNET__VERB_CHECK, err);
}

int cnet_cni_ipam_gc(struct cnet_cni_call *call, struct cnet_error *err)
{
	return forward(call, CNET__VERB_GC, err);
}

int cnet_cni_ipam_status(struct cnet_cni_call *call, struct cnet_error *err)
{
	return forward(call, CNET__VERB_STATUS, err);
}
