/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions under which a port is published: read from text, compiled to expressions. */
#ifndef CNET_NAT_CONDITION_H
#define CNET_NAT_CONDITION_H

#include <stdbool.h>

#include <cnet/error.h>

#include "base/vec.h"
#include "nft/rule.h"
#include "nft/set.h"

enum condition_kind { CONDITION_ADDRESS, CONDITION_LINK, CONDITION_MARK, CONDITION_PORT };

/* What is compared. */
struct condition_field {
	const char *first, *second; /* its words; second may be "" */
	enum condition_kind kind;
	char side;	     /* of addresses and ports: 's' or 'd' */
	uint8_t protocol;    /* of ports */
	unsigned int meta;   /* of links and marks: NFT_META_* */
	unsigned int family; /* 0: of both */
};

/* One comparison. Values are in network order, sorted, and do not overlap. */
struct condition {
	const struct condition_field *field;
	bool negated;
	VEC(struct cnet__nft_range) values;
	size_t stem; /* of a link name that ends in '*': bytes before it; otherwise 0 */
};

/* All of them must be true. */
struct conditions {
	unsigned int family;
	VEC(struct condition) list;
};

void cnet__conditions_free(struct conditions *conditions);

/* 0; -EINVAL: the message names the token. See cnet_portmap_conditions_check(). */
int cnet__conditions_parse(unsigned int family, const char *const *tokens, size_t count,
			   struct conditions *ret, struct cnet_error *err) CNET_NODISCARD;

/* The size of a value in bytes. */
size_t cnet__condition_size(const struct condition_field *field, unsigned int family);
bool cnet__condition_has_ranges(const struct condition *condition);

/* Adds the comparisons to a rule, and to the batch, ahead of it, the sets that it needs. */
void cnet__conditions_compile(const struct conditions *conditions, struct cnet__batch *b,
			      struct cnet__rule *rule);

#endif
