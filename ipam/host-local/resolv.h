/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name servers from a file like resolv.conf(5). */
#ifndef CNET_IPAM_HOST_LOCAL_RESOLV_H
#define CNET_IPAM_HOST_LOCAL_RESOLV_H

#include <cnet/cni.h>

#include "base/vec.h"

typedef VEC(const char *) hl_words;

struct hl_resolv {
	char *text; /* what the words point into */
	hl_words nameservers;
	hl_words search;
	hl_words options;
	const char *domain;
};

/*
 * Reads a file: "nameserver", "domain", "search", "options"; '#' and ';' begin comments, other
 * words are passed over. *ret is all zero before. 0; -CNET_CNI_ECONFIG: not readable; -ENOMEM.
 */
int hl_resolv_read(const char *path, struct hl_resolv *ret, struct cnet_error *err) CNET_NODISCARD;
void hl_resolv_clear(struct hl_resolv *resolv);

/* The same for a result; borrowed. */
struct cnet_cni_dns hl_resolv_dns(const struct hl_resolv *resolv);

#endif
