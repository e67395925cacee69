/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of a test's own. */

#include "harness/folder.h"

#include <dirent.h>
#include <limits.h>
#include <unistd.h>

#include "harness/test.h"

static char folder[] = "/tmp/cnet-test-XXXXXX";
static pid_t owner;

/* A child that the test forks exits with the same handlers. */
static void remove_folder(void)
{
	if (getpid() == owner)
		test_command(NULL, "rm -rf %s", folder);
}

const char *test_folder(void)
{
	if (owner != 0)
		FAIL("a test has one folder");
	if (mkdtemp(folder) == NULL)
		FAIL("mkdtemp failed");

	owner = getpid();
	atexit(remove_folder);
	return folder;
}

static FILE *file_open(const char *below, const char *name, const char *mode)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", below, name);
	file = fopen(path, mode);
	if (file == NULL)
		FAIL("cannot open %s", path);
	return file;
}

void test_write(const char *below, const char *name, const char *text)
{
	FILE *file = file_open(below, name, "w");

	fputs(text, file);
	if (fclose(file) != 0)
		FAIL("cannot write %s", name);
}

const char *test_read(const char *below, const char *name)
{
	static char text[4096];
	FILE *file = file_open(below, name, "r");

	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static int visible(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

const char *test_names(const char *below)
{
	static char text[65536];
	struct dirent **entries;
	int count = scandir(below, &entries, visible, alphasort), i;
	size_t length = 0;

	text[0] = '\0';
	for (i = 0; i < count; i++) {
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s ",
					   entries[i]->d_name);
		if (length >= sizeof(text))
			FAIL("too many names in %s", below);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);

	return text;
}
