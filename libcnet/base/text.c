/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text to numbers, checked; formatting, bounded. */

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int cnet__text_u32(const char *text, uint32_t maximum, uint32_t *ret)
{
	uint64_t value = 0;
	const char *p;

	if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
		return -EINVAL;

	for (p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return -EINVAL;
		value = value * 10 + (uint64_t)(*p - '0');
		if (value > maximum)
			return -ERANGE;
	}

	*ret = (uint32_t)value;
	return 0;
}

int cnet__text_format(char *text, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, size, format, args);
	va_end(args);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}
