/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The addresses that are names in a network's folder, as far as is known of them. */
#ifndef CNET_IPAM_HOST_LOCAL_NAMES_H
#define CNET_IPAM_HOST_LOCAL_NAMES_H

#include <stdbool.h>
#include <sys/types.h>

#include <cnet/value.h>

#include "base/vec.h"
#include "host-local/owner.h"

enum hl_name_state { HL_NAME_UNKNOWN, HL_NAME_FREE, HL_NAME_TAKEN };

struct hl_name {
	struct cnet_ip ip;
	enum hl_name_state state;
	ino_t inode;
	char owner[HL_OWNER_HASH]; /* hl_owner_hash(); "": ask the file */
};

/* Read once, instead of asking for each address: a full /16 would be 65,534 calls. */
struct hl_names {
	bool listed;
	VEC(struct hl_name) entries; /* sorted */
};

void hl_names_clear(struct hl_names *names);

/* Is the name an address, written as we write it? Then *ip is it. */
bool hl_name_parse(const char *name, struct cnet_ip *ip);

/* Reads the folder; with sweep what killed writers left goes. 0; what the filesystem gives. */
int hl_names_list(struct hl_names *names, int folder, bool sweep,
		  struct cnet_error *err) CNET_NODISCARD;

/* The entry of an address, or NULL. */
struct hl_name *hl_names_find(struct hl_names *names, const struct cnet_ip *ip);

/* Keeps a list true after a change, or for want of memory forgets it. */
void hl_names_note(struct hl_names *names, const struct cnet_ip *ip, enum hl_name_state state);

#endif
