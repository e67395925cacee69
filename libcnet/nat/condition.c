/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Conditions under which a port is published: read from text, compiled to expressions.
 *
 *     condition = field ["==" | "!="] (value | "{" value { "," value } [","] "}")
 *     field     = ["ip" | "ip6"] ("saddr" | "daddr") | ["meta"] ("iifname" | "oifname")
 *               | "meta" "mark" | ("tcp" | "udp") "sport"
 */

#include "nat/condition.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <string.h>

#include <cnet/nat.h>

#include "base/auto.h"
#include "base/text.h"

static const struct condition_field fields[] = {
	{ "ip", "saddr", CONDITION_ADDRESS, 's', 0, 0, AF_INET },
	{ "ip", "daddr", CONDITION_ADDRESS, 'd', 0, 0, AF_INET },
	{ "ip6", "saddr", CONDITION_ADDRESS, 's', 0, 0, AF_INET6 },
	{ "ip6", "daddr", CONDITION_ADDRESS, 'd', 0, 0, AF_INET6 },
	{ "saddr", "", CONDITION_ADDRESS, 's', 0, 0, 0 },
	{ "daddr", "", CONDITION_ADDRESS, 'd', 0, 0, 0 },
	{ "iifname", "", CONDITION_LINK, 0, 0, NFT_META_IIFNAME, 0 },
	{ "oifname", "", CONDITION_LINK, 0, 0, NFT_META_OIFNAME, 0 },
	{ "meta", "iifname", CONDITION_LINK, 0, 0, NFT_META_IIFNAME, 0 },
	{ "meta", "oifname", CONDITION_LINK, 0, 0, NFT_META_OIFNAME, 0 },
	{ "meta", "mark", CONDITION_MARK, 0, 0, NFT_META_MARK, 0 },
	{ "tcp", "sport", CONDITION_PORT, 's', IPPROTO_TCP, 0, 0 },
	{ "udp", "sport", CONDITION_PORT, 's', IPPROTO_UDP, 0, 0 },
};

/* The text cut into words; punctuation is a word of its own. */
struct words {
	char *text;
	VEC(const char *) list;
	size_t at;
};

static void words_free(struct words *words)
{
	free(words->text);
	free(words->list.items);
}

void cnet__conditions_free(struct conditions *conditions)
{
	size_t i;

	for (i = 0; i < conditions->list.count; i++)
		free(conditions->list.items[i].values.items);
	free(conditions->list.items);
	*conditions = (struct conditions){ 0 };
}

/* The length of the word that a text begins with. */
static size_t word_length(const char *text)
{
	if (strchr("{},", *text) != NULL)
		return 1;
	if (strncmp(text, "!=", 2) == 0 || strncmp(text, "==", 2) == 0)
		return 2;

	return strcspn(text, " \t\n{},");
}

/* Copies the words of a token behind each other, each with an end of its own. */
static int cut_token(struct words *words, const char *token, char **to)
{
	size_t length;

	for (token += strspn(token, " \t\n"); *token != '\0'; token += strspn(token, " \t\n")) {
		if (vec_reserve(&words->list, 1) < 0)
			return -ENOMEM;
		length = word_length(token);
		memcpy(*to, token, length);
		(*to)[length] = '\0';
		vec_push(&words->list, *to);
		*to += length + 1;
		token += length;
	}

	return 0;
}

static int cut_words(struct words *words, const char *const *tokens, size_t count,
		     struct cnet_error *err)
{
	size_t i, size = 1;
	char *to;

	for (i = 0; i < count; i++)
		size += 2 * strlen(tokens[i]); /* each byte may be a word */

	to = words->text = malloc(size);
	if (to == NULL)
		return cnet_error_set(err, ENOMEM, "out of memory");

	for (i = 0; i < count; i++) {
		if (cut_token(words, tokens[i], &to) < 0)
			return cnet_error_set(err, ENOMEM, "out of memory");
	}

	return 0;
}

/* The word n places ahead; "" behind the end. */
static const char *peek(const struct words *words, size_t n)
{
	return words->at + n < words->list.count ? words->list.items[words->at + n] : "";
}

static bool skip(struct words *words, const char *word)
{
	const bool is_it = words->at < words->list.count && strcmp(peek(words, 0), word) == 0;

	words->at += is_it;
	return is_it;
}

static int refuse(const char *word, const char *why, struct cnet_error *err)
{
	return cnet_error_set(err, EINVAL, "condition: \"%s\": %s", word, why);
}

