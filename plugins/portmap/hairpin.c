/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container that speaks to its own published port.
 *
 * Its packet goes to the host, which translates it and sends it back; that the bridge sends it out
 * by the port that it came in is no matter, since it comes from the host. But where br_netfilter is
 * in force, the packet is translated while it is still on the bridge and is not routed: then the
 * port must be in hairpin mode.
 */

#include "portmap/hairpin.h"

#include <errno.h>
#include <linux/if.h>
#include <stdbool.h>
#include <string.h>

#include <cnet/link.h>
#include <cnet/link/bridge.h>
#include <cnet/sysctl.h>

#include "base/auto.h"

static bool is_filtered(struct cnet_netns *host, const char *key)
{
	AUTO_FREE char *value = NULL;

	return cnet_sysctl_get(host, key, &value, NULL) == 0 && strcmp(value, "0") != 0;
}

/* A promiscuous bridge sees the packet anyway: the port would send it a second time. */
static int needs_hairpin(struct cnet_netns *host, const struct cnet_link *port,
			 struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *master = NULL;
	int r;

	if (cnet_link_port_hairpin(port))
		return 0;
	r = cnet_link_get_index(host, cnet_link_master(port), &master, err);
	if (r < 0)
		return r;

	return strcmp(cnet_link_kind(master), "bridge") == 0 &&
	       (cnet_link_flags(master) & IFF_PROMISC) == 0;
}

static int allow_at(struct cnet_netns *host, const struct cnet_link *port, struct cnet_error *err)
{
	const struct cnet_bridge_port_opts opts = {
		.size = sizeof(opts),
		.hairpin = 1,
		.isolated = (uint32_t)cnet_link_port_isolated(port),
	};
	int r;

	r = needs_hairpin(host, port, err);
	return r <= 0 ? r : cnet_bridge_port_set(host, cnet_link_ifindex(port), &opts, err);
}

int hairpin_allow(struct cnet_netns *host, struct cnet_cni_result *previous, struct cnet_error *err)
{
	const struct cnet_cni_interface *interfaces;
	size_t n;
	int r;

	if (!is_filtered(host, "net/bridge/bridge-nf-call-iptables") &&
	    !is_filtered(host, "net/bridge/bridge-nf-call-ip6tables"))
		return 0;

	/* From the last: the bridge itself comes before its port. */
	interfaces = cnet_cni_result_interfaces(previous, &n);
	while (n-- > 0) {
		CNET_AUTO(cnet_link) *link = NULL;

		if (interfaces[n].sandbox != NULL)
			continue;
		r = cnet_link_get(host, interfaces[n].name, &link, NULL);
		if (r < 0 || cnet_link_master(link) == 0)
			continue;
		return allow_at(host, link, err);
	}

	return 0;
}
