/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders of configurations, as libcni lays them out. */

#include <cnet/runtime.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "base/file.h"
#include "base/vec.h"
#include "cni/json.h"
#include "runtime/conflist.h"

static const char *const lists[] = { ".conflist", NULL };
static const char *const singles[] = { ".conf", ".json", NULL };
static const char *const plugins[] = { ".conf", NULL };

struct names {
	VEC(char *) list;
};

static void names_free(struct names *names)
{
	while (names->list.count > 0)
		free(names->list.items[--names->list.count]);
	free(names->list.items);
}

#define AUTO_NAMES __attribute__((cleanup(names_free))) struct names

static int names_add(struct names *names, const char *name)
{
	char *copy;

	if (vec_reserve(&names->list, 1) < 0)
		return -ENOMEM;
	copy = strdup(name);
	if (copy == NULL)
		return -ENOMEM;

	vec_push(&names->list, copy);
	return 0;
}

static int wanted(const struct dirent *entry, const char *const *suffixes)
{
	const char *dot = strrchr(entry->d_name, '.');

	if (dot == NULL || entry->d_type == DT_DIR)
		return 0;

	for (; *suffixes != NULL; suffixes++) {
		if (strcmp(dot, *suffixes) == 0)
			return 1;
	}

	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of a folder's files with one of these suffixes, sorted. 0; -ENOENT: no such folder. */
static int names_read(struct names *names, const char *directory, const char *const *suffixes,
		      struct cnet_error *err)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	int r = 0;

	if (dir == NULL)
		return cnet_error_set(err, errno, "folder \"%s\": %s", directory, strerror(errno));

	while (r == 0 && (entry = readdir(dir)) != NULL) {
		if (wanted(entry, suffixes))
			r = names_add(names, entry->d_name);
	}
	closedir(dir);
	if (r < 0)
		return cnet_error_set(err, -r, "folder \"%s\": out of memory", directory);

	if (names->list.count > 0)
		qsort(names->list.items, names->list.count, sizeof(*names->list.items), compare);
	return 0;
}

/* The folder is the administrator's, who may well link to where the files really are. */
static int read_text(const char *path, char **ret, size_t *length, struct cnet_error *err)
{
	AUTO_FREE char *real = realpath(path, NULL);

	if (real == NULL)
		return cnet_error_set(err, errno, "%s: %s", path, strerror(errno));

	return cnet__file_read(AT_FDCWD, real, CNET__JSON_MAX, ret, length, err);
}

static int read_json(const char *path, json_t **ret, struct cnet_error *err)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r;

	r = read_text(path, &text, &length, err);
	if (r < 0)
		return r;

	r = cnet__json_parse(text, length, ret, err);
	return r < 0 ? cnet_error_prefix(err, r, "%s", path) : 0;
}

/* ---- Plugin folders: <directory>/<network's name>, from CNI 1.1.0 ---- */

static int append_file(struct cnet_network *network, const char *path, struct cnet_error *err)
{
	json_auto_t *plugin = NULL;
	int r;

	r = read_json(path, &plugin, err);
	if (r < 0)
		return r;

	r = cnet__network_append(network, plugin, err);
	return r < 0 ? cnet_error_prefix(err, r, "%s", path) : 0;
}

static int append_folder(struct cnet_network *network, const char *directory,
			 struct cnet_error *err)
{
	AUTO_FREE char *folder = NULL;
	AUTO_NAMES names = { 0 };
	size_t i;
	int r;

	if (asprintf(&folder, "%s/%s", directory, network->name) < 0) {
		folder = NULL;
		return cnet_error_set(err, ENOMEM, "network: out of memory");
	}

	r = names_read(&names, folder, plugins, err);
	for (i = 0; r == 0 && i < names.list.count; i++) {
		AUTO_FREE char *path = NULL;

		if (asprintf(&path, "%s/%s", folder, names.list.items[i]) < 0) {
			path = NULL;
			return cnet_error_set(err, ENOMEM, "network: out of memory");
		}
		r = append_file(network, path, err);
	}

