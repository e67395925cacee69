/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Elements of the sets of our table. Built and read attribute by attribute: libnftnl's elements are
 * a list of allocations, and its parser ends the process on attributes that it does not expect.
 */

#include "nft/set.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

#include "base/bug.h"
#include "nft/attr.h"

enum { ELEMENT_MAX = 512 }; /* an element as an attribute is never longer */

static uint8_t append(uint8_t *to, size_t used, size_t room, const void *field, size_t size)
{
	const size_t padded = (size + 3) & ~(size_t)3;

	bug_on(used + padded > room);
	memset(to + used, 0, padded);
	memcpy(to + used, field, size);
	return (uint8_t)(used + padded);
}

void cnet__element_key(struct cnet__element *e, const void *field, size_t size)
{
	e->key_size = append(e->key, e->key_size, sizeof(e->key), field, size);
}

void cnet__element_data(struct cnet__element *e, const void *field, size_t size)
{
	e->data_size = append(e->data, e->data_size, sizeof(e->data), field, size);
}

int cnet__element_compare(const void *a, const void *b)
{
	const struct cnet__element *x = a, *y = b;
	const int r = strcmp(x->set, y->set);

	return r != 0 ? r : memcmp(x->key, y->key, sizeof(x->key));
}

void cnet__elements_free(struct cnet__elements *elements)
{
	free(elements->list.items);
	*elements = (struct cnet__elements){ 0 };
}

int cnet__elements_add(struct cnet__elements *elements, const struct cnet__element *e,
		       struct cnet_error *err)
{
	if (vec_reserve(&elements->list, 1) < 0)
		return cnet_error_set(err, ENOMEM, "out of memory");

	vec_push(&elements->list, *e);
	return 0;
}

void cnet__elements_sort(struct cnet__elements *elements)
{
	if (elements->list.count > 0)
		qsort(elements->list.items, elements->list.count, sizeof(*elements->list.items),
		      cnet__element_compare);
}

struct cnet__element *cnet__elements_find(const struct cnet__elements *elements,
					  const struct cnet__element *e)
{
	if (elements->list.count == 0)
		return NULL;

	return bsearch(e, elements->list.items, elements->list.count, sizeof(*e),
		       cnet__element_compare);
}

static void put_key(struct nlmsghdr *h, const struct cnet__element *e)
{
	struct nlattr *key = mnl_attr_nest_start(h, NFTA_SET_ELEM_KEY);

	mnl_attr_put(h, NFTA_DATA_VALUE, e->key_size, e->key);
	mnl_attr_nest_end(h, key);
}

static void put_data(struct nlmsghdr *h, const struct cnet__element *e)
{
	struct nlattr *data = mnl_attr_nest_start(h, NFTA_SET_ELEM_DATA);

	if (e->chain[0] != '\0') {
		struct nlattr *verdict = mnl_attr_nest_start(h, NFTA_DATA_VERDICT);

		mnl_attr_put_u32(h, NFTA_VERDICT_CODE, htonl((uint32_t)NFT_GOTO));
		mnl_attr_put_strz(h, NFTA_VERDICT_CHAIN, e->chain);
		mnl_attr_nest_end(h, verdict);
	} else {
		mnl_attr_put(h, NFTA_DATA_VALUE, e->data_size, e->data);
	}
	mnl_attr_nest_end(h, data);
}

static void put_element(struct nlmsghdr *h, const struct cnet__element *e, bool whole)
{
	struct nlattr *element = mnl_attr_nest_start(h, NFTA_LIST_ELEM);
	unsigned char text[CNET__NFT_COMMENT + 2];

	put_key(h, e);
	if (whole && (e->data_size > 0 || e->chain[0] != '\0'))
		put_data(h, e);
	if (whole && e->comment[0] != '\0')
		mnl_attr_put(h, NFTA_SET_ELEM_USERDATA, cnet__nft_comment(text, e->comment), text);
	mnl_attr_nest_end(h, element);
}

