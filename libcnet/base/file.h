/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that hold state: read whole, replaced at once, locked with a time limit. */
#ifndef CNET_BASE_FILE_H
#define CNET_BASE_FILE_H

#include <sys/types.h>

#include <cnet/error.h>

/*
 * Names are relative to a directory that is held open, and are never followed through a symbolic
 * link: the folders that hold state may be open to others than root. Only the two functions that
 * take a path follow it as everybody does, since the administrator wrote it.
 *
 * A writer that is killed leaves at most ".NAME.new" behind, which the next writer of the same file
 * replaces. Writers of one file that do not lock each other out all succeed; the last one wins.
 */

/*
 * Opens a directory, with its missing parents made with this mode where mode is not 0.
 * 0; -ENOENT: absent and mode is 0; what mkdir() and open() give.
 */
int cnet__dir_open(const char *path, mode_t mode, int *ret, struct cnet_error *err) CNET_NODISCARD;

/*
 * Opens a directory in another, made with this mode where mode is not 0.
 * 0; -ENOENT: absent and mode is 0; -ENOTDIR: something else; -ELOOP: a symbolic link.
 */
int cnet__dir_open_at(int dir, const char *name, mode_t mode, int *ret,
		      struct cnet_error *err) CNET_NODISCARD;

/* Like cnet__file_read(), of a file that somebody else keeps and that may be a link to another. */
int cnet__path_read(const char *path, size_t limit, char **ret, size_t *length,
		    struct cnet_error *err) CNET_NODISCARD;

/*
 * Reads a regular file of at most limit bytes; a '\0' is put behind the text.
 * 0; -ENOENT; -EINVAL: not a regular file; -ELOOP: a symbolic link; -EFBIG.
 */
int cnet__file_read(int dir, const char *name, size_t limit, char **ret, size_t *length,
		    struct cnet_error *err) CNET_NODISCARD;

/* Replaces a file, or whatever has its name: the new one is there whole or not at all. */
int cnet__file_replace(int dir, const char *name, const void *data, size_t length, mode_t mode,
		       struct cnet_error *err) CNET_NODISCARD;

/*
 * Makes a file, which must not exist yet, whole or not at all.
 * 0; -EEXIST (without a message: the caller goes on to the next name).
 */
int cnet__file_create(int dir, const char *name, const void *data, size_t length, mode_t mode,
		      struct cnet_error *err) CNET_NODISCARD;

/* Is it the name of such a leftover? 1 or 0. Whoever locks all writers out may remove it. */
int cnet__file_is_leftover(const char *name);

/*
 * Takes an exclusive flock() on a file, which is made if absent; close the descriptor to release
 * it. 0; -EAGAIN: somebody held it for all of the seconds; -EINVAL, -ELOOP, -EISDIR: not a regular
 * file.
 */
int cnet__file_lock(int dir, const char *name, unsigned int seconds, int *ret,
		    struct cnet_error *err) CNET_NODISCARD;

#endif
