/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "harness/test.h"

enum { INTERNAL = CNET_CNI_EBASE + 999 };

/* A folder for one test, with a plugin in it that is a shell script. */
struct plugin {
	char folder[32];
	char path[48];
};

static struct plugin plugin_make(const char *script)
{
	struct plugin p = { .folder = "/tmp/cnet-exec-XXXXXX" };
	FILE *file;

	CHECK(mkdtemp(p.folder) != NULL);
	snprintf(p.path, sizeof(p.path), "%s/plug", p.folder);
	file = fopen(p.path, "we");
	CHECK(file != NULL);
	fprintf(file, "#!/bin/sh\n%s\n", script);
	CHECK(fclose(file) == 0 && chmod(p.path, 0755) == 0);
	return p;
}

static void plugin_remove(const struct plugin *p)
{
	unlink(p->path);
	rmdir(p->folder);
}

static int run(const char *script, const char *input, char **ret, struct cnet_error *err)
{
	static const char *const environment[] = { "CNI_COMMAND=ADD", "CNET_TEST=new", NULL };
	struct plugin p = plugin_make(script);
	struct cnet__exec exec = { .program = p.path,
				   .environment = environment,
				   .input = input,
				   .length = strlen(input) };
	int r = cnet__exec_run(&exec, ret, err);

	plugin_remove(&p);
	return r;
}

TEST(find)
{
	struct cnet_error err = { 0 };
	struct plugin p = plugin_make("");
	AUTO_FREE char *found = NULL;
	char path[128];

	snprintf(path, sizeof(path), "/nonexistent::/tmp:%s", p.folder);
	OK(cnet__exec_find("plug", path, &found, &err));
	STRINGS_EQUAL(found, p.path);

	FAILS_WITH(CNET_CNI_ECONFIG, "no plugin name", cnet__exec_find("", path, &found, &err));
	FAILS_WITH(CNET_CNI_ECONFIG, "invalid plugin name: \"../plug\"",
		   cnet__exec_find("../plug", path, &found, &err));
	FAILS_WITH(CNET_CNI_ECONFIG, "failed to find plugin \"..\" in path [",
		   cnet__exec_find("..", path, &found, &err));
	FAILS_WITH(CNET_CNI_ECONFIG, "failed to find plugin \"plug\" in path []",
		   cnet__exec_find("plug", "", &found, &err));
	plugin_remove(&p);
}

TEST(input_environment_and_output)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *output = NULL;

	setenv("CNET_TEST", "old", 1);
	setenv("CNET_TEST_KEPT", "kept", 1);
	OK(run("echo $CNI_COMMAND $CNET_TEST $CNET_TEST_KEPT; cat /dev/stdin", "in\nput", &output,
	       &err));
	STRINGS_EQUAL(output, "ADD new kept\nin\nput");
}

TEST(nothing_at_all)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *output = NULL;

	OK(run("cat", "", &output, &err));
	STRINGS_EQUAL(output, "");
}

TEST(much_of_both_before_it_reads)
{
	enum { MUCH = 700000 };
	struct cnet_error err = { 0 };
	AUTO_FREE char *input = calloc(1, MUCH + 1);
	AUTO_FREE char *output = NULL;

	memset(input, 'x', MUCH);
	OK(run("head -c 300000 /dev/zero | tr '\\0' y; cat", input, &output, &err));
	INTEGERS_EQUAL(strlen(output), 300000 + MUCH);
}

TEST(input_that_is_not_read)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *input = calloc(1, 200001);
	AUTO_FREE char *output = NULL;

	memset(input, 'x', 200000);
	OK(run("exec true", input, &output, &err));
}

TEST(too_much_output_is_refused)
{
	struct cnet_error err = { 0 };
	char *output = NULL;

	FAILS_WITH(EFBIG, "wrote more than 1048576 bytes",
		   run("exec cat /dev/zero", "", &output, &err));
	CHECK(output == NULL);
}

TEST(error_objects_keep_their_code)
{
	struct cnet_error err = { 0 };
	char *output = NULL;

	FAILS_WITH(CNET_CNI_EAGAIN, "no; not now",
		   run("echo '{\"code\": 11, \"msg\": \"no\", \"details\": \"not now\"}'; exit 1",
		       "", &output, &err));
	CHECK(output == NULL);
}

