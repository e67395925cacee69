/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64, in which Go's JSON carries bytes. */
#ifndef CNET_RUNTIME_BASE64_H
#define CNET_RUNTIME_BASE64_H

#include <stddef.h>

/* RFC 4648, section 4, with padding. To be freed; NULL: out of memory. */
char *cnet__base64(const void *data, size_t length);

#endif
