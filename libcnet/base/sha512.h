/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-512, of which the field makes its names. */
#ifndef CNET_BASE_SHA512_H
#define CNET_BASE_SHA512_H

#include <stddef.h>

enum { CNET__SHA512_HEX = 129 };

/*
 * The hash of several strings, one after the other (NULL ends the list), as hexadecimal text,
 * cut to size - 1 digits (at most 128). Source: FIPS 180-4, sections 4.1.3, 5.3.5 and 6.4.
 */
void cnet__sha512_hex(const char *const *parts, char *hex, size_t size);

#endif