static int parse_field(struct words *words, unsigned int family, struct condition *condition,
		       struct cnet_error *err)
{
	const char *first = peek(words, 0), *second = peek(words, 1);
	bool is_known = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct condition_field *f = &fields[i];

		if (strcmp(f->first, first) != 0)
			continue;
		is_known = true;
		if (f->second[0] != '\0' && strcmp(f->second, second) != 0)
			continue;
		if (f->family != 0 && f->family != family)
			return refuse(first, "not of this family", err);
		condition->field = f;
		words->at += f->second[0] != '\0' ? 2 : 1;
		return 0;
	}

	if (is_known)
		return refuse(second, "not supported here", err);
	return refuse(first, "not supported", err);
}

/* Splits "a-b" at the dash; without one both are the same. */
static void split(char *text, const char **low, const char **high)
{
	char *dash = strchr(text, '-');

	*low = *high = text;
	if (dash != NULL) {
		*dash = '\0';
		*high = dash + 1;
	}
}

static int parse_one_address(const char *text, unsigned int family, uint8_t *ret)
{
	struct cnet_ip ip;

	if (cnet_ip_parse(text, &ip, NULL) < 0 || ip.family != family)
		return -EINVAL;

	memcpy(ret, ip.bytes, sizeof(ip.bytes));
	return 0;
}

static int parse_address(char *text, unsigned int family, struct cnet__nft_range *ret)
{
	const char *low, *high;
	struct cnet_prefix prefix;
	struct cnet_ip ip;

	if (strchr(text, '/') != NULL) {
		if (cnet_prefix_parse(text, &prefix, NULL) < 0 || prefix.ip.family != family)
			return -EINVAL;
		ip = cnet_prefix_network(&prefix);
		memcpy(ret->low, ip.bytes, sizeof(ip.bytes));
		ip = cnet_prefix_last(&prefix);
		memcpy(ret->high, ip.bytes, sizeof(ip.bytes));
		return 0;
	}

	split(text, &low, &high);
	if (parse_one_address(low, family, ret->low) < 0)
		return -EINVAL;
	return parse_one_address(high, family, ret->high);
}

static int parse_hex(const char *text, uint32_t *ret)
{
	static const char digits[] = "0123456789abcdef";
	const char *p;
	uint32_t value = 0;

	if (*text == '\0' || strlen(text) > 8)
		return -EINVAL;

	for (; *text != '\0'; text++) {
		p = strchr(digits, *text >= 'A' && *text <= 'F' ? *text + ('a' - 'A') : *text);
		if (p == NULL)
			return -EINVAL;
		value = value << 4 | (uint32_t)(p - digits);
	}

	*ret = value;
	return 0;
}

static int parse_number(const char *text, enum condition_kind kind, uint8_t *ret)
{
	uint32_t value;
	uint16_t port;
	int r;

	if (kind == CONDITION_MARK && strncmp(text, "0x", 2) == 0)
		r = parse_hex(text + 2, &value);
	else
		r = cnet__text_u32(text, kind == CONDITION_MARK ? UINT32_MAX : UINT16_MAX, &value);
	if (r < 0)
		return -EINVAL;

	port = htons((uint16_t)value);
	value = htonl(value);
	if (kind == CONDITION_PORT)
		memcpy(ret, &port, sizeof(port));
	else
		memcpy(ret, &value, sizeof(value));
	return 0;
}

/* nft(8) takes "eth*" for all links whose names begin so. */
static int parse_link(char *text, struct condition *condition, struct cnet__nft_range *ret)
{
	size_t length = strlen(text);

	if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
		text[length - 1] = '\0';
		text++;
		length -= 2;
	}
	if (cnet_link_name_check(text, NULL) < 0)
		return -EINVAL;
	if (text[length - 1] == '*' && length == 1)
		return -EINVAL;

	condition->stem = text[length - 1] == '*' ? length - 1 : 0;
	memcpy(ret->low, text, length); /* at most 15 bytes */
	memcpy(ret->high, ret->low, sizeof(ret->high));
	return 0;
}

static int parse_value(const char *word, unsigned int family, struct condition *condition,
		       struct cnet_error *err)
{
	const enum condition_kind kind = condition->field->kind;
	struct cnet__nft_range range = { 0 };
	const char *low, *high;
	char text[64];
	int r;

	if (*word == '\0')
		return refuse(condition->field->first, "has no value", err);
	if (cnet__text_format(text, sizeof(text), "%s", word) < 0)
		return refuse(word, "too long", err);