TEST(failures_without_an_object)
{
	struct cnet_error err = { 0 };
	char *output = NULL;

	FAILS_WITH(INTERNAL, "netplugin failed with no error message: exit status 3",
		   run("exit 3", "", &output, &err));
	FAILS_WITH(INTERNAL, "netplugin failed with no error message: signal: Killed",
		   run("kill -9 $$", "", &output, &err));
	FAILS_WITH(INTERNAL, "netplugin failed: \"woe\n\"",
		   run("echo woe >&2; exit 1", "", &output, &err));
	FAILS_WITH(INTERNAL, "netplugin failed but error parsing its diagnostic message \"woe\n\"",
		   run("echo woe; exit 1", "", &output, &err));
}

TEST(long_errors_are_cut_but_forwarded_whole)
{
	struct cnet_error err = { 0 };
	char *output = NULL;
	FILE *file = tmpfile();

	CHECK(file != NULL && dup2(fileno(file), STDERR_FILENO) >= 0);
	FAILS_WITH(INTERNAL, "netplugin failed: \"zzzz",
		   run("head -c 100000 /dev/zero | tr '\\0' z >&2; exit 1", "", &output, &err));
	INTEGERS_EQUAL(lseek(fileno(file), 0, SEEK_END), 100000);
}

TEST(programs_that_cannot_be_run)
{
	static const char *const none[] = { NULL };
	struct cnet__exec exec = { .program = "/nonexistent", .environment = none, .input = "" };
	struct cnet_error err = { 0 };
	char *output = NULL;

	FAILS_WITH(ENOENT, "/nonexistent: No such file", cnet__exec_run(&exec, &output, &err));
	exec.program = "/dev/null";
	FAILS_WITH(EACCES, "/dev/null: Permission denied", cnet__exec_run(&exec, &output, &err));
}

TEST(a_daemon_left_behind_is_not_waited_for)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *output = NULL;

	OK(run("echo first; sleep 1000 & echo $!", "", &output, &err));
	CHECK(strncmp(output, "first\n", 6) == 0);
	kill((pid_t)atoi(output + 6), SIGKILL);
}

static void run_without(unsigned int streams)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *output = NULL;
	int saved[3], r, i;

	for (i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		if (streams & 1u << i)
			close(i);
	}
	r = run("cat; echo noise >&2", "input", &output, &err);
	for (i = 0; i < 3; i++) {
		CHECK(dup2(saved[i], i) == i);
		close(saved[i]);
	}

	INTEGERS_EQUAL(r, 0);
	STRINGS_EQUAL(output, "input");
}

TEST(standard_streams_that_are_closed)
{
	unsigned int streams;

	for (streams = 0; streams < 8; streams++)
		run_without(streams);
}

TEST(signals_are_as_a_plugin_expects)
{
	struct cnet_error err = { 0 };
	unsigned long long blocked, ignored;
	AUTO_FREE char *output = NULL;
	sigset_t all;

	signal(SIGPIPE, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	OK(run("grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '[:space:]'", "", &output, &err));
	CHECK(sscanf(output, "SigBlk:%16llxSigIgn:%16llx", &blocked, &ignored) == 2);
	INTEGERS_EQUAL(blocked, 0);
	INTEGERS_EQUAL(ignored & 1 << (SIGPIPE - 1), 0);
}

TEST(no_descriptor_is_inherited)
{
	struct cnet_error err = { 0 };
	AUTO_FREE char *output = NULL;
	int fd;

	for (fd = 3; fd < 1024; fd++) /* what this program itself was given */
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	OK(run("ls /proc/self/fd | tr -d '\\n'", "", &output, &err));
	STRINGS_EQUAL(output, "0123"); /* 3 is what ls itself has open */
}

static void *close_later(void *arg)
{
	const struct timespec pause = { .tv_nsec = 100000000 };

	nanosleep(&pause, NULL);
	close(*(int *)arg);
	return NULL;
}

TEST(a_program_that_is_being_written_is_tried_again)
{
	static const char *const none[] = { NULL };
	struct plugin p = plugin_make("echo done");
	struct cnet__exec exec = { .program = p.path, .environment = none, .input = "" };
	struct cnet_error err = { 0 };
	AUTO_FREE char *output = NULL;
	int writer = open(p.path, O_WRONLY | O_CLOEXEC);
	pthread_t thread;

	CHECK(writer >= 0 && pthread_create(&thread, NULL, close_later, &writer) == 0);
	OK(cnet__exec_run(&exec, &output, &err));
	pthread_join(thread, NULL);
	STRINGS_EQUAL(output, "done\n");
	plugin_remove(&p);
}
