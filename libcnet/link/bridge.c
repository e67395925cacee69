/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge: a switch in the kernel. */

#include "link/bridge.h"

#include <errno.h>
#include <linux/if_link.h>

static void encode(struct cnet__msg *m, const void *opts)
{
	const struct cnet_bridge_opts *bridge = opts;

	/* Only on request: kernels built without VLAN filtering refuse the attribute. */
	if (bridge->vlan_filtering)
		cnet__msg_u8(m, IFLA_BR_VLAN_FILTERING, 1);
}

const struct cnet__link_kind cnet__bridge = {
	.name = "bridge",
	.opts_size = sizeof(struct cnet_bridge_opts),
	.encode = encode,
};

int cnet_bridge_create(struct cnet_netns *ns, struct cnet_txn *txn, const char *name,
		       const struct cnet_link_opts *opts, const struct cnet_bridge_opts *kind,
		       struct cnet_link **ret, struct cnet_error *err)
{
	int r;

	r = cnet__link_create(ns, txn, &cnet__bridge, name, opts, kind, ret, err);
	if (r == -EOPNOTSUPP && kind != NULL && kind->vlan_filtering)
		return cnet_error_prefix(err, r, "the kernel may have no VLAN filtering");

	return r;
}
