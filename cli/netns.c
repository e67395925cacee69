/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operand NETNS: its absolute path, and the container identifier made from it. */

#include "cli.h"

#include <stdio.h>

#include "base/auto.h"
#include "base/sha512.h"

/*
 * Removes "//", "." and ".." from an absolute path by its text alone, as Go's filepath.Clean()
 * does: cnitool hashes what that yields, and only equal hashes find each other's results.
 */
static void clean(char *path)
{
	const char *in = path;
	char *out = path;

	while (*in != '\0') {
		size_t length;

		in += strspn(in, "/");
		length = strcspn(in, "/");
		if (length == 2 && in[0] == '.' && in[1] == '.') {
			while (out > path && *--out != '/')
				;
		} else if (length > 0 && !(length == 1 && in[0] == '.')) {
			*out++ = '/';
			memmove(out, in, length);
			out += length;
		}
		in += length;
	}

	if (out == path)
		*out++ = '/';
	*out = '\0';
}

int netns_path(const char *operand, char **ret, struct cnet_error *err)
{
	AUTO_FREE char *cwd = NULL;
	char *path;
	int n;

	if (strchr(operand, '/') == NULL) {
		n = asprintf(&path, "/run/netns/%s", operand);
	} else if (operand[0] == '/') {
		n = asprintf(&path, "%s", operand);
	} else {
		cwd = getcwd(NULL, 0);
		if (cwd == NULL)
			return cnet_error_set(err, errno, "current directory: %s", strerror(errno));
		n = asprintf(&path, "%s/%s", cwd, operand);
	}
	if (n < 0)
		return cnet_error_set(err, ENOMEM, "namespace \"%s\": out of memory", operand);

	clean(path);
	*ret = path;
	return 0;
}

int netns_container(const char *path, char **ret, struct cnet_error *err)
{
	const char *const parts[] = { path, NULL };
	char hex[20 + 1];
	char *container;

	cnet__sha512_hex(parts, hex, sizeof(hex));
	if (asprintf(&container, "cnitool-%s", hex) < 0)
		return cnet_error_set(err, ENOMEM, "namespace \"%s\": out of memory", path);

	*ret = container;
	return 0;
}