	return r;
}

static int complete(struct cnet_network *network, const char *directory, struct cnet_error *err)
{
	struct cnet_error missing = { 0 };
	int r;

	if (!network->inlined_only) {
		r = append_folder(network, directory, &missing);
		if (r < 0 && r != -ENOENT && r != -ENOTDIR) {
			if (err != NULL)
				*err = missing;
			return r;
		}
	}

	return cnet__network_complete(network, err);
}

/* ---- The folder of networks ---- */

/* One file: 0: go on, 1: enough, or an error. */
typedef int visitor(void *arg, const char *directory, const char *path, json_t *json,
		    const char *name, struct cnet_error *err);

/*
 * A file that cannot be read, or a list without a name, might be the very network that is meant,
 * so that going on would be a guess. A single plugin without a name never is one.
 */
static int visit_file(const char *directory, const char *file, bool is_list, visitor *visit,
		      void *arg, struct cnet_error *err)
{
	AUTO_FREE char *path = NULL;
	json_auto_t *json = NULL;
	const char *name;
	int r;

	if (asprintf(&path, "%s/%s", directory, file) < 0) {
		path = NULL;
		return cnet_error_set(err, ENOMEM, "network: out of memory");
	}
	r = read_json(path, &json, err);
	if (r < 0)
		return r;

	name = cnet__json_string(json, "name");
	if (name == NULL && is_list)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "%s: \"name\" is missing, or not a string", path);

	return name != NULL ? visit(arg, directory, path, json, name, err) : 0;
}

static int visit_files(const char *directory, const char *const *suffixes, visitor *visit,
		       void *arg, struct cnet_error *err)
{
	AUTO_NAMES names = { 0 };
	size_t i;
	int r;

	r = names_read(&names, directory, suffixes, err);
	for (i = 0; r == 0 && i < names.list.count; i++)
		r = visit_file(directory, names.list.items[i], suffixes == lists, visit, arg, err);

	return r;
}

static int visit_all(const char *directory, visitor *visit, void *arg, struct cnet_error *err)
{
	int r = visit_files(directory, lists, visit, arg, err);

	return r != 0 ? r : visit_files(directory, singles, visit, arg, err);
}

struct search {
	const char *name;
	struct cnet_network *found;
};

static int take_named(void *arg, const char *directory, const char *path, json_t *json,
		      const char *name, struct cnet_error *err)
{
	CNET_AUTO(cnet_network) *network = NULL;
	struct search *search = arg;
	int r;

	if (strcmp(name, search->name) != 0)
		return 0;

	r = cnet__network_read(json_incref(json), &network, err);
	if (r == 0)
		r = complete(network, directory, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "%s", path);

	search->found = take(network);
	return 1;
}

int cnet_network_load(const char *directory, const char *name, struct cnet_network **ret,
		      struct cnet_error *err)
{
	struct search search = { .name = name };
	int r;

	r = visit_all(directory, take_named, &search, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "network \"%s\"", name);
	if (r == 0)
		return cnet_error_set(err, ENOENT, "no network \"%s\" in \"%s\"", name, directory);

	*ret = search.found;
	return 0;
}

static int collect_name(void *arg, __attribute__((unused)) const char *directory, const char *path,
			__attribute__((unused)) json_t *json, const char *name,
			struct cnet_error *err)
{
	struct names *names = arg;
	size_t i;

	for (i = 0; i < names->list.count; i++) {
		if (strcmp(names->list.items[i], name) == 0)
			return 0;
	}

	return names_add(names, name) < 0 ? cnet_error_set(err, ENOMEM, "%s: out of memory", path)
					  : 0;
}

int cnet_network_list(const char *directory, char ***ret, size_t *count, struct cnet_error *err)
{
	AUTO_NAMES names = { 0 };
	int r;

	r = visit_all(directory, collect_name, &names, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "networks");

	*count = names.list.count;
	*ret = take(names.list.items);
	names.list.count = 0;
	return 0;
}
