/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct cnet_error: set, prefix, append. */

#include <cnet/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* tests/lint/analyzer.h has macros of these names. */
#undef cnet_error_set
#undef cnet_error_prefix
#undef cnet_error_append

int cnet_error_set(struct cnet_error *err, int code, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return -code;

	err->code = code;
	va_start(args, format);
	vsnprintf(err->message, sizeof(err->message), format, args);
	va_end(args);

	return -code;
}

int cnet_error_prefix(struct cnet_error *err, int code, const char *format, ...)
{
	char old[sizeof(err->message)];
	va_list args;
	int n;

	if (err == NULL)
		return code;

	memcpy(old, err->message, sizeof(old));
	va_start(args, format);
	n = vsnprintf(err->message, sizeof(err->message), format, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(err->message))
		snprintf(err->message + n, sizeof(err->message) - (size_t)n, ": %s", old);

	return code;
}

int cnet_error_append(struct cnet_error *err, const struct cnet_error *other)
{
	size_t length;

	if (err == NULL)
		return -other->code;

	if (err->code == 0) {
		*err = *other;
		return -err->code;
	}

	length = strlen(err->message);
	snprintf(err->message + length, sizeof(err->message) - length, "; %s", other->message);
	return -err->code;
}
