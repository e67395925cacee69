/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table that every attachment's elements lie in, and its rules, which do not grow.
 *
 * It is made in one transaction whose first message refuses an existing table, because rules,
 * unlike sets and chains, are doubled when they are sent twice.
 */

#include "nat/base.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cnet/nat.h>

#include "base/auto.h"
#include "nft/rule.h"
#include "nft/table.h"

/* enum nf_ip_hook_priorities, whose header fits no libc's <netinet/in.h>. */
enum { PRIORITY_RAW = -300, PRIORITY_NAT_DST = -100, PRIORITY_NAT_SRC = 100 };

static const char comment[] = "libcnet data model 1";

#define PORT_KEY                                   \
	{                                          \
		CNET__NFT_PROTOCOL, CNET__NFT_PORT \
	}
#define PORT_KEY_OF(ip)                                \
	{                                              \
		ip, CNET__NFT_PROTOCOL, CNET__NFT_PORT \
	}
#define TARGET(ip)                 \
	{                          \
		ip, CNET__NFT_PORT \
	}

static const struct cnet__nft_set sets[] = {
	{ CNET__NAT_OWNER, { CNET__NFT_IFNAME }, { 0 } },
	{ CNET__NAT_OWNED, { CNET__NFT_IFNAME, CNET__NFT_MARK }, { 0 } },
	{ CNET__NAT_SHARING, { CNET__NFT_IFNAME, CNET__NFT_MARK }, { 0 } },
	{ "hp4", PORT_KEY, TARGET(CNET__NFT_IPV4) },
	{ "hp6", PORT_KEY, TARGET(CNET__NFT_IPV6) },
	{ "hp4ip", PORT_KEY_OF(CNET__NFT_IPV4), TARGET(CNET__NFT_IPV4) },
	{ "hp6ip", PORT_KEY_OF(CNET__NFT_IPV6), TARGET(CNET__NFT_IPV6) },
	{ "cd4", PORT_KEY, { CNET__NFT_VERDICT } },
	{ "cd6", PORT_KEY, { CNET__NFT_VERDICT } },
	{ "cd4ip", PORT_KEY_OF(CNET__NFT_IPV4), { CNET__NFT_VERDICT } },
	{ "cd6ip", PORT_KEY_OF(CNET__NFT_IPV6), { CNET__NFT_VERDICT } },
	{ "hs4", { CNET__NFT_IPV4 }, { 0 } },
	{ "ha4", { CNET__NFT_IPV4 }, { 0 } },
	{ "ha6", { CNET__NFT_IPV6 }, { 0 } },
	{ "mq4", { CNET__NFT_IPV4 }, { 0 } },
	{ "mq6", { CNET__NFT_IPV6 }, { 0 } },
};

/* What differs between the families. */
struct family {
	unsigned int family;
	const char *hostports, *leads, *masquerade;
	const char *ports, *address_ports, *conditional, *conditional_address;
	const char *sources, *all;
	uint8_t multicast[16], multicast_mask[16];
	size_t size;
};

static const struct family families[] = {
	{ .family = AF_INET,
	  .hostports = "hostports4",
	  .leads = "leads4",
	  .masquerade = "masq4",
	  .ports = "hp4",
	  .address_ports = "hp4ip",
	  .conditional = "cd4",
	  .conditional_address = "cd4ip",
	  .sources = "mq4",
	  .all = "ha4",
	  .multicast = { 224 }, /* 224.0.0.0/4 */
	  .multicast_mask = { 0xf0 },
	  .size = 4 },
	{ .family = AF_INET6,
	  .hostports = "hostports6",
	  .leads = "leads6",
	  .masquerade = "masq6",
	  .ports = "hp6",
	  .address_ports = "hp6ip",
	  .conditional = "cd6",
	  .conditional_address = "cd6ip",
	  .sources = "mq6",
	  .all = "ha6",
	  .multicast = { 0xff }, /* ff00::/8 */
	  .multicast_mask = { 0xff },
	  .size = 16 },
};

