/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the registered tests, each in a process of its own, and reports in TAP. */

#include "harness/test.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 60, SKIPPED = 77, FAILED = 1 };

extern const struct test __start_cnet_tests[], __stop_cnet_tests[];

void test_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	printf("# %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(FAILED);
}

void test_skip(const char *format, ...)
{
	va_list args;

	printf("# skip: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(SKIPPED);
}

struct command {
	const char *text;
	char *output;
	int status;
};

static int run_command(void *arg, struct cnet_error *err)
{
	struct command *c = arg;
	size_t size;
	FILE *to = open_memstream(&c->output, &size);
	FILE *from = popen(c->text, "r");
	char buffer[4096];
	size_t n;

	if (to == NULL || from == NULL)
		return cnet_error_set(err, errno, "popen: %s", strerror(errno));

	while ((n = fread(buffer, 1, sizeof(buffer), from)) > 0)
		fwrite(buffer, 1, n, to);
	fclose(to);
	n = (size_t)pclose(from);
	c->status = WIFEXITED((int)n) ? WEXITSTATUS((int)n) : 128 + WTERMSIG((int)n);
	return 0;
}

static char *command_output(struct cnet_netns *ns, int *status, const char *format, va_list args)
{
	struct command c = { 0 };
	struct cnet_error err = { 0 };
	char *text, *shell;
	int r;

	if (vasprintf(&text, format, args) < 0 || asprintf(&shell, "exec 2>&1; %s", text) < 0)
		FAIL("out of memory");
	c.text = shell;
	r = ns != NULL ? cnet_netns_call(ns, run_command, &c, &err) : run_command(&c, &err);
	if (r < 0)
		FAIL("%s: %s", text, err.message);
	if (status == NULL && c.status != 0)
		FAIL("%s: exit status %d: %s", text, c.status, c.output);
	if (status != NULL)
		*status = c.status;

	free(shell);
	free(text);
	return c.output;
}

char *test_output(struct cnet_netns *ns, int *status, const char *format, ...)
{
	va_list args;
	char *output;

	va_start(args, format);
	output = command_output(ns, status, format, args);
	va_end(args);
	return output;
}

void test_command(struct cnet_netns *ns, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	free(command_output(ns, NULL, format, args));
	va_end(args);
}

char *test_snapshot(struct cnet_netns *ns)
{
	return test_output(ns, NULL,
			   "ip -d link; ip address; ip route show table all; "
			   "ip -6 route show table all; ip rule; ip -6 rule; ip neighbour; "
			   "nft list ruleset");
}

static void prepare_netns(struct test_netns *t)
{
	struct cnet_error err = { 0 };

	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
		FAIL("unshare: %s (the tests of the kernel need root)", strerror(errno));
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		FAIL("make mounts private: %s", strerror(errno));
	/* udev and the like shall not see our links. */
	if (mount("sysfs", "/sys", "sysfs", MS_RDONLY, NULL) < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL) < 0)
		FAIL("mount: %s", strerror(errno));

	OK(cnet_netns_open(NULL, &t->host, &err));
	OK(cnet_netns_create(&t->box, &err));
	test_command(t->host, "ip link set lo up");
	test_command(t->box, "ip link set lo up");
}

static void run_child(const struct test *test)
{
	struct test_netns t;

	setpgid(0, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(SECONDS);
	if (test->run != NULL) {
		test->run();
	} else {
		prepare_netns(&t);
		test->run_netns(&t);
		cnet_netns_close(t.box);
		cnet_netns_close(t.host);
	}
	exit(0);
}

/* "../tests/unit/value/ip.c" is "unit/value/ip". */
static void test_title(const struct test *test, char *title, size_t size)
{
	const char *file = strstr(test->file, "tests/");

	file = file != NULL ? file + strlen("tests/") : test->file;
	snprintf(title, size, "%.*s: %s", (int)(strlen(file) - 2), file, test->name);
}

static bool run_test(const struct test *test, const char *title, unsigned int number)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		run_child(test);
	if (child < 0 || waitpid(child, &status, 0) < 0) {
		printf("not ok %u %s # fork: %s\n", number, title, strerror(errno));
		return false;
	}
	kill(-child, SIGKILL); /* what it started and did not end, as when its time was up */

	if (WIFSIGNALED(status)) {
		printf("not ok %u %s # %s\n", number, title,
		       WTERMSIG(status) == SIGALRM ? "timed out" : strsignal(WTERMSIG(status)));
		return false;
	}
	if (WEXITSTATUS(status) == SKIPPED) {
		printf("ok %u %s # SKIP\n", number, title);
		return true;
	}
	printf("%s %u %s\n", status == 0 ? "ok" : "not ok", number, title);
	return status == 0;
}

static bool is_wanted(const char *title, int count, char **patterns)
{
	int i;

	for (i = 0; i < count; i++) {
		if (strstr(title, patterns[i]) != NULL)
			return true;
	}

	return count == 0;
}

int main(int argc, char **argv)
{
	const bool list = argc > 1 && strcmp(argv[1], "--list") == 0;
	const struct test *test;
	unsigned int number = 0;
	bool good = true;
	char title[256];

	for (test = __start_cnet_tests; test < __stop_cnet_tests; test++) {
		if (test->self != test)
			FAIL("the table of tests has padding");
		test_title(test, title, sizeof(title));
		if (list)
			printf("%s\n", title);
		else if (is_wanted(title, argc - 1, argv + 1))
			good &= run_test(test, title, ++number);
	}
	if (!list)
		printf("1..%u\n", number);

	return good ? 0 : 1;
}
