/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge's configuration. */
#ifndef CNET_PLUGINS_BRIDGE_CONF_H
#define CNET_PLUGINS_BRIDGE_CONF_H

#include <stdbool.h>

#include <cnet/cni.h>

struct bridge_conf {
	const char *bridge;
	bool is_gateway;
	bool is_default_gateway;
	bool force_address;
	bool ip_masq;
	bool hairpin;
	bool promiscuous;
	bool isolated;
	bool dad;
	bool disable_interface;
	uint32_t masq_backend; /* either is served by nf_tables */
	int64_t mtu;
	struct cnet_mac mac;
	struct cnet_cni_dns dns;

	/* What is refused until it is there. */
	int64_t vlan;
	bool has_vlan_trunk;
	bool preserve_default_vlan;
	bool macspoofchk;
};

/* Reads and checks everything, before anything is touched. */
int bridge_conf_read(struct cnet_cni_call *call, struct bridge_conf *conf,
		     struct cnet_error *err) CNET_NODISCARD;

#endif
