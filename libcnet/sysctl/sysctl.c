/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Settings below /proc/sys/net.
 *
 * Which namespace's setting a path below net/ leads to is decided when it is opened, by the thread
 * that opens it: so a call inside the namespace does the whole of a change.
 */

#include <cnet/sysctl.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/auto.h"

enum { VALUE_MAX = 4096 }; /* a setting is read whole into one page at most */

struct old {
	char *key;
	char *value; /* NULL: it was not changed */
};

/* One change: the settings, and of each what it was before. */
struct change {
	struct cnet_netns *ns;
	const struct cnet_sysctl *settings;
	size_t count;
	struct old old[];
};

static void change_free(void *arg)
{
	struct change *change = arg;
	size_t i;

	if (change == NULL)
		return;

	for (i = 0; i < change->count; i++) {
		free(change->old[i].key);
		free(change->old[i].value);
	}
	free(change);
}

static void change_auto(struct change **change)
{
	change_free(*change);
}

static int key_check(const char *key, struct cnet_error *err)
{
	const char *part;

	if (strncmp(key, "net/", 4) != 0)
		return cnet_error_set(err, EINVAL, "setting \"%s\": not below net/", key);

	for (part = key; part != NULL; part = strchr(part, '/')) {
		size_t length;

		part += *part == '/';
		length = strcspn(part, "/");
		if (length == 0 || (length == 1 && part[0] == '.') ||
		    (length == 2 && part[0] == '.' && part[1] == '.'))
			return cnet_error_set(err, EINVAL,
					      "setting \"%s\": a part is empty, \".\" or \"..\"",
					      key);
	}

	return 0;
}

static int value_check(const struct cnet_sysctl *setting, struct cnet_error *err)
{
	const size_t length = strlen(setting->value);

	if (length == 0 || length >= VALUE_MAX || strchr(setting->value, '\n') != NULL)
		return cnet_error_set(err, EINVAL, "setting \"%s\": not one line: \"%s\"",
				      setting->key, setting->value);

	return 0;
}

/*
 * Whatever was mounted or linked over parts of /proc/sys, only a file of procfs in its own place is
 * opened (compare CVE-2025-52881).
 */
