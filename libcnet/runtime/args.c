/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CNI_ARGS, as the text that plugins get and as the pairs that libcni keeps. */

#include "runtime/args.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"

int cnet__args_split(const char *text, json_t **ret, struct cnet_error *err)
{
	json_auto_t *pairs = json_array();
	const char *p = text;

	if (pairs == NULL)
		return cnet_error_set(err, ENOMEM, "arguments: out of memory");

	while (p != NULL && *p != '\0') {
		size_t length = strcspn(p, ";");
		const char *equal = memchr(p, '=', length);
		json_t *pair;

		if (equal == NULL || equal == p)
			return cnet_error_set(err, EINVAL, "arguments \"%s\": not KEY=VALUE", text);

		pair = json_pack("[s%, s%]", p, (size_t)(equal - p), equal + 1,
				 length - (size_t)(equal + 1 - p));
		if (json_array_append_new(pairs, pair) < 0)
			return cnet_error_set(err, EINVAL, "arguments: not UTF-8");
		p += length;
		p += *p == ';';
	}

	*ret = json_incref(pairs);
	return 0;
}

int cnet__args_join(const json_t *pairs, char **ret, struct cnet_error *err)
{
	AUTO_FREE char *text = NULL;
	json_t *pair;
	size_t size = 0;
	size_t i;
	FILE *stream = open_memstream(&text, &size);
	const char *separator = "";

	if (stream == NULL)
		return cnet_error_set(err, ENOMEM, "arguments: out of memory");

	json_array_foreach (pairs, i, pair) {
		const char *key = json_string_value(json_array_get(pair, 0));
		const char *value = json_string_value(json_array_get(pair, 1));

		if (key == NULL || value == NULL)
			continue;
		fprintf(stream, "%s%s=%s", separator, key, value);
		separator = ";";
	}

	if (fclose(stream) != 0)
		return cnet_error_set(err, ENOMEM, "arguments: out of memory");
	if (size > 0)
		*ret = take(text);
	else
		*ret = NULL;

	return 0;
}