static struct nlmsghdr *begin_list(struct cnet__batch *b, unsigned int command, unsigned int flags,
				   const char *set, struct nlattr **ret)
{
	struct nlmsghdr *h = cnet__nft_begin(b, command, flags);

	if (h == NULL)
		return NULL;

	mnl_attr_put_strz(h, NFTA_SET_ELEM_LIST_TABLE, CNET__NFT_TABLE);
	mnl_attr_put_strz(h, NFTA_SET_ELEM_LIST_SET, set);
	if (ret != NULL)
		*ret = mnl_attr_nest_start(h, NFTA_SET_ELEM_LIST_ELEMENTS);
	return h;
}

/* Neighbours of one set share a message as long as there is room in it. */
static void put_elements(struct cnet__batch *b, unsigned int command, unsigned int flags,
			 const struct cnet__element *elements, size_t count)
{
	const bool whole = command == NFT_MSG_NEWSETELEM;
	struct nlattr *list = NULL;
	struct nlmsghdr *h;
	size_t i = 0;

	while (i < count) {
		const char *set = elements[i].set;

		h = begin_list(b, command, flags, set, &list);
		if (h == NULL)
			return;

		do
			put_element(h, &elements[i++], whole);
		while (i < count && strcmp(elements[i].set, set) == 0 &&
		       h->nlmsg_len + ELEMENT_MAX < CNET__NFNL_MESSAGE);

		mnl_attr_nest_end(h, list);
		cnet__batch_end(b, "%s set %s", whole ? "add to" : "delete from", set);
	}
}

void cnet__nft_add_elements(struct cnet__batch *b, const struct cnet__element *elements,
			    size_t count)
{
	put_elements(b, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, elements, count);
}

void cnet__nft_delete_elements(struct cnet__batch *b, const struct cnet__element *elements,
			       size_t count)
{
	put_elements(b, NFT_MSG_DELSETELEM, 0, elements, count);
}

static bool is_nest(const struct nlattr *a)
{
	return mnl_attr_validate(a, MNL_TYPE_NESTED) >= 0;
}

static uint8_t read_value(const struct nlattr *nest, uint8_t *to, size_t room)
{
	const struct nlattr *a;

	cnet__attr_for_each_nested (a, nest) {
		if (mnl_attr_get_type(a) == NFTA_DATA_VALUE &&
		    mnl_attr_get_payload_len(a) <= room) {
			memcpy(to, mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));
			return (uint8_t)mnl_attr_get_payload_len(a);
		}
	}

	return 0;
}

static void read_verdict(const struct nlattr *data, struct cnet__element *e)
{
	const struct nlattr *verdict, *a;

	cnet__attr_for_each_nested (verdict, data) {
		if (mnl_attr_get_type(verdict) != NFTA_DATA_VERDICT || !is_nest(verdict))
			continue;
		cnet__attr_for_each_nested (a, verdict) {
			if (mnl_attr_get_type(a) == NFTA_VERDICT_CHAIN &&
			    mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0)
				snprintf(e->chain, sizeof(e->chain), "%s", mnl_attr_get_str(a));
		}
	}
}

/* User data is a list of type, length, value; ours holds the comment alone. */
static void read_comment(const struct nlattr *a, struct cnet__element *e)
{
	const unsigned char *tlv = mnl_attr_get_payload(a);
	const size_t size = mnl_attr_get_payload_len(a);

	if (size > 2 && tlv[0] == 0 && tlv[1] > 0 && tlv[1] <= size - 2 &&
	    tlv[1] <= sizeof(e->comment) && tlv[1 + tlv[1]] == '\0')
		memcpy(e->comment, tlv + 2, tlv[1]);
}