/* The number of rules that each chain has at least. */
static const struct {
	const char *chain;
	size_t rules;
} chains[] = {
	{ "guard", 2 },	    { "prerouting", 1 }, { "output", 1 },     { "postrouting", 3 },
	{ "hostports", 2 }, { "hostports4", 4 }, { "hostports6", 4 }, { "leads4", 2 },
	{ "leads6", 2 },    { "pub", 4 },	 { "masq4", 1 },      { "masq6", 1 },
};

static void add_chains(struct cnet__batch *b)
{
	cnet__nft_add_base_chain(b, "guard", "filter", NF_INET_PRE_ROUTING, PRIORITY_RAW);
	cnet__nft_add_base_chain(b, "prerouting", "nat", NF_INET_PRE_ROUTING, PRIORITY_NAT_DST);
	cnet__nft_add_base_chain(b, "output", "nat", NF_INET_LOCAL_OUT, PRIORITY_NAT_DST);
	cnet__nft_add_base_chain(b, "postrouting", "nat", NF_INET_POST_ROUTING, PRIORITY_NAT_SRC);
	cnet__nft_add_chain(b, "hostports", NULL);
	cnet__nft_add_chain(b, "hostports4", NULL);
	cnet__nft_add_chain(b, "hostports6", NULL);
	cnet__nft_add_chain(b, "leads4", NULL);
	cnet__nft_add_chain(b, "leads6", NULL);
	cnet__nft_add_chain(b, "pub", NULL);
	cnet__nft_add_chain(b, "pubsub", NULL);
	cnet__nft_add_chain(b, "masq4", NULL);
	cnet__nft_add_chain(b, "masq6", NULL);
}

/*
 * route_localnet, which published ports need for clients on the host's 127.0.0.1, would also let
 * neighbours on the link reach what listens there (CVE-2020-8558). In the hook of priority raw,
 * answers to translated connections still bear the address that they were translated to.
 */
