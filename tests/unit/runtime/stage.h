/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder for one test: configurations, plugins that are shell scripts, kept results. */
#ifndef CNET_TESTS_RUNTIME_STAGE_H
#define CNET_TESTS_RUNTIME_STAGE_H

#include <cnet/runtime.h>

/*
 * folder/net:   configurations
 * folder/bin:   plugins
 * folder/cache: what ADD keeps
 * opts:         with these folders
 * box:          an attachment: container "box", interface "eth0", namespace "/run/netns/box"
 */
struct stage {
	char folder[32];
	char net[48];
	char bin[48];
	char cache[48];
	struct cnet_runtime_opts opts;
	struct cnet_runtime_attachment box;
};

void stage_open(struct stage *stage);
void stage_close(struct stage *stage);

#define AUTO_STAGE __attribute__((cleanup(stage_close))) struct stage

/* Writes a file below the folder. */
void stage_write(const struct stage *stage, const char *path, const char *text);

/* What a file below the folder holds, or NULL where there is none. To be freed. */
char *stage_read(const struct stage *stage, const char *path);

/*
 * A plugin. Each run of it appends a line "VERB NAME" to the file "log" and leaves its input in
 * "VERB.NAME"; then comes the script, in which $log is that file and $in the input.
 */
void stage_plugin(const struct stage *stage, const char *name, const char *script);

/* The lines that were logged since the last call, as one text with spaces between. To be freed. */
char *stage_log(const struct stage *stage);

/* Reads a network from text. */
struct cnet_network *stage_network(const char *json);

/* Text with ' for ", as JSON in C reads better. Of static storage, good for one call. */
const char *quoted(const char *text);

#endif
