/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder for one test: configurations, plugins that are shell scripts, kept results. */

#include "unit/runtime/stage.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "harness/test.h"

static void path_of(const struct stage *stage, const char *path, char *whole, size_t size)
{
	CHECK((size_t)snprintf(whole, size, "%s/%s", stage->folder, path) < size);
}

static void make(const struct stage *stage, const char *name, char *whole, size_t size)
{
	path_of(stage, name, whole, size);
	CHECK(mkdir(whole, 0755) == 0);
}

void stage_open(struct stage *stage)
{
	*stage = (struct stage){ .folder = "/tmp/cnet-runtime-XXXXXX" };
	CHECK(mkdtemp(stage->folder) != NULL);
	make(stage, "net", stage->net, sizeof(stage->net));
	make(stage, "bin", stage->bin, sizeof(stage->bin));
	path_of(stage, "cache", stage->cache, sizeof(stage->cache));

	stage->opts = (struct cnet_runtime_opts){ .size = sizeof(stage->opts),
						  .plugin_path = stage->bin,
						  .cache_dir = stage->cache };
	stage->box = (struct cnet_runtime_attachment){ .container = "box",
						       .ifname = "eth0",
						       .netns = "/run/netns/box" };
}

void stage_close(struct stage *stage)
{
	test_command(NULL, "rm -rf %s", stage->folder);
}

void stage_write(const struct stage *stage, const char *path, const char *text)
{
	char whole[256];
	FILE *file;

	path_of(stage, path, whole, sizeof(whole));
	file = fopen(whole, "we");
	CHECK(file != NULL);
	fputs(text, file);
	CHECK(fclose(file) == 0);
}

char *stage_read(const struct stage *stage, const char *path)
{
	char whole[256];

	path_of(stage, path, whole, sizeof(whole));
	return access(whole, F_OK) == 0 ? test_output(NULL, NULL, "cat %s", whole) : NULL;
}

void stage_plugin(const struct stage *stage, const char *name, const char *script)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "bin/%s", name);
	CHECK((size_t)snprintf(text, sizeof(text),
			       "#!/bin/sh\nlog=%s/log\nin=%s/$CNI_COMMAND.%s\ncat > $in\n"
			       "echo $CNI_COMMAND %s >> $log\n%s\n",
			       stage->folder, stage->folder, name, name, script) < sizeof(text));
	stage_write(stage, path, text);
	test_command(NULL, "chmod +x %s/%s", stage->folder, path);
}

char *stage_log(const struct stage *stage)
{
	char *log = stage_read(stage, "log");
	char *p;

	if (log == NULL)
		return strdup("");

	for (p = log; *p != '\0'; p++) {
		if (*p == '\n')
			*p = p[1] != '\0' ? ' ' : '\0';
	}
	test_command(NULL, "rm %s/log", stage->folder);
	return log;
}

struct cnet_network *stage_network(const char *json)
{
	struct cnet_network *network = NULL;
	struct cnet_error err = { 0 };
	const char *text = quoted(json);

	OK(cnet_network_parse(text, strlen(text), &network, &err));
	return network;
}

const char *quoted(const char *text)
{
	static char copy[4096];
	char *p;

	CHECK((size_t)snprintf(copy, sizeof(copy), "%s", text) < sizeof(copy));
	for (p = copy; *p != '\0'; p++) {
		if (*p == '\'')
			*p = '"';
	}
	return copy;
}
