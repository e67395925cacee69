/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside a link's snapshot, and the messages that links are read with. */
#ifndef CNET_LINK_LINK_H
#define CNET_LINK_LINK_H

#include <cnet/link.h>

#include "nl/msg.h"

enum {
	CNET__LINK_ALIAS = 256, /* IFALIASZ of <linux/if.h> */
	CNET__LINK_KIND = 64,
};

struct cnet_link {
	uint32_t ifindex;
	uint32_t mtu;
	uint32_t master;
	uint32_t parent;
	uint32_t flags;
	uint8_t operstate;
	uint8_t hairpin;
	uint8_t isolated;
	struct cnet_mac mac;
	char name[CNET_LINK_NAME];
	char kind[CNET__LINK_KIND];
	char alias[CNET__LINK_ALIAS];
};

/* RTM_NEWLINK -> link. 0; -EBADMSG. On failure the link is undefined. */
int cnet__link_decode(const struct nlmsghdr *answer, struct cnet_link *link,
		      struct cnet_error *err) CNET_NODISCARD;

/* A request about one link, by its name, or by its number where name is NULL. */
void cnet__link_encode_get(struct cnet__msg *m, unsigned int ifindex, const char *name);
void cnet__link_encode_delete(struct cnet__msg *m, unsigned int ifindex, const char *name);

/*
 * Reads a link (by its name, or by its number where name is NULL) into a struct of the caller's.
 * The error does not name the link: the caller does.
 */
int cnet__link_read(struct cnet_netns *ns, unsigned int ifindex, const char *name,
		    struct cnet_link *link, struct cnet_error *err) CNET_NODISCARD;

/* A link of its own on the heap. 0 or -ENOMEM. */
int cnet__link_copy(const struct cnet_link *link, struct cnet_link **ret,
		    struct cnet_error *err) CNET_NODISCARD;

/*
 * Puts words to the refusal of a master, for which the kernel has none (do_set_master()).
 * The code; -ENODEV where the kernel says EINVAL of a link that does not exist.
 */
int cnet__link_explain_master(struct cnet_netns *ns, unsigned int master, int code,
			      struct cnet_error *err);

/* Checks the length of an alias. 0 or -EINVAL. */
int cnet__link_alias_check(const char *alias, struct cnet_error *err) CNET_NODISCARD;

#endif
