/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transactions: undoing what was done. See docs/transactions.md. */
#ifndef CNET_TXN_H
#define CNET_TXN_H

#include <cnet/error.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_txn - the inverses of what has been done so far
 *
 * A primitive that changes the system takes a transaction (or NULL) and, once
 * it has succeeded, records its own inverse there. cnet_txn_close() on a
 * transaction that was not committed runs the inverses, last first; one that
 * fails does not stop the others.
 *
 * Handles that primitives were given must outlive the transaction.
 */
struct cnet_txn;

/**
 * cnet_txn_open() - begin a transaction
 * @ret: the transaction, to be released by cnet_txn_close()
 * @err: see struct cnet_error
 *
 * Return: 0, or -ENOMEM.
 */
CNET_API int cnet_txn_open(struct cnet_txn **ret, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_txn_reserve() - make sure that the next cnet_txn_push() cannot fail
 * @txn: may be NULL
 * @err: see struct cnet_error
 *
 * Call it before the change whose inverse is going to be pushed.
 *
 * Return: 0, or -ENOMEM.
 */
CNET_API int cnet_txn_reserve(struct cnet_txn *txn, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_txn_push() - record an inverse
 * @txn:     may be NULL: then @release is called at once
 * @undo:    undoes the change; tolerates that its object is gone
 * @arg:     handed to @undo and @release
 * @release: frees @arg, whether or not @undo ran; may be NULL
 *
 * Room must have been reserved by cnet_txn_reserve().
 */
CNET_API void cnet_txn_push(struct cnet_txn *txn, int (*undo)(void *arg, struct cnet_error *err),
			    void *arg, void (*release)(void *arg));

/**
 * cnet_txn_commit() - what was done stays; forget the inverses
 * @txn: may be NULL; can be used for further changes afterwards
 */
CNET_API void cnet_txn_commit(struct cnet_txn *txn);

/**
 * cnet_txn_close() - undo what was not committed, and release the transaction
 * @txn: may be NULL
 * @err: collects what the inverses could not undo; may be NULL
 *
 * Return: 0, or the code of the first inverse that failed.
 */
CNET_API int cnet_txn_close(struct cnet_txn *txn, struct cnet_error *err);

static inline void cnet_txn_auto(struct cnet_txn **txn)
{
	cnet_txn_close(*txn, NULL);
}

CNET_END_DECLS

#endif
