/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin's main(), called within the test, with environment and streams of its own. */
#ifndef CNET_TESTS_UNIT_CNI_PROGRAM_H
#define CNET_TESTS_UNIT_CNI_PROGRAM_H

#include <fcntl.h>
#include <unistd.h>

#include <cnet/cni.h>

#include "harness/test.h"

/* What it printed, as text. */
struct printed {
	int status;
	char out[8192];
	char err[8192];
};

static inline int program_stream(const char *text)
{
	FILE *file = tmpfile();
	int fd;

	CHECK(file != NULL && fputs(text, file) >= 0 && fflush(file) == 0);
	rewind(file);
	fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 20);
	fclose(file);
	CHECK(fd >= 0);
	return fd;
}

static inline void program_read(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	CHECK(n >= 0);
	text[n] = '\0';
	close(fd);
}

/*
 * Runs it with what is in the environment. out: its standard output; -1: a file, which is read
 * back. The test's own streams are put back afterwards, for its report.
 */
static inline struct printed program_run(const struct cnet_cni_plugin *const *plugins,
					 const char *argv0, const char *input, int out)
{
	int streams[] = { program_stream(input), out >= 0 ? out : program_stream(""),
			  program_stream("") };
	struct printed printed = { .status = -1 };
	int saved[3];
	int i;

	for (i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 20);
		CHECK(saved[i] >= 0 && dup2(streams[i], i) == i);
	}
	printed.status = cnet_cni_main_many(plugins, argv0);
	for (i = 0; i < 3; i++) {
		CHECK(dup2(saved[i], i) == i);
		close(saved[i]);
	}

	close(streams[0]);
	if (out < 0)
		program_read(streams[1], printed.out, sizeof(printed.out));
	program_read(streams[2], printed.err, sizeof(printed.err));
	return printed;
}

/* The environment of a verb; the namespace is none, which only matters to who opens it. */
static inline void program_environment(const char *verb)
{
	clearenv();
	setenv("CNI_COMMAND", verb, 1);
	setenv("CNI_CONTAINERID", "box", 1);
	setenv("CNI_NETNS", "/nonexistent", 1);
	setenv("CNI_IFNAME", "eth0", 1);
	setenv("CNI_PATH", "/nonexistent", 1);
	setenv("PATH", "/usr/bin:/bin", 1);
}

#endif
