/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A netlink socket: requests and their answers. */
#ifndef CNET_NL_SOCK_H
#define CNET_NL_SOCK_H

#include "nl/msg.h"

struct cnet__nl;

/*
 * Opens a socket in the namespace of the calling thread.
 * @protocol: NETLINK_ROUTE ...
 */
int cnet__nl_open(int protocol, struct cnet__nl **ret, struct cnet_error *err) CNET_NODISCARD;
void cnet__nl_close(struct cnet__nl *nl);

/*
 * Sends a request and waits for its acknowledgement. The message is consumed.
 * 0; the kernel's errno, with its explanation in the error's text.
 */
int cnet__nl_transact(struct cnet__nl *nl, struct cnet__msg *m,
		      struct cnet_error *err) CNET_NODISCARD;

/* Called for each message of an answer: 0, or negative with err set, which ends the reading. */
typedef int cnet__nl_fn(const struct nlmsghdr *answer, void *arg, struct cnet_error *err);

/* Sends a request for one object and hands its answer to fn. The message is consumed. */
int cnet__nl_get(struct cnet__nl *nl, struct cnet__msg *m, cnet__nl_fn *fn, void *arg,
		 struct cnet_error *err) CNET_NODISCARD;

/*
 * Sends a dump request (which must have NLM_F_DUMP) and hands all answers to fn. If the kernel says
 * that its tables changed meanwhile, it is read again: reset(arg) is called before each reading.
 * 0; -EINTR: they went on changing. The message is consumed.
 */
int cnet__nl_dump(struct cnet__nl *nl, struct cnet__msg *m, cnet__nl_fn *fn,
		  void (*reset)(void *arg), void *arg, struct cnet_error *err) CNET_NODISCARD;

#endif
