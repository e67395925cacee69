/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests register themselves and report in TAP. A suite is one program:
 *
 *     unit [--list] [PATTERN]...      runs the tests whose "file: name" contains a pattern
 */
#ifndef CNET_TESTS_TEST_H
#define CNET_TESTS_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cnet/error.h>
#include <cnet/netns.h>

/* The two namespaces that a test of the kernel is given. */
struct test_netns {
	struct cnet_netns *host;
	struct cnet_netns *box;
};

struct test {
	const char *file;
	const char *name;
	void (*run)(void);
	void (*run_netns)(struct test_netns *t);
	const struct test *self; /* tells an entry from the linker's padding */
};

#define TEST_REGISTER_(fn, ...)                                                           \
	static const struct test test_##fn##_                                             \
		__attribute__((used, retain, section("cnet_tests"), aligned(8))) = {      \
			.file = __FILE__, .name = #fn, .self = &test_##fn##_, __VA_ARGS__ \
		}

/* TEST(name) { ... } runs in a process of its own, with a time limit. */
#define TEST(fn)                       \
	static void fn(void);          \
	TEST_REGISTER_(fn, .run = fn); \
	static void fn(void)

/*
 * TEST_NETNS(name) { ... t->host ... t->box ... } likewise, in a mount and a network namespace of
 * its own (t->host), with another, empty one (t->box). Both end with it. lo is up in both.
 */
#define TEST_NETNS(fn)                        \
	static void fn(struct test_netns *t); \
	TEST_REGISTER_(fn, .run_netns = fn);  \
	static void fn(__attribute__((unused)) struct test_netns *t)

/* Ends the test; used by the checks below. */
_Noreturn void test_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Ends the test as skipped; the reason is printed and counted. */
_Noreturn void test_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)

#define CHECK(condition)                                  \
	do {                                              \
		if (!(condition))                         \
			FAIL("not true: %s", #condition); \
	} while (0)

/* A call that must succeed; its struct cnet_error must be named err. */
#define OK(call)                                                             \
	do {                                                                 \
		int r_ = (call);                                             \
		if (r_ != 0)                                                 \
			FAIL("%s: returned %d: %s", #call, r_, err.message); \
	} while (0)

/* A call that must fail with this (positive) code, which err must repeat. */
#define FAILS(expected, call)                                                              \
	do {                                                                               \
		int r_;                                                                    \
		err = (struct cnet_error){ 0 };                                            \
		r_ = (call);                                                               \
		if (r_ != -(expected) || err.code != (expected) || err.message[0] == '\0') \
			FAIL("%s: returned %d (code %d, \"%s\"), expected %d", #call, r_,  \
			     err.code, err.message, -(expected));                          \
		err = (struct cnet_error){ 0 };                                            \
	} while (0)

/* The same, and the message must contain a text. */
#define FAILS_WITH(expected, text, call)                                                         \
	do {                                                                                     \
		int r_;                                                                          \
		err = (struct cnet_error){ 0 };                                                  \
		r_ = (call);                                                                     \
		if (r_ != -(expected) || err.code != (expected) ||                               \
		    strstr(err.message, text) == NULL)                                           \
			FAIL("%s: returned %d (code %d, \"%s\"), expected %d \"%s\"", #call, r_, \
			     err.code, err.message, -(expected), text);                          \
		err = (struct cnet_error){ 0 };                                                  \
	} while (0)

#define INTEGERS_EQUAL(a, b)                                            \
	do {                                                            \
		long long a_ = (long long)(a), b_ = (long long)(b);     \
		if (a_ != b_)                                           \
			FAIL("%s is %lld, %s is %lld", #a, a_, #b, b_); \
	} while (0)

#define STRINGS_EQUAL(a, b)                                                            \
	do {                                                                           \
		const char *a_ = (a), *b_ = (b);                                       \
		if (a_ == NULL || b_ == NULL || strcmp(a_, b_) != 0)                   \
			FAIL("%s is \"%s\", %s is \"%s\"", #a, a_ ? a_ : "(null)", #b, \
			     b_ ? b_ : "(null)");                                      \
	} while (0)

#define CONTAINS(text, part)                                                   \
	do {                                                                   \
		const char *a_ = (text), *b_ = (part);                         \
		if (strstr(a_, b_) == NULL)                                    \
			FAIL("%s does not contain \"%s\": %s", #text, b_, a_); \
	} while (0)

/*
 * Runs a shell command inside a namespace (NULL: here) and returns what it printed on both streams;
 * *status is its exit status (NULL: the test fails unless it is 0). To be freed.
 */
char *test_output(struct cnet_netns *ns, int *status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, without looking at what it printed; the test fails unless the status is 0. */
void test_command(struct cnet_netns *ns, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* All links, addresses, routes, rules, neighbours and nftables rules, as text. To be freed. */
char *test_snapshot(struct cnet_netns *ns);

/*
 * The n-th netlink request from now on (1: the next) is not sent: it fails with this errno.
 * 0: none fails. (nl-fail.c)
 */
void test_fail_request(unsigned int n, int error);
/* Netlink requests since the last test_fail_request(). */
unsigned int test_requests(void);

/* The n-th allocation from now on (1: the next) fails. (alloc.c) */
void test_fail_allocation(unsigned int n);
/* Has it? Ends the failing either way. */
bool test_allocation_failed(void);

/*
 * Makes a call again and again, with its first, second ... allocation failing, until none does.
 * Each time it must say -ENOMEM, and the last time 0; `again` puts back what it needs to find.
 */
#define OUT_OF_MEMORY(call, again)                                                               \
	do {                                                                                     \
		unsigned int n_;                                                                 \
		bool failed_ = true;                                                             \
		for (n_ = 1; failed_; n_++) {                                                    \
			int r_;                                                                  \
			err = (struct cnet_error){ 0 };                                          \
			test_fail_allocation(n_);                                                \
			r_ = (call);                                                             \
			failed_ = test_allocation_failed();                                      \
			if (failed_ ? r_ != -ENOMEM || err.code != ENOMEM : r_ != 0)             \
				FAIL("%s: allocation %u failed: %d (%d, \"%s\")", #call, n_, r_, \
				     err.code, err.message);                                     \
			if (failed_) {                                                           \
				again;                                                           \
			}                                                                        \
		}                                                                                \
		CHECK(n_ > 2);                                                                   \
	} while (0)

#endif
