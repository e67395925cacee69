/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64, in which Go's JSON carries bytes. */

#include "runtime/base64.h"

#include <stdint.h>
#include <stdlib.h>

char *cnet__base64(const void *data, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	char *text = malloc((length + 2) / 3 * 4 + 1);
	const unsigned char *bytes = data;
	char *to = text;
	size_t i;

	if (text == NULL)
		return NULL;

	for (i = 0; i < length; i += 3) {
		const size_t left = length - i;
		const uint32_t group = (uint32_t)bytes[i] << 16 |
				       (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				       (left > 2 ? bytes[i + 2] : 0);

		*to++ = digits[group >> 18];
		*to++ = digits[group >> 12 & 63];
		*to++ = digits[group >> 6 & 63];
		*to++ = digits[group & 63];
	}
	for (i = length; i % 3 != 0; i++)
		to[(ptrdiff_t)(i % 3) - 3] = '=';
	*to = '\0';

	return text;
}
