/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options structs of callers that were compiled with another libcnet (the rule is libbpf's). */

#include "base/opts.h"

#include <errno.h>
#include <string.h>

int cnet__opts_copy(void *ours, size_t our_size, const void *theirs, struct cnet_error *err)
{
	const unsigned char *bytes = theirs;
	size_t their_size;
	size_t i;

	memset(ours, 0, our_size);
	if (theirs == NULL)
		return 0;

	memcpy(&their_size, theirs, sizeof(their_size));
	if (their_size < sizeof(their_size))
		return cnet_error_set(err, EINVAL, "options: size is not set");

	for (i = our_size; i < their_size; i++) {
		if (bytes[i] != 0)
			return cnet_error_set(err, E2BIG,
					      "options: a member at byte %zu is not known to this "
					      "libcnet",
					      i);
	}

	memcpy(ours, theirs, their_size < our_size ? their_size : our_size);
	return 0;
}
