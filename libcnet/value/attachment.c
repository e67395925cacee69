/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct cnet_attachment: its names checked, and texts made from them. */

#include <cnet/attachment.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cnet/value.h>

#include "base/sha512.h"

/* 32 + 75 + 15 and two slashes make 124 of the 127 bytes that nft(8) reloads as a comment. */
enum { NETWORK_MAX = 32, CONTAINER_MAX = 75, HASH_DIGITS = 16 };

static int name_check(const char *what, const char *name, struct cnet_error *err)
{
	static const char alphanumeric[] = "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const char *p;

	if (*name == '\0')
		return cnet_error_set(err, EINVAL, "%s is empty", what);

	for (p = name; *p != '\0'; p++) {
		if (strchr(alphanumeric, *p) == NULL && (p == name || strchr("_.-", *p) == NULL))
			return cnet_error_set(err, EINVAL, "%s \"%s\": invalid character at %zu",
					      what, name, (size_t)(p - name) + 1);
	}

	return 0;
}

int cnet_attachment_check(const struct cnet_attachment *attachment, struct cnet_error *err)
{
	int r;

	r = name_check("network name", attachment->network, err);
	if (r < 0)
		return r;
	r = name_check("container ID", attachment->container, err);
	if (r < 0)
		return r;
	if (cnet_link_name_check(attachment->ifname, err) < 0) {
		if (err != NULL)
			err->code = EINVAL; /* also where it is too long */
		return cnet_error_prefix(err, -EINVAL, "interface name");
	}

	return 0;
}

/* '~' occurs in no valid name, so that a cut name is no other's. */
static const char *shorten(const char *name, size_t maximum, char *text)
{
	const char *const parts[] = { name, NULL };
	size_t kept = maximum - HASH_DIGITS - 1;

	if (strlen(name) <= maximum)
		return name;

	memcpy(text, name, kept);
	text[kept] = '~';
	cnet__sha512_hex(parts, text + kept + 1, HASH_DIGITS + 1);
	return text;
}

const char *cnet_attachment_format(const struct cnet_attachment *attachment, char *text)
{
	char network[NETWORK_MAX + 1], container[CONTAINER_MAX + 1];

	snprintf(text, CNET_ATTACHMENT_TEXT, "%s/%s/%s",
		 shorten(attachment->network, NETWORK_MAX, network),
		 shorten(attachment->container, CONTAINER_MAX, container), attachment->ifname);
	return text;
}

int cnet_attachment_of_network(const char *text, const char *network)
{
	char room[NETWORK_MAX + 1];
	const char *name = shorten(network, NETWORK_MAX, room);
	const size_t length = strlen(name);

	return strncmp(text, name, length) == 0 && text[length] == '/';
}

const char *cnet_attachment_link_name(const struct cnet_attachment *attachment, const char *stem,
				      char *name)
{
	const char *const parts[] = { attachment->network, "/", attachment->container, "/",
				      attachment->ifname,  NULL };
	const size_t length = strlen(stem);

	memcpy(name, stem, length);
	cnet__sha512_hex(parts, name + length, CNET_LINK_NAME - length);
	return name;
}
