/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an attachment wants: claims, as text beside its name and as elements of sets. */

#include "nat/claim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "nat/base.h"

static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP },
};

static const char *const kinds[] = {
	[CLAIM_MASQUERADE] = "masq",
	[CLAIM_SNAT] = "snat",
	[CLAIM_SNAT_ALL] = "snat-all",
};

void cnet__claims_free(struct claims *claims)
{
	free(claims->list.items);
	*claims = (struct claims){ 0 };
}

int cnet__claims_add(struct claims *claims, const struct claim *claim, struct cnet_error *err)
{
	if (vec_reserve(&claims->list, 1) < 0)
		return cnet_error_set(err, ENOMEM, "out of memory");

	vec_push(&claims->list, *claim);
	return 0;
}

const char *cnet__protocol_name(uint8_t protocol)
{
	size_t i;

	for (i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if (protocols[i].number == protocol)
			return protocols[i].name;
	}

	return NULL;
}

static void format_port(const struct claim *claim, char *text)
{
	const bool is_v6 = claim->container.ip.family == AF_INET6;
	char host[CNET_IP_TEXT], container[CNET_IP_TEXT];

	snprintf(text, CNET__NFT_COMMENT, "%s%s/%u%s%s=%s%s%s:%u",
		 cnet__protocol_name(claim->protocol), claim->conditional ? "?" : "",
		 claim->host_port, claim->host_ip.family != 0 ? "@" : "",
		 cnet_ip_format(&claim->host_ip, host), is_v6 ? "[" : "",
		 cnet_ip_format(&claim->container.ip, container), is_v6 ? "]" : "",
		 claim->container_port);
}

void cnet__claim_format(const struct claim *claim, char *text)
{
	char prefix[CNET_PREFIX_TEXT];

	if (claim->kind == CLAIM_PORT)
		format_port(claim, text);
	else
		snprintf(text, CNET__NFT_COMMENT, "%s=%s", kinds[claim->kind],
			 cnet_prefix_format(&claim->container, prefix));
}

/* Cuts a text in two at the first or last separator; the second part, or NULL. */
static char *cut(char *text, char separator, bool at_last)
{
	char *at = at_last ? strrchr(text, separator) : strchr(text, separator);

	if (at == NULL)
		return NULL;

	*at = '\0';
	return at + 1;
}

static int parse_u16(const char *text, uint16_t *ret)
{
	uint32_t value;

	if (text == NULL || cnet__text_u32(text, UINT16_MAX, &value) < 0 || value == 0)
		return -EBADMSG;

	*ret = (uint16_t)value;
	return 0;
}

/* "10.1.2.3:80" or "[fd00::3]:80" */
static int parse_target(char *text, struct claim *claim)
{
	char *port = cut(text, ':', true);
	const size_t length = strlen(text);

	if (*text == '[' && length > 2 && text[length - 1] == ']') {
		text[length - 1] = '\0';
		text++;
	}

	claim->container.length = 0;
	if (parse_u16(port, &claim->container_port) < 0 ||
	    cnet_ip_parse(text, &claim->container.ip, NULL) < 0)
		return -EBADMSG;

	return 0;
}

/* "tcp?/8080@192.0.2.1" before the '=' */
static int parse_port(char *text, char *target, struct claim *claim)
{
	char *port = cut(text, '/', false), *address, *mark;
	size_t i;

	if (port == NULL)
		return -EBADMSG;

	address = cut(port, '@', false);
	mark = strchr(text, '?');
	claim->conditional = mark != NULL;
	if (mark != NULL)
		*mark = '\0';
	for (i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if (strcmp(protocols[i].name, text) == 0)
			claim->protocol = protocols[i].number;
	}

	claim->kind = CLAIM_PORT;
	if (claim->protocol == 0 || parse_u16(port, &claim->host_port) < 0 ||
	    (address != NULL && cnet_ip_parse(address, &claim->host_ip, NULL) < 0))
		return -EBADMSG;

	return parse_target(target, claim);
}

static int parse(char *text, struct claim *claim)
{
	char *value = cut(text, '=', false);
	size_t i;

	if (value == NULL)
		return -EBADMSG;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i] == NULL || strcmp(kinds[i], text) != 0)
			continue;
		claim->kind = (enum claim_kind)i;
		return cnet_prefix_parse(value, &claim->container, NULL) < 0 ? -EBADMSG : 0;
	}

	return parse_port(text, value, claim);
}

int cnet__claim_parse(const char *text, struct claim *ret, struct cnet_error *err)
{
	char copy[CNET__NFT_COMMENT];
	struct claim claim = { 0 };

	if (cnet__text_format(copy, sizeof(copy), "%s", text) < 0 || parse(copy, &claim) < 0)
		return cnet_error_set(err, EBADMSG,
				      "set " CNET__NAT_OWNED " in table inet " CNET__NFT_TABLE
				      " is damaged: \"%s\"",
				      text);

	*ret = claim;
	return 0;
}

/* The elements of claims under construction, with an error latch. */
struct building {
	const char *comment;
	struct cnet__elements *elements;
	int error;
};

static void finish(struct building *bd, struct cnet__element *e)
{
	snprintf(e->comment, sizeof(e->comment), "%s", bd->comment);
	if (bd->error == 0)
		bd->error = cnet__elements_add(bd->elements, e, NULL);
}

static void put_ip_key(struct cnet__element *e, const struct cnet_ip *ip)
{
	cnet__element_key(e, ip->bytes, cnet_ip_bits(ip) / 8);
}