static void add_guard(struct cnet__batch *b, char side)
{
	static const uint8_t loopback[4] = { 127 }, mask[4] = { 255 };
	struct cnet__rule rule;

	cnet__rule_init(&rule, "guard");
	cnet__rule_not_loopback_link(&rule);
	cnet__rule_family(&rule, AF_INET);
	cnet__rule_load_address(&rule, AF_INET, side, 0);
	cnet__rule_mask(&rule, 0, mask, sizeof(mask));
	cnet__rule_equal(&rule, 0, false, loopback, sizeof(loopback));
	cnet__rule_verdict(&rule, NF_DROP, NULL);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

/* Only what is addressed to the host itself: a port map is no concern of transit (CVE-2025-67499).
 */
static void add_entrance(struct cnet__batch *b, const char *chain)
{
	struct cnet__rule rule;

	cnet__rule_init(&rule, chain);
	cnet__rule_local_destination(&rule);
	cnet__rule_verdict(&rule, NFT_JUMP, "hostports");
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

/* Loads the key of the maps of ports: [destination address,] protocol, destination port. */
static void load_port_key(struct cnet__rule *rule, const struct family *f, bool with_address)
{
	unsigned int reg = 0;

	if (with_address) {
		cnet__rule_family(rule, f->family); /* or nft(8) could not name the address */
		cnet__rule_load_address(rule, f->family, 'd', reg);
		reg += (unsigned int)f->size / 4;
	}
	cnet__rule_load_meta(rule, NFT_META_L4PROTO, reg);
	cnet__rule_load_port(rule, 'd', reg + 1);
}

static void add_conditional(struct cnet__batch *b, const struct family *f, bool with_address)
{
	struct cnet__rule rule;

	cnet__rule_init(&rule, f->hostports);
	load_port_key(&rule, f, with_address);
	cnet__rule_verdict_map(&rule, with_address ? f->conditional_address : f->conditional);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

static void add_dnat(struct cnet__batch *b, const char *chain, const struct family *f,
		     bool with_address)
{
	struct cnet__rule rule;

	cnet__rule_init(&rule, chain);
	load_port_key(&rule, f, with_address);
	cnet__rule_map(&rule, with_address ? f->address_ports : f->ports);
	cnet__rule_dnat(&rule, f->family);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

/* Where conditions are asked first; who meets them goes on in the chain of what ports lead to. */
static void add_hostports(struct cnet__batch *b, const struct family *f)
{
	add_conditional(b, f, true);
	add_dnat(b, f->hostports, f, true);
	add_conditional(b, f, false);
	add_dnat(b, f->hostports, f, false);

	add_dnat(b, f->leads, f, true);
	add_dnat(b, f->leads, f, false);
}

static void add_family(struct cnet__batch *b, const struct family *f)
{
	struct cnet__rule rule;

	cnet__rule_init(&rule, "hostports");
	cnet__rule_family(&rule, f->family);
	cnet__rule_verdict(&rule, NFT_GOTO, f->hostports);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);

	add_hostports(b, f);

	cnet__rule_init(&rule, "postrouting");
	cnet__rule_family(&rule, f->family);
	cnet__rule_load_address(&rule, f->family, 's', 0);
	cnet__rule_in(&rule, f->sources, 0);
	cnet__rule_load_address(&rule, f->family, 'd', 0);
	cnet__rule_mask(&rule, 0, f->multicast_mask, f->size);
	cnet__rule_equal(&rule, 0, true, f->multicast, f->size);
	cnet__rule_verdict(&rule, NFT_JUMP, f->masquerade);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);

	cnet__rule_init(&rule, f->masquerade);
	cnet__rule_masquerade(&rule);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);

	cnet__rule_init(&rule, "pub");
	cnet__rule_family(&rule, f->family);
	cnet__rule_load_address(&rule, f->family, 'd', 0);
	cnet__rule_in(&rule, f->all, 0);
	cnet__rule_masquerade(&rule);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

/* Clients on the host's 127.0.0.1: the container could not answer them. */
static void add_local_clients(struct cnet__batch *b)
{
	static const uint8_t loopback[4] = { 127 }, mask[4] = { 255 };
	struct cnet__rule rule;

	cnet__rule_init(&rule, "pub");
	cnet__rule_family(&rule, AF_INET);
	cnet__rule_load_address(&rule, AF_INET, 's', 0);
	cnet__rule_mask(&rule, 0, mask, sizeof(mask));
	cnet__rule_equal(&rule, 0, false, loopback, sizeof(loopback));
	cnet__rule_load_address(&rule, AF_INET, 'd', 0);
	cnet__rule_in(&rule, "hs4", 0);
	cnet__rule_masquerade(&rule);
	cnet__rule_put(&rule, b, CNET__RULE_LAST);

	cnet__rule_init(&rule, "pub");
	cnet__rule_verdict(&rule, NFT_JUMP, "pubsub");
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

static void add_translated(struct cnet__batch *b)
{
	struct cnet__rule rule;

	cnet__rule_init(&rule, "postrouting");
	cnet__rule_destination_translated(&rule);
	cnet__rule_verdict(&rule, NFT_JUMP, "pub");
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

int cnet__base_add(struct cnet_netns *ns, struct cnet_error *err)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error why = { 0 };
	size_t i;
	int r;

	cnet__nft_add_table(&b, comment);
	for (i = 0; i < ARRAY_SIZE(sets); i++)
		cnet__nft_add_set(&b, &sets[i], false);
	add_chains(&b);
	add_guard(&b, 'd');
	add_guard(&b, 's');
	add_entrance(&b, "prerouting");
	add_entrance(&b, "output");
	add_translated(&b);
	for (i = 0; i < ARRAY_SIZE(families); i++)
		add_family(&b, &families[i]);
	add_local_clients(&b);

	r = cnet__nft_commit(ns, &b, 0, &why);
	if (r == 0 || r == -EEXIST)
		return 0;

	/* All that is named is made by this very batch: what is missing is a kind of expression. */
	return cnet_error_set(err, r == -ENOENT ? EOPNOTSUPP : -r, "%s%s",
			      r == -ENOENT ? "the kernel lacks a part of nf_tables: " : "",
			      why.message);
}

void cnet__base_length_set(const char *stem, const struct cnet_prefix *prefix, char *name)
{
	snprintf(name, CNET__NFT_SET_NAME, "%s%c_%u", stem,
		 prefix->ip.family == AF_INET ? '4' : '6', prefix->length & 0xffU);
}

/* The chain with the rules for prefix lengths: those of masquerading lie before its last rule. */
static const char *length_chain(const char *stem, const struct cnet_prefix *prefix)
{
	if (strcmp(stem, "sub") == 0)
		return "pubsub";

	return prefix->ip.family == AF_INET ? "masq4" : "masq6";
}

static void network_mask(const struct cnet_prefix *prefix, uint8_t *mask)
{
	unsigned int i;

	for (i = 0; i < prefix->length; i++)
		mask[i / 8] = (uint8_t)(mask[i / 8] | 0x80U >> i % 8);
}

/* container . other end's network: of masquerading the container sends, of ports it receives. */
static void add_length_rule(struct cnet__batch *b, const char *stem, const char *set,
			    const struct cnet_prefix *prefix)
{
	const bool is_port = strcmp(stem, "sub") == 0;
	const unsigned int family = prefix->ip.family;
	const size_t size = cnet_ip_bits(&prefix->ip) / 8;
	uint8_t mask[16] = { 0 };
	struct cnet__rule rule;

	network_mask(prefix, mask);
	cnet__rule_init(&rule, length_chain(stem, prefix));
	cnet__rule_family(&rule, family);
	cnet__rule_load_address(&rule, family, is_port ? 'd' : 's', 0);
	cnet__rule_load_address(&rule, family, is_port ? 's' : 'd', (unsigned int)size / 4);
	cnet__rule_mask(&rule, (unsigned int)size / 4, mask, size);
	cnet__rule_in(&rule, set, 0);
	if (is_port)
		cnet__rule_masquerade(&rule);
	else
		cnet__rule_verdict(&rule, NFT_RETURN, NULL);
	cnet__rule_put(&rule, b, CNET__RULE_FIRST);
}

int cnet__base_add_length(struct cnet_netns *ns, const char *stem, const struct cnet_prefix *prefix,
			  struct cnet_error *err)
{
	const enum cnet__nft_type ip = prefix->ip.family == AF_INET ? CNET__NFT_IPV4
								    : CNET__NFT_IPV6;
	CNET__BATCH_AUTO b = { 0 };
	char name[CNET__NFT_SET_NAME];
	const struct cnet__nft_set set = { name, { ip, ip }, { 0 } };
	struct cnet_error why = { 0 };
	int r;

	cnet__base_length_set(stem, prefix, name);
	cnet__nft_add_set(&b, &set, true);
	add_length_rule(&b, stem, name, prefix);
	r = cnet__nft_commit(ns, &b, 0, &why);
	if (r == 0 || r == -EEXIST)
		return 0;

	return cnet_error_set(err, -r, "%s", why.message);
}

int cnet_nat_check(struct cnet_netns *ns, struct cnet_error *err)
{
	uint32_t generation;

	return cnet__nft_generation(ns, &generation, err);
}

int cnet__base_check(struct cnet_netns *ns, struct cnet_error *err)
{
	size_t i, count = 0;
	int r;

	for (i = 0; i < ARRAY_SIZE(chains); i++) {
		r = cnet__nft_count_rules(ns, chains[i].chain, NULL, &count, err);
		if (r < 0)
			return r;
		if (count < chains[i].rules)
			return cnet_error_set(err, ENOENT,
					      "rules of chain %s in table inet " CNET__NFT_TABLE
					      " are missing: %zu of %zu",
					      chains[i].chain, chains[i].rules - count,
					      chains[i].rules);
	}

	return 0;
}

int cnet__base_check_length(struct cnet_netns *ns, const char *stem,
			    const struct cnet_prefix *prefix, struct cnet_error *err)
{
	char name[CNET__NFT_SET_NAME];
	size_t count = 0;
	int r;

	cnet__base_length_set(stem, prefix, name);
	r = cnet__nft_count_rules(ns, length_chain(stem, prefix), name, &count, err);
	if (r < 0)
		return r;
	if (count == 0)
		return cnet_error_set(
			err, ENOENT,
			"the rule for set %s in table inet " CNET__NFT_TABLE " is missing", name);

	return 0;
}
