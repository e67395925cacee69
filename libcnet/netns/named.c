/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Creating namespaces, and the paths that pin them. */

#include "netns/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/vec.h"

struct creation {
	int fd;
	int error;
};

/* A thread leaves for a namespace of its own, which the descriptor then outlives it with. */
static void *create(void *arg)
{
	struct creation *creation = arg;

	creation->fd = -1;
	if (unshare(CLONE_NEWNET) == 0)
		creation->fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	creation->error = errno;
	return NULL;
}

int cnet_netns_create(struct cnet_netns **ret, struct cnet_error *err)
{
	struct creation creation = { .fd = -1 };
	pthread_t thread;
	int r;

	r = pthread_create(&thread, NULL, create, &creation);
	if (r != 0)
		return cnet_error_set(err, r, "network namespace: thread: %s", strerror(r));
	pthread_join(thread, NULL);

	if (creation.fd < 0)
		return cnet_error_set(err, creation.error, "create network namespace: %s",
				      strerror(creation.error));

	return cnet__netns_from_fd(creation.fd, ret, err);
}

static int unpin(void *arg, struct cnet_error *err)
{
	return cnet_netns_delete(arg, err);
}

int cnet_netns_pin(struct cnet_netns *ns, struct cnet_txn *txn, const char *path,
		   struct cnet_error *err)
{
	AUTO_FREE char *copy = strdup(path);
	AUTO_CLOSE int fd = -1;
	char source[32];
	int r;

	if (copy == NULL)
		return cnet_error_set(err, ENOMEM, "pin network namespace: out of memory");
	r = cnet_txn_reserve(txn, err);
	if (r < 0)
		return r;

	fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444);
	if (fd < 0)
		return cnet_error_set(err, errno, "pin network namespace at \"%s\": %s", path,
				      strerror(errno));

	snprintf(source, sizeof(source), "/proc/self/fd/%d", cnet__netns_fd(ns));
	if (mount(source, path, NULL, MS_BIND, NULL) < 0) {
		r = cnet_error_set(err, errno, "pin network namespace at \"%s\": mount: %s", path,
				   strerror(errno));
		unlink(path);
		return r;
	}

	cnet_txn_push(txn, unpin, take(copy), free);
	return 0;
}

static int is_netns(const char *path)
{
	CNET_AUTO(cnet_netns) *ns = NULL;

	return cnet_netns_open(path, &ns, NULL) == 0;
}

int cnet_netns_delete(const char *path, struct cnet_error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0
				       : cnet_error_set(err, errno, "network namespace \"%s\": %s",
							path, strerror(errno));

	/* An empty file is what a reboot, or a kill between file and mount, leaves of a pin. */
	if (!is_netns(path) && !(S_ISREG(st.st_mode) && st.st_size == 0))
		return cnet_error_set(err, EINVAL, "\"%s\": not a network namespace", path);

	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 && errno != EINVAL)
		return cnet_error_set(err, errno, "unpin network namespace \"%s\": %s", path,
				      strerror(errno));
	if (unlink(path) < 0 && errno != ENOENT)
		return cnet_error_set(err, errno, "unpin network namespace \"%s\": %s", path,
				      strerror(errno));

	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	VEC(char *) list;
};

static void names_free(struct names *names)
{
	while (names->list.count > 0)
		free(names->list.items[--names->list.count]);
	free(names->list.items);
}

static int names_read(struct names *names, DIR *dir, const char *directory)
{
	struct dirent *entry;

	while ((entry = readdir(dir)) != NULL) {
		AUTO_FREE char *path = NULL;
		char *name;

		if (asprintf(&path, "%s/%s", directory, entry->d_name) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		if (!is_netns(path))
			continue;

		name = strdup(entry->d_name);
		if (name == NULL || vec_reserve(&names->list, 1) < 0) {
			free(name);
			return -ENOMEM;
		}
		vec_push(&names->list, name);
	}

	return 0;
}

int cnet_netns_list(const char *directory, char ***ret, size_t *count, struct cnet_error *err)
{
	struct names names = { 0 };
	DIR *dir = opendir(directory);
	int r = 0;

	if (dir == NULL && errno != ENOENT)
		return cnet_error_set(err, errno, "network namespaces in \"%s\": %s", directory,
				      strerror(errno));

	if (dir != NULL) {
		r = names_read(&names, dir, directory);
		closedir(dir);
	}
	if (r < 0) {
		names_free(&names);
		return cnet_error_set(err, -r, "network namespaces in \"%s\": %s", directory,
				      strerror(-r));
	}

	if (names.list.count > 0)
		qsort(names.list.items, names.list.count, sizeof(*names.list.items), compare);
	*ret = names.list.items;
	*count = names.list.count;
	return 0;
}
