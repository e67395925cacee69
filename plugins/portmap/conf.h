/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* portmap's configuration. */
#ifndef CNET_PLUGINS_PORTMAP_CONF_H
#define CNET_PLUGINS_PORTMAP_CONF_H

#include <stdbool.h>

#include <cnet/cni.h>
#include <cnet/nat.h>

struct portmap_conf {
	struct cnet_cni_list mappings; /* of struct mapping */
	const char *const *conditions4;
	const char *const *conditions6;
	int64_t mark_bit; /* of the reference's iptables rules: checked, not used */
	uint32_t backend; /* either is served by nf_tables */
	bool snat;
	bool masquerade_all;
	bool has_mark_chain;
	bool has_mark_bit;
};

/* Reads and checks everything, before anything is touched. */
int portmap_conf_read(struct cnet_cni_call *call, struct portmap_conf *conf,
		      struct cnet_error *err) CNET_NODISCARD;

/* The ports to publish, as the library wants them. *ret is to be freed. */
int portmap_conf_maps(const struct portmap_conf *conf, struct cnet_port_map **ret,
		      struct cnet_error *err) CNET_NODISCARD;

/* Tokens in a list of conditions. */
size_t portmap_conf_length(const char *const *tokens);

#endif
