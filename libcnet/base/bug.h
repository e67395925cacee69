/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Broken invariants of our own code: never for input, never for what the system does. */
#ifndef CNET_BASE_BUG_H
#define CNET_BASE_BUG_H

#include <stdlib.h>

/* Ends the process: going on would act on memory that is wrong. */
#define bug_on(condition)                               \
	do {                                            \
		if (__builtin_expect(!!(condition), 0)) \
			abort();                        \
	} while (0)

#endif
