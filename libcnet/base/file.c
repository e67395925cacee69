/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that hold state: read whole, replaced at once, locked with a time limit. */

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/auto.h"
#include "base/text.h"

/* NONBLOCK: a FIFO or device under a name of ours must not hold us up. */
enum { SAFE = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY };

int cnet__dir_open(const char *path, mode_t mode, int *ret, struct cnet_error *err)
{
	char part[PATH_MAX];
	char *p;
	int fd;

	if (cnet__text_format(part, sizeof(part), "%s", path) < 0)
		return cnet_error_set(err, ENAMETOOLONG, "directory \"%s\": too long", path);

	fd = open(path, O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && mode != 0) {
		for (p = part + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
			*p = '\0';
			if (mkdir(part, mode) < 0 && errno != EEXIST)
				return cnet_error_set(err, errno, "make directory \"%s\": %s", part,
						      strerror(errno));
		}
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return cnet_error_set(err, errno, "make directory \"%s\": %s", part,
					      strerror(errno));
		fd = open(path, O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0)
		return cnet_error_set(err, errno, "directory \"%s\": %s", path, strerror(errno));

	*ret = fd;
	return 0;
}

static int open_error(const char *name, int error, struct cnet_error *err)
{
	return cnet_error_set(err, error, "%s: %s", name,
			      error == ELOOP ? "is a symbolic link" : strerror(error));
}

int cnet__dir_open_at(int dir, const char *name, mode_t mode, int *ret, struct cnet_error *err)
{
	struct stat st;
	int fd, error;

	if (mode != 0 && mkdirat(dir, name, mode) < 0 && errno != EEXIST)
		return cnet_error_set(err, errno, "make directory \"%s\": %s", name,
				      strerror(errno));

	fd = openat(dir, name, O_DIRECTORY | SAFE);
	if (fd < 0) {
		error = errno;
		/* With O_DIRECTORY the kernel gives ENOTDIR for a symbolic link too. */
		if (error == ENOTDIR && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st.st_mode))
			error = ELOOP;
		return open_error(name, error, err);
	}

	*ret = fd;
	return 0;
}

static int open_regular(int dir, const char *name, int flags, struct stat *st,
			struct cnet_error *err)
{
	AUTO_CLOSE int fd = openat(dir, name, flags, 0600);

	if (fd < 0)
		return open_error(name, errno, err);

	if (fstat(fd, st) < 0)
		return open_error(name, errno, err);
	if (!S_ISREG(st->st_mode))
		return cnet_error_set(err, EINVAL, "%s: not a regular file", name);

	return take_fd(&fd);
}

static int read_all(int fd, char *data, size_t room, size_t *length)
{
	size_t have = 0;

	while (have < room) {
		ssize_t n = read(fd, data + have, room - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}

	*length = have;
	return 0;
}

/* Takes the descriptor. A file of /proc says that it is empty, and has up to a page. */
static int read_regular(int opened, const struct stat *st, const char *name, size_t limit,
			char **ret, size_t *length, struct cnet_error *err)
{
	const size_t page = limit < 4096 ? limit : 4096;
	const size_t room = st->st_size > 0 ? (size_t)st->st_size : page;
	AUTO_CLOSE int fd = opened;
	AUTO_FREE char *data = NULL;
	size_t have = 0;
	int r;

	if (room > limit)
		return cnet_error_set(err, EFBIG, "%s: larger than %zu bytes", name, limit);

	data = malloc(room + 1);
	if (data == NULL)
		return cnet_error_set(err, ENOMEM, "%s: out of memory", name);

	r = read_all(fd, data, room, &have);
	if (r < 0)
		return cnet_error_set(err, -r, "%s: read: %s", name, strerror(-r));

	data[have] = '\0';
	*length = have;
	*ret = take(data);
	return 0;
}

int cnet__path_read(const char *path, size_t limit, char **ret, size_t *length,
		    struct cnet_error *err)
{
	struct stat st;
	int fd;

	fd = open_regular(AT_FDCWD, path, O_RDONLY | (SAFE & ~O_NOFOLLOW), &st, err);
	if (fd < 0)
		return fd;

	return read_regular(fd, &st, path, limit, ret, length, err);
}

int cnet__file_read(int dir, const char *name, size_t limit, char **ret, size_t *length,
		    struct cnet_error *err)
{
	struct stat st;
	int fd;

	fd = open_regular(dir, name, O_RDONLY | SAFE, &st, err);
	if (fd < 0)
		return fd;

	return read_regular(fd, &st, name, limit, ret, length, err);
}

static int write_all(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		length -= (size_t)n;
	}

	return 0;
}

