/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of the kernel share: ip(8) as an oracle, and rollback by exhaustion. */

#include "harness/kernel.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>

static json_t *walk(json_t *value, const char *path)
{
	while (value != NULL && *path != '\0') {
		const size_t length = strcspn(path, ".");
		char *step = strndup(path, length);

		if (json_is_array(value))
			value = json_array_get(value, strtoul(step, NULL, 10));
		else
			value = json_object_get(value, step);
		free(step);
		path += length + (path[length] == '.');
	}

	return value;
}

char *test_ip(struct cnet_netns *ns, const char *path, const char *format, ...)
{
	char *command, *output, *text;
	json_error_t why;
	json_t *root, *value;
	va_list args;

	va_start(args, format);
	if (vasprintf(&command, format, args) < 0)
		FAIL("out of memory");
	va_end(args);

	output = test_output(ns, NULL, "ip -j -d %s", command);
	root = json_loads(output[0] != '\0' ? output : "[]", 0, &why);
	if (root == NULL)
		FAIL("ip -j -d %s: %s: %s", command, why.text, output);

	value = walk(root, path);
	if (json_is_string(value))
		text = strdup(json_string_value(value));
	else
		text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY) : strdup("");

	json_decref(root);
	free(output);
	free(command);
	return text;
}

/* Without an allocation of ours, so that it may be asked for while the n-th one fails. */
unsigned int test_ifindex(struct cnet_netns *ns, const char *name)
{
	char *text = test_output(ns, NULL, "ip -o link show dev %s", name);
	unsigned long ifindex = strtoul(text, NULL, 10);

	if (ifindex == 0)
		FAIL("no link \"%s\"", name);

	free(text);
	return (unsigned int)ifindex;
}

struct cnet_ip test_parse_ip(const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_ip ip;

	OK(cnet_ip_parse(text, &ip, &err));
	return ip;
}

struct cnet_prefix test_parse_prefix(const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_prefix prefix;

	OK(cnet_prefix_parse(text, &prefix, &err));
	return prefix;
}

struct cnet_mac test_parse_mac(const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_mac mac;

	OK(cnet_mac_parse(text, &mac, &err));
	return mac;
}

static size_t line_length(const char *text)
{
	return strcspn(text, "\n");
}

void test_same(const char *before, struct cnet_netns *ns, const char *what)
{
	char *after = test_snapshot(ns);
	const char *a = before, *b = after;

	while (*a != '\0' || *b != '\0') {
		const size_t n = line_length(a), m = line_length(b);

		if (n != m || memcmp(a, b, n) != 0)
			FAIL("%s: before: \"%.*s\", after: \"%.*s\"", what, (int)n, a, (int)m, b);
		a += n + (a[n] != '\0');
		b += m + (b[m] != '\0');
	}

	free(after);
}

typedef int change_fn(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err);

/* Makes a change and takes it back; both namespaces must be as before. */
static int try_change(struct test_netns *t, change_fn *change, void (*arm)(unsigned int n),
		      bool (*disarm)(void), unsigned int n, int code)
{
	char *host = test_snapshot(t->host), *box = test_snapshot(t->box), what[64];
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;
	bool failed;
	int r;

	OK(cnet_txn_open(&txn, &err));
	arm(n);
	r = change(t, txn, &err);
	failed = disarm();
	if (failed ? r != -code || err.code != code : r != 0)
		FAIL("failure %u: returned %d (%s)", n, r, err.message);
	err = (struct cnet_error){ 0 };
	OK(cnet_txn_close(txn, &err));

	snprintf(what, sizeof(what), "failure %u with %s", n, strerror(code));
	test_same(host, t->host, what);
	test_same(box, t->box, what);
	free(host);
	free(box);
	return failed;
}

static unsigned int failing;

static void arm_request(unsigned int n)
{
	failing = n;
	test_fail_request(n, ENOBUFS);
}

static bool disarm_request(void)
{
	const bool failed = test_requests() >= failing;

	test_fail_request(0, 0);
	return failed;
}

unsigned int test_rollback(struct test_netns *t, change_fn *change)
{
	unsigned int n, requests;

	for (n = 1; try_change(t, change, arm_request, disarm_request, n, ENOBUFS); n++)
		;
	requests = n - 1;

	for (n = 1; try_change(t, change, test_fail_allocation, test_allocation_failed, n, ENOMEM);
	     n++)
		;
	CHECK(n > 1);
	return requests;
}
