/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of our table, expression by expression. */

#include "nft/rule.h"

#include <errno.h>
/* libnftnl's headers use FILE */
#include <stdio.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/if_addr.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "nft/set.h"

enum { LOOPBACK_INDEX = 1 }; /* include/net/flow.h: LOOPBACK_IFINDEX */

void cnet__rule_init(struct cnet__rule *rule, const char *chain)
{
	*rule = (struct cnet__rule){ .nft = nftnl_rule_alloc(), .chain = chain };

	if (rule->nft == NULL ||
	    nftnl_rule_set_str(rule->nft, NFTNL_RULE_TABLE, CNET__NFT_TABLE) < 0 ||
	    nftnl_rule_set_str(rule->nft, NFTNL_RULE_CHAIN, chain) < 0)
		rule->error = ENOMEM;
}

static struct nftnl_expr *add(struct cnet__rule *rule, const char *name)
{
	struct nftnl_expr *e = rule->error == 0 ? nftnl_expr_alloc(name) : NULL;

	if (e == NULL)
		rule->error = ENOMEM;
	else
		nftnl_rule_add_expr(rule->nft, e);

	return e;
}

static void put_u32(struct cnet__rule *rule, struct nftnl_expr *e, uint16_t attribute,
		    uint32_t value)
{
	if (rule->error == 0)
		nftnl_expr_set_u32(e, attribute, value);
}

static void put_data(struct cnet__rule *rule, struct nftnl_expr *e, uint16_t attribute,
		     const void *data, size_t size)
{
	if (rule->error == 0 && nftnl_expr_set(e, attribute, data, (uint32_t)size) < 0)
		rule->error = ENOMEM;
}

static void put_string(struct cnet__rule *rule, struct nftnl_expr *e, uint16_t attribute,
		       const char *value)
{
	if (rule->error == 0 && nftnl_expr_set_str(e, attribute, value) < 0)
		rule->error = ENOMEM;
}

/* Registers of 16 bytes and their quarters are numbered apart. */
static uint32_t number(unsigned int reg)
{
	return reg % 4 == 0 ? NFT_REG_1 + reg / 4 : NFT_REG32_00 + reg;
}

void cnet__rule_load_meta(struct cnet__rule *rule, unsigned int key, unsigned int reg)
{
	struct nftnl_expr *e = add(rule, "meta");

	put_u32(rule, e, NFTNL_EXPR_META_KEY, key);
	put_u32(rule, e, NFTNL_EXPR_META_DREG, number(reg));
}

static void load_payload(struct cnet__rule *rule, uint32_t base, uint32_t offset, uint32_t size,
			 unsigned int reg)
{
	struct nftnl_expr *e = add(rule, "payload");

	put_u32(rule, e, NFTNL_EXPR_PAYLOAD_BASE, base);
	put_u32(rule, e, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	put_u32(rule, e, NFTNL_EXPR_PAYLOAD_LEN, size);
	put_u32(rule, e, NFTNL_EXPR_PAYLOAD_DREG, number(reg));
}

/* struct iphdr: saddr at 12, daddr at 16; struct ipv6hdr: 8 and 24 */
void cnet__rule_load_address(struct cnet__rule *rule, unsigned int family, char side,
			     unsigned int reg)
{
	if (family == AF_INET)
		load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, side == 's' ? 12 : 16, 4, reg);
	else
		load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, side == 's' ? 8 : 24, 16, reg);
}

/* TCP, UDP and SCTP all begin with the source port and the destination port. */
void cnet__rule_load_port(struct cnet__rule *rule, char side, unsigned int reg)
{
	load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, side == 's' ? 0 : 2, 2, reg);
}

void cnet__rule_mask(struct cnet__rule *rule, unsigned int reg, const void *mask, size_t size)
{
	static const unsigned char zero[16];
	struct nftnl_expr *e = add(rule, "bitwise");

	put_u32(rule, e, NFTNL_EXPR_BITWISE_SREG, number(reg));
	put_u32(rule, e, NFTNL_EXPR_BITWISE_DREG, number(reg));
	put_u32(rule, e, NFTNL_EXPR_BITWISE_LEN, (uint32_t)size);
	put_data(rule, e, NFTNL_EXPR_BITWISE_MASK, mask, size);
	put_data(rule, e, NFTNL_EXPR_BITWISE_XOR, zero, size);
}

void cnet__rule_to_network_order(struct cnet__rule *rule, unsigned int reg)
{
	struct nftnl_expr *e = add(rule, "byteorder");

	put_u32(rule, e, NFTNL_EXPR_BYTEORDER_SREG, number(reg));
	put_u32(rule, e, NFTNL_EXPR_BYTEORDER_DREG, number(reg));
	put_u32(rule, e, NFTNL_EXPR_BYTEORDER_OP, NFT_BYTEORDER_HTON);
	put_u32(rule, e, NFTNL_EXPR_BYTEORDER_LEN, 4);
	put_u32(rule, e, NFTNL_EXPR_BYTEORDER_SIZE, 4);
}

void cnet__rule_equal(struct cnet__rule *rule, unsigned int reg, bool negated, const void *value,
		      size_t size)
{
	struct nftnl_expr *e = add(rule, "cmp");

	put_u32(rule, e, NFTNL_EXPR_CMP_SREG, number(reg));
	put_u32(rule, e, NFTNL_EXPR_CMP_OP, negated ? NFT_CMP_NEQ : NFT_CMP_EQ);
	put_data(rule, e, NFTNL_EXPR_CMP_DATA, value, size);
}

