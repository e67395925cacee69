/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running a plugin. */
#ifndef CNET_CNI_EXEC_H
#define CNET_CNI_EXEC_H

#include <cnet/error.h>

/*
 * Finds a plugin: the first regular file of that name in a list of directories, separated by
 * colons. *ret is to be freed. 0; -CNET_CNI_ECONFIG: the name is empty or has a '/', or there is
 * no such file; -ENOMEM.
 */
int cnet__exec_find(const char *type, const char *path, char **ret,
		    struct cnet_error *err) CNET_NODISCARD;

/*
 * One run of a plugin:
 * program:     its path
 * environment: "NAME=value" ..., ended by NULL: put in the place of what our own environment, all
 *              of which the plugin gets, has under these names
 * input:       what it reads on its standard input
 * length:      bytes of input
 */
struct cnet__exec {
	const char *program;
	const char *const *environment;
	const char *input;
	size_t length;
};

/*
 * Runs a plugin to its end. What it writes to its standard error goes to ours as it comes.
 * *ret is what it wrote to its standard output, to be freed; a '\0' is put behind.
 *
 * 0: it ended with status 0; otherwise its error: the code of its error object + CNET_CNI_EBASE,
 * and "msg" or "msg; details"; where it left no such object, CNET_CNI_EBASE + 999 and a text that
 * begins with "netplugin failed". Our own: -ENOENT, -EACCES, -ENOEXEC, -E2BIG, -ENOMEM, -EMFILE ...
 */
int cnet__exec_run(const struct cnet__exec *exec, char **ret,
		   struct cnet_error *err) CNET_NODISCARD;

#endif