static void read_element(const struct nlattr *nest, struct cnet__element *e)
{
	const struct nlattr *a;

	e->present = true;
	cnet__attr_for_each_nested (a, nest) {
		switch (mnl_attr_get_type(a)) {
		case NFTA_SET_ELEM_KEY:
			if (is_nest(a))
				e->key_size = read_value(a, e->key, sizeof(e->key));
			break;
		case NFTA_SET_ELEM_DATA:
			if (!is_nest(a))
				break;
			e->data_size = read_value(a, e->data, sizeof(e->data));
			read_verdict(a, e);
			break;
		case NFTA_SET_ELEM_USERDATA:
			read_comment(a, e);
			break;
		default:
			break;
		}
	}
}

/* Calls fn for each element of an answer. */
static int for_each_element(const struct nlmsghdr *answer,
			    int (*fn)(const struct nlattr *element, void *arg), void *arg)
{
	const struct nlattr *list, *element;
	int r;

	cnet__attr_for_each (list, answer) {
		if (mnl_attr_get_type(list) != NFTA_SET_ELEM_LIST_ELEMENTS || !is_nest(list))
			continue;
		cnet__attr_for_each_nested (element, list) {
			if (!is_nest(element))
				continue;
			r = fn(element, arg);
			if (r < 0)
				return r;
		}
	}

	return 0;
}

static int on_wanted(const struct nlattr *element, void *arg)
{
	struct cnet__element *e = arg;

	read_element(element, e);
	return 0;
}

static int on_get(const struct nlmsghdr *answer, size_t index, void *arg, struct cnet_error *err)
{
	struct cnet__element *elements = arg;

	(void)err;
	return for_each_element(answer, on_wanted, &elements[index]);
}

int cnet__nft_get_elements(struct cnet_netns *ns, struct cnet__element *elements, size_t count,
			   struct cnet_error *err)
{
	CNET__BATCH_AUTO b = { 0 };
	struct nlattr *list = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		struct cnet__element *e = &elements[i];
		struct nlmsghdr *h = begin_list(&b, NFT_MSG_GETSETELEM, 0, e->set, &list);

		if (h != NULL) {
			put_element(h, e, false);
			mnl_attr_nest_end(h, list);
		}
		cnet__batch_end(&b, "look into set %s", e->set);
		e->present = false;
		e->data_size = 0;
		e->chain[0] = e->comment[0] = '\0';
	}

	return cnet__nft_request(ns, &b, on_get, elements, err);
}

struct listing {
	const char *set;
	struct cnet__elements found;
};

static int on_listed(const struct nlattr *element, void *arg)
{
	struct listing *listing = arg;
	struct cnet__element e = { 0 };

	snprintf(e.set, sizeof(e.set), "%s", listing->set);
	read_element(element, &e);
	return cnet__elements_add(&listing->found, &e, NULL);
}

static int on_list(const struct nlmsghdr *answer, size_t index, void *arg, struct cnet_error *err)
{
	(void)index;
	if (for_each_element(answer, on_listed, arg) < 0)
		return cnet_error_set(err, ENOMEM, "out of memory");

	return 0;
}

static void reset_listing(void *arg)
{
	struct listing *listing = arg;

	listing->found.list.count = 0;
}

int cnet__nft_list_elements(struct cnet_netns *ns, const char *set, struct cnet__elements *ret,
			    struct cnet_error *err)
{
	CNET__BATCH_AUTO b = { 0 };
	struct listing listing = { .set = set };
	struct cnet_error why = { 0 };
	int r;

	begin_list(&b, NFT_MSG_GETSETELEM, NLM_F_DUMP, set, NULL);
	cnet__batch_end(&b, "list set %s", set);
	r = cnet__nft_dump(ns, &b, on_list, reset_listing, &listing, &why);
	if (r < 0 && r != -ENOENT) {
		cnet__elements_free(&listing.found);
		return cnet_error_set(err, -r, "%s", why.message);
	}

	*ret = listing.found;
	return 0;
}
