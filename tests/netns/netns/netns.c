/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/netns.h>

#include "harness/test.h"
#include "netns/netns.h"

TEST_NETNS(pin_list_delete)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *again;
	char **names;
	size_t n;

	OK(cnet_netns_pin(t->box, NULL, "/run/blue", &err));
	FAILS(EEXIST, cnet_netns_pin(t->box, NULL, "/run/blue", &err));
	OK(cnet_netns_list("/run", &names, &n, &err));
	INTEGERS_EQUAL(n, 1);
	STRINGS_EQUAL(names[0], "blue");

	OK(cnet_netns_open("/run/blue", &again, &err));
	CHECK(cnet_netns_equal(again, t->box));
	CHECK(!cnet_netns_equal(again, t->host));
	cnet_netns_close(again);

	OK(cnet_netns_delete("/run/blue", &err));
	OK(cnet_netns_delete("/run/blue", &err));
	FAILS(ENOENT, cnet_netns_open("/run/blue", &again, &err));
	free(names[0]);
	free(names);
}

TEST_NETNS(not_a_namespace)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *ns;

	FAILS(EINVAL, cnet_netns_open("/proc/self/status", &ns, &err));
	FAILS(EINVAL, cnet_netns_open("/proc/self/ns/mnt", &ns, &err));
	test_command(NULL, "mkfifo /run/fifo; echo text > /run/file");
	FAILS(EINVAL, cnet_netns_open("/run/fifo", &ns, &err));
	FAILS(EINVAL, cnet_netns_delete("/run/file", &err));
}

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

TEST_NETNS(call_enters_and_the_caller_stays)
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
