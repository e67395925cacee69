/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct cnet_ip: parse, format, compare, step. */

#include <cnet/value.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static const uint8_t mapped[12] = {
	[10] = 0xff, [11] = 0xff
}; /* ::ffff:0:0/96, RFC 4291 2.5.5.2 */

int cnet_ip_parse(const char *text, struct cnet_ip *ret, struct cnet_error *err)
{
	struct cnet_ip ip = { .family = AF_INET };

	if (inet_pton(AF_INET, text, ip.bytes) != 1) {
		ip.family = AF_INET6;
		if (inet_pton(AF_INET6, text, ip.bytes) != 1)
			return cnet_error_set(err, EINVAL, "not an IP address: \"%s\"", text);
	}

	if (ip.family == AF_INET6 && memcmp(ip.bytes, mapped, sizeof(mapped)) == 0) {
		memcpy(ip.bytes, ip.bytes + sizeof(mapped), 4);
		memset(ip.bytes + 4, 0, sizeof(ip.bytes) - 4);
		ip.family = AF_INET;
	}

	*ret = ip;
	return 0;
}

const char *cnet_ip_format(const struct cnet_ip *ip, char *text)
{
	if (ip->family == 0 || inet_ntop((int)ip->family, ip->bytes, text, CNET_IP_TEXT) == NULL)
		text[0] = '\0';

	return text;
}

unsigned int cnet_ip_bits(const struct cnet_ip *ip)
{
	if (ip->family == AF_INET)
		return 32;

	return ip->family == AF_INET6 ? 128 : 0;
}

int cnet_ip_compare(const struct cnet_ip *a, const struct cnet_ip *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;

	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

int cnet_ip_next(struct cnet_ip *ip)
{
	struct cnet_ip next = *ip;
	unsigned int i = cnet_ip_bits(ip) / 8;

	while (i > 0) {
		if (++next.bytes[--i] != 0) {
			*ip = next;
			return 0;
		}
	}

	return -ERANGE;
}

int cnet_ip_previous(struct cnet_ip *ip)
{
	struct cnet_ip previous = *ip;
	unsigned int i = cnet_ip_bits(ip) / 8;

	while (i > 0) {
		if (previous.bytes[--i]-- != 0) {
			*ip = previous;
			return 0;
		}
	}

	return -ERANGE;
}
