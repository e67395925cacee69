/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Teardown that goes on past errors; and which attachments live. */

#include "kit/kit.h"

#include <string.h>

int kit_all(struct cnet_cni_call *call,
	    int (*const *steps)(struct cnet_cni_call *call, struct cnet_error *err), size_t count,
	    struct cnet_error *err)
{
	struct cnet_error all = { 0 };
	size_t i;
	int first = 0;

	for (i = 0; i < count; i++) {
		struct cnet_error step = { 0 };

		if (steps[i](call, &step) < 0)
			first = cnet_error_append(&all, &step);
	}

	return first < 0 ? cnet_error_append(err, &all) : 0;
}

bool kit_is_valid(struct cnet_cni_call *call, const char *text)
{
	const struct cnet_attachment *valid;
	size_t i, n;

	valid = cnet_cni_valid_attachments(call, &n);
	for (i = 0; i < n; i++) {
		char other[CNET_ATTACHMENT_TEXT];

		if (strcmp(cnet_attachment_format(&valid[i], other), text) == 0)
			return true;
	}

	return false;
}
