/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ADD keeps for CHECK, DEL and GC: where libcni keeps it, and in its format. */

#include "runtime/cache.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "base/file.h"
#include "base/text.h"
#include "cni/json.h"
#include "runtime/args.h"
#include "runtime/base64.h"

static const char kind[] = "cniCacheV1";

void cnet__kept_clear(struct kept *kept)
{
	json_decref(kept->document);
	free(kept->args);
	*kept = (struct kept){ 0 };
}

/* ---- Where ---- */

static int open_folder(const char *directory, mode_t mode, int *ret, struct cnet_error *err)
{
	char path[PATH_MAX];

	if (directory == NULL)
		directory = "/var/lib/cni";
	if (cnet__text_format(path, sizeof(path), "%s/results", directory) < 0)
		return cnet_error_set(err, ENAMETOOLONG, "cache \"%s\": too long", directory);

	return cnet__dir_open(path, mode, ret, err);
}

static int file_name(const struct cnet_attachment *attachment, char *name, size_t size,
		     struct cnet_error *err)
{
	if (cnet__text_format(name, size, "%s-%s-%s", attachment->network, attachment->container,
			      attachment->ifname) < 0)
		return cnet_error_set(err, ENAMETOOLONG,
				      "network \"%s\", container \"%s\": too long to keep a result",
				      attachment->network, attachment->container);

	return 0;
}

/* ---- Writing ---- */

static json_t *document_of(const struct kept *kept, const json_t *list, struct cnet_error *err)
{
	AUTO_FREE char *text = json_dumps(list, JSON_COMPACT);
	AUTO_FREE char *config = text != NULL ? cnet__base64(text, strlen(text)) : NULL;
	json_auto_t *args = NULL;
	const char *netns = kept->netns;

	if (config == NULL || cnet__args_split(kept->args, &args, err) < 0)
		return NULL;

	/* Members in libcni's order; it leaves those out that are empty. */
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:O*, s:O*, s:O}", "kind", kind,
			 "containerId", kept->attachment.container, "config", config, "ifName",
			 kept->attachment.ifname, "networkName", kept->attachment.network, "netns",
			 netns != NULL && *netns != '\0' ? netns : NULL, "cniArgs",
			 json_array_size(args) > 0 ? args : NULL, "capabilityArgs",
			 json_object_size(kept->capabilities) > 0 ? kept->capabilities : NULL,
			 "result", kept->result);
}

int cnet__cache_write(const char *directory, const struct kept *kept, const json_t *list,
		      struct cnet_error *err)
{
	json_auto_t *document = document_of(kept, list, err);
	AUTO_FREE char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
	AUTO_CLOSE int folder = -1;
	char name[NAME_MAX + 1];
	int r;

	if (text == NULL)
		return cnet_error_set(err, ENOMEM, "keep result: out of memory, or not UTF-8");
	if (strlen(text) > CNET__JSON_MAX)
		return cnet_error_set(err, E2BIG, "keep result: longer than %d bytes",
				      CNET__JSON_MAX);

	r = file_name(&kept->attachment, name, sizeof(name), err);
	if (r == 0)
		r = open_folder(directory, 0700, &folder, err);
	if (r == 0)
		r = cnet__file_replace(folder, name, text, strlen(text), 0600, err);

	return r < 0 ? cnet_error_prefix(err, r, "keep result") : 0;
}

/* ---- Reading ---- */

static int interpret(json_t *document, struct kept *ret, struct cnet_error *err)
{
	const char *said = cnet__json_string(document, "kind");
	char *args = NULL;
	int r;

	if (said == NULL || strcmp(said, kind) != 0) {
		*ret = (struct kept){ .document = json_incref(document), .result = document };
		return 0;
	}

	r = cnet__args_join(cnet__json_get(document, "cniArgs"), &args, err);
	if (r < 0)
		return r;

	*ret = (struct kept){
		.document = json_incref(document),
		.attachment = { .network = cnet__json_string(document, "networkName"),
				.container = cnet__json_string(document, "containerId"),
				.ifname = cnet__json_string(document, "ifName") },
		.netns = cnet__json_string(document, "netns"),
		.args = args,
		.capabilities = cnet__json_get(document, "capabilityArgs"),
		.result = cnet__json_get(document, "result"),
	};
	return 0;
}