static int open_setting(const char *key, int flags, int *ret, struct cnet_error *err)
{
	const struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	AUTO_CLOSE int root = open("/proc/sys", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_CLOSE int fd = -1;
	struct statfs fs;

	if (root >= 0)
		fd = (int)syscall(SYS_openat2, root, key, &how, sizeof(how));
	if (fd < 0 && errno == EXDEV)
		return cnet_error_set(err, EINVAL, "setting \"%s\": something is mounted over it",
				      key);
	if (fd < 0)
		return cnet_error_set(err, errno, "setting \"%s\": %s", key, strerror(errno));
	if (fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return cnet_error_set(err, EINVAL, "setting \"%s\": not a file of procfs", key);

	*ret = take_fd(&fd);
	return 0;
}

static int read_setting(const char *key, char *value, struct cnet_error *err)
{
	AUTO_CLOSE int fd = -1;
	size_t have = 0;
	ssize_t n;
	int r;

	r = open_setting(key, O_RDONLY, &fd, err);
	if (r < 0)
		return r;

	do {
		n = read(fd, value + have, VALUE_MAX - 1 - have);
		if (n < 0 && errno != EINTR)
			return cnet_error_set(err, errno, "setting \"%s\": read: %s", key,
					      strerror(errno));
		have += n > 0 ? (size_t)n : 0;
	} while (n != 0 && have < VALUE_MAX - 1);

	while (have > 0 && value[have - 1] == '\n')
		have--;
	value[have] = '\0';
	return 0;
}

/* At once, as the kernel takes each write() for a whole value. */
static int write_setting(const char *key, const char *value, struct cnet_error *err)
{
	AUTO_CLOSE int fd = -1;
	ssize_t n;
	int r;

	r = open_setting(key, O_WRONLY, &fd, err);
	if (r < 0)
		return r;

	do {
		n = write(fd, value, strlen(value));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return cnet_error_set(err, errno, "setting \"%s\": write \"%s\": %s", key, value,
				      strerror(errno));

	return 0;
}

/* "1 2" is what "1<tab>2" is: the kernel writes tabs between numbers, people spaces. */
static int is_equal(const char *a, const char *b)
{
	static const char space[] = " \t";

	for (;;) {
		size_t n;

		a += strspn(a, space);
		b += strspn(b, space);
		n = strcspn(a, space);
		if (n != strcspn(b, space) || strncmp(a, b, n) != 0)
			return 0;
		if (n == 0)
			return 1;
		a += n;
		b += n;
	}
}

static int set_one(const struct cnet_sysctl *setting, struct old *old, struct cnet_error *err)
{
	AUTO_FREE char *copy = NULL;
	char value[VALUE_MAX];
	int r;

	r = read_setting(setting->key, value, err);
	if (r < 0)
		return r;
	if (is_equal(value, setting->value))
		return 0;

	copy = strdup(value);
	if (copy == NULL)
		return cnet_error_set(err, ENOMEM, "setting \"%s\": out of memory", setting->key);
	r = write_setting(setting->key, setting->value, err);
	if (r < 0)
		return r;

	old->value = take(copy);
	return 0;
}

/* Last first. A setting that is gone went with its link. */
static int restore(void *arg, struct cnet_error *err)
{
	struct change *change = arg;
	struct cnet_error all = { 0 };
	size_t i;

	for (i = change->count; i > 0; i--) {
		const struct old *old = &change->old[i - 1];
		struct cnet_error why = { 0 };

		if (old->value != NULL && write_setting(old->key, old->value, &why) < 0 &&
		    why.code != ENOENT)
			ignore(cnet_error_append(&all, &why)); /* the others are restored */
	}

	return all.code != 0 ? cnet_error_set(err, all.code, "%s", all.message) : 0;
}

static int undo(void *arg, struct cnet_error *err)
{
	struct change *change = arg;

	return cnet_netns_call(change->ns, restore, change, err);
}

static int set_all(void *arg, struct cnet_error *err)
{
	struct change *change = arg;
	size_t i;
	int r;

	for (i = 0; i < change->count; i++) {
		r = set_one(&change->settings[i], &change->old[i], err);
		if (r < 0) {
			ignore(restore(change, NULL)); /* the first error is reported */
			return r;
		}
	}

	return 0;
}

static int prepare(struct cnet_netns *ns, const struct cnet_sysctl *settings, size_t count,
		   struct change **ret, struct cnet_error *err)
{
	__attribute__((cleanup(change_auto))) struct change *change = NULL;
	size_t i;
	int r;

	change = calloc(1, sizeof(*change) + count * sizeof(change->old[0]));
	if (change == NULL)
		return cnet_error_set(err, ENOMEM, "settings: out of memory");
	change->ns = ns;
	change->settings = settings;
	change->count = count;

	for (i = 0; i < count; i++) {
		r = key_check(settings[i].key, err);
		if (r < 0)
			return r;
		r = value_check(&settings[i], err);
		if (r < 0)
			return r;
		change->old[i].key = strdup(settings[i].key);
		if (change->old[i].key == NULL)
			return cnet_error_set(err, ENOMEM, "settings: out of memory");
	}

	*ret = take(change);
	return 0;
}

int cnet_sysctl_set(struct cnet_netns *ns, struct cnet_txn *txn, const struct cnet_sysctl *settings,
		    size_t count, struct cnet_error *err)
{
	__attribute__((cleanup(change_auto))) struct change *change = NULL;
	int r;

	r = prepare(ns, settings, count, &change, err);
	if (r < 0)
		return r;
	r = cnet_txn_reserve(txn, err);
	if (r < 0)
		return r;
	r = cnet_netns_call(ns, set_all, change, err);
	if (r < 0)
		return r;

	cnet_txn_push(txn, undo, take(change), change_free);
	return 0;
}

struct reading {
	const char *key;
	char value[VALUE_MAX];
};

static int get(void *arg, struct cnet_error *err)
{
	struct reading *rd = arg;

	return read_setting(rd->key, rd->value, err);
}

int cnet_sysctl_get(struct cnet_netns *ns, const char *key, char **ret, struct cnet_error *err)
{
	struct reading rd = { .key = key };
	char *copy;
	int r;

	r = key_check(key, err);
	if (r < 0)
		return r;
	r = cnet_netns_call(ns, get, &rd, err);
	if (r < 0)
		return r;

	copy = strdup(rd.value);
	if (copy == NULL)
		return cnet_error_set(err, ENOMEM, "setting \"%s\": out of memory", key);

	*ret = copy;
	return 0;
}
