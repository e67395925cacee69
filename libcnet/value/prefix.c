/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct cnet_prefix: parse, format, the network's first and last address. */

#include <cnet/value.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

int cnet_prefix_parse(const char *text, struct cnet_prefix *ret, struct cnet_error *err)
{
	const char *slash = strchr(text, '/');
	char address[CNET_IP_TEXT];
	struct cnet_prefix prefix;
	uint32_t length;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(address))
		return cnet_error_set(err, EINVAL, "not in \"address/length\" form: \"%s\"", text);

	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';

	if (cnet_ip_parse(address, &prefix.ip, NULL) < 0 ||
	    cnet__text_u32(slash + 1, strchr(address, ':') != NULL ? 128 : 32, &length) < 0)
		return cnet_error_set(err, EINVAL, "not in \"address/length\" form: \"%s\"", text);

	/* An IPv4-mapped address has become IPv4: the 96 bits before it are gone. */
	if (prefix.ip.family == AF_INET && strchr(address, ':') != NULL) {
		if (length < 96)
			return cnet_error_set(err, EINVAL,
					      "IPv4-mapped address with a length below 96: \"%s\"",
					      text);
		length -= 96;
	}

	prefix.length = length;
	*ret = prefix;
	return 0;
}

const char *cnet_prefix_format(const struct cnet_prefix *prefix, char *text)
{
	size_t n = strlen(cnet_ip_format(&prefix->ip, text));

	if (n > 0)
		snprintf(text + n, CNET_PREFIX_TEXT - n, "/%u", prefix->length);

	return text;
}

/* The bits of byte i that belong to the host's part. */
static uint8_t host_bits(const struct cnet_prefix *prefix, unsigned int i)
{
	if (prefix->length >= (i + 1) * 8)
		return 0;

	if (prefix->length <= i * 8)
		return 0xff;

	return (uint8_t)(0xff >> (prefix->length - i * 8));
}

struct cnet_ip cnet_prefix_network(const struct cnet_prefix *prefix)
{
	struct cnet_ip ip = prefix->ip;
	unsigned int i;

	for (i = 0; i < cnet_ip_bits(&ip) / 8; i++)
		ip.bytes[i] = (uint8_t)(ip.bytes[i] & ~host_bits(prefix, i));

	return ip;
}

struct cnet_ip cnet_prefix_last(const struct cnet_prefix *prefix)
{
	struct cnet_ip ip = prefix->ip;
	unsigned int i;

	for (i = 0; i < cnet_ip_bits(&ip) / 8; i++)
		ip.bytes[i] = (uint8_t)(ip.bytes[i] | host_bits(prefix, i));

	return ip;
}

int cnet_prefix_contains(const struct cnet_prefix *prefix, const struct cnet_ip *ip)
{
	const struct cnet_prefix other = { .ip = *ip, .length = prefix->length };
	struct cnet_ip a, b;

	if (ip->family != prefix->ip.family)
		return 0;

	a = cnet_prefix_network(prefix);
	b = cnet_prefix_network(&other);
	return cnet_ip_compare(&a, &b) == 0;
}

int cnet_prefix_overlaps(const struct cnet_prefix *a, const struct cnet_prefix *b)
{
	return a->length <= b->length ? cnet_prefix_contains(a, &b->ip)
				      : cnet_prefix_contains(b, &a->ip);
}
