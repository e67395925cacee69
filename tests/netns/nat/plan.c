/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what an owner has to what it shall have: replacing, waiting, handing over, orphans. */

#include "nat/plan.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cnet/nat.h>

#include "harness/test.h"
#include "nat/store.h"

static const struct cnet_prefix address = { { AF_INET, { 10, 1, 2, 3 } }, 24 };
static const struct cnet_prefix other_address = { { AF_INET, { 10, 2, 2, 3 } }, 24 };

static const struct cnet_port_map web = { .host_port = 8080,
					  .container_port = 80,
					  .protocol = IPPROTO_TCP };
static const char *const conditions[] = { "ip saddr 192.0.2.0/24" };

#define CONDITIONAL CNET_OPTS(cnet_portmap_opts, .conditions4 = conditions, .n_conditions4 = 1)

static struct cnet_attachment attachment(const char *network, const char *container)
{
	return (struct cnet_attachment){ network, container, "eth0" };
}

static char *list(struct cnet_netns *ns)
{
	return test_output(ns, NULL, "nft list ruleset");
}

TEST_NETNS(the_same_again_changes_nothing)
{
	const struct cnet_attachment a = attachment("net", "c1");
	struct cnet_error err = { 0 };
	uint32_t before = 0, after = 0;
	char *first, *second;

	OK(cnet_portmap_add(t->host, NULL, &a, &address, 1, &web, 1, NULL, &err));
	OK(cnet__nft_generation(t->host, &before, &err));
	OK(cnet_portmap_add(t->host, NULL, &a, &address, 1, &web, 1, NULL, &err));
	OK(cnet__nft_generation(t->host, &after, &err));
	INTEGERS_EQUAL(after, before); /* nothing was sent that would have made a new one */

	OK(cnet_portmap_add(t->host, NULL, &a, &address, 1, &web, 1, CONDITIONAL, &err));
	first = list(t->host);
	OK(cnet_portmap_add(t->host, NULL, &a, &address, 1, &web, 1, CONDITIONAL, &err));
	second = list(t->host);
	STRINGS_EQUAL(second, first);
	free(first);
	free(second);
}

TEST_NETNS(conditions_go_with_the_port)
{
	const struct cnet_attachment a = attachment("net", "c1"), b = attachment("net2", "c1");
	struct cnet_error err = { 0 };
	char *text;

	/* the second one waits, and its conditions do too */
	OK(cnet_portmap_add(t->host, NULL, &a, &address, 1, &web, 1, NULL, &err));
	OK(cnet_portmap_add(t->host, NULL, &b, &other_address, 1, &web, 1, CONDITIONAL, &err));
	OK(cnet_portmap_check(t->host, &b, &other_address, 1, &web, 1, CONDITIONAL, &err));
	text = list(t->host);
	CHECK(strstr(text, "goto c4-") == NULL);
	CONTAINS(text, "comment \"net/c1/eth0\" : 10.1.2.3 . 80 }");
	free(text);

	OK(cnet_portmap_remove(t->host, &a, &err));
	text = list(t->host);
	CONTAINS(text, "comment \"net2/c1/eth0\" : goto c4-");
	CONTAINS(text, "comment \"net2/c1/eth0\" : 10.2.2.3 . 80 }");
	free(text);

	/* and back: who gets it next has none */
	OK(cnet_portmap_add(t->host, NULL, &a, &address, 1, &web, 1, NULL, &err));
	OK(cnet_portmap_remove(t->host, &b, &err));
	text = list(t->host);
	CHECK(strstr(text, "c4-") == NULL);
	CONTAINS(text, "comment \"net/c1/eth0\" : 10.1.2.3 . 80 }");
	free(text);
}

TEST_NETNS(the_line_is_served_in_order)
{
	struct cnet_attachment a[12];
	char networks[12][8], text[64];
	struct cnet_error err = { 0 };
	size_t i;
	char *all;

	for (i = 0; i < 12; i++) {
		snprintf(networks[i], sizeof(networks[i]), "n%zu", i);
		a[i] = attachment(networks[i], "c1");
		OK(cnet_portmap_add(t->host, NULL, &a[i], &address, 1, &web, 1, NULL, &err));
	}
	/* one from the middle; the last takes its place */
	OK(cnet_portmap_remove(t->host, &a[3], &err));
	OK(cnet_portmap_remove(t->host, &a[0], &err));
	for (i = 1; i < 12; i++) {
		if (i == 3)
			continue;
		OK(cnet_portmap_check(t->host, &a[i], &address, 1, &web, 1, NULL, &err));
	}
	all = list(t->host);
	snprintf(text, sizeof(text), "tcp . 8080 comment \"n1/c1/eth0\"");
	CONTAINS(all, text);
	free(all);
	for (i = 1; i < 12; i++)
		OK(cnet_portmap_remove(t->host, &a[i], &err));
	test_command(t->host, "! nft list ruleset | grep -q elements");
}

