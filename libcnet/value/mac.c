/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct cnet_mac: parse, format, compare. */

#include <cnet/value.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;

	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int cnet_mac_parse(const char *text, struct cnet_mac *ret, struct cnet_error *err)
{
	struct cnet_mac mac = { .set = 1 };
	const char *p = text;
	unsigned int i;

	if (strlen(text) != CNET_MAC_TEXT - 1)
		return cnet_error_set(err, EINVAL, "not a MAC address: \"%s\"", text);

	for (i = 0; i < 6; i++, p += 3) {
		int high = hex(p[0]), low = hex(p[1]);

		if (high < 0 || low < 0 ||
		    (i < 5 && (p[2] != text[2] || (p[2] != ':' && p[2] != '-'))))
			return cnet_error_set(err, EINVAL, "not a MAC address: \"%s\"", text);
		mac.bytes[i] = (uint8_t)(high << 4 | low);
	}

	*ret = mac;
	return 0;
}

const char *cnet_mac_format(const struct cnet_mac *mac, char *text)
{
	const uint8_t *b = mac->bytes;

	text[0] = '\0';
	if (mac->set)
		snprintf(text, CNET_MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2],
			 b[3], b[4], b[5]);

	return text;
}

int cnet_mac_equal(const struct cnet_mac *a, const struct cnet_mac *b)
{
	return a->set && b->set && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
