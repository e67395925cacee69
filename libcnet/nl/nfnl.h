/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nfnetlink over libmnl: the socket that nf_tables and conntrack are spoken to. */
#ifndef CNET_NL_NFNL_H
#define CNET_NL_NFNL_H

#include <linux/netlink.h>

#include <cnet/error.h>

#include "base/vec.h"

struct cnet__nfnl;

/* Opens a socket in the namespace of the calling thread. */
int cnet__nfnl_open(struct cnet__nfnl **ret, struct cnet_error *err) CNET_NODISCARD;
void cnet__nfnl_close(struct cnet__nfnl *nfnl);

enum {
	CNET__NFNL_MESSAGE = 60000, /* a message stays below: attribute lengths are 16 bits */
	CNET__NFNL_WHAT = 64,
};

/* A message of a batch: where it begins, and what it does, for error messages. */
struct cnet__nfnl_step {
	size_t offset;
	char what[CNET__NFNL_WHAT];
};

/*
 * Messages one behind the other. A batch remembers its first failure, and whatever is put into it
 * afterwards does nothing: it is asked once, when it is sent. Initialise to zero.
 */
struct cnet__batch {
	unsigned char *data;
	size_t used;
	size_t room;
	int error;
	VEC(struct cnet__nfnl_step) steps;
};

void cnet__batch_free(struct cnet__batch *b);

#define CNET__BATCH_AUTO __attribute__((cleanup(cnet__batch_free))) struct cnet__batch

/*
 * Begins a message of a subsystem (type: NFNL_SUBSYS_* << 8 | command), to which attributes may be
 * added up to CNET__NFNL_MESSAGE bytes. NULL if the batch has failed. The pointer is good until the
 * next message begins.
 */
struct nlmsghdr *cnet__batch_begin(struct cnet__batch *b, unsigned int type, unsigned int flags,
				   uint8_t family);
/* Ends the message; says what it does ("add chain guard"). */
void cnet__batch_end(struct cnet__batch *b, const char *format, ...) CNET_FORMAT(2, 3);

/*
 * Sends a batch to nf_tables as one transaction: all of it happens, or nothing. The messages are
 * consumed.
 * @generation: of the ruleset that the batch was made for; 0: of any
 * 0; -ERESTART: the ruleset has changed since that generation; what the kernel says of the first
 * message that it refuses.
 */
int cnet__nfnl_commit(struct cnet__nfnl *nfnl, struct cnet__batch *b, uint32_t generation,
		      struct cnet_error *err) CNET_NODISCARD;

/* Called for an answer to the message number index: 0, or negative with err set. */
typedef int cnet__nfnl_fn(const struct nlmsghdr *answer, size_t index, void *arg,
			  struct cnet_error *err);

/*
 * Sends requests that are answered by one message each: one object, or, with NLM_F_ACK, an
 * acknowledgement. fn (NULL: nobody) is not called for objects that do not exist. The messages are
 * consumed.
 */
int cnet__nfnl_request(struct cnet__nfnl *nfnl, struct cnet__batch *b, cnet__nfnl_fn *fn, void *arg,
		       struct cnet_error *err) CNET_NODISCARD;

/*
 * Sends the only message of a batch, which has NLM_F_DUMP, and hands all answers to fn (index 0).
 * If the kernel says that its tables changed meanwhile, it is read again: reset(arg) is called
 * before each reading. 0; -EINTR: they went on changing. The message is consumed.
 */
int cnet__nfnl_dump(struct cnet__nfnl *nfnl, struct cnet__batch *b, cnet__nfnl_fn *fn,
		    void (*reset)(void *arg), void *arg, struct cnet_error *err) CNET_NODISCARD;

#endif
