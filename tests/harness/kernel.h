/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of the kernel share: ip(8) as an oracle, and rollback by exhaustion. */
#ifndef CNET_TESTS_KERNEL_H
#define CNET_TESTS_KERNEL_H

#include <cnet/txn.h>
#include <cnet/value.h>

#include "harness/test.h"

/*
 * Runs "ip -j -d COMMAND" inside a namespace and returns the value at a path of its output, such
 * as "0.linkinfo.info_kind": a string as it is, else as JSON; "" if there is none. To be freed.
 */
char *test_ip(struct cnet_netns *ns, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Compares one value of ip(8)'s output. */
#define IP_EQUAL(ns, path, expected, ...)                                                  \
	do {                                                                               \
		char *value_ = test_ip(ns, path, __VA_ARGS__);                             \
		if (strcmp(value_, expected) != 0)                                         \
			FAIL("ip: %s is \"%s\", expected \"%s\"", path, value_, expected); \
		free(value_);                                                              \
	} while (0)

/* The number of a link; the test fails if there is none. */
unsigned int test_ifindex(struct cnet_netns *ns, const char *name);

struct cnet_ip test_parse_ip(const char *text);
struct cnet_prefix test_parse_prefix(const char *text);
struct cnet_mac test_parse_mac(const char *text);

/* Compares a namespace with an earlier test_snapshot() of it. */
void test_same(const char *before, struct cnet_netns *ns, const char *what);

/*
 * Lets the n-th netlink request of a change fail, for n = 1, 2 ... until the change succeeds, and
 * then its n-th allocation; closes its transaction each time: both namespaces must be as before.
 * Returns the number of requests that the change takes.
 */
unsigned int test_rollback(struct test_netns *t,
			   int (*change)(struct test_netns *t, struct cnet_txn *txn,
					 struct cnet_error *err));

#endif
