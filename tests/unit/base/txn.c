/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/txn.h>

#include "harness/test.h"

/* What the inverses did, in order: "u" and "r" with the number of the entry. */
static char trace[256];

struct entry {
	char name;
	int code;
};

static void note(char what, const struct entry *entry)
{
	const size_t length = strlen(trace);

	CHECK(length + 3 <= sizeof(trace));
	trace[length] = what;
	trace[length + 1] = entry->name;
}

static int undo(void *arg, struct cnet_error *err)
{
	const struct entry *entry = arg;

	note('u', entry);
	return entry->code != 0 ? cnet_error_set(err, entry->code, "cannot undo %c", entry->name)
				: 0;
}

static void release(void *arg)
{
	note('r', arg);
}

static void push(struct cnet_txn *txn, struct entry *entry)
{
	struct cnet_error err = { 0 };

	OK(cnet_txn_reserve(txn, &err));
	cnet_txn_push(txn, undo, entry, release);
}

TEST(closing_undoes_last_first)
{
	struct entry a = { 'a', 0 }, b = { 'b', 0 }, c = { 'c', 0 };
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	OK(cnet_txn_open(&txn, &err));
	push(txn, &a);
	push(txn, &b);
	push(txn, &c);
	STRINGS_EQUAL(trace, "");
	OK(cnet_txn_close(txn, &err));
	STRINGS_EQUAL(trace, "ucrcubrbuara");
}

TEST(what_was_committed_stays)
{
	struct entry a = { 'a', 0 }, b = { 'b', 0 }, c = { 'c', 0 };
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	OK(cnet_txn_open(&txn, &err));
	push(txn, &a);
	push(txn, &b);
	cnet_txn_commit(txn);
	STRINGS_EQUAL(trace, "rbra");
	push(txn, &c);
	OK(cnet_txn_close(txn, &err));
	STRINGS_EQUAL(trace, "rbraucrc");
}

TEST(a_failing_inverse_stops_no_other)
{
	struct entry a = { 'a', ENOENT }, b = { 'b', 0 }, c = { 'c', EPERM };
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	OK(cnet_txn_open(&txn, &err));
	push(txn, &a);
	push(txn, &b);
	push(txn, &c);
	INTEGERS_EQUAL(cnet_txn_close(txn, &err), -EPERM);
	STRINGS_EQUAL(trace, "ucrcubrbuara");
	INTEGERS_EQUAL(err.code, EPERM);
	STRINGS_EQUAL(err.message, "cannot undo c; cannot undo a");
}

TEST(a_failing_inverse_without_an_error)
{
	struct entry a = { 'a', ENOENT };
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	OK(cnet_txn_open(&txn, &err));
	push(txn, &a);
	INTEGERS_EQUAL(cnet_txn_close(txn, NULL), -ENOENT);
}

TEST(many)
{
	struct entry a = { 'a', 0 };
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;
	int i;

	OK(cnet_txn_open(&txn, &err));
	for (i = 0; i < 60; i++)
		push(txn, &a);
	OK(cnet_txn_close(txn, &err));
	INTEGERS_EQUAL(strlen(trace), 240);
}

TEST(none_is_allowed)
{
	struct entry a = { 'a', 0 };
	struct cnet_error err = { 0 };

	push(NULL, &a);
	STRINGS_EQUAL(trace, "ra");
	cnet_txn_push(NULL, undo, &a, NULL);
	cnet_txn_commit(NULL);
	OK(cnet_txn_close(NULL, &err));
	STRINGS_EQUAL(trace, "ra");
}

TEST(going_out_of_scope_undoes)
{
	struct entry a = { 'a', 0 };
	struct cnet_error err = { 0 };

	{
		CNET_AUTO(cnet_txn) *txn = NULL;

		OK(cnet_txn_open(&txn, &err));
		push(txn, &a);
	}
	STRINGS_EQUAL(trace, "uara");
}
