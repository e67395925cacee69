/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ADD keeps for CHECK, DEL and GC: where libcni keeps it, and in its format. */
#ifndef CNET_RUNTIME_CACHE_H
#define CNET_RUNTIME_CACHE_H

#include <jansson.h>

#include <cnet/attachment.h>

/*
 * An attachment as it was added. document owns the rest, but for args.
 * args:         CNI_ARGS; NULL: none
 * capabilities: object; NULL: none
 * result:       the result, in the version of the network at that time
 */
struct kept {
	json_t *document;
	struct cnet_attachment attachment;
	const char *netns;
	char *args;
	json_t *capabilities;
	json_t *result;
};

void cnet__kept_clear(struct kept *kept);

#define AUTO_KEPT __attribute__((cleanup(cnet__kept_clear))) struct kept

/*
 * Keeps an attachment. directory: NULL for /var/lib/cni. list: the network's configuration.
 * kept->document is not looked at.
 */
int cnet__cache_write(const char *directory, const struct kept *kept, const json_t *list,
		      struct cnet_error *err) CNET_NODISCARD;

/*
 * Reads what is kept of an attachment. Earlier runtimes kept the bare result.
 * 0; -ENOENT: nothing is; -CNET_CNI_EDECODE.
 */
int cnet__cache_read(const char *directory, const struct cnet_attachment *attachment,
		     struct kept *ret, struct cnet_error *err) CNET_NODISCARD;

/* Forgets an attachment. 0, also if nothing is kept. */
int cnet__cache_remove(const char *directory, const struct cnet_attachment *attachment,
		       struct cnet_error *err) CNET_NODISCARD;

/*
 * Calls a function for each attachment of a network. Files that are none, or cannot be read, are
 * passed over; so are bare results, which do not say whose they are. The function may remove
 * what it is called for. 0, or the first error that it returned.
 */
int cnet__cache_each(const char *directory, const char *network,
		     int (*fn)(void *arg, const struct kept *kept, struct cnet_error *err),
		     void *arg, struct cnet_error *err) CNET_NODISCARD;

#endif