/*
 * A file that is being written. It has no name, so that no kill can leave it behind, but on
 * filesystems that know no such files (NFS, FUSE, older overlayfs) one that no reader looks at.
 * It is not flushed to the disk: what the state describes ends with the machine's uptime too.
 */
struct draft {
	int dir;
	int fd;
	bool named;
	char name[NAME_MAX + 1];
};

static void draft_close(struct draft *draft)
{
	if (draft->named)
		unlinkat(draft->dir, draft->name, 0);
	if (draft->fd >= 0)
		close(draft->fd);
}

#define AUTO_DRAFT __attribute__((cleanup(draft_close)))

static int draft_open(struct draft *draft, mode_t mode)
{
	draft->fd = openat(draft->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
	if (draft->fd >= 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != EISDIR)
		return -errno;

	unlinkat(draft->dir, draft->name, 0);
	draft->fd = openat(draft->dir, draft->name, O_CREAT | O_EXCL | O_WRONLY | SAFE, mode);
	draft->named = draft->fd >= 0;

	return draft->named ? 0 : -errno;
}

static int draft_link(const struct draft *draft, const char *name)
{
	char path[32];
	int r;

	if (draft->named)
		return linkat(draft->dir, draft->name, draft->dir, name, 0) < 0 ? -errno : 0;

	r = cnet__text_format(path, sizeof(path), "/proc/self/fd/%d", draft->fd);
	if (r < 0)
		return r;

	return linkat(AT_FDCWD, path, draft->dir, name, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}

/* rename() replaces a file, and linkat() does not: a nameless file gets a name before it. */
static int draft_rename(struct draft *draft, const char *name)
{
	int r;

	if (!draft->named) {
		unlinkat(draft->dir, draft->name, 0);
		r = draft_link(draft, draft->name);
		if (r < 0)
			return r;
		draft->named = true;
	}

	if (renameat(draft->dir, draft->name, draft->dir, name) < 0)
		return -errno;

	draft->named = false;
	return 0;
}

static const char leftover_end[] = ".new";

static int draft_finish(int dir, const char *name, const void *data, size_t length, mode_t mode,
			int (*finish)(struct draft *draft, const char *name))
{
	AUTO_DRAFT struct draft draft = { .dir = dir, .fd = -1 };
	int r;

	r = cnet__text_format(draft.name, sizeof(draft.name), ".%s%s", name, leftover_end);
	if (r == 0)
		r = draft_open(&draft, mode);
	if (r == 0)
		r = write_all(draft.fd, data, length);
	if (r == 0)
		r = finish(&draft, name);

	return r;
}

int cnet__file_is_leftover(const char *name)
{
	const size_t length = strlen(name), end = strlen(leftover_end);

	return name[0] == '.' && length > end && strcmp(name + length - end, leftover_end) == 0;
}

static int finish_create(struct draft *draft, const char *name)
{
	return draft_link(draft, name);
}

int cnet__file_create(int dir, const char *name, const void *data, size_t length, mode_t mode,
		      struct cnet_error *err)
{
	int r;

	r = draft_finish(dir, name, data, length, mode, finish_create);
	if (r < 0 && r != -EEXIST)
		return cnet_error_set(err, -r, "%s: create: %s", name, strerror(-r));

	return r;
}

int cnet__file_replace(int dir, const char *name, const void *data, size_t length, mode_t mode,
		       struct cnet_error *err)
{
	unsigned int tries = 100;
	int r;

	/* Another writer of the file may have removed or taken our temporary name. */
	do {
		r = draft_finish(dir, name, data, length, mode, draft_rename);
	} while ((r == -ENOENT || r == -EEXIST) && --tries > 0);
	if (r < 0)
		return cnet_error_set(err, -r, "%s: replace: %s", name, strerror(-r));

	return 0;
}

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int cnet__file_lock(int dir, const char *name, unsigned int seconds, int *ret,
		    struct cnet_error *err)
{
	const int64_t end = milliseconds() + (int64_t)seconds * 1000;
	struct timespec pause = { .tv_nsec = 50000 };
	AUTO_CLOSE int fd = -1;
	struct stat st;

	fd = open_regular(dir, name, O_RDONLY | O_CREAT | SAFE, &st, err);
	if (fd < 0)
		return fd;

	/* flock() has no time limit, and a signal to end it would be the whole process's. */
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return cnet_error_set(err, errno, "%s: lock: %s", name, strerror(errno));
		if (milliseconds() >= end)
			return cnet_error_set(err, EAGAIN, "%s: locked by another process for %u s",
					      name, seconds);
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 2000000)
			pause.tv_nsec *= 2;
	}

	*ret = take_fd(&fd);
	return 0;
}
