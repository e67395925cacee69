/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines of owners who wait for what another one has. The places of a line are numbered without a
 * gap; who leaves is replaced by the last. Plans that are made from them are only carried out on
 * the ruleset that they were read from, so that two leaving at once cannot tear a gap.
 */

#include "nat/line.h"

#include <errno.h>
#include <string.h>

#include "base/auto.h"

enum { PLACES = 8 }; /* read at once */

static void line_free(struct line *line)
{
	size_t i;

	for (i = 0; i < line->list.count; i++)
		cnet__elements_free(&line->list.items[i].elements);
	free(line->list.items);
}

void cnet__lines_free(struct lines *lines)
{
	size_t i;

	for (i = 0; i < lines->list.count; i++)
		line_free(&lines->list.items[i]);
	free(lines->list.items);
	*lines = (struct lines){ 0 };
}

/* Reads places from number n on. Returns how many there were, or negative. */
static int read_places(struct cnet_netns *ns, struct line *line, const char *kind, uint32_t n,
		       uint32_t count, struct cnet_error *err)
{
	struct cnet__element places[PLACES];
	uint32_t i;
	int r;

	for (i = 0; i < count; i++)
		places[i] = cnet__sharing_place(line->key, n + i, "");
	r = cnet__nft_get_elements(ns, places, count, err);
	if (r < 0)
		return r;

	for (i = 0; i < count && places[i].present; i++) {
		struct waiting waiting = { 0 };

		if (vec_reserve(&line->list, 1) < 0)
			return cnet_error_set(err, ENOMEM, "out of memory");
		cnet__owner_of_text(&waiting.owner, kind, places[i].comment);
		vec_push(&line->list, waiting);
	}

	return (int)i;
}

/* Most lines are empty: the first place is asked for alone. */
static int read_line(struct cnet_netns *ns, struct line *line, const char *kind,
		     struct cnet_error *err)
{
	uint32_t n = 1;
	int r;

	r = read_places(ns, line, kind, 0, 1, err);
	if (r <= 0)
		return r;

	do {
		r = read_places(ns, line, kind, n, PLACES, err);
		n += PLACES;
	} while (r == PLACES);

	return r < 0 ? r : 0;
}

int cnet__line_get(struct cnet_netns *ns, struct lines *lines, const struct owner *owner,
		   const struct cnet__element *e, struct line **ret, struct cnet_error *err)
{
	struct line line = { 0 };
	size_t i;
	int r;

	cnet__sharing_key(owner, e, line.key);
	for (i = 0; i < lines->list.count; i++) {
		if (strcmp(lines->list.items[i].key, line.key) == 0) {
			*ret = &lines->list.items[i];
			return 0;
		}
	}

	if (vec_reserve(&lines->list, 1) < 0)
		return cnet_error_set(err, ENOMEM, "out of memory");
	r = read_line(ns, &line, owner->kind, err);
	if (r < 0) {
		line_free(&line);
		return r;
	}

	vec_push(&lines->list, line);
	*ret = &lines->list.items[lines->list.count - 1];
	return 0;
}

static int read_elements(struct cnet_netns *ns, struct waiting *waiting, struct cnet_error *err)
{
	CNET__ELEMENTS_AUTO index = { 0 };
	CLAIMS_AUTO claims = { 0 };
	int r;

	r = cnet__owner_read(ns, &waiting->owner, &index, &claims, err);
	if (r < 0)
		return r;

	waiting->is_read = true;
	return cnet__owner_elements(&waiting->owner, &claims, &waiting->elements, err);
}

int cnet__line_heir(struct cnet_netns *ns, struct line *line, const struct owner *owner,
		    const struct cnet__element *e, const struct cnet__elements **ret,
		    struct cnet_error *err)
{
	size_t i;
	int r;

	*ret = NULL;
	for (i = 0; i < line->list.count && *ret == NULL; i++) {
		struct waiting *waiting = &line->list.items[i];

		if (strcmp(waiting->owner.text, owner->text) == 0)
			continue;
		r = waiting->is_read ? 0 : read_elements(ns, waiting, err);
		if (r < 0)
			return r;
		if (cnet__elements_find(&waiting->elements, e) != NULL)
			*ret = &waiting->elements;
	}

	return 0;
}

static int leave(const struct line *line, size_t own, struct cnet__elements *deletes,
		 struct cnet__elements *adds, struct cnet_error *err)
{
	const size_t last = line->list.count - 1;
	const char *text = line->list.items[last].owner.text;
	struct cnet__element e = cnet__sharing_place(line->key, (uint32_t)last, "");
	int r;

	r = cnet__elements_add(deletes, &e, err);
	if (r < 0 || own == last)
		return r;

	e = cnet__sharing_place(line->key, (uint32_t)own, text);
	r = cnet__elements_add(deletes, &e, err);
	if (r < 0)
		return r;

	return cnet__elements_add(adds, &e, err);
}

int cnet__line_update(const struct line *line, const struct owner *owner,
		      struct cnet__elements *deletes, struct cnet__elements *adds,
		      struct cnet_error *err)
{
	struct cnet__element place;
	size_t own;

	for (own = 0; own < line->list.count; own++) {
		if (strcmp(line->list.items[own].owner.text, owner->text) == 0)
			break;
	}

	if (line->wanted == (own < line->list.count))
		return 0;
	if (!line->wanted)
		return leave(line, own, deletes, adds, err);

	place = cnet__sharing_place(line->key, (uint32_t)line->list.count, owner->text);
	return cnet__elements_add(adds, &place, err);
}