void cnet__rule_between(struct cnet__rule *rule, unsigned int reg, bool negated, const void *low,
			const void *high, size_t size)
{
	struct nftnl_expr *e = add(rule, "range");

	put_u32(rule, e, NFTNL_EXPR_RANGE_SREG, number(reg));
	put_u32(rule, e, NFTNL_EXPR_RANGE_OP, negated ? NFT_RANGE_NEQ : NFT_RANGE_EQ);
	put_data(rule, e, NFTNL_EXPR_RANGE_FROM_DATA, low, size);
	put_data(rule, e, NFTNL_EXPR_RANGE_TO_DATA, high, size);
}

static struct nftnl_expr *look_up(struct cnet__rule *rule, const char *set, unsigned int reg)
{
	struct nftnl_expr *e = add(rule, "lookup");

	put_string(rule, e, NFTNL_EXPR_LOOKUP_SET, set);
	put_u32(rule, e, NFTNL_EXPR_LOOKUP_SREG, number(reg));
	return e;
}

void cnet__rule_in(struct cnet__rule *rule, const char *set, unsigned int reg)
{
	look_up(rule, set, reg);
}

void cnet__rule_in_anonymous(struct cnet__rule *rule, uint32_t id, bool negated, unsigned int reg)
{
	struct nftnl_expr *e = look_up(rule, CNET__NFT_ANONYMOUS, reg);

	put_u32(rule, e, NFTNL_EXPR_LOOKUP_SET_ID, id);
	put_u32(rule, e, NFTNL_EXPR_LOOKUP_FLAGS, negated ? NFT_LOOKUP_F_INV : 0);
}

void cnet__rule_map(struct cnet__rule *rule, const char *map)
{
	put_u32(rule, look_up(rule, map, 0), NFTNL_EXPR_LOOKUP_DREG, NFT_REG_1);
}

void cnet__rule_verdict_map(struct cnet__rule *rule, const char *map)
{
	put_u32(rule, look_up(rule, map, 0), NFTNL_EXPR_LOOKUP_DREG, NFT_REG_VERDICT);
}

void cnet__rule_family(struct cnet__rule *rule, unsigned int family)
{
	const uint8_t nfproto = family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6;

	cnet__rule_load_meta(rule, NFT_META_NFPROTO, 0);
	cnet__rule_equal(rule, 0, false, &nfproto, sizeof(nfproto));
}

void cnet__rule_protocol(struct cnet__rule *rule, uint8_t protocol)
{
	cnet__rule_load_meta(rule, NFT_META_L4PROTO, 0);
	cnet__rule_equal(rule, 0, false, &protocol, sizeof(protocol));
}

void cnet__rule_local_destination(struct cnet__rule *rule)
{
	const uint32_t local = RTN_LOCAL;
	struct nftnl_expr *e = add(rule, "fib");

	put_u32(rule, e, NFTNL_EXPR_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
	put_u32(rule, e, NFTNL_EXPR_FIB_FLAGS, NFTA_FIB_F_DADDR);
	put_u32(rule, e, NFTNL_EXPR_FIB_DREG, NFT_REG_1);
	cnet__rule_equal(rule, 0, false, &local, sizeof(local));
}

void cnet__rule_destination_translated(struct cnet__rule *rule)
{
	const uint32_t translated = IPS_DST_NAT, zero = 0;
	struct nftnl_expr *e = add(rule, "ct");

	put_u32(rule, e, NFTNL_EXPR_CT_KEY, NFT_CT_STATUS);
	put_u32(rule, e, NFTNL_EXPR_CT_DREG, NFT_REG_1);
	cnet__rule_mask(rule, 0, &translated, sizeof(translated));
	cnet__rule_equal(rule, 0, true, &zero, sizeof(zero));
}

void cnet__rule_not_loopback_link(struct cnet__rule *rule)
{
	const uint32_t loopback = LOOPBACK_INDEX;

	cnet__rule_load_meta(rule, NFT_META_IIF, 0);
	cnet__rule_equal(rule, 0, true, &loopback, sizeof(loopback));
}

void cnet__rule_verdict(struct cnet__rule *rule, int verdict, const char *chain)
{
	struct nftnl_expr *e = add(rule, "immediate");

	put_u32(rule, e, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	put_u32(rule, e, NFTNL_EXPR_IMM_VERDICT, (uint32_t)verdict);
	if (chain != NULL)
		put_string(rule, e, NFTNL_EXPR_IMM_CHAIN, chain);
}

void cnet__rule_masquerade(struct cnet__rule *rule)
{
	add(rule, "masq");
}

void cnet__rule_dnat(struct cnet__rule *rule, unsigned int family)
{
	struct nftnl_expr *e = add(rule, "nat");

	put_u32(rule, e, NFTNL_EXPR_NAT_TYPE, NFT_NAT_DNAT);
	put_u32(rule, e, NFTNL_EXPR_NAT_FAMILY, family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6);
	put_u32(rule, e, NFTNL_EXPR_NAT_REG_ADDR_MIN, number(0));
	put_u32(rule, e, NFTNL_EXPR_NAT_REG_PROTO_MIN, number(family == AF_INET ? 1 : 4));
}

void cnet__rule_put(struct cnet__rule *rule, struct cnet__batch *b, enum cnet__rule_place place)
{
	const unsigned int append = place == CNET__RULE_LAST ? NLM_F_APPEND : 0;
	struct nlmsghdr *h = cnet__nft_begin(b, NFT_MSG_NEWRULE, NLM_F_CREATE | append);

	if (rule->error != 0)
		b->error = rule->error;
	if (h != NULL && b->error == 0)
		nftnl_rule_nlmsg_build_payload(h, rule->nft);
	cnet__batch_end(b, "add rule to chain %s", rule->chain);

	if (rule->nft != NULL)
		nftnl_rule_free(rule->nft);
	rule->nft = NULL;
}
