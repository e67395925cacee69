/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running a plugin.
 *
 * Its input is put into the pipe before it starts, in one write: the pipe is made large enough, and
 * we hold its other end, so that neither a plugin that reads nothing (SIGPIPE) nor one that
 * writes much before it reads (deadlock) is a case of its own. A socket would do no better: shell
 * plugins open /dev/stdin.
 */

#include "cni/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "base/vec.h"
#include "cni/fault.h"

enum {
	OUTPUT_MAX = 1 << 20,
	ERRORS_KEPT = 400, /* of standard error, for a message that holds 508 bytes in all */
	PIPE_DEFAULT = 1 << 16,
	BUSY_TRIES = 100,
	BUSY_PAUSE_NS = 30000000,
};

static int is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int cnet__exec_find(const char *type, const char *path, char **ret, struct cnet_error *err)
{
	const char *p, *end;

	if (*type == '\0')
		return cnet_error_set(err, CNET_CNI_ECONFIG, "no plugin name provided");
	if (strchr(type, '/') != NULL)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "invalid plugin name: \"%s\"", type);

	for (p = path; *p != '\0'; p = *end == ':' ? end + 1 : end) {
		char *candidate;

		end = strchrnul(p, ':');
		if (end == p)
			continue;
		if (asprintf(&candidate, "%.*s/%s", (int)(end - p), p, type) < 0)
			return cnet_error_set(err, ENOMEM, "plugin \"%s\": out of memory", type);
		if (is_regular(candidate)) {
			*ret = candidate;
			return 0;
		}
		free(candidate);
	}

	return cnet_error_set(err, CNET_CNI_ECONFIG, "failed to find plugin \"%s\" in path [%s]",
			      type, path);
}

/* ---- Before ---- */

static int overridden(const char *entry, const char *const *overrides)
{
	size_t length = strcspn(entry, "=") + 1;

	for (; *overrides != NULL; overrides++) {
		if (strncmp(entry, *overrides, length) == 0)
			return 1;
	}

	return 0;
}

static char **environment(const char *const *overrides)
{
	size_t room = 1, count = 0;
	size_t i;
	char **list;

	for (i = 0; environ != NULL && environ[i] != NULL; i++)
		room++;
	for (i = 0; overrides[i] != NULL; i++)
		room++;
	list = calloc(room, sizeof(*list));
	if (list == NULL)
		return NULL;

	for (i = 0; environ != NULL && environ[i] != NULL; i++) {
		if (!overridden(environ[i], overrides))
			list[count++] = environ[i];
	}
	for (i = 0; overrides[i] != NULL; i++)
		list[count++] = (char *)(uintptr_t)overrides[i]; /* execve() changes no string */

	return list;
}

struct channel {
	int reader, writer;
};

static void channel_close(struct channel *channel)
{
	cnet__auto_close(&channel->reader);
	cnet__auto_close(&channel->writer);
}

#define AUTO_CHANNEL __attribute__((cleanup(channel_close))) struct channel

static int channel_open(struct channel *channel)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;

	channel->reader = fds[0];
	channel->writer = fds[1];
	return 0;
}

