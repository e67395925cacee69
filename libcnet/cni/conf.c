/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON objects to structs, by a table of members.
 *
 * json_unpack() would do, were it not that its errors name no member. Recursion is as deep as the
 * tables are nested.
 */

#include "cni/conf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/bug.h"
#include "cni/json.h"

enum { PATH_TEXT = 192, VALUE_TEXT = 128 };

struct reader {
	struct cnet__arena *arena;
	struct cnet_error *err;
	char path[PATH_TEXT]; /* of the member that is being read, for messages */
};

/* Appends to the path; the length that it had goes back to leave(). A long path is cut. */
static size_t enter(struct reader *rd, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static size_t enter(struct reader *rd, const char *format, ...)
{
	const size_t length = strlen(rd->path);
	va_list args;

	va_start(args, format);
	vsnprintf(rd->path + length, sizeof(rd->path) - length, format, args);
	va_end(args);
	return length;
}

static void leave(struct reader *rd, size_t length)
{
	rd->path[length] = '\0';
}

static int no_memory(struct reader *rd)
{
	return cnet_error_set(rd->err, ENOMEM, "\"%s\": out of memory", rd->path);
}

/* "path": not what: value */
static int refuse(struct reader *rd, const json_t *value, const char *what)
{
	AUTO_FREE char *text = NULL;

	if (cnet__json_format(value, 0, &text, NULL) < 0)
		return no_memory(rd);

	return cnet_error_set(rd->err, CNET_CNI_ECONFIG, "\"%s\": not %s: %.*s%s", rd->path, what,
			      VALUE_TEXT, text, strlen(text) > VALUE_TEXT ? "..." : "");
}

static int read_string(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	const char *text = json_string_value(value);

	(void)detail;
	if (text == NULL)
		return refuse(rd, value, "a string");

	memcpy(place, &text, sizeof(text));
	return 0;
}

static int read_bool(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	bool on = json_is_true(value);

	(void)detail;
	if (!json_is_boolean(value))
		return refuse(rd, value, "true or false");

	memcpy(place, &on, sizeof(on));
	return 0;
}

static int read_int(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	static const struct cnet_cni_bounds u32 = { 0, UINT32_MAX };
	const struct cnet_cni_bounds *bounds = detail != NULL ? detail : &u32;
	const int64_t number = json_integer_value(value);
	char what[64];

	if (!json_is_integer(value))
		return refuse(rd, value, "an integer");
	if (number < bounds->minimum || number > bounds->maximum) {
		snprintf(what, sizeof(what), "between %lld and %lld", (long long)bounds->minimum,
			 (long long)bounds->maximum);
		return refuse(rd, value, what);
	}

	memcpy(place, &number, sizeof(number));
	return 0;
}

static int read_choice(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	const struct cnet_cni_choice *choice = detail;
	const char *text = json_string_value(value);
	char what[VALUE_TEXT] = "one of";
	size_t length;

	for (; choice->text != NULL; choice++) {
		if (text != NULL && strcmp(text, choice->text) == 0) {
			memcpy(place, &choice->value, sizeof(choice->value));
			return 0;
		}
		length = strlen(what);
		snprintf(what + length, sizeof(what) - length, " \"%s\"", choice->text);
	}

	return refuse(rd, value, what);
}

typedef int parser(const char *text, void *ret, struct cnet_error *err);

static int read_value(struct reader *rd, const json_t *value, parser *parse, void *place)
{
	const char *text = json_string_value(value);
	struct cnet_error why = { 0 };

	if (text == NULL)
		return refuse(rd, value, "a string");
	if (parse(text, place, &why) < 0)
		return cnet_error_set(rd->err, CNET_CNI_ECONFIG, "\"%s\": %s", rd->path,
				      why.message);

	return 0;
}

static int parse_mac(const char *text, void *ret, struct cnet_error *err)
{
	return *text == '\0' ? 0 : cnet_mac_parse(text, ret, err);
}

static int parse_ip(const char *text, void *ret, struct cnet_error *err)
{
	return *text == '\0' ? 0 : cnet_ip_parse(text, ret, err);
}

static int parse_prefix(const char *text, void *ret, struct cnet_error *err)
{
	return cnet_prefix_parse(text, ret, err);
}

static int read_mac(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	(void)detail;
	return read_value(rd, value, parse_mac, place);
}

static int read_ip(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	(void)detail;
	return read_value(rd, value, parse_ip, place);
}

static int read_prefix(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	(void)detail;
	return read_value(rd, value, parse_prefix, place);
}

static int read_strings(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	const char **list;
	json_t *item;
	size_t i;

	(void)detail;
	if (!json_is_array(value))
		return refuse(rd, value, "a list");
	list = cnet__arena_alloc(rd->arena, json_array_size(value) + 1, sizeof(*list));
	if (list == NULL)
		return no_memory(rd);

	json_array_foreach (value, i, item) {
		const size_t outer = enter(rd, "[%zu]", i);

		if (read_string(rd, item, NULL, &list[i]) < 0)
			return -CNET_CNI_ECONFIG;
		leave(rd, outer);
	}

	memcpy(place, &list, sizeof(list));
	return 0;
}

static int read_members(struct reader *rd, const json_t *object,
			const struct cnet_cni_member *members, void *place);

static int read_list(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	const struct cnet_cni_element *element = detail;
	struct cnet_cni_list list = { .count = json_array_size(value) };
	json_t *item;
	size_t i;
	int r;

	if (!json_is_array(value))
		return refuse(rd, value, "a list");
	list.items = cnet__arena_alloc(rd->arena, list.count, element->size);
	if (list.items == NULL)
		return no_memory(rd);

	json_array_foreach (value, i, item) {
		void *to = (char *)list.items + i * element->size;
		const size_t outer = enter(rd, "[%zu]", i);

		if (element->members == NULL)
			r = read_list(rd, item, element->element, to);
		else if (json_is_object(item))
			r = read_members(rd, item, element->members, to);
		else
			r = refuse(rd, item, "an object");
		if (r < 0)
			return r;
		leave(rd, outer);
	}

	memcpy(place, &list, sizeof(list));
	return 0;
}

static int read_given(struct reader *rd, const json_t *value, const void *detail, void *place)
{
	const bool given = true;

	(void)rd;
	(void)value;
	(void)detail;
	memcpy(place, &given, sizeof(given));
	return 0;
}

static int (*const readers[])(struct reader *rd, const json_t *value, const void *detail,
			      void *place) = {
	[CNET_CNI_STRING] = read_string, [CNET_CNI_BOOL] = read_bool,
	[CNET_CNI_INT] = read_int,	 [CNET_CNI_CHOICE] = read_choice,
	[CNET_CNI_MAC] = read_mac,	 [CNET_CNI_IP] = read_ip,
	[CNET_CNI_PREFIX] = read_prefix, [CNET_CNI_STRINGS] = read_strings,
	[CNET_CNI_LIST] = read_list,	 [CNET_CNI_GIVEN] = read_given,
};

static int read_member(struct reader *rd, const json_t *object,
		       const struct cnet_cni_member *member, void *place)
{
	const char *dot, *part;

	for (part = member->path; (dot = strchr(part, '.')) != NULL; part = dot + 1) {
		char name[PATH_TEXT];

		bug_on((size_t)(dot - part) >= sizeof(name));
		memcpy(name, part, (size_t)(dot - part));
		name[dot - part] = '\0';

		object = cnet__json_get(object, name);
		if (object == NULL)
			return 0;
		enter(rd, "%s%s", rd->path[0] != '\0' ? "." : "", name);
		if (!json_is_object(object))
			return refuse(rd, object, "an object");
	}

	object = cnet__json_get(object, part);
	if (object == NULL)
		return 0;
	enter(rd, "%s%s", rd->path[0] != '\0' ? "." : "", part);
	return readers[member->type](rd, object, member->detail, (char *)place + member->offset);
}

static int read_members(struct reader *rd, const json_t *object,
			const struct cnet_cni_member *members, void *place)
{
	const size_t outer = strlen(rd->path);
	int r;

	for (; members->path != NULL; members++) {
		bug_on((size_t)members->type >= ARRAY_SIZE(readers));
		r = read_member(rd, object, members, place);
		if (r < 0)
			return r;
		leave(rd, outer);
	}

	return 0;
}

int cnet__conf_read(const json_t *object, struct cnet__arena *arena,
		    const struct cnet_cni_member *members, void *place, struct cnet_error *err)
{
	struct reader rd = { .arena = arena, .err = err };

	return read_members(&rd, object, members, place);
}
