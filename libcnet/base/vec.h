/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growable array: VEC(type) declares one, vec_reserve() makes room, vec_push() appends. */
#ifndef CNET_BASE_VEC_H
#define CNET_BASE_VEC_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define VEC(type)             \
	struct {              \
		type *items;  \
		size_t count; \
		size_t room;  \
	}

static inline int cnet__vec_reserve(void *items, size_t *room, size_t wanted, size_t size)
{
	size_t larger = *room == 0 ? 4 : *room;
	void *moved;

	/* items is the address of a pointer of any type: copied, as aliasing it would be undefined.
	 */
	memcpy(&moved, items, sizeof(moved));
	if (wanted <= *room)
		return 0;

	while (larger < wanted) {
		if (larger > SIZE_MAX / 2 / size)
			return -ENOMEM;
		larger *= 2;
	}

	moved = realloc(moved, larger * size);
	if (moved == NULL)
		return -ENOMEM;

	memcpy(items, &moved, sizeof(moved));
	*room = larger;
	return 0;
}

/* Makes room for n more items. 0 or -ENOMEM. */
#define vec_reserve(v, n) \
	cnet__vec_reserve(&(v)->items, &(v)->room, (v)->count + (n), sizeof(*(v)->items))

/* Appends an item, for which there must be room. */
#define vec_push(v, item) ((void)((v)->items[(v)->count++] = (item)))

#endif
