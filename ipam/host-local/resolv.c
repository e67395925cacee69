/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name servers from a file like resolv.conf(5). */

#include "host-local/resolv.h"

#include <errno.h>
#include <string.h>

#include "base/auto.h"
#include "base/file.h"

enum { TEXT_MAX = 1 << 20 };

static const char space[] = " \t\r\v\f";

/* Appends words and the NULL that ends them, which does not count. */
static int add_words(hl_words *words, char *text, size_t maximum)
{
	char *rest, *word;

	for (word = strtok_r(text, space, &rest); word != NULL && maximum-- > 0;
	     word = strtok_r(NULL, space, &rest)) {
		if (vec_reserve(words, 2) < 0)
			return -ENOMEM;
		vec_push(words, word);
		words->items[words->count] = NULL;
	}

	return 0;
}

static int read_line(struct hl_resolv *resolv, char *line)
{
	char *rest, *key = strtok_r(line, space, &rest);

	if (key == NULL || *key == '#' || *key == ';')
		return 0;

	if (strcmp(key, "nameserver") == 0)
		return add_words(&resolv->nameservers, rest, 1);
	if (strcmp(key, "search") == 0)
		return add_words(&resolv->search, rest, SIZE_MAX);
	if (strcmp(key, "options") == 0)
		return add_words(&resolv->options, rest, SIZE_MAX);
	if (strcmp(key, "domain") == 0) {
		key = strtok_r(rest, space, &rest);
		resolv->domain = key != NULL ? key : resolv->domain;
	}

	return 0;
}

int hl_resolv_read(const char *path, struct hl_resolv *ret, struct cnet_error *err)
{
	struct hl_resolv resolv = { 0 };
	struct cnet_error why = { 0 };
	char *line, *rest;
	size_t length;
	int r;

	r = cnet__path_read(path, TEXT_MAX, &resolv.text, &length, &why);
	if (r < 0)
		return cnet_error_set(err, r == -ENOMEM ? ENOMEM : CNET_CNI_ECONFIG,
				      "resolvConf: %s", why.message);

	for (line = resolv.text; line != NULL && r == 0; line = rest) {
		rest = strchr(line, '\n');
		if (rest != NULL)
			*rest++ = '\0';
		r = read_line(&resolv, line);
	}
	if (r < 0) {
		hl_resolv_clear(&resolv);
		return cnet_error_set(err, ENOMEM, "resolvConf: out of memory");
	}

	*ret = resolv;
	return 0;
}

void hl_resolv_clear(struct hl_resolv *resolv)
{
	free(resolv->nameservers.items);
	free(resolv->search.items);
	free(resolv->options.items);
	free(resolv->text);
	*resolv = (struct hl_resolv){ 0 };
}

struct cnet_cni_dns hl_resolv_dns(const struct hl_resolv *resolv)
{
	return (struct cnet_cni_dns){
		.nameservers = resolv->nameservers.items,
		.search = resolv->search.items,
		.options = resolv->options.items,
		.domain = resolv->domain,
	};
}
