/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command `cnet`: a table of verbs, what their command lines say, what they do. */
#ifndef CNET_CLI_H
#define CNET_CLI_H

#include <stdbool.h>

#include <cnet/runtime.h>

#include "base/vec.h"

/* What a verb's command line may hold, beside NETWORK and what all take. */
enum accepts {
	ACCEPTS_NETNS = 1, /* NETNS, and the options that describe an attachment */
	ACCEPTS_VALID = 2, /* --valid and --all */
};

/* A command line that was read. The strings are its own, the command line's or the environment's.
 */
struct options {
	const char *network;
	const char *conf_dir;
	struct cnet_runtime_attachment attachment;
	struct cnet_runtime_opts runtime;
	VEC(struct cnet_attachment) valid;
	bool all;
	bool help;
	char *container;
	char *netns;
	char *plugin_path;
};

struct verb {
	const char *name;
	const char *operands;
	const char *about;
	unsigned int accepts; /* of enum accepts */
	int (*run)(struct cnet_network *network, const struct options *options,
		   struct cnet_error *err);
};

extern const struct verb verb_add;
extern const struct verb verb_check;
extern const struct verb verb_del;
extern const struct verb verb_gc;
extern const struct verb verb_status;
extern const struct verb verb_version;

/*
 * Reads what follows the verb (argv[0] is the verb), then the environment for what was not given.
 * 0; -EINVAL: a usage error; -ENOMEM; what getcwd() gives. options_free() also after a failure.
 */
int options_read(const struct verb *verb, int argc, char **argv, struct options *options,
		 struct cnet_error *err);
void options_free(struct options *options);
/* One line for each option that the verb takes. */
void options_help(const struct verb *verb);

/* The absolute path of a namespace given as a path or as a name below /run/netns. To be freed. */
int netns_path(const char *operand, char **ret, struct cnet_error *err);
/* The identifier that cnitool gives whatever lives in this namespace. To be freed. */
int netns_container(const char *path, char **ret, struct cnet_error *err);

/* Where plugins are looked for: these folders, our own, and the usual ones. To be freed. */
int plugin_path(const char *first, char **ret, struct cnet_error *err);

#endif
