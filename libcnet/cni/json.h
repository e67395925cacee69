/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as Go reads and writes it, which is what the other side of CNI does. */
#ifndef CNET_CNI_JSON_H
#define CNET_CNI_JSON_H

#include <jansson.h>

#include <cnet/error.h>

enum {
	CNET__JSON_MAX = 8 << 20,  /* bytes of text: GC's list of 40,000 attachments, twice */
	CNET__JSON_DEPTH_MAX = 64, /* of nesting: below it, recursion is safe on any stack */
};

/*
 * Reads an object; "null" is one without members. Of members with the same name the last is kept.
 * 0; -CNET_CNI_EDECODE: the message says where; -ENOMEM.
 */
int cnet__json_parse(const char *text, size_t length, json_t **ret,
		     struct cnet_error *err) CNET_NODISCARD;

/*
 * A member by its name without regard to case: the last that is not null, or NULL. Borrowed.
 * NULL also where the object is NULL or no object.
 */
json_t *cnet__json_get(const json_t *object, const char *name);

/* Member names without regard to case: 1 or 0. Only ASCII letters have case, whatever the locale.
 */
int cnet__json_name_equal(const char *a, const char *b);

/* The text of a member that is a string, or NULL. Borrowed. */
const char *cnet__json_string(const json_t *object, const char *name);

/*
 * A string of any bytes. A message may quote what it likes, or be cut within a character, and a
 * path is what it is, but JSON holds only UTF-8: what is none becomes '?'. NULL: out of memory.
 */
json_t *cnet__json_text(const char *text);

/*
 * Writes with sorted names, indented by this many columns (0: on one line, without spaces), and
 * < > & as \u003c \u003e \u0026. No line end is put behind. *ret is to be freed. 0, -ENOMEM.
 */
int cnet__json_format(const json_t *value, unsigned int indent, char **ret,
		      struct cnet_error *err) CNET_NODISCARD;

#endif
