/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* veth: two links that are the ends of one wire, usually in two namespaces. */
#ifndef CNET_LINK_VETH_H
#define CNET_LINK_VETH_H

#include <cnet/link.h>

CNET_BEGIN_DECLS

/**
 * cnet_veth_create() - create a pair
 * @ns:        where the near end appears (its opts must not name a namespace)
 * @txn:       records the deletion of the pair; may be NULL
 * @near_name: name of the near end
 * @near_opts: its options; NULL: defaults
 * @far_name:  name of the far end
 * @far_opts:  its options, among them its namespace; NULL: defaults, in @ns
 * @ret_near:  the near end; may be NULL
 * @ret_far:   the far end; may be NULL
 * @err:       see struct cnet_error
 *
 * Both ends appear or neither, under their names, even where @ns has a link
 * named @far_name. Both are down.
 *
 * The kernel takes an alias only after creation: a process that is killed in between leaves a
 * pair without.
 *
 * Return: 0; -EEXIST: one of the names is taken, the message says which;
 * -EINVAL: bad name, MTU or MAC; -E2BIG: options of a newer libcnet; -EPERM.
 */
CNET_API int cnet_veth_create(struct cnet_netns *ns, struct cnet_txn *txn, const char *near_name,
			      const struct cnet_link_opts *near_opts, const char *far_name,
			      const struct cnet_link_opts *far_opts, struct cnet_link **ret_near,
			      struct cnet_link **ret_far, struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
