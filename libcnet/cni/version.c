/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Versions of the CNI specification. */

#include "cni/version.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"

const char *const cnet__versions[] = {
	"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", CNET__VERSION_NEWEST, NULL,
};

int cnet__version_known(const char *text)
{
	size_t i;

	for (i = 0; cnet__versions[i] != NULL; i++) {
		if (strcmp(text, cnet__versions[i]) == 0)
			return 1;
	}

	return 0;
}

int cnet__version_parse(const char *text, struct cnet__version *ret)
{
	uint32_t parts[3] = { 0 };
	const char *p = text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		const size_t length = strcspn(p, ".");
		char digits[11];

		if (length >= sizeof(digits))
			return -EINVAL;
		memcpy(digits, p, length);
		digits[length] = '\0';
		if (cnet__text_u32(digits, INT_MAX, &parts[i]) < 0)
			return -EINVAL;

		p += length;
		if (*p == '\0') {
			*ret = (struct cnet__version){ parts[0], parts[1], parts[2] };
			return 0;
		}
		p++;
	}

	return -EINVAL;
}

static int order(unsigned int a, unsigned int b)
{
	return (a > b) - (a < b);
}

int cnet__version_compare(const struct cnet__version *a, const struct cnet__version *b)
{
	int by_major = order(a->major, b->major);
	int by_minor = order(a->minor, b->minor);

	return by_major != 0 ? by_major : by_minor != 0 ? by_minor : order(a->patch, b->patch);
}

int cnet__version_at_least(const char *text, unsigned int major, unsigned int minor)
{
	const struct cnet__version wanted = { major, minor, 0 };
	struct cnet__version version;

	return cnet__version_parse(text, &version) == 0 &&
	       cnet__version_compare(&version, &wanted) >= 0;
}

int cnet__version_served(const char *text, const char *minimum)
{
	struct cnet__version version, oldest;

	if (!cnet__version_known(text))
		return 0;

	return minimum == NULL || (cnet__version_parse(text, &version) == 0 &&
				   cnet__version_parse(minimum, &oldest) == 0 &&
				   cnet__version_compare(&version, &oldest) >= 0);
}

void cnet__version_list(const char *minimum, const char *quote, const char *separator, char *text)
{
	size_t i, length = 0;

	*text = '\0';
	for (i = 0; cnet__versions[i] != NULL; i++) {
		if (cnet__version_served(cnet__versions[i], minimum))
			length += (size_t)snprintf(text + length, CNET__VERSION_LIST - length,
						   "%s%s%s%s", length != 0 ? separator : "", quote,
						   cnet__versions[i], quote);
	}
}