static void name_set(struct cnet__element *e, const char *stem, const struct claim *claim)
{
	const bool has_address = claim->kind == CLAIM_PORT && claim->host_ip.family != 0;

	snprintf(e->set, sizeof(e->set), "%s%c%s", stem,
		 claim->container.ip.family == AF_INET ? '4' : '6', has_address ? "ip" : "");
}

static void put_port_key(struct cnet__element *e, const struct claim *claim)
{
	const uint16_t port = htons(claim->host_port);

	if (claim->host_ip.family != 0)
		put_ip_key(e, &claim->host_ip);
	cnet__element_key(e, &claim->protocol, sizeof(claim->protocol));
	cnet__element_key(e, &port, sizeof(port));
}

static void add_port(struct building *bd, const struct claim *claim, const char *const chains[2])
{
	const struct cnet_ip *ip = &claim->container.ip;
	const uint16_t port = htons(claim->container_port);
	struct cnet__element leads = { 0 }, first = { 0 };

	name_set(&leads, "hp", claim);
	put_port_key(&leads, claim);
	cnet__element_data(&leads, ip->bytes, cnet_ip_bits(ip) / 8);
	cnet__element_data(&leads, &port, sizeof(port));
	finish(bd, &leads);

	if (claim->conditional) {
		name_set(&first, "cd", claim);
		put_port_key(&first, claim);
		snprintf(first.chain, sizeof(first.chain), "%s", chains[ip->family == AF_INET6]);
		finish(bd, &first);
	}
}

static void add_address(struct building *bd, const struct claim *claim, const char *stem)
{
	struct cnet__element e = { 0 };

	name_set(&e, stem, claim);
	put_ip_key(&e, &claim->container.ip);
	finish(bd, &e);
}

static void add_network(struct building *bd, const struct claim *claim, const char *stem)
{
	const struct cnet_ip network = cnet_prefix_network(&claim->container);
	struct cnet__element e = { 0 };

	cnet__base_length_set(stem, &claim->container, e.set);
	put_ip_key(&e, &claim->container.ip);
	put_ip_key(&e, &network);
	finish(bd, &e);
}

static void add_claim(struct building *bd, const struct claim *claim, const char *const chains[2])
{
	switch (claim->kind) {
	case CLAIM_PORT:
		add_port(bd, claim, chains);
		break;
	case CLAIM_MASQUERADE:
		add_address(bd, claim, "mq");
		add_network(bd, claim, "own");
		break;
	case CLAIM_SNAT:
		/* Clients on ::1 cannot be translated: IPv6 has nothing like route_localnet. */
		if (claim->container.ip.family == AF_INET)
			add_address(bd, claim, "hs");
		add_network(bd, claim, "sub");
		break;
	case CLAIM_SNAT_ALL:
		add_address(bd, claim, "ha");
		break;
	}
}

int cnet__claims_elements(const struct claims *claims, const char *const chains[2],
			  const char *comment, struct cnet__elements *ret, struct cnet_error *err)
{
	CNET__ELEMENTS_AUTO elements = { 0 };
	struct building bd = { .comment = comment, .elements = &elements };
	size_t i;

	for (i = 0; i < claims->list.count; i++)
		add_claim(&bd, &claims->list.items[i], chains);
	if (bd.error != 0)
		return cnet_error_set(err, ENOMEM, "out of memory");

	cnet__elements_sort(&elements);
	*ret = elements;
	elements = (struct cnet__elements){ 0 };
	return 0;
}

bool cnet__element_is_conditional(const struct cnet__element *e)
{
	return strncmp(e->set, "cd", 2) == 0;
}

bool cnet__element_is_port(const struct cnet__element *e)
{
	return strncmp(e->set, "hp", 2) == 0 || cnet__element_is_conditional(e);
}

struct cnet__element cnet__element_partner(const struct cnet__element *e)
{
	struct cnet__element partner = { .key_size = e->key_size };

	memcpy(partner.key, e->key, sizeof(partner.key));
	memcpy(partner.set, e->set, sizeof(partner.set));
	memcpy(partner.set, cnet__element_is_conditional(e) ? "hp" : "cd", 2);
	return partner;
}

/* The digit in a set's name is its family's. */
struct cnet_ip cnet__element_ip(const struct cnet__element *e)
{
	const bool is_v6 = strcspn(e->set, "6") < strcspn(e->set, "4");
	struct cnet_ip ip = { 0 };

	if (cnet__element_is_port(e) && strstr(e->set, "ip") == NULL)
		return ip;

	ip.family = is_v6 ? AF_INET6 : AF_INET;
	memcpy(ip.bytes, e->key, is_v6 ? 16 : 4);
	return ip;
}

const char *cnet__element_describe(const struct cnet__element *e, char *text)
{
	const struct cnet_ip ip = cnet__element_ip(e);
	const uint8_t *key = e->key + cnet_ip_bits(&ip) / 8;
	const char *protocol = cnet__protocol_name(key[0]);
	char address[CNET_IP_TEXT];
	uint16_t port;

	cnet_ip_format(&ip, address);
	memcpy(&port, key + 4, sizeof(port)); /* the protocol fills four bytes */
	if (cnet__element_is_port(e))
		snprintf(text, CNET__NFT_COMMENT, "host port %s %u%s%s",
			 protocol != NULL ? protocol : "?", ntohs(port),
			 ip.family != 0 ? " at " : "", address);
	else
		snprintf(text, CNET__NFT_COMMENT, "address %s", address);

	return text;
}
