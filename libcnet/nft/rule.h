/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of our table, expression by expression. */
#ifndef CNET_NFT_RULE_H
#define CNET_NFT_RULE_H

#include <stdbool.h>

#include "nft/nft.h"

struct nftnl_rule;

/*
 * A rule under construction, with an error latch: it is asked when the rule is put into a batch.
 * Expressions work on registers of 4 bytes each, numbered from 0; an IPv6 address fills four.
 */
struct cnet__rule {
	struct nftnl_rule *nft;
	const char *chain;
	int error;
};

void cnet__rule_init(struct cnet__rule *rule, const char *chain);

/* Loads. @key: NFT_META_*; @side: 's' or 'd' */
void cnet__rule_load_meta(struct cnet__rule *rule, unsigned int key, unsigned int reg);
void cnet__rule_load_address(struct cnet__rule *rule, unsigned int family, char side,
			     unsigned int reg);
void cnet__rule_load_port(struct cnet__rule *rule, char side, unsigned int reg);

/* Changes. */
void cnet__rule_mask(struct cnet__rule *rule, unsigned int reg, const void *mask, size_t size);
void cnet__rule_to_network_order(struct cnet__rule *rule, unsigned int reg);

/* Comparisons: the rule ends here unless they are true. */
void cnet__rule_equal(struct cnet__rule *rule, unsigned int reg, bool negated, const void *value,
		      size_t size);
void cnet__rule_between(struct cnet__rule *rule, unsigned int reg, bool negated, const void *low,
			const void *high, size_t size);
void cnet__rule_in(struct cnet__rule *rule, const char *set, unsigned int reg);
void cnet__rule_in_anonymous(struct cnet__rule *rule, uint32_t id, bool negated, unsigned int reg);

/* The same in one breath; register 0 is used. */
void cnet__rule_family(struct cnet__rule *rule, unsigned int family);
void cnet__rule_protocol(struct cnet__rule *rule, uint8_t protocol);
void cnet__rule_local_destination(struct cnet__rule *rule);
void cnet__rule_destination_translated(struct cnet__rule *rule);
void cnet__rule_not_loopback_link(struct cnet__rule *rule);

/* Looks a key up: data is stored from register 0, a verdict is carried out. */
void cnet__rule_map(struct cnet__rule *rule, const char *map);
void cnet__rule_verdict_map(struct cnet__rule *rule, const char *map);

/* What is done. @verdict: NFT_JUMP, NFT_GOTO, NFT_RETURN, NF_DROP; @chain: NULL where none */
void cnet__rule_verdict(struct cnet__rule *rule, int verdict, const char *chain);
void cnet__rule_masquerade(struct cnet__rule *rule);
/* To the address in register 0 and the port in the one behind it. */
void cnet__rule_dnat(struct cnet__rule *rule, unsigned int family);

enum cnet__rule_place { CNET__RULE_FIRST, CNET__RULE_LAST };

/* Puts the rule into the batch, as the first or the last of its chain, and releases it. */
void cnet__rule_put(struct cnet__rule *rule, struct cnet__batch *b, enum cnet__rule_place place);

#endif
