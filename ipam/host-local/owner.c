/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an allocation file says about its owner. */

#include "host-local/owner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha512.h"

static const char separator[] = "\r\n";
static const char space[] = " \t\r\n\v\f";

/* Part of a text. */
struct span {
	const char *text;
	size_t length;
};

static int span_compare(struct span a, struct span b)
{
	const size_t shorter = a.length < b.length ? a.length : b.length;
	int r = memcmp(a.text, b.text, shorter);

	if (r != 0 || a.length == b.length)
		return r;

	return a.length < b.length ? -1 : 1;
}

static struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* The owner that a file names; interface.text is NULL in an old one. */
struct named {
	struct span container;
	struct span interface;
};

static struct named named_by(const char *text)
{
	struct named named = { 0 };
	const char *end, *middle;

	text += strspn(text, space);
	end = text + strlen(text);
	while (end > text && strchr(space, end[-1]) != NULL)
		end--;

	middle = strstr(text, separator);
	if (middle == NULL || middle >= end) {
		named.container = (struct span){ text, (size_t)(end - text) };
		return named;
	}

	named.container = (struct span){ text, (size_t)(middle - text) };
	middle += strlen(separator);
	named.interface = (struct span){ middle, (size_t)(end - middle) };
	return named;
}

static int compare(const struct named *named, const struct cnet_attachment *owner)
{
	int r = span_compare(named->container, span_of(owner->container));

	if (r != 0 || named->interface.text == NULL)
		return r;

	return span_compare(named->interface, span_of(owner->ifname));
}

char *hl_owner_format(const struct cnet_attachment *owner, size_t *length)
{
	char *text;
	int n = asprintf(&text, "%s%s%s", owner->container, separator, owner->ifname);

	if (n < 0)
		return NULL;

	*length = (size_t)n;
	return text;
}

const char *hl_owner_hash(const struct cnet_attachment *owner, char *text)
{
	const char *const parts[] = { owner->container, separator, owner->ifname, NULL };

	cnet__sha512_hex(parts, text, HL_OWNER_HASH);
	return text;
}

enum hl_claim hl_owner_claim(const char *text, const struct cnet_attachment *owner)
{
	const struct named named = named_by(text);

	if (compare(&named, owner) != 0)
		return HL_CLAIM_NONE;

	return named.interface.text != NULL ? HL_CLAIM_ATTACHMENT : HL_CLAIM_CONTAINER;
}

static int by_name(const void *a, const void *b)
{
	const struct cnet_attachment *x = a, *y = b;
	const struct named named = { span_of(x->container), span_of(x->ifname) };

	return compare(&named, y);
}

int hl_owners_sort(const struct cnet_attachment *attachments, size_t count, struct hl_owners *ret,
		   struct cnet_error *err)
{
	struct cnet_attachment *items = calloc(count + 1, sizeof(*items));

	if (items == NULL)
		return cnet_error_set(err, ENOMEM, "valid attachments: out of memory");

	if (count > 0)
		memcpy(items, attachments, count * sizeof(*items));
	qsort(items, count, sizeof(*items), by_name);

	ret->items = items;
	ret->count = count;
	return 0;
}

static int by_claim(const void *named, const void *owner)
{
	return compare(named, owner);
}

bool hl_owners_hold(const struct hl_owners *owners, const char *text)
{
	const struct named named = named_by(text);

	return bsearch(&named, owners->items, owners->count, sizeof(*owners->items), by_claim) !=
	       NULL;
}
