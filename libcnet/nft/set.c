/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets and maps of our table. */

#include "nft/set.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/set.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "base/bug.h"

enum {
	TYPE_BITS = 6,	/* of a joined type's number: TYPE_BITS of nft(8) */
	HOST_ORDER = 1, /* enum byteorder of nft(8) */
	NETWORK_ORDER = 2,
};

static uint32_t type_size(enum cnet__nft_type type)
{
	switch (type) {
	case CNET__NFT_IPV4:
	case CNET__NFT_MARK:
		return 4;
	case CNET__NFT_IPV6:
	case CNET__NFT_IFNAME:
		return 16;
	case CNET__NFT_PROTOCOL:
		return 1;
	case CNET__NFT_PORT:
		return 2;
	case CNET__NFT_NOTHING:
	case CNET__NFT_VERDICT:
		break;
	}

	return 0;
}

struct shape {
	uint32_t type;
	uint32_t size;
};

/* Joined fields each fill whole registers of 4 bytes. */
static struct shape shape_of(const enum cnet__nft_type *fields)
{
	struct shape shape = { .type = fields[0], .size = type_size(fields[0]) };
	size_t i;

	for (i = 1; i < CNET__NFT_FIELDS && fields[i] != CNET__NFT_NOTHING; i++) {
		shape.type = shape.type << TYPE_BITS | fields[i];
		shape.size = ((shape.size + 3) & ~3U) + ((type_size(fields[i]) + 3) & ~3U);
	}

	return shape;
}

static struct nftnl_set *make_set(struct cnet__batch *b, const char *name, struct shape key,
				  uint32_t flags)
{
	struct nftnl_set *set = nftnl_set_alloc();

	if (set == NULL || nftnl_set_set_str(set, NFTNL_SET_TABLE, CNET__NFT_TABLE) < 0 ||
	    nftnl_set_set_str(set, NFTNL_SET_NAME, name) < 0) {
		b->error = ENOMEM;
		return set;
	}

	nftnl_set_set_u32(set, NFTNL_SET_FLAGS, flags);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, key.type);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, key.size);
	nftnl_set_set_u32(set, NFTNL_SET_ID, (uint32_t)b->steps.count + 1);
	return set;
}

static void put_set(struct cnet__batch *b, struct nlmsghdr *h, struct nftnl_set *set,
		    const char *name)
{
	if (h != NULL && b->error == 0)
		nftnl_set_nlmsg_build_payload(h, set);
	cnet__batch_end(b, "add set %s", name);

	if (set != NULL)
		nftnl_set_free(set);
}

/* Tells nft(8) how to read a key of one field, where this does not follow from its type. */
static void set_key_order(struct cnet__batch *b, struct nftnl_set *set, uint32_t order)
{
	unsigned char tlv[2 + sizeof(order)] = { NFTNL_UDATA_SET_KEYBYTEORDER, sizeof(order) };

	memcpy(tlv + 2, &order, sizeof(order));
	if (b->error == 0 && nftnl_set_set_data(set, NFTNL_SET_USERDATA, tlv, sizeof(tlv)) < 0)
		b->error = ENOMEM;
}

static bool is_host_order(enum cnet__nft_type type)
{
	return type == CNET__NFT_IFNAME || type == CNET__NFT_MARK;
}

void cnet__nft_add_set(struct cnet__batch *b, const struct cnet__nft_set *set, bool exclusive)
{
	const struct shape data = shape_of(set->data);
	const bool is_map = set->data[0] != CNET__NFT_NOTHING;
	struct nlmsghdr *h =
		cnet__nft_begin(b, NFT_MSG_NEWSET, NLM_F_CREATE | (exclusive ? NLM_F_EXCL : 0U));
	struct nftnl_set *s = make_set(b, set->name, shape_of(set->key), is_map ? NFT_SET_MAP : 0);

	if (is_host_order(set->key[0]) && set->key[1] == CNET__NFT_NOTHING)
		set_key_order(b, s, HOST_ORDER);
	if (b->error == 0 && set->data[0] == CNET__NFT_VERDICT) {
		nftnl_set_set_u32(s, NFTNL_SET_DATA_TYPE, NFT_DATA_VERDICT);
		nftnl_set_set_u32(s, NFTNL_SET_DATA_LEN, 0);
	} else if (b->error == 0 && is_map) {
		nftnl_set_set_u32(s, NFTNL_SET_DATA_TYPE, data.type);
		nftnl_set_set_u32(s, NFTNL_SET_DATA_LEN, data.size);
	}
	put_set(b, h, s, set->name);
}

