/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The environment that a plugin is called with. Nothing else in the library looks at any.
 *
 * Source: CNI specification 1.1.0, "Parameters"; where it leaves it open, what the reference's
 * skeleton demands: CNI_PATH for every verb but VERSION, complaints in this order.
 */

#include "cni/env.h"

#include <errno.h>
#include <stdlib.h>

#include <cnet/attachment.h>
#include <cnet/cni.h>
#include <cnet/value.h>

#include "base/auto.h"
#include "cni/json.h"

static const char *const verb_names[] = {
	[CNET__VERB_ADD] = "ADD", [CNET__VERB_CHECK] = "CHECK",	  [CNET__VERB_DEL] = "DEL",
	[CNET__VERB_GC] = "GC",	  [CNET__VERB_STATUS] = "STATUS", [CNET__VERB_VERSION] = "VERSION",
};

const char *cnet__verb_name(enum cnet__verb verb)
{
	return verb_names[verb];
}

static int container_check(const char *value, struct cnet_error *err)
{
	const struct cnet_attachment attachment = { "x", value, "x" };

	if (cnet_attachment_check(&attachment, NULL) < 0)
		return cnet_error_set(err, CNET_CNI_EENVIRONMENT,
				      "CNI_CONTAINERID: invalid characters in containerID: \"%s\"",
				      value);

	return 0;
}

static int ifname_check(const char *value, struct cnet_error *err)
{
	struct cnet_error why = { 0 };

	if (cnet_link_name_check(value, &why) < 0)
		return cnet_error_set(err, CNET_CNI_EENVIRONMENT, "CNI_IFNAME: %s", why.message);

	return 0;
}

enum {
	ADD = 1 << CNET__VERB_ADD,
	CHECK = 1 << CNET__VERB_CHECK,
	DEL = 1 << CNET__VERB_DEL,
	GC = 1 << CNET__VERB_GC,
	STATUS = 1 << CNET__VERB_STATUS,
};

static const struct variable {
	const char *name;
	size_t offset;
	unsigned int required; /* by these verbs, and only for them checked */
	int (*check)(const char *value, struct cnet_error *err);
} variables[] = {
	{ "CNI_CONTAINERID", offsetof(struct cnet__env, container), ADD | CHECK | DEL,
	  container_check },
	{ "CNI_NETNS", offsetof(struct cnet__env, netns), ADD | CHECK, NULL },
	{ "CNI_IFNAME", offsetof(struct cnet__env, ifname), ADD | CHECK | DEL, ifname_check },
	{ "CNI_ARGS", offsetof(struct cnet__env, args), 0, NULL },
	{ "CNI_PATH", offsetof(struct cnet__env, path), ADD | CHECK | DEL | GC | STATUS, NULL },
};

static const char *value_of(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? value : "";
}

static int read_verb(const char *text, enum cnet__verb *ret, struct cnet_error *err)
{
	enum cnet__verb verb;

	if (*text == '\0') {
		*ret = CNET__VERB_NONE;
		return 0;
	}

	for (verb = CNET__VERB_ADD; verb <= CNET__VERB_VERSION; verb++) {
		if (strcmp(text, verb_names[verb]) == 0) {
			*ret = verb;
			return 0;
		}
	}

	return cnet_error_set(err, CNET_CNI_EENVIRONMENT, "unknown CNI_COMMAND: %s", text);
}

static int read_variables(struct cnet__env *env, struct cnet_error *err)
{
	char missing[64] = "";
	size_t i, length = 0;

	for (i = 0; i < ARRAY_SIZE(variables); i++) {
		const struct variable *variable = &variables[i];
		const char *value = value_of(variable->name);
		int required = (variable->required & 1u << env->verb) != 0;

		memcpy((char *)env + variable->offset, &value, sizeof(value));
		if (!required)
			continue;
		if (*value == '\0')
			length += (size_t)snprintf(missing + length, sizeof(missing) - length,
						   "%s%s", length != 0 ? "," : "", variable->name);
		else if (variable->check != NULL && variable->check(value, err) < 0)
			return -CNET_CNI_EENVIRONMENT;
	}

	if (length > 0)
		return cnet_error_set(err, CNET_CNI_EENVIRONMENT,
				      "required env variables [%s] missing", missing);

	return 0;
}

int cnet__env_read(struct cnet__env *env, struct cnet_error *err)
{
	const char *override = value_of("CNI_NETNS_OVERRIDE");
	int r;

	r = read_verb(value_of("CNI_COMMAND"), &env->verb, err);
	if (r < 0)
		return r;

	env->netns_override = strcmp(override, "1") == 0 || cnet__json_name_equal(override, "true");
	return read_variables(env, err);
}

/* ---- CNI_ARGS ---- */

static int read_truth(const char *text, int *ret)
{
	*ret = strcmp(text, "1") == 0 || cnet__json_name_equal(text, "true");

	return *ret || strcmp(text, "0") == 0 || cnet__json_name_equal(text, "false") ? 0 : -EINVAL;
}

static int parse_pair(char *pair, struct cnet__args *args, struct cnet_error *err)
{
	char *sign = strchr(pair, '=');

	if (sign == NULL || strchr(sign + 1, '=') != NULL)
		return cnet_error_set(err, CNET_CNI_EENVIRONMENT, "CNI_ARGS: invalid pair \"%s\"",
				      pair);

	*sign = '\0';
	if (strcmp(pair, "IgnoreUnknown") == 0 && read_truth(sign + 1, &args->ignore_unknown) < 0)
		return cnet_error_set(err, CNET_CNI_EENVIRONMENT,
				      "CNI_ARGS: IgnoreUnknown is neither true nor false: \"%s\"",
				      sign + 1);

	args->pairs[args->count++] = (struct cnet__arg){ pair, sign + 1 };
	return 0;
}

int cnet__args_parse(const char *text, struct cnet__arena *arena, struct cnet__args *ret,
		     struct cnet_error *err)
{
	struct cnet__args args = { 0 };
	size_t room = 1;
	const char *p;
	char *pair, *next;
	int r;

	if (*text == '\0') {
		*ret = args;
		return 0;
	}

	for (p = text; *p != '\0'; p++)
		room += *p == ';';
	args.pairs = cnet__arena_alloc(arena, room, sizeof(*args.pairs));
	next = cnet__arena_text(arena, text);
	if (args.pairs == NULL || next == NULL)
		return cnet_error_set(err, ENOMEM, "CNI_ARGS: out of memory");

	while ((pair = strsep(&next, ";")) != NULL) {
		r = parse_pair(pair, &args, err);
		if (r < 0)
			return r;
	}

	*ret = args;
	return 0;
}
