/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets and maps of our table, and their elements. */
#ifndef CNET_NFT_SET_H
#define CNET_NFT_SET_H

#include <stdbool.h>

#include "base/vec.h"
#include "nft/nft.h"

/* The numbers by which nft(8) knows the types of what it lists: enum datatypes in its sources. */
enum cnet__nft_type {
	CNET__NFT_NOTHING = 0,
	CNET__NFT_VERDICT = 1,
	CNET__NFT_IPV4 = 7,
	CNET__NFT_IPV6 = 8,
	CNET__NFT_PROTOCOL = 12,
	CNET__NFT_PORT = 13,
	CNET__NFT_MARK = 19,
	CNET__NFT_IFNAME = 41,
};

enum {
	CNET__NFT_FIELDS = 3,
	CNET__NFT_SET_NAME = 16,
	CNET__NFT_KEY = 32,
	CNET__NFT_DATA = 20,
	CNET__NFT_CHAIN_NAME = 24,
	CNET__NFT_VALUES = 600, /* of a set without a name: they share a message */
};

/* What a set holds: its key is one field or several joined ones, and if data is there it is a map.
 */
struct cnet__nft_set {
	const char *name;
	enum cnet__nft_type key[CNET__NFT_FIELDS];
	enum cnet__nft_type data[CNET__NFT_FIELDS];
};

/* @exclusive: a set of that name is -EEXIST; otherwise it is no error */
void cnet__nft_add_set(struct cnet__batch *b, const struct cnet__nft_set *set, bool exclusive);

/* A value of a set without a name: all that lies from low to high, which are of the key's size. */
struct cnet__nft_range {
	uint8_t low[16];
	uint8_t high[16];
};

/* Its name, as far as rules of the same batch are concerned, which also need its number. */
#define CNET__NFT_ANONYMOUS "__set%d"

/*
 * A set without a name, for one rule of the same batch.
 * @values: in network order, at most CNET__NFT_VALUES; if there are ranges, sorted and not touching
 * Return: its number within the batch.
 */
uint32_t cnet__nft_add_anonymous_set(struct cnet__batch *b, enum cnet__nft_type type,
				     const struct cnet__nft_range *values, size_t count);

/* An element of a named set, or what there is to know of one. Joined fields begin at multiples
 * of 4. */
struct cnet__element {
	char set[CNET__NFT_SET_NAME];
	uint8_t key[CNET__NFT_KEY];
	uint8_t data[CNET__NFT_DATA];
	uint8_t key_size;
	uint8_t data_size;
	bool present;			  /* cnet__nft_get_elements() found it */
	char chain[CNET__NFT_CHAIN_NAME]; /* a verdict map's data: go there; "": no verdict */
	char comment[CNET__NFT_COMMENT];  /* "": none */
};

/* Add a field to the key or the data. */
void cnet__element_key(struct cnet__element *e, const void *field, size_t size);
void cnet__element_data(struct cnet__element *e, const void *field, size_t size);

/* Orders elements by set, then key; for qsort() and bsearch(). */
int cnet__element_compare(const void *a, const void *b);

struct cnet__elements {
	VEC(struct cnet__element) list;
};

void cnet__elements_free(struct cnet__elements *elements);

#define CNET__ELEMENTS_AUTO __attribute__((cleanup(cnet__elements_free))) struct cnet__elements

/* 0 or -ENOMEM. */
int cnet__elements_add(struct cnet__elements *elements, const struct cnet__element *e,
		       struct cnet_error *err) CNET_NODISCARD;
/* Sorts them, after which they can be searched. */
void cnet__elements_sort(struct cnet__elements *elements);
/* The element of the same set and key, or NULL. */
struct cnet__element *cnet__elements_find(const struct cnet__elements *elements,
					  const struct cnet__element *e);

/* Elements that must not exist are added; elements that must exist are deleted. */
void cnet__nft_add_elements(struct cnet__batch *b, const struct cnet__element *elements,
			    size_t count);
void cnet__nft_delete_elements(struct cnet__batch *b, const struct cnet__element *elements,
			       size_t count);

/*
 * Looks elements up by set and key; fills in present, data, chain and comment. A missing set or
 * table has no elements.
 */
int cnet__nft_get_elements(struct cnet_netns *ns, struct cnet__element *elements, size_t count,
			   struct cnet_error *err) CNET_NODISCARD;

/* Reads all elements of a set. */
int cnet__nft_list_elements(struct cnet_netns *ns, const char *set, struct cnet__elements *ret,
			    struct cnet_error *err) CNET_NODISCARD;

#endif