static int fill(struct channel *channel, const char *input, size_t length)
{
	int r = channel_open(channel);

	if (r < 0)
		return r;
	if (length > PIPE_DEFAULT && fcntl(channel->writer, F_SETPIPE_SZ, (int)length) < 0)
		return -E2BIG;

	/* A user who has very many pipes gets smaller ones: better to fail than to wait for ever.
	 */
	if (fcntl(channel->writer, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	if (length > 0 && write(channel->writer, input, length) != (ssize_t)length)
		return -E2BIG;
	close(take_fd(&channel->writer));
	return 0;
}

static int spawn_attributes(posix_spawnattr_t *attributes)
{
	sigset_t set;
	int r;

	sigemptyset(&set);
	r = posix_spawnattr_setsigmask(attributes, &set);
	if (r == 0) {
		/* Ignored signals stay so across exec, and plugins rely on these two. */
		sigaddset(&set, SIGPIPE);
		sigaddset(&set, SIGCHLD);
		r = posix_spawnattr_setsigdefault(attributes, &set);
	}
	if (r == 0)
		r = posix_spawnattr_setflags(attributes,
					     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

	return -r;
}

/*
 * The pipes are made in this order, too. So, in a program that was started without some of its
 * streams, where the pipes take their numbers, none is trodden on before its turn.
 */
static int spawn_actions(posix_spawn_file_actions_t *actions, int in, int out, int errors)
{
	int r = posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO);

	if (r == 0)
		r = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(actions, errors, STDERR_FILENO);

	return -r;
}

/* A plugin that is just being installed is still open for writing: that passes. */
static int spawn_patiently(pid_t *pid, const char *program, posix_spawn_file_actions_t *actions,
			   posix_spawnattr_t *attributes, char **env)
{
	const struct timespec pause = { .tv_nsec = BUSY_PAUSE_NS };
	char *argv[] = { (char *)(uintptr_t)program, NULL };
	int tries, r;

	for (tries = 0;; tries++) {
		r = posix_spawn(pid, program, actions, attributes, argv, env);
		if (r != ETXTBSY || tries == BUSY_TRIES)
			return -r;
		nanosleep(&pause, NULL);
	}
}

static int spawn(const struct cnet__exec *exec, int in, int out, int errors, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	AUTO_FREE char **env = environment(exec->environment);
	int r;

	if (env == NULL)
		return -ENOMEM;
	r = -posix_spawn_file_actions_init(&actions);
	if (r < 0)
		return r;
	r = -posix_spawnattr_init(&attributes);
	if (r < 0) {
		posix_spawn_file_actions_destroy(&actions);
		return r;
	}

	r = spawn_actions(&actions, in, out, errors);
	if (r == 0)
		r = spawn_attributes(&attributes);
	if (r == 0)
		r = spawn_patiently(pid, exec->program, &actions, &attributes, env);

	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

/* ---- While it runs ---- */

struct output {
	VEC(char) text;
	char errors[ERRORS_KEPT + 1];
	size_t errors_length;
};

static ssize_t read_again(int fd, char *data, size_t size)
{
	ssize_t n;

	do
		n = read(fd, data, size);
	while (n < 0 && errno == EINTR);

	return n;
}

/* 1: there may be more, 0: the end, or -errno. */
static int read_output(int fd, struct output *output)
{
	ssize_t n;

	if (vec_reserve(&output->text, 4096) < 0)
		return -ENOMEM;

	/* vec_reserve() keeps room for the '\0'. */
	n = read_again(fd, output->text.items + output->text.count, 4095);
	if (n <= 0)
		return n < 0 ? -errno : 0;

	output->text.count += (size_t)n;
	return output->text.count > OUTPUT_MAX ? -EFBIG : 1;
}

static int read_errors(int fd, struct output *output)
{
	const size_t room = ERRORS_KEPT - output->errors_length;
	char data[4096];
	ssize_t n;

	n = read_again(fd, data, sizeof(data));
	if (n <= 0)
		return n < 0 ? -errno : 0;

	memcpy(output->errors + output->errors_length, data, (size_t)n < room ? (size_t)n : room);
	output->errors_length += (size_t)n < room ? (size_t)n : room;

	/* Free text for whoever looks on; where nobody does, nothing is lost. */
	if (write(STDERR_FILENO, data, (size_t)n) < 0)
		errno = 0;
	return 1;
}

enum { OUT, ERRORS, EXIT, WATCHED };

/* Reads what there is. 0, or -errno. */
static int read_watched(struct pollfd *watched, struct output *output)
{
	int r = 1;

	if (watched[OUT].revents != 0)
		r = read_output(watched[OUT].fd, output);
	if (r < 0)
		return r;
	if (r == 0)
		watched[OUT].fd = -1;
	if (watched[ERRORS].revents != 0 && read_errors(watched[ERRORS].fd, output) <= 0)
		watched[ERRORS].fd = -1;

	return 0;
}

/*
 * Reads both streams until their end, or until the plugin has: a daemon that it left behind may
 * hold them open for ever. Old kernels have no pidfd; there the streams' end is all we wait for.
 */
static int collect(pid_t pid, int out, int errors, struct output *output)
{
	AUTO_CLOSE int process = pidfd_open(pid, 0);
	struct pollfd watched[WATCHED] = {
		[OUT] = { .fd = out, .events = POLLIN },
		[ERRORS] = { .fd = errors, .events = POLLIN },
		[EXIT] = { .fd = process, .events = POLLIN },
	};
	int patience = -1; /* until it has ended, then none */
	int r;

	while (watched[OUT].fd >= 0 || watched[ERRORS].fd >= 0) {
		int n = poll(watched, WATCHED, patience);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;

		r = read_watched(watched, output);
		if (r < 0)
			return r;
		if (watched[EXIT].revents != 0) {
			watched[EXIT].fd = -1;
			patience = 0;
		}
	}

	return 0;
}

/* ---- Afterwards ---- */

/* The status as waitpid() gives it, or -errno. */
static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}

	return status;
}

static int failure(const struct output *output, int status, struct cnet_error *err)
{
	const int internal = CNET_CNI_EBASE + CNET__FAULT_INTERNAL;

	if (output->text.count > 0)
		return cnet__fault_parse(output->text.items, output->text.count, err);
	if (output->errors_length > 0)
		return cnet_error_set(err, internal, "netplugin failed: \"%s\"", output->errors);
	if (WIFSIGNALED(status))
		return cnet_error_set(err, internal,
				      "netplugin failed with no error message: signal: %s",
				      strsignal(WTERMSIG(status)));

	return cnet_error_set(err, internal,
			      "netplugin failed with no error message: exit status %d",
			      WEXITSTATUS(status));
}

static int run(const struct cnet__exec *exec, struct output *output, int *status)
{
	AUTO_CHANNEL in = { -1, -1 };
	AUTO_CHANNEL out = { -1, -1 };
	AUTO_CHANNEL errors = { -1, -1 };
	pid_t pid = -1;
	int r;

	r = fill(&in, exec->input, exec->length);
	if (r == 0)
		r = channel_open(&out);
	if (r == 0)
		r = channel_open(&errors);
	if (r == 0)
		r = spawn(exec, in.reader, out.writer, errors.writer, &pid);
	if (r < 0)
		return r;

	close(take_fd(&out.writer));
	close(take_fd(&errors.writer));
	r = collect(pid, out.reader, errors.reader, output);
	if (r < 0 && pid > 0)
		kill(pid, SIGKILL);

	*status = wait_for(pid);
	return r < 0 ? r : *status < 0 ? *status : 0;
}

int cnet__exec_run(const struct cnet__exec *exec, char **ret, struct cnet_error *err)
{
	struct output output = { 0 };
	AUTO_FREE char *text = NULL;
	int status = 0, r;

	r = run(exec, &output, &status);
	text = output.text.items;
	if (r == -EFBIG)
		return cnet_error_set(err, EFBIG, "%s: wrote more than %d bytes", exec->program,
				      OUTPUT_MAX);
	if (r < 0)
		return cnet_error_set(err, -r, "%s: %s", exec->program, strerror(-r));

	if (text == NULL)
		text = calloc(1, 1);
	if (text == NULL)
		return cnet_error_set(err, ENOMEM, "%s: out of memory", exec->program);
	text[output.text.count] = '\0';
	output.text.items = text;
	if (status != 0)
		return failure(&output, status, err);

	*ret = take(text);
	return 0;
}
