/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct cnet_txn: a stack of inverses. */

#include <cnet/txn.h>

#include "base/auto.h"
#include "base/bug.h"
#include "base/vec.h"

struct entry {
	int (*undo)(void *arg, struct cnet_error *err);
	void *arg;
	void (*release)(void *arg);
};

struct cnet_txn {
	VEC(struct entry) entries;
};

int cnet_txn_open(struct cnet_txn **ret, struct cnet_error *err)
{
	struct cnet_txn *txn = calloc(1, sizeof(*txn));

	if (txn == NULL)
		return cnet_error_set(err, ENOMEM, "transaction: out of memory");

	*ret = txn;
	return 0;
}

int cnet_txn_reserve(struct cnet_txn *txn, struct cnet_error *err)
{
	if (txn != NULL && vec_reserve(&txn->entries, 1) < 0)
		return cnet_error_set(err, ENOMEM, "transaction: out of memory");

	return 0;
}

void cnet_txn_push(struct cnet_txn *txn, int (*undo)(void *arg, struct cnet_error *err), void *arg,
		   void (*release)(void *arg))
{
	struct entry entry = { .undo = undo, .arg = arg, .release = release };

	if (txn == NULL) {
		if (release != NULL)
			release(arg);
		return;
	}

	bug_on(txn->entries.count == txn->entries.room);
	vec_push(&txn->entries, entry);
}

static void entry_release(const struct entry *entry)
{
	if (entry->release != NULL)
		entry->release(entry->arg);
}

void cnet_txn_commit(struct cnet_txn *txn)
{
	if (txn == NULL)
		return;

	while (txn->entries.count > 0)
		entry_release(&txn->entries.items[--txn->entries.count]);
}

int cnet_txn_close(struct cnet_txn *txn, struct cnet_error *err)
{
	int first = 0;

	if (txn == NULL)
		return 0;

	while (txn->entries.count > 0) {
		struct entry *entry = &txn->entries.items[--txn->entries.count];
		struct cnet_error step = { 0 };
		int r = entry->undo(entry->arg, &step);

		if (r < 0) {
			ignore(cnet_error_append(err, &step)); /* the first code is kept here */
			if (first == 0)
				first = r;
		}
		entry_release(entry);
	}

	free(txn->entries.items);
	free(txn);
	return first;
}