static int read_file(int folder, const char *name, struct kept *ret, struct cnet_error *err)
{
	AUTO_FREE char *text = NULL;
	json_auto_t *document = NULL;
	size_t length;
	int r;

	r = cnet__file_read(folder, name, CNET__JSON_MAX, &text, &length, err);
	if (r < 0)
		return r;

	r = cnet__json_parse(text, length, &document, err);
	if (r == 0)
		r = interpret(document, ret, err);

	return r < 0 ? cnet_error_prefix(err, r, "%s", name) : 0;
}

int cnet__cache_read(const char *directory, const struct cnet_attachment *attachment,
		     struct kept *ret, struct cnet_error *err)
{
	AUTO_CLOSE int folder = -1;
	char name[NAME_MAX + 1];
	int r;

	r = file_name(attachment, name, sizeof(name), err);
	if (r == 0)
		r = open_folder(directory, 0, &folder, err);
	if (r == 0)
		r = read_file(folder, name, ret, err);

	return r < 0 ? cnet_error_prefix(err, r, "kept result") : 0;
}

int cnet__cache_remove(const char *directory, const struct cnet_attachment *attachment,
		       struct cnet_error *err)
{
	struct cnet_error missing = { 0 };
	AUTO_CLOSE int folder = -1;
	char name[NAME_MAX + 1];
	int r;

	r = file_name(attachment, name, sizeof(name), err);
	if (r < 0)
		return r;

	r = open_folder(directory, 0, &folder, &missing);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return cnet_error_set(err, missing.code, "forget result: %s", missing.message);
	if (unlinkat(folder, name, 0) < 0 && errno != ENOENT)
		return cnet_error_set(err, errno, "forget result: %s: %s", name, strerror(errno));

	return 0;
}

/* ---- Going through a network's ---- */

/* Is a file under the name that belongs to what it holds? A copy under another name is not. */
static bool is_own(const struct kept *kept, const char *network, const char *name)
{
	char expected[NAME_MAX + 1];

	return kept->attachment.network != NULL && kept->attachment.container != NULL &&
	       kept->attachment.ifname != NULL && strcmp(kept->attachment.network, network) == 0 &&
	       cnet_attachment_check(&kept->attachment, NULL) == 0 &&
	       file_name(&kept->attachment, expected, sizeof(expected), NULL) == 0 &&
	       strcmp(expected, name) == 0;
}

/* One file: what is no attachment of the network is passed over. */
static int visit(int folder, const char *name, const char *network,
		 int (*fn)(void *arg, const struct kept *kept, struct cnet_error *err), void *arg,
		 struct cnet_error *err)
{
	const size_t length = strlen(network);
	AUTO_KEPT kept = { 0 };

	if (strncmp(name, network, length) != 0 || name[length] != '-' ||
	    read_file(folder, name, &kept, NULL) < 0 || !is_own(&kept, network, name))
		return 0;

	return fn(arg, &kept, err);
}

int cnet__cache_each(const char *directory, const char *network,
		     int (*fn)(void *arg, const struct kept *kept, struct cnet_error *err),
		     void *arg, struct cnet_error *err)
{
	struct cnet_error missing = { 0 };
	struct dirent *entry;
	int folder = -1;
	DIR *dir;
	int r;

	r = open_folder(directory, 0, &folder, &missing);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return cnet_error_set(err, missing.code, "kept results: %s", missing.message);
	dir = fdopendir(folder);
	if (dir == NULL) {
		close(folder);
		return cnet_error_set(err, ENOMEM, "kept results: out of memory");
	}

	while (r == 0 && (entry = readdir(dir)) != NULL)
		r = visit(dirfd(dir), entry->d_name, network, fn, arg, err);
	closedir(dir);

	return r;
}
