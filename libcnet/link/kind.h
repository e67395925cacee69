/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tells one kind of link from another; the rest of creation is common to all. */
#ifndef CNET_LINK_KIND_H
#define CNET_LINK_KIND_H

#include "link/link.h"

/*
 * @name:      as in IFLA_INFO_KIND
 * @opts_size: of the kind's options struct, whose first member is size_t size
 * @check:     refuses options that the kernel would refuse without words, or not refuse; or NULL
 * @encode:    writes the options into IFLA_INFO_DATA; or NULL
 * @finish:    a change that the kernel takes only from an existing link; or NULL. If it fails, the
 *             link is deleted.
 *
 * Options have been copied to our own size when the functions see them.
 */
struct cnet__link_kind {
	const char *name;
	size_t opts_size;
	int (*check)(const struct cnet_link_opts *common, const void *opts, struct cnet_error *err);
	void (*encode)(struct cnet__msg *m, const void *opts);
	int (*finish)(struct cnet_netns *ns, const struct cnet_link *link, const void *opts,
		      struct cnet_error *err);
};

/*
 * Creates a link, in opts->netns where that is set.
 * 0; -EEXIST: there is a link of that name; the kernel's errno.
 */
int cnet__link_create(struct cnet_netns *ns, struct cnet_txn *txn,
		      const struct cnet__link_kind *kind, const char *name,
		      const struct cnet_link_opts *opts, const void *kind_opts,
		      struct cnet_link **ret, struct cnet_error *err) CNET_NODISCARD;

/* Copies common options to our size and checks them. 0, -EINVAL, -E2BIG. */
int cnet__link_opts_copy(struct cnet_link_opts *ours, const struct cnet_link_opts *theirs,
			 struct cnet_error *err) CNET_NODISCARD;

/* The attributes of a new link that are common to all kinds, but for its kind. */
void cnet__link_encode_opts(struct cnet__msg *m, const char *name,
			    const struct cnet_link_opts *opts);

/* The whole request. */
void cnet__link_encode_create(struct cnet__msg *m, const struct cnet__link_kind *kind,
			      const char *name, const struct cnet_link_opts *opts,
			      const void *kind_opts);

/* Gives an existing link alias and master, where the options have them, by one request. */
int cnet__link_finish(struct cnet_netns *ns, unsigned int ifindex, const char *alias,
		      uint32_t master, struct cnet_error *err) CNET_NODISCARD;

#endif
