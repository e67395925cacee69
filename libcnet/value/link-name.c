/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel accepts as a link's name (dev_valid_name() in net/core/dev.c). */

#include <cnet/value.h>

#include <errno.h>
#include <string.h>

int cnet_link_name_check(const char *name, struct cnet_error *err)
{
	const size_t length = strnlen(name, CNET_LINK_NAME);
	size_t i;

	if (length == CNET_LINK_NAME)
		return cnet_error_set(err, ENAMETOOLONG, "link name \"%s\": longer than %d bytes",
				      name, CNET_LINK_NAME - 1);
	if (length == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return cnet_error_set(err, EINVAL, "link name \"%s\": not allowed", name);

	for (i = 0; i < length; i++) {
		unsigned char c = (unsigned char)name[i];

		/* 0xa0 is a space to the kernel, whose ctype table is Latin-1. */
		if (c <= ' ' || c == 0x7f || c == 0xa0 || strchr("/:%", c) != NULL)
			return cnet_error_set(err, EINVAL,
					      "link name \"%s\": byte %zu (0x%02x) is not allowed",
					      name, i + 1, c);
	}

	return 0;
}
