/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text to numbers, checked; formatting, bounded. */
#ifndef CNET_BASE_TEXT_H
#define CNET_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Decimal digits and nothing else, without superfluous leading zeros. 0, -EINVAL, or -ERANGE. */
int cnet__text_u32(const char *text, uint32_t maximum, uint32_t *ret);

/* snprintf() that says whether everything fitted: 0 or -ENAMETOOLONG. */
int cnet__text_format(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4), warn_unused_result));

#endif
