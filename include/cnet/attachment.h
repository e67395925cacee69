/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An attachment: one interface of one container on one network. Everything is owned by one. */
#ifndef CNET_ATTACHMENT_H
#define CNET_ATTACHMENT_H

#include <cnet/error.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_attachment - the three names that an attachment is known by
 * @network:   name of the network (CNI: "name")
 * @container: the runtime's identifier (CNI_CONTAINERID)
 * @ifname:    the interface's name inside the container (CNI_IFNAME)
 *
 * The strings are borrowed. State that must be found again carries these names,
 * so that it can be removed by whoever knows them, and by nothing else.
 */
struct cnet_attachment {
	const char *network;
	const char *container;
	const char *ifname;
};

enum {
	CNET_ATTACHMENT_TEXT = 128, /* room for cnet_attachment_format()'s text */
};

/**
 * cnet_attachment_check() - are the three names what CNI allows?
 * @attachment: network and container begin with a letter or digit, followed by
 *              letters, digits, '_', '.', '-'; ifname is a link name
 * @err:        see struct cnet_error
 *
 * Source: CNI specification 1.1.0, "Network configuration format" and "Parameters".
 *
 * Return: 0, or -EINVAL.
 */
CNET_API int cnet_attachment_check(const struct cnet_attachment *attachment,
				   struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_attachment_format() - the attachment as one short text
 * @attachment: of valid names
 * @text:       at least CNET_ATTACHMENT_TEXT bytes
 *
 * "network/container/ifname". A network name over 32 bytes or an
 * identifier over 75 is cut and ends in '~' and 16 hexadecimal digits of its SHA-512, so that
 * different attachments always give different texts, of at most 127 bytes.
 * It is written where the kernel keeps text beside an object: a link's alias,
 * a comment in nf_tables.
 *
 * Return: @text.
 */
CNET_API const char *cnet_attachment_format(const struct cnet_attachment *attachment, char *text);

/**
 * cnet_attachment_of_network() - does such a text belong to this network?
 * @text:    from cnet_attachment_format()
 * @network: a network's name
 *
 * Return: 1 or 0.
 */
CNET_API int cnet_attachment_of_network(const char *text, const char *network);

/**
 * cnet_attachment_link_name() - a host-side link name made from the attachment
 * @attachment: of valid names
 * @stem:       "veth" ...: at most 7 bytes
 * @name:       at least 16 bytes (CNET_LINK_NAME); filled to 15 by hexadecimal digits
 *
 * Always the same for the same attachment, so that what a killed ADD left is
 * found by the next DEL. Two attachments may in theory share a name: compare
 * the link's alias with cnet_attachment_format() before touching it.
 *
 * Return: @name.
 */
CNET_API const char *cnet_attachment_link_name(const struct cnet_attachment *attachment,
					       const char *stem, char *name);

CNET_END_DECLS

#endif
