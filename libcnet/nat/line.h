/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of owners who wait for what another one has. */
#ifndef CNET_NAT_LINE_H
#define CNET_NAT_LINE_H

#include "nat/owner.h"

struct waiting {
	struct owner owner;
	bool is_read;
	struct cnet__elements elements; /* of all its claims */
};

struct line {
	char key[CNET_LINK_NAME];
	bool wanted; /* by the owner whose plan this is */
	VEC(struct waiting) list;
};

struct lines {
	VEC(struct line) list;
};

void cnet__lines_free(struct lines *lines);

/* The line for an element of this owner's, which is read when it is first asked for. */
int cnet__line_get(struct cnet_netns *ns, struct lines *lines, const struct owner *owner,
		   const struct cnet__element *e, struct line **ret,
		   struct cnet_error *err) CNET_NODISCARD;

/*
 * The first in line, other than the owner, who wants an element.
 * @ret: all of its elements, owned by the line; NULL: nobody
 */
int cnet__line_heir(struct cnet_netns *ns, struct line *line, const struct owner *owner,
		    const struct cnet__element *e, const struct cnet__elements **ret,
		    struct cnet_error *err) CNET_NODISCARD;

/* The elements to be deleted and added so that the owner stands in line if it is wanted. */
int cnet__line_update(const struct line *line, const struct owner *owner,
		      struct cnet__elements *deletes, struct cnet__elements *adds,
		      struct cnet_error *err) CNET_NODISCARD;

#endif
