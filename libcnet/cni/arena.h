/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that ends together: what was read for one call, the strings of one result. */
#ifndef CNET_CNI_ARENA_H
#define CNET_CNI_ARENA_H

#include "base/vec.h"

/* Zero is an empty one. */
struct cnet__arena {
	VEC(void *) blocks;
};

/* count items, all zero; NULL: out of memory. */
static inline void *cnet__arena_alloc(struct cnet__arena *arena, size_t count, size_t size)
{
	void *block;

	if (vec_reserve(&arena->blocks, 1) < 0)
		return NULL;

	block = calloc(count != 0 ? count : 1, size);
	if (block != NULL)
		vec_push(&arena->blocks, block);
	return block;
}

/* A copy of a text; NULL: out of memory. */
static inline char *cnet__arena_text(struct cnet__arena *arena, const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy = cnet__arena_alloc(arena, size, 1);

	return copy != NULL ? memcpy(copy, text, size) : NULL;
}

static inline void cnet__arena_free(struct cnet__arena *arena)
{
	while (arena->blocks.count > 0)
		free(arena->blocks.items[--arena->blocks.count]);
	free(arena->blocks.items);
	*arena = (struct cnet__arena){ 0 };
}

#endif
