/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call of a plugin: environment and configuration, checked, and what was opened on the way. */

#include "cni/call.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "cni/conf.h"
#include "cni/json.h"
#include "cni/result.h"
#include "cni/version.h"

/* ---- Opening ---- */

struct common {
	const char *version, *name, *ipam;
};

static const struct cnet_cni_member common_members[] = {
	{ "cniVersion", CNET_CNI_STRING, offsetof(struct common, version), NULL },
	{ "name", CNET_CNI_STRING, offsetof(struct common, name), NULL },
	{ "ipam.type", CNET_CNI_STRING, offsetof(struct common, ipam), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

static int read_common(struct cnet_cni_call *call, struct cnet_error *err)
{
	struct common common = { "", "", "" };
	struct cnet_attachment network = { .container = "x", .ifname = "x" };
	int r;

	r = cnet__conf_read(call->conf, &call->arena, common_members, &common, err);
	/* Configurations that name none are older than the member. */
	call->version = *common.version != '\0' ? common.version : cnet__versions[0];
	if (r < 0)
		return r;

	network.network = common.name;
	if (*common.name == '\0')
		return cnet_error_set(err, CNET_CNI_ECONFIG, "missing network name");
	if (cnet_attachment_check(&network, NULL) < 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "invalid characters found in network name: \"%s\"",
				      common.name);

	call->ipam = common.ipam;
	call->attachment =
		(struct cnet_attachment){ common.name, call->env.container, call->env.ifname };
	return 0;
}

static int read_previous(struct cnet_cni_call *call, struct cnet_error *err)
{
	json_t *json = cnet__json_get(call->conf, "prevResult");
	struct cnet_error why = { 0 };
	int r;

	if (json == NULL)
		return 0;
	if (!json_is_object(json))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"prevResult\": not an object");

	r = cnet__result_parse(json, call->version, &call->previous, &why);
	if (r == -ENOMEM)
		return cnet_error_set(err, ENOMEM, "prevResult: out of memory");
	if (r < 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "prevResult: %s", why.message);

	return 0;
}

static int read_valid(struct cnet_cni_call *call, struct cnet_error *err)
{
	/* libcni sends both; the second is what the specification's draft called it. */
	json_t *list = cnet__json_get(call->conf, "cni.dev/valid-attachments");
	json_t *item;
	size_t i;

	if (list == NULL)
		list = cnet__json_get(call->conf, "cni.dev/attachments");
	if (list == NULL)
		return 0;
	if (!json_is_array(list))
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"cni.dev/valid-attachments\": not a list");

	call->valid = cnet__arena_alloc(&call->arena, json_array_size(list), sizeof(*call->valid));
	if (call->valid == NULL)
		return cnet_error_set(err, ENOMEM, "valid attachments: out of memory");
	json_array_foreach (list, i, item) {
		const char *container = cnet__json_string(item, "containerID");
		const char *ifname = cnet__json_string(item, "ifname");

		if (container == NULL || ifname == NULL)
			return cnet_error_set(err, CNET_CNI_ECONFIG,
					      "\"cni.dev/valid-attachments[%zu]\": has no "
					      "containerID or no ifname",
					      i);
		call->valid[i] =
			(struct cnet_attachment){ call->attachment.network, container, ifname };
	}

	call->valid_count = json_array_size(list);
	call->valid_given = 1;
	return 0;
}

int cnet__call_read_verb(struct cnet_cni_call *call, struct cnet_error *err)
{
	int r;

	switch (call->env.verb) {
	case CNET__VERB_ADD:
	case CNET__VERB_CHECK:
		r = cnet__args_parse(call->env.args, &call->arena, &call->args, err);
		return r < 0 ? r : read_previous(call, err);
	case CNET__VERB_DEL:
		/* It shall succeed whatever has become of these: without them, then. */
		ignore(cnet__args_parse(call->env.args, &call->arena, &call->args, NULL));
		ignore(read_previous(call, NULL));
		break;
	case CNET__VERB_GC:
		return read_valid(call, err);
	case CNET__VERB_NONE:
	case CNET__VERB_STATUS:
	case CNET__VERB_VERSION:
		break;
	}

	return 0;
}

void cnet__call_init(struct cnet_cni_call *call, const struct cnet__env *env,
		     const struct cnet_cni_plugin *const *plugins)
{
	*call = (struct cnet_cni_call){
		.env = *env, .plugins = plugins, .version = "", .ipam = ""
	};
}

int cnet__call_read(struct cnet_cni_call *call, struct cnet_error *err)
{
	int r = cnet__json_parse(call->input, call->length, &call->conf, err);

	return r < 0 ? r : read_common(call, err);
}