	if (kind == CONDITION_ADDRESS) {
		r = parse_address(text, family, &range);
	} else if (kind == CONDITION_LINK) {
		r = parse_link(text, condition, &range);
	} else {
		split(text, &low, &high);
		r = parse_number(low, kind, range.low);
		if (r == 0)
			r = parse_number(high, kind, range.high);
	}
	if (r < 0)
		return refuse(word, "no value of this kind", err);
	if (memcmp(range.low, range.high, sizeof(range.low)) > 0)
		return refuse(word, "its end lies before its beginning", err);

	if (vec_reserve(&condition->values, 1) < 0)
		return cnet_error_set(err, ENOMEM, "out of memory");
	vec_push(&condition->values, range);
	return 0;
}

static int parse_set(struct words *words, unsigned int family, struct condition *condition,
		     struct cnet_error *err)
{
	const char *word;
	int r;

	do {
		word = peek(words, 0);
		if (condition->values.count > 0 && strcmp(word, "}") == 0)
			break; /* a comma before the end, as nft(8) allows it */
		r = parse_value(word, family, condition, err);
		if (r < 0)
			return r;
		if (condition->stem != 0)
			return refuse(word, "not supported in a set", err);
		if (condition->values.count > CNET__NFT_VALUES)
			return refuse(word, "too many values", err);
		words->at++;
	} while (skip(words, ","));

	return skip(words, "}") ? 0 : refuse(peek(words, 0), "expected , or }", err);
}

static int compare_ranges(const void *a, const void *b)
{
	const struct cnet__nft_range *x = a, *y = b;

	return memcmp(x->low, y->low, sizeof(x->low));
}

/* Does b begin where a goes on? */
static bool is_adjacent(const struct cnet__nft_range *a, const struct cnet__nft_range *b,
			size_t size)
{
	uint8_t next[16];
	size_t i = size;

	memcpy(next, a->high, sizeof(next));
	while (i > 0 && ++next[i - 1] == 0)
		i--;

	return i > 0 && memcmp(next, b->low, size) == 0;
}

/* Joins what overlaps, and, if there are ranges, what touches: the kernel's tree refuses both. */
static void sort_values(struct condition *condition, size_t size)
{
	struct cnet__nft_range *v = condition->values.items;
	const bool ranges = cnet__condition_has_ranges(condition);
	size_t i, kept = 0;

	if (v == NULL)
		return;

	qsort(v, condition->values.count, sizeof(*v), compare_ranges);
	for (i = 1; i < condition->values.count; i++) {
		if (memcmp(v[i].low, v[kept].high, size) > 0 &&
		    !(ranges && is_adjacent(&v[kept], &v[i], size)))
			v[++kept] = v[i];
		else if (memcmp(v[i].high, v[kept].high, size) > 0)
			memcpy(v[kept].high, v[i].high, sizeof(v[i].high));
	}
	condition->values.count = kept + 1;
}

static int parse_condition(struct words *words, unsigned int family, struct condition *condition,
			   struct cnet_error *err)
{
	int r;

	r = parse_field(words, family, condition, err);
	if (r < 0)
		return r;

	condition->negated = skip(words, "!=");
	if (!condition->negated)
		skip(words, "==");

	if (skip(words, "{")) {
		r = parse_set(words, family, condition, err);
	} else {
		r = parse_value(peek(words, 0), family, condition, err);
		words->at++;
	}
	if (r == 0)
		sort_values(condition, cnet__condition_size(condition->field, family));

	return r;
}

int cnet__conditions_parse(unsigned int family, const char *const *tokens, size_t count,
			   struct conditions *ret, struct cnet_error *err)
{
	__attribute__((cleanup(words_free))) struct words words = { 0 };
	struct conditions conditions = { .family = family };
	int r;

	r = cut_words(&words, tokens, count, err);
	while (r == 0 && words.at < words.list.count) {
		struct condition condition = { 0 };

		r = parse_condition(&words, family, &condition, err);
		if (r == 0 && vec_reserve(&conditions.list, 1) < 0)
			r = cnet_error_set(err, ENOMEM, "out of memory");
		if (r < 0) {
			free(condition.values.items);
			break;
		}
		vec_push(&conditions.list, condition);
	}
	if (r < 0) {
		cnet__conditions_free(&conditions);
		return r;
	}

	*ret = conditions;
	return 0;
}

int cnet_portmap_conditions_check(unsigned int family, const char *const *tokens, size_t count,
				  struct cnet_error *err)
{
	struct conditions conditions = { 0 };
	int r;

	r = cnet__conditions_parse(family, tokens, count, &conditions, err);
	if (r == 0)
		cnet__conditions_free(&conditions);

	return r;
}
