/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions compiled to expressions. */

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "nat/condition.h"

size_t cnet__condition_size(const struct condition_field *field, unsigned int family)
{
	switch (field->kind) {
	case CONDITION_ADDRESS:
		return family == AF_INET ? 4 : 16;
	case CONDITION_LINK:
		return 16;
	case CONDITION_MARK:
		return 4;
	case CONDITION_PORT:
		break;
	}

	return 2;
}

bool cnet__condition_has_ranges(const struct condition *condition)
{
	const struct cnet__nft_range *v = condition->values.items;
	size_t i;

	for (i = 0; i < condition->values.count; i++) {
		if (memcmp(v[i].low, v[i].high, sizeof(v[i].low)) != 0)
			return true;
	}

	return false;
}

static enum cnet__nft_type field_type(const struct condition_field *field, unsigned int family)
{
	switch (field->kind) {
	case CONDITION_ADDRESS:
		return family == AF_INET ? CNET__NFT_IPV4 : CNET__NFT_IPV6;
	case CONDITION_LINK:
		return CNET__NFT_IFNAME;
	case CONDITION_MARK:
		return CNET__NFT_MARK;
	case CONDITION_PORT:
		break;
	}

	return CNET__NFT_PORT;
}

static void load(const struct condition_field *field, unsigned int family, struct cnet__rule *rule)
{
	switch (field->kind) {
	case CONDITION_ADDRESS:
		cnet__rule_family(rule, family);
		cnet__rule_load_address(rule, family, field->side, 0);
		break;
	case CONDITION_PORT:
		cnet__rule_protocol(rule, field->protocol);
		cnet__rule_load_port(rule, field->side, 0);
		break;
	case CONDITION_LINK:
	case CONDITION_MARK:
		cnet__rule_load_meta(rule, field->meta, 0);
		break;
	}
}

/* The registers hold marks in host order. */
static void compare_single(const struct condition *condition, size_t size, struct cnet__rule *rule)
{
	const uint8_t *low = condition->values.items->low;
	uint32_t mark;

	memcpy(&mark, low, sizeof(mark));
	mark = ntohl(mark);
	if (condition->field->kind == CONDITION_MARK)
		cnet__rule_equal(rule, 0, condition->negated, &mark, sizeof(mark));
	else
		cnet__rule_equal(rule, 0, condition->negated, low,
				 condition->stem != 0 ? condition->stem : size);
}

static void compile(const struct condition *condition, unsigned int family, struct cnet__batch *b,
		    struct cnet__rule *rule)
{
	const struct condition_field *field = condition->field;
	const struct cnet__nft_range *v = condition->values.items;
	const size_t size = cnet__condition_size(field, family), count = condition->values.count;
	const bool ranges = cnet__condition_has_ranges(condition);
	uint32_t set;

	load(field, family, rule);
	if (field->kind == CONDITION_MARK && ranges)
		cnet__rule_to_network_order(rule, 0);

	if (count > 1) {
		set = cnet__nft_add_anonymous_set(b, field_type(field, family), v, count);
		cnet__rule_in_anonymous(rule, set, condition->negated, 0);
	} else if (ranges) {
		cnet__rule_between(rule, 0, condition->negated, v->low, v->high, size);
	} else {
		compare_single(condition, size, rule);
	}
}

void cnet__conditions_compile(const struct conditions *conditions, struct cnet__batch *b,
			      struct cnet__rule *rule)
{
	size_t i;

	for (i = 0; i < conditions->list.count; i++)
		compile(&conditions->list.items[i], conditions->family, b, rule);
}
