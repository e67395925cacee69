/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nf_tables: what all messages have in common, transactions, and reading. */
#ifndef CNET_NFT_NFT_H
#define CNET_NFT_NFT_H

#include <cnet/netns.h>

#include "nl/nfnl.h"

/* All that we make lies in one table, of family inet. */
#define CNET__NFT_TABLE "cnet"

enum { CNET__NFT_COMMENT = 128 }; /* with its end; nft 1.0.6 reloads no longer ones */

/* Begins a message about our table. @command: NFT_MSG_*; see cnet__batch_begin(). */
struct nlmsghdr *cnet__nft_begin(struct cnet__batch *b, unsigned int command, unsigned int flags);

/* A comment as nft(8) stores it in user data; its length. room: CNET__NFT_COMMENT + 2 bytes */
size_t cnet__nft_comment(unsigned char *room, const char *comment);

/*
 * Sends a batch. 0; -ERESTART: the ruleset is not of that generation any more (0: any is good);
 * -EOPNOTSUPP: the kernel has no nf_tables; the kernel's verdict on the first bad message.
 */
int cnet__nft_commit(struct cnet_netns *ns, struct cnet__batch *b, uint32_t generation,
		     struct cnet_error *err) CNET_NODISCARD;

/* cnet__nfnl_request() and cnet__nfnl_dump() in a namespace. */
int cnet__nft_request(struct cnet_netns *ns, struct cnet__batch *b, cnet__nfnl_fn *fn, void *arg,
		      struct cnet_error *err) CNET_NODISCARD;
int cnet__nft_dump(struct cnet_netns *ns, struct cnet__batch *b, cnet__nfnl_fn *fn,
		   void (*reset)(void *arg), void *arg, struct cnet_error *err) CNET_NODISCARD;

/* The ruleset's generation, which every commit of anybody's raises. */
int cnet__nft_generation(struct cnet_netns *ns, uint32_t *ret,
			 struct cnet_error *err) CNET_NODISCARD;

#endif
