/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calling a function inside a namespace. */

#include "netns/netns.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

struct call {
	struct cnet_netns *ns;
	int (*fn)(void *arg, struct cnet_error *err);
	void *arg;
	struct cnet_error *err;
	int status;
};

/*
 * Only this thread enters the namespace, and it ends afterwards: there is nothing to restore, hence
 * no failure that could leave the caller elsewhere.
 */
static void *enter(void *arg)
{
	struct call *call = arg;

	if (setns(cnet__netns_fd(call->ns), CLONE_NEWNET) < 0)
		call->status = cnet_error_set(call->err, errno, "enter network namespace: %s",
					      strerror(errno));
	else
		call->status = call->fn(call->arg, call->err);

	return NULL;
}

/* The caller's own namespace needs no thread. */
static int is_own(const struct cnet_netns *ns)
{
	struct stat own, theirs;

	return stat("/proc/thread-self/ns/net", &own) == 0 &&
	       fstat(cnet__netns_fd(ns), &theirs) == 0 && own.st_dev == theirs.st_dev &&
	       own.st_ino == theirs.st_ino;
}

int cnet_netns_call(struct cnet_netns *ns, int (*fn)(void *arg, struct cnet_error *err), void *arg,
		    struct cnet_error *err)
{
	struct call call = { .ns = ns, .fn = fn, .arg = arg, .err = err };
	sigset_t all, old;
	pthread_t thread;
	int r;

	if (is_own(ns))
		return fn(arg, err);

	/* The application's signal handlers are not to run on a thread that it does not know. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&thread, NULL, enter, &call);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0)
		return cnet_error_set(err, r, "network namespace: thread: %s", strerror(r));

	pthread_join(thread, NULL);
	return call.status;
}
