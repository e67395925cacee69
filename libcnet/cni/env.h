/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The environment that a plugin is called with. */
#ifndef CNET_CNI_ENV_H
#define CNET_CNI_ENV_H

#include <cnet/error.h>

#include "cni/arena.h"

enum cnet__verb {
	CNET__VERB_NONE, /* no CNI_COMMAND: somebody asks who we are */
	CNET__VERB_ADD,
	CNET__VERB_CHECK,
	CNET__VERB_DEL,
	CNET__VERB_GC,
	CNET__VERB_STATUS,
	CNET__VERB_VERSION,
};

/* Absent variables are "". Strings belong to the environment. */
struct cnet__env {
	enum cnet__verb verb;
	const char *container, *netns, *ifname, *args, *path;
	int netns_override; /* may the namespace be our own? */
};

/* Reads what the verb needs and checks it. 0; -CNET_CNI_EENVIRONMENT: names the variables. */
int cnet__env_read(struct cnet__env *env, struct cnet_error *err) CNET_NODISCARD;

/* "ADD" ... of a verb other than CNET__VERB_NONE. */
const char *cnet__verb_name(enum cnet__verb verb);

struct cnet__arg {
	const char *key, *value;
};

/* CNI_ARGS, taken apart. */
struct cnet__args {
	struct cnet__arg *pairs; /* the arena's */
	size_t count;
	int ignore_unknown;
};

/*
 * Takes "KEY=value;KEY=value" apart; all memory is the arena's. 0; -CNET_CNI_EENVIRONMENT: a pair
 * has not exactly one '=', or IgnoreUnknown is no truth value; -ENOMEM.
 */
int cnet__args_parse(const char *text, struct cnet__arena *arena, struct cnet__args *ret,
		     struct cnet_error *err) CNET_NODISCARD;

#endif