TEST_NETNS(what_nobody_stands_behind_is_taken)
{
	const struct cnet_attachment a = attachment("net", "c1"), b = attachment("net", "c2");
	struct cnet_error err = { 0 };

	OK(cnet_portmap_add(t->host, NULL, &a, &address, 1, &web, 1, NULL, &err));
	FAILS_WITH(EADDRINUSE, "host port tcp 8080 is published by net/c1/eth0",
		   cnet_portmap_add(t->host, NULL, &b, &address, 1, &web, 1, NULL, &err));
	test_command(t->host, "nft flush set inet cnet owner");
	OK(cnet_portmap_add(t->host, NULL, &b, &address, 1, &web, 1, NULL, &err));
	test_command(t->host, "nft list ruleset | grep -q 'net/c2/eth0\" : 10.1.2.3 . 80'");
}

TEST_NETNS(another_ruleset_in_between_is_noticed)
{
	const struct cnet_attachment a = attachment("net", "c1");
	struct cnet_port_map changing = web;
	struct cnet_error err = { 0 };
	pid_t child;
	int i;

	/* somebody who changes the ruleset all the time */
	fflush(stdout);
	child = fork();
	if (child == 0) {
		CNET_AUTO(cnet_netns) *ns = NULL;
		const struct cnet_attachment busy = attachment("busy", "c9");
		const struct cnet_port_map map = { .host_port = 9,
						   .container_port = 9,
						   .protocol = IPPROTO_TCP };

		OK(cnet_netns_open(NULL, &ns, &err));
		for (i = 0; i < 100000 && getppid() != 1; i++) {
			OK(cnet_portmap_add(ns, NULL, &busy, &other_address, 1, &map, 1, NULL,
					    &err));
			OK(cnet_portmap_remove(ns, &busy, &err));
		}
		_exit(0);
	}
	for (i = 0; i < 300; i++) {
		changing.host_port = (uint16_t)(1000 + i);
		OK(cnet_portmap_add(t->host, NULL, &a, &address, 1, &changing, 1, NULL, &err));
		OK(cnet_portmap_check(t->host, &a, &address, 1, &changing, 1, NULL, &err));
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* One of several processes that publish the same port of the same container, and take it back. */
static _Noreturn void churn(unsigned int number)
{
	CNET_AUTO(cnet_netns) *ns = NULL;
	struct cnet_error err = { 0 };
	struct cnet_attachment a;
	char network[16];
	int i;

	snprintf(network, sizeof(network), "n%u", number);
	a = attachment(network, "c1");
	OK(cnet_netns_open(NULL, &ns, &err));
	for (i = 0; i < 60; i++) {
		OK(cnet_portmap_add(ns, NULL, &a, &address, 1, &web, 1, CONDITIONAL, &err));
		OK(cnet_portmap_check(ns, &a, &address, 1, &web, 1, CONDITIONAL, &err));
		OK(cnet_portmap_remove(ns, &a, &err));
	}
	exit(0);
}

TEST_NETNS(a_line_in_a_storm)
{
	struct cnet_error err = { 0 };
	const struct cnet_attachment witness = attachment("witness", "c2");
	unsigned int i;
	int status;

	OK(cnet_portmap_add(t->host, NULL, &witness, &address, 1, &web, 1, NULL, &err));
	OK(cnet_portmap_remove(t->host, &witness, &err));
	fflush(stdout);
	for (i = 0; i < 6; i++) {
		if (fork() == 0)
			churn(i);
	}
	for (i = 0; i < 6; i++) {
		CHECK(wait(&status) > 0);
		INTEGERS_EQUAL(status, 0);
	}
	test_command(t->host, "! nft list ruleset | grep -q 'elements\\|c4-'");
}