void cnet__call_close(struct cnet_cni_call *call)
{
	cnet_netns_close(call->container);
	cnet_netns_close(call->host);
	cnet__result_free(call->previous);
	cnet__arena_free(&call->arena);
	json_decref(call->conf);
	free(call->input);
}

/* ---- What plugins ask ---- */

int cnet_cni_read(struct cnet_cni_call *call, const struct cnet_cni_member *members, void *conf,
		  struct cnet_error *err)
{
	return cnet__conf_read(call->conf, &call->arena, members, conf, err);
}

const struct cnet_attachment *cnet_cni_attachment(const struct cnet_cni_call *call)
{
	return &call->attachment;
}

const char *cnet_cni_ifname(const struct cnet_cni_call *call)
{
	return call->env.ifname;
}

const char *cnet_cni_version(const struct cnet_cni_call *call)
{
	return call->version;
}

int cnet_cni_version_at_least(const struct cnet_cni_call *call, unsigned int major,
			      unsigned int minor)
{
	return cnet__version_at_least(call->version, major, minor);
}

const char *cnet_cni_netns_path(const struct cnet_cni_call *call)
{
	return *call->env.netns != '\0' ? call->env.netns : NULL;
}

const char *cnet_cni_arg(const struct cnet_cni_call *call, const char *key)
{
	size_t i;

	for (i = call->args.count; i > 0; i--) {
		if (strcmp(call->args.pairs[i - 1].key, key) == 0)
			return call->args.pairs[i - 1].value;
	}

	return NULL;
}

static int is_one_of(const char *key, const char *const *keys)
{
	for (; *keys != NULL; keys++) {
		if (strcmp(key, *keys) == 0)
			return 1;
	}

	return 0;
}

int cnet_cni_args_check(const struct cnet_cni_call *call, const char *const *keys,
			struct cnet_error *err)
{
	size_t i;

	for (i = 0; !call->args.ignore_unknown && i < call->args.count; i++) {
		const char *key = call->args.pairs[i].key;

		if (strcmp(key, "IgnoreUnknown") != 0 && !is_one_of(key, keys))
			return cnet_error_set(err, CNET_CNI_EENVIRONMENT,
					      "CNI_ARGS: unknown key \"%s\"", key);
	}

	return 0;
}

struct cnet_cni_result *cnet_cni_previous(struct cnet_cni_call *call)
{
	return call->previous;
}

const struct cnet_attachment *cnet_cni_valid_attachments(const struct cnet_cni_call *call,
							 size_t *count)
{
	*count = call->valid_count;
	return call->valid;
}

/* ---- Namespaces ---- */

int cnet__call_check_netns(const struct cnet_cni_call *call, struct cnet_error *err)
{
	struct stat own, theirs;

	/* What is not there is not our own; whether it matters is for cnet_cni_container() to say.
	 */
	if (call->env.netns_override || *call->env.netns == '\0' ||
	    stat(call->env.netns, &theirs) < 0)
		return 0;
	if (stat("/proc/thread-self/ns/net", &own) < 0)
		return cnet_error_set(err, CNET_CNI_ENETNS, "own network namespace: %s",
				      strerror(errno));

	if (own.st_dev == theirs.st_dev && own.st_ino == theirs.st_ino)
		return cnet_error_set(err, CNET_CNI_ENETNS,
				      "plugin's netns and netns from CNI_NETNS should not be the "
				      "same: \"%s\"",
				      call->env.netns);

	return 0;
}

int cnet_cni_host(struct cnet_cni_call *call, struct cnet_netns **ret, struct cnet_error *err)
{
	int r;

	if (call->host == NULL) {
		r = cnet_netns_open(NULL, &call->host, err);
		if (r < 0)
			return r;
	}

	*ret = call->host;
	return 0;
}

/* Nothing is left at the path that was the container's, or not a namespace any longer. */
static int means_gone(int r)
{
	static const int codes[] = { ENOENT, ENOTDIR, EINVAL, ENXIO, ESRCH, ELOOP, ENAMETOOLONG };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		if (r == -codes[i])
			return 1;
	}

	return 0;
}

int cnet_cni_container(struct cnet_cni_call *call, struct cnet_netns **ret, struct cnet_error *err)
{
	const int deleting = call->env.verb == CNET__VERB_DEL;
	struct cnet_error why = { 0 };
	int r;

	if (call->container == NULL && !(deleting && *call->env.netns == '\0')) {
		r = cnet_netns_open(call->env.netns, &call->container, &why);
		if (r < 0 && !(deleting && means_gone(r)))
			return cnet_error_set(
				err,
				r == -EMFILE || r == -ENFILE || r == -ENOMEM ? -r : CNET_CNI_ENETNS,
				"CNI_NETNS: %s", why.message);
	}

	*ret = call->container;
	return 0;
}
