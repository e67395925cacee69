/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The version of the library that is loaded. */

#include <cnet/version.h>

const char *cnet_version(void)
{
	return CNET_VERSION;
}
