/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that hold state: read whole, replaced at once, locked with a time limit. */
#ifndef CNET_BASE_FILE_H
#define CNET_BASE_FILE_H

#include <sys/types.h>

#include <cnet/error.h>

/*
 * All paths are relative to a directory that is held open, and are never followed through a
 * symbolic link: the folders that hold state may be open to others than root.
 */

/*
 * Opens a directory, with its missing parents made with this mode where mode is not 0.
 * 0; -ENOENT: absent and mode is 0; what mkdir() and open() give.
 */
int cnet__dir_open(const char *path, mode_t mode, int *ret, struct cnet_error *err) CNET_NODISCARD;

/*
 * Reads a regular file of at most limit bytes; a '\0' is put behind the text.
 * 0; -ENOENT; -EINVAL: not a regular file; -EFBIG.
 */
int cnet__file_read(int dir, const char *name, size_t limit, char **ret, size_t *length,
		    struct cnet_error *err) CNET_NODISCARD;

/* Writes a file anew under a temporary name, then renames it: it is there whole or not at all. */
int cnet__file_replace(int dir, const char *name, const void *data, size_t length, mode_t mode,
		       struct cnet_error *err) CNET_NODISCARD;

/*
 * Like cnet__file_replace(), but the file must not exist yet.
 * 0; -EEXIST (without a message: the caller goes on to the next name).
 */
int cnet__file_create(int dir, const char *name, const void *data, size_t length, mode_t mode,
		      struct cnet_error *err) CNET_NODISCARD;

/*
 * Takes an exclusive flock() on a file, which is made if absent; close the descriptor to release
 * it. 0; -EAGAIN: somebody held it for all of the seconds; -EINVAL: not a regular file.
 */
int cnet__file_lock(int dir, const char *name, unsigned int seconds, int *ret,
		    struct cnet_error *err) CNET_NODISCARD;

#endif
