/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where `cnet` looks for plugins. */

#include "cli.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/text.h"

static const char bindir[] = BINDIR;
static const char plugindir[] = PLUGINDIR;

/* Length of what two absolute paths share, in whole components. */
static size_t shared_length(const char *a, const char *b)
{
	size_t shared = 0;
	size_t i;

	for (i = 0; a[i] != '\0' && a[i] == b[i]; i++) {
		if (a[i] == '/')
			shared = i;
	}
	if ((a[i] == '\0' || a[i] == '/') && (b[i] == '\0' || b[i] == '/'))
		shared = i;

	return shared;
}

/*
 * The plugins' folder as seen from the program's: right under any DESTDIR, and under another prefix
 * too. From the build tree, which build.ninja gives away, the plugins just built are taken.
 */
static int own_folder(const char *program_folder, char *text, size_t size)
{
	const size_t shared = shared_length(bindir, plugindir);
	const char *p = bindir + shared;
	char up[PATH_MAX] = "";
	size_t length = 0;

	if (cnet__text_format(text, size, "%s/../build.ninja", program_folder) == 0 &&
	    access(text, F_OK) == 0)
		return cnet__text_format(text, size, "%s/../plugins/bin", program_folder);

	for (; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		if (cnet__text_format(up + length, sizeof(up) - length, "/..") < 0)
			return -ENAMETOOLONG;
		length += strlen("/..");
	}

	return cnet__text_format(text, size, "%s%s%s", program_folder, up, plugindir + shared);
}

int plugin_path(const char *first, char **ret, struct cnet_error *err)
{
	char program[PATH_MAX] = "";
	char own[PATH_MAX] = PLUGINDIR;
	char *resolved = NULL;
	char *path;
	int n;

	/* Without /proc there is no telling where the program lies: the configured folder it is. */
	if (readlink("/proc/self/exe", program, sizeof(program) - 1) > 0 &&
	    own_folder(dirname(program), own, sizeof(own)) == 0)
		resolved = realpath(own, NULL);

	n = asprintf(&path, "%s%s%s:/opt/cni/bin:/usr/lib/cni", first, *first != '\0' ? ":" : "",
		     resolved != NULL ? resolved : plugindir);
	free(resolved);
	if (n < 0)
		return cnet_error_set(err, ENOMEM, "plugin path: out of memory");

	*ret = path;
	return 0;
}
