/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cnet/netns.h>

#include "harness/test.h"

static int count_links(void *arg, struct cnet_error *err)
{
	FILE *file = fopen("/proc/thread-self/net/dev", "r");
	char line[256];

	if (file == NULL)
		return cnet_error_set(err, errno, "open");
	while (fgets(line, sizeof(line), file) != NULL)
		++*(int *)arg;
	fclose(file);
	return 0;
}

TEST_NETNS(the_function_enters_and_the_caller_stays)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *now;
	int before = 0, inside = 0;

	test_command(t->box, "ip link add veth-a type veth peer name veth-b");
	OK(count_links(&before, &err));
	OK(cnet_netns_call(t->box, count_links, &inside, &err));
	INTEGERS_EQUAL(inside, before + 2);

	OK(cnet_netns_open(NULL, &now, &err));
	CHECK(cnet_netns_equal(now, t->host));
	cnet_netns_close(now);
}

static int note_thread(void *arg, __attribute__((unused)) struct cnet_error *err)
{
	*(pid_t *)arg = gettid();
	return 0;
}

TEST_NETNS(ones_own_namespace_needs_no_thread)
{
	struct cnet_error err = { 0 };
	pid_t thread = 0;

	OK(cnet_netns_call(t->host, note_thread, &thread, &err));
	INTEGERS_EQUAL(thread, gettid());
	OK(cnet_netns_call(t->box, note_thread, &thread, &err));
	CHECK(thread != gettid());
}

static int fail(__attribute__((unused)) void *arg, struct cnet_error *err)
{
	return cnet_error_set(err, ENOTTY, "as it is");
}

TEST_NETNS(what_the_function_returns_is_returned)
{
	struct cnet_error err = { 0 };

	FAILS_WITH(ENOTTY, "as it is", cnet_netns_call(t->box, fail, NULL, &err));
	FAILS_WITH(ENOTTY, "as it is", cnet_netns_call(t->host, fail, NULL, &err));
	INTEGERS_EQUAL(cnet_netns_call(t->box, fail, NULL, NULL), -ENOTTY);
}

static int read_mask(void *arg, struct cnet_error *err)
{
	const int r = pthread_sigmask(SIG_BLOCK, NULL, arg);

	return r != 0 ? cnet_error_set(err, r, "pthread_sigmask") : 0;
}

/* An application's handlers do not run on a thread that it does not know. */
TEST_NETNS(signals_stay_with_the_caller)
{
	struct cnet_error err = { 0 };
	sigset_t before, inside, after;
	int number;

	OK(read_mask(&before, &err));
	OK(cnet_netns_call(t->box, read_mask, &inside, &err));
	OK(read_mask(&after, &err));
	for (number = 1; number < 32; number++) {
		INTEGERS_EQUAL(sigismember(&inside, number),
			       number != SIGKILL && number != SIGSTOP);
		INTEGERS_EQUAL(sigismember(&after, number), sigismember(&before, number));
	}
}

TEST_NETNS(without_privilege)
{
	struct cnet_error err = { 0 };
	int links = 0;

	if (setuid(65534) < 0)
		FAIL("setuid");
	FAILS_WITH(EPERM, "enter network namespace",
		   cnet_netns_call(t->box, count_links, &links, &err));
	INTEGERS_EQUAL(links, 0);
}
