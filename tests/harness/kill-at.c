/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kills a program just before its n-th change of the system (LD_PRELOAD), whichever thread makes
 * it:
 *
 *     CNET_TEST_KILL_AT=N
 */

#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_ulong changes;
static unsigned long last;

__attribute__((constructor)) static void read_environment(void)
{
	const char *text = getenv("CNET_TEST_KILL_AT");

	if (text != NULL)
		last = strtoul(text, NULL, 10);
}

static void *next(const char *name)
{
	if (atomic_fetch_add(&changes, 1) + 1 == last)
		kill(getpid(), SIGKILL);

	return dlsym(RTLD_NEXT, name);
}

#define CHANGE(type, name, parameters, arguments) \
	type name parameters;                     \
	type name parameters                      \
	{                                         \
		type(*real) parameters;           \
                                                  \
		*(void **)&real = next(#name);    \
		return real arguments;            \
	}

CHANGE(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
CHANGE(ssize_t, sendto,
       (int fd, const void *data, size_t length, int flags, const struct sockaddr *to,
	socklen_t size),
       (fd, data, length, flags, to, size))
CHANGE(ssize_t, write, (int fd, const void *data, size_t length), (fd, data, length))
CHANGE(int, linkat, (int from, const char *old, int to, const char *new, int flags),
       (from, old, to, new, flags))
CHANGE(int, renameat, (int from, const char *old, int to, const char *new), (from, old, to, new))
CHANGE(int, unlinkat, (int dir, const char *name, int flags), (dir, name, flags))
CHANGE(int, unlink, (const char *name), (name))
CHANGE(int, mkdirat, (int dir, const char *name, mode_t mode), (dir, name, mode))
CHANGE(int, mkdir, (const char *name, mode_t mode), (name, mode))
