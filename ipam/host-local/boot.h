/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which allocations were made under another boot, and so are nobody's. */
#ifndef CNET_IPAM_HOST_LOCAL_BOOT_H
#define CNET_IPAM_HOST_LOCAL_BOOT_H

#include <stdbool.h>

#include <cnet/value.h>

#include "host-local/names.h"

/*
 * Beside the reference's files, which say nothing of it, every allocation of ours has a second
 * hard link, <dataDir>/.cnet/<network>/<boot id>/<address>~<owner>, that says during which boot it
 * was made. The two are the same file or the link is void: as long as it is there the inode cannot
 * become another file's, so that an allocation by the reference of an address that was ours
 * before, in whatever order, is never taken for ours. A link that is missing or void does no harm.
 *
 * The link's name tells the owner too, so that files of others need not be opened to find those of
 * one container: neither program ever writes into an allocation that is there.
 */

/* The kernel's boot_id; text has room for HL_BOOT_TEXT bytes. NULL if it cannot be told. */
enum { HL_BOOT_TEXT = 37 };
const char *hl_boot_id(char *text);

/* Where the links of a network are: open directories, -1 if absent, and the boot that it is now. */
struct hl_boot {
	int network; /* the allocations */
	int links;   /* .cnet/<network>; -1: none was ever made */
	int current; /* .cnet/<network>/<id>; -1: none is to be made */
	const char *id;
};

/*
 * Opens the links of this boot. With make they are made if absent, once all that other boots
 * recorded has been released: so that is done once a boot. What fails leaves -1: it is a hint.
 * folder is dataDir; id may be NULL.
 */
void hl_boot_open(struct hl_boot *boot, int folder, int network, const char *name, const char *id,
		  bool make);
void hl_boot_close(struct hl_boot *boot);

/* Calls fn with the address of each allocation that other boots recorded. */
void hl_boot_each_stale(const struct hl_boot *boot, void (*fn)(const struct cnet_ip *ip, void *arg),
			void *arg);

/* Enters into a list the owners that the links of this boot tell. With sweep void links go. */
void hl_boot_tell_owners(const struct hl_boot *boot, struct hl_names *names, bool sweep);

/* "address~owner", the name of a link; text has room for HL_LINK_TEXT bytes. Returns text. */
enum { HL_LINK_TEXT = CNET_IP_TEXT + HL_OWNER_HASH };
const char *hl_link_format(const struct cnet_ip *ip, const char *owner, char *text);

#endif
