/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plain values: IP addresses, prefixes, MAC addresses, link names. Copied, never freed. */
#ifndef CNET_VALUE_H
#define CNET_VALUE_H

#include <cnet/error.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_ip - an IPv4 or IPv6 address
 * @family: AF_INET, AF_INET6, or 0 (AF_UNSPEC): no address
 * @bytes:  in network order; of IPv4 the first four, the others zero
 *
 * Because unused bytes are zero, two addresses are equal if their bytes are.
 */
struct cnet_ip {
	uint32_t family;
	uint8_t bytes[16];
};

/**
 * struct cnet_prefix - an address with the length of its network's prefix
 * @ip:     the address; bits beyond @length may be set (an interface's address)
 * @length: 0 to 32, or 0 to 128
 */
struct cnet_prefix {
	struct cnet_ip ip;
	uint32_t length;
};

/**
 * struct cnet_mac - a 48-bit link-layer address
 * @bytes: in transmission order
 * @set:   0: no address, @bytes mean nothing
 */
struct cnet_mac {
	uint8_t bytes[6];
	uint16_t set;
};

enum {
	CNET_IP_TEXT = 46,     /* room for an address as text, with its end */
	CNET_PREFIX_TEXT = 50, /* room for "address/length" */
	CNET_MAC_TEXT = 18,    /* room for "02:00:00:00:00:01" */
	CNET_LINK_NAME = 16,   /* room for a link name (IFNAMSIZ) */
};

/**
 * cnet_ip_parse() - read an address
 * @text: RFC 4291 or dotted quad without leading zeros; an IPv4-mapped IPv6
 *        address becomes IPv4
 * @ret:  the address
 * @err:  see struct cnet_error
 *
 * Return: 0, or -EINVAL.
 */
CNET_API int cnet_ip_parse(const char *text, struct cnet_ip *ret,
			   struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_ip_format() - write an address as text (IPv6: RFC 5952)
 * @ip:   the address; no address gives ""
 * @text: at least CNET_IP_TEXT bytes
 *
 * Return: @text.
 */
CNET_API const char *cnet_ip_format(const struct cnet_ip *ip, char *text);

/** cnet_ip_bits() - 32, 128, or 0 where there is no address */
CNET_API unsigned int cnet_ip_bits(const struct cnet_ip *ip);

/**
 * cnet_ip_compare() - order two addresses, IPv4 before IPv6
 *
 * Return: negative, 0 or positive, as memcmp().
 */
CNET_API int cnet_ip_compare(const struct cnet_ip *a, const struct cnet_ip *b);

/**
 * cnet_ip_next() - the address that follows
 * @ip: is replaced
 *
 * Return: 0, or -ERANGE after the last address of the family (@ip unchanged).
 */
CNET_API int cnet_ip_next(struct cnet_ip *ip) CNET_NODISCARD;

/**
 * cnet_ip_previous() - the address before
 * @ip: is replaced
 *
 * Return: 0, or -ERANGE before the first address of the family (@ip unchanged).
 */
CNET_API int cnet_ip_previous(struct cnet_ip *ip) CNET_NODISCARD;

/**
 * cnet_prefix_parse() - read "address/length"
 * @text: the length is required, 0 to 32 or 128; host bits may be set
 * @ret:  the prefix, host bits kept
 * @err:  see struct cnet_error
 *
 * Return: 0, or -EINVAL.
 */
CNET_API int cnet_prefix_parse(const char *text, struct cnet_prefix *ret,
			       struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_prefix_format() - write "address/length"
 * @prefix: no address gives ""
 * @text:   at least CNET_PREFIX_TEXT bytes
 *
 * Return: @text.
 */
CNET_API const char *cnet_prefix_format(const struct cnet_prefix *prefix, char *text);

/** cnet_prefix_network() - the first address: host bits cleared */
CNET_API struct cnet_ip cnet_prefix_network(const struct cnet_prefix *prefix);

/** cnet_prefix_last() - the last address: host bits set (IPv4: broadcast) */
CNET_API struct cnet_ip cnet_prefix_last(const struct cnet_prefix *prefix);

/** cnet_prefix_contains() - is an address in the network? 1 or 0; 0 for the other family */
CNET_API int cnet_prefix_contains(const struct cnet_prefix *prefix, const struct cnet_ip *ip);

/** cnet_prefix_overlaps() - do two networks share an address? 1 or 0 */
CNET_API int cnet_prefix_overlaps(const struct cnet_prefix *a, const struct cnet_prefix *b);

/**
 * cnet_mac_parse() - read six hexadecimal bytes separated by colons or dashes
 * @text: upper or lower case
 * @ret:  the address
 * @err:  see struct cnet_error
 *
 * Return: 0, or -EINVAL.
 */
CNET_API int cnet_mac_parse(const char *text, struct cnet_mac *ret,
			    struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_mac_format() - write an address in lower case with colons
 * @mac:  no address gives ""
 * @text: at least CNET_MAC_TEXT bytes
 *
 * Return: @text.
 */
CNET_API const char *cnet_mac_format(const struct cnet_mac *mac, char *text);

/** cnet_mac_equal() - 1 if both are set and equal, else 0 */
CNET_API int cnet_mac_equal(const struct cnet_mac *a, const struct cnet_mac *b);

/**
 * cnet_link_name_check() - is this a name that the kernel accepts for a link?
 * @name: 1 to 15 bytes without '/', ':', '%' or white space, not "." or ".."
 *        (dev_valid_name() in net/core/dev.c; '%' would be a template)
 * @err:  see struct cnet_error
 *
 * Return: 0, -EINVAL or -ENAMETOOLONG.
 */
CNET_API int cnet_link_name_check(const char *name, struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
