/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options structs of callers that were compiled with another libcnet. */
#ifndef CNET_BASE_OPTS_H
#define CNET_BASE_OPTS_H

#include <cnet/error.h>

/*
 * Copies a caller's options (whose first member is size_t size; NULL: all zero) into a struct of
 * ours. Members that the caller lacks become zero; members that we lack must be zero.
 * 0; -EINVAL: size was not set; -E2BIG: the caller asks for something that we do not know.
 */
int cnet__opts_copy(void *ours, size_t our_size, const void *theirs,
		    struct cnet_error *err) CNET_NODISCARD;

#endif
