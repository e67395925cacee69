/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as Go reads and writes it: bounds and case on the way in, order and escapes out. */

#include "cni/json.h"

#include <errno.h>
#include <string.h>

#include <cnet/cni.h>

#include "base/auto.h"

/* jansson would follow 2,048 levels by recursion: depth is bounded before it begins. */
static int depth_check(const char *text, size_t length, struct cnet_error *err)
{
	unsigned int depth = 0;
	int in_string = 0;
	size_t i;

	for (i = 0; i < length; i++) {
		const char c = text[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > CNET__JSON_DEPTH_MAX)
			return cnet_error_set(err, CNET_CNI_EDECODE,
					      "JSON: byte %zu: nested deeper than %d levels", i,
					      CNET__JSON_DEPTH_MAX);
	}

	return 0;
}

int cnet__json_parse(const char *text, size_t length, json_t **ret, struct cnet_error *err)
{
	json_error_t fault;
	json_t *json;
	int r;

	if (length > CNET__JSON_MAX)
		return cnet_error_set(err, CNET_CNI_EDECODE, "JSON: longer than %d bytes",
				      CNET__JSON_MAX);
	r = depth_check(text, length, err);
	if (r < 0)
		return r;

	json = json_loadb(text, length, JSON_DECODE_ANY, &fault);
	/* Of most of the memory that it did not get, jansson says nothing, of some it blames the
	 * text. */
	if (json == NULL &&
	    (fault.text[0] == '\0' || json_error_code(&fault) == json_error_out_of_memory))
		return cnet_error_set(err, ENOMEM, "JSON: out of memory");
	if (json == NULL)
		return cnet_error_set(err, CNET_CNI_EDECODE, "JSON: line %d, column %d: %s",
				      fault.line, fault.column, fault.text);

	if (json_is_null(json))
		json = json_object();
	if (json == NULL)
		return cnet_error_set(err, ENOMEM, "JSON: out of memory");
	if (!json_is_object(json)) {
		json_decref(json);
		return cnet_error_set(err, CNET_CNI_EDECODE,
				      "JSON: line 1, column 1: an object is expected");
	}

	*ret = json;
	return 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int cnet__json_name_equal(const char *a, const char *b)
{
	for (; *a != '\0' && lower(*a) == lower(*b); a++, b++)
		;

	return lower(*a) == lower(*b);
}

json_t *cnet__json_get(const json_t *object, const char *name)
{
	json_t *found = NULL;
	json_t *value;
	const char *key;

	/* The macro takes no const; nothing is changed. */
	json_object_foreach ((json_t *)(uintptr_t)object, key, value) {
		if (!json_is_null(value) && cnet__json_name_equal(key, name))
			found = value;
	}

	return found;
}

const char *cnet__json_string(const json_t *object, const char *name)
{
	return json_string_value(cnet__json_get(object, name));
}

static int is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Would these two begin a sequence longer than needed, a surrogate, or one beyond U+10FFFF? */
static int is_excluded(unsigned char a, unsigned char b)
{
	return (a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) || (a == 0xf0 && b < 0x90) ||
	       (a == 0xf4 && b > 0x8f);
}

/* Bytes of the UTF-8 sequence at p, or 0 where it is none (RFC 3629, section 4). */
static size_t sequence(const char *p)
{
	const unsigned char a = (unsigned char)p[0];
	size_t length = a < 0x80   ? 1
			: a < 0xc2 ? 0
			: a < 0xe0 ? 2
			: a < 0xf0 ? 3
			: a < 0xf5 ? 4
				   : 0;
	size_t i;

	for (i = 1; i < length; i++) {
		if (!is_continuation(p[i]))
			return 0;
	}

	return length > 1 && is_excluded(a, (unsigned char)p[1]) ? 0 : length;
}

json_t *cnet__json_text(const char *text)
{
	AUTO_FREE char *copy = strdup(text);
	char *p;

	for (p = copy; p != NULL && *p != '\0';) {
		size_t length = sequence(p);

		if (length == 0)
			*p = '?';
		p += length != 0 ? length : 1;
	}

	return copy != NULL ? json_string_nocheck(copy) : NULL;
}

static const char *escape(char c)
{
	switch (c) {
	case '<':
		return "\\u003c";
	case '>':
		return "\\u003e";
	case '&':
		return "\\u0026";
	default:
		return NULL;
	}
}

/* The three occur only within strings, so that the finished text can be gone through. */
static char *escape_all(const char *text)
{
	size_t length = 1;
	const char *p;
	char *escaped, *to;

	for (p = text; *p != '\0'; p++)
		length += escape(*p) != NULL ? strlen("\\u003c") : 1;
	escaped = malloc(length);
	if (escaped == NULL)
		return NULL;

	for (p = text, to = escaped; *p != '\0'; p++) {
		if (escape(*p) != NULL)
			to = stpcpy(to, escape(*p));
		else
			*to++ = *p;
	}
	*to = '\0';
	return escaped;
}

/*
 * json_dumps() would do, were it not that it ignores some failures to make room, and leaves out
 * what there was no room for.
 */
static char *dump(const json_t *value, size_t flags)
{
	const size_t length = json_dumpb(value, NULL, 0, flags);
	AUTO_FREE char *text = length != 0 ? malloc(length + 1) : NULL;

	if (text == NULL || json_dumpb(value, text, length, flags) != length)
		return NULL;

	text[length] = '\0';
	return take(text);
}

int cnet__json_format(const json_t *value, unsigned int indent, char **ret, struct cnet_error *err)
{
	const size_t flags = JSON_ENCODE_ANY | JSON_SORT_KEYS |
			     (indent != 0 ? JSON_INDENT((size_t)indent) : JSON_COMPACT);
	AUTO_FREE char *text = dump(value, flags);
	char *escaped = text != NULL ? escape_all(text) : NULL;

	if (escaped == NULL)
		return cnet_error_set(err, ENOMEM, "JSON: out of memory");

	*ret = escaped;
	return 0;
}
