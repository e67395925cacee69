/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that hold state: read whole, replaced at once, locked with a time limit. */

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

static int open_regular(int dir, const char *name, int flags, struct stat *st,
			struct cnet_error *err)
{
	int fd = openat(dir, name, flags | SAFE, 0600);

	if (fd < 0)
		return cnet_error_set(err, errno, "%s: %s", name, strerror(errno));

	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode)) {
		close(fd);
		return cnet_error_set(err, EINVAL, "%s: not a regular file", name);
	}

	return fd;
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

int cnet__file_read(int dir, const char *name, size_t limit, char **ret, size_t *length,
		    struct cnet_error *err)
{
	AUTO_FREE char *data = NULL;
	AUTO_CLOSE int fd = -1;
	struct stat st;
	size_t room;
	int r;

	fd = open_regular(dir, name, O_RDONLY, &st, err);
	if (fd < 0)
		return fd;
	if ((uintmax_t)st.st_size > limit)
		return cnet_error_set(err, EFBIG, "%s: larger than %zu bytes", name, limit);

	room = (size_t)st.st_size;
	data = malloc(room + 1);
	if (data == NULL)
		return cnet_error_set(err, ENOMEM, "%s: out of memory", name);

	r = read_all(fd, data, room, length);
	if (r < 0)
		return cnet_error_set(err, -r, "%s: read: %s", name, strerror(-r));

	data[*length] = '\0';
	*ret = take(data);
	return 0;
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
 * Writes to a nameless file, which no kill can leave behind. It is not flushed to the disk: what
 * the state describes ends with the machine's uptime too.
 */
static int write_nameless(int dir, const void *data, size_t length, mode_t mode, int *ret)
{
	AUTO_CLOSE int fd = -1;
	int r;

	fd = openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;

	r = write_all(fd, data, length);
	if (r < 0)
		return r;

	*ret = take_fd(&fd);
	return 0;
}

static int link_nameless(int fd, int dir, const char *name)
{
	char path[32];
	int r;

	r = cnet__text_format(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (r < 0)
		return r;

	return linkat(AT_FDCWD, path, dir, name, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}

int cnet__file_create(int dir, const char *name, const void *data, size_t length, mode_t mode,
		      struct cnet_error *err)
{
	AUTO_CLOSE int fd = -1;
	int r;

	r = write_nameless(dir, data, length, mode, &fd);
	if (r == 0)
		r = link_nameless(fd, dir, name);
	if (r == -EEXIST)
		return r;
	if (r < 0)
		return cnet_error_set(err, -r, "%s: create: %s", name, strerror(-r));

	return 0;
}

int cnet__file_replace(int dir, const char *name, const void *data, size_t length, mode_t mode,
		       struct cnet_error *err)
{
	char temporary[NAME_MAX + 1];
	AUTO_CLOSE int fd = -1;
	int r;

	/* One name for all: a leftover of a killed writer is overwritten by the next. */
	if (cnet__text_format(temporary, sizeof(temporary), ".%s.new", name) < 0)
		return cnet_error_set(err, ENAMETOOLONG, "%s: name too long", name);

	r = write_nameless(dir, data, length, mode, &fd);
	if (r == 0) {
		unlinkat(dir, temporary, 0);
		r = link_nameless(fd, dir, temporary);
	}
	if (r == 0 && renameat(dir, temporary, dir, name) < 0)
		r = -errno;
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
	const struct timespec pause = { .tv_nsec = 2000000 };
	const int64_t end = milliseconds() + (int64_t)seconds * 1000;
	AUTO_CLOSE int fd = -1;
	struct stat st;

	fd = open_regular(dir, name, O_RDONLY | O_CREAT, &st, err);
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
	}

	*ret = take_fd(&fd);
	return 0;
}
