/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be set at a bridge's port. */

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/opts.h"
#include "link/bridge.h"
#include "netns/netns.h"

void cnet__bridge_port_encode(struct cnet__msg *m, unsigned int ifindex,
			      const struct cnet_bridge_port_opts *opts)
{
	const struct ifinfomsg header = { .ifi_family = AF_BRIDGE, .ifi_index = (int)ifindex };

	cnet__msg_init(m, RTM_SETLINK, 0, &header, sizeof(header));
	/* Without the flag br_setlink() takes the attribute for an old one of a single byte. */
	cnet__msg_nest(m, IFLA_PROTINFO | NLA_F_NESTED);
	cnet__msg_u8(m, IFLA_BRPORT_MODE, opts->hairpin != 0);
	cnet__msg_u8(m, IFLA_BRPORT_ISOLATED, opts->isolated != 0);
	cnet__msg_end(m);
}

static int set(struct cnet_netns *ns, unsigned int ifindex,
	       const struct cnet_bridge_port_opts *theirs, struct cnet_error *err)
{
	struct cnet_bridge_port_opts opts;
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	r = cnet__opts_copy(&opts, sizeof(opts), theirs, err);
	if (r < 0)
		return r;
	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	cnet__bridge_port_encode(&m, ifindex, &opts);
	r = cnet__nl_transact(nl, &m, err);
	if (r == -EOPNOTSUPP) /* of a link without master; one in a vrf gives the same */
		return cnet_error_set(err, EINVAL, "not a port of a bridge");

	return r;
}

int cnet_bridge_port_set(struct cnet_netns *ns, unsigned int ifindex,
			 const struct cnet_bridge_port_opts *opts, struct cnet_error *err)
{
	int r;

	r = set(ns, ifindex, opts, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "link %u: set bridge port options", ifindex);

	return 0;
}
