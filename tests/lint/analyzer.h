/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Included before everything where an analyser reads the code, never where it is built: tells
 * that these functions return negative numbers, which analysers, seeing one file at a time, cannot
 * know. Without it they follow paths on which a call failed and yet succeeded.
 */
#ifndef CNET_TESTS_ANALYZER_H
#define CNET_TESTS_ANALYZER_H

#include <cnet/error.h>

#define ANALYZER_NEGATIVE_(call)                 \
	({                                       \
		int negative_ = (call);          \
		if (negative_ >= 0)              \
			__builtin_unreachable(); \
		negative_;                       \
	})

#define cnet_error_set(...)    ANALYZER_NEGATIVE_((cnet_error_set)(__VA_ARGS__))
#define cnet_error_prefix(...) ANALYZER_NEGATIVE_((cnet_error_prefix)(__VA_ARGS__))
#define cnet_error_append(...) ANALYZER_NEGATIVE_((cnet_error_append)(__VA_ARGS__))

#endif