/* The value that follows; false behind the last. */
static bool next_value(const uint8_t *value, size_t size, uint8_t *ret)
{
	size_t i = size;

	memcpy(ret, value, size);
	while (i > 0 && ++ret[i - 1] == 0)
		i--;

	return i > 0;
}

static void put_value(struct nlmsghdr *h, const uint8_t *value, size_t size, uint32_t flags)
{
	struct nlattr *element = mnl_attr_nest_start(h, NFTA_LIST_ELEM);
	struct nlattr *key = mnl_attr_nest_start(h, NFTA_SET_ELEM_KEY);

	mnl_attr_put(h, NFTA_DATA_VALUE, size, value);
	mnl_attr_nest_end(h, key);
	if (flags != 0)
		mnl_attr_put_u32(h, NFTA_SET_ELEM_FLAGS, htonl(flags));
	mnl_attr_nest_end(h, element);
}

/* The kernel's tree knows where ranges begin, and where none is: behind each, and before the first.
 */
static void put_ranges(struct nlmsghdr *h, const struct cnet__nft_range *values, size_t count,
		       size_t size)
{
	static const uint8_t zero[16];
	uint8_t after[16];
	size_t i;

	if (memcmp(values[0].low, zero, size) != 0)
		put_value(h, zero, size, NFT_SET_ELEM_INTERVAL_END);

	for (i = 0; i < count; i++) {
		put_value(h, values[i].low, size, 0);
		if (next_value(values[i].high, size, after))
			put_value(h, after, size, NFT_SET_ELEM_INTERVAL_END);
	}
}

static bool has_ranges(const struct cnet__nft_range *values, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (memcmp(values[i].low, values[i].high, sizeof(values[i].low)) != 0)
			return true;
	}

	return false;
}

/* Hashed, not compared: marks lie in host order. */
static void put_singles(struct nlmsghdr *h, const struct cnet__nft_range *values, size_t count,
			struct shape shape)
{
	uint8_t value[16];
	uint32_t mark;
	size_t i;

	for (i = 0; i < count; i++) {
		memcpy(value, values[i].low, sizeof(value));
		if (shape.type == CNET__NFT_MARK) {
			memcpy(&mark, value, sizeof(mark));
			mark = ntohl(mark);
			memcpy(value, &mark, sizeof(mark));
		}
		put_value(h, value, shape.size, 0);
	}
}

static void put_values(struct cnet__batch *b, uint32_t id, const struct cnet__nft_range *values,
		       size_t count, struct shape shape)
{
	struct nlmsghdr *h = cnet__nft_begin(b, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
	struct nlattr *list;

	if (h == NULL)
		return;

	bug_on(count > CNET__NFT_VALUES);
	mnl_attr_put_strz(h, NFTA_SET_ELEM_LIST_TABLE, CNET__NFT_TABLE);
	mnl_attr_put_strz(h, NFTA_SET_ELEM_LIST_SET, CNET__NFT_ANONYMOUS);
	mnl_attr_put_u32(h, NFTA_SET_ELEM_LIST_SET_ID, htonl(id));
	list = mnl_attr_nest_start(h, NFTA_SET_ELEM_LIST_ELEMENTS);
	if (has_ranges(values, count))
		put_ranges(h, values, count, shape.size);
	else
		put_singles(h, values, count, shape);
	mnl_attr_nest_end(h, list);
	cnet__batch_end(b, "add values to a set");
}

uint32_t cnet__nft_add_anonymous_set(struct cnet__batch *b, enum cnet__nft_type type,
				     const struct cnet__nft_range *values, size_t count)
{
	const struct shape shape = { .type = type, .size = type_size(type) };
	const uint32_t id = (uint32_t)b->steps.count + 1;
	const uint32_t interval = has_ranges(values, count) ? NFT_SET_INTERVAL : 0;
	struct nlmsghdr *h = cnet__nft_begin(b, NFT_MSG_NEWSET, NLM_F_CREATE);
	struct nftnl_set *set = make_set(b, CNET__NFT_ANONYMOUS, shape,
					 NFT_SET_ANONYMOUS | NFT_SET_CONSTANT | interval);

	/* Ranges of marks are compared in network order. */
	if (interval != 0)
		set_key_order(b, set, NETWORK_ORDER);
	else if (is_host_order(type))
		set_key_order(b, set, HOST_ORDER);
	put_set(b, h, set, CNET__NFT_ANONYMOUS);
	put_values(b, id, values, count, shape);
	return id;
}
