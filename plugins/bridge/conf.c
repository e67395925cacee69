/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge's configuration: the table of its members, and what they must not be together. */

#include "bridge/conf.h"

#include <stddef.h>

#include "kit/kit.h"

enum { MTU_MAX = 65535, MTU_MIN = 68, VLAN_MAX = 4094 };

static const struct cnet_cni_bounds mtu_bounds = { 0, MTU_MAX };
static const struct cnet_cni_bounds vlan_bounds = { 0, VLAN_MAX };

/* Both are served by nf_tables. */
static const struct cnet_cni_choice backends[] = {
	{ "", 0 },
	{ "iptables", 0 },
	{ "nftables", 0 },
	{ NULL, 0 },
};

#define AT(member) offsetof(struct bridge_conf, member)

static const struct cnet_cni_member members[] = {
	{ "bridge", CNET_CNI_STRING, AT(bridge), NULL },
	{ "isGateway", CNET_CNI_BOOL, AT(is_gateway), NULL },
	{ "isDefaultGateway", CNET_CNI_BOOL, AT(is_default_gateway), NULL },
	{ "forceAddress", CNET_CNI_BOOL, AT(force_address), NULL },
	{ "ipMasq", CNET_CNI_BOOL, AT(ip_masq), NULL },
	{ "ipMasqBackend", CNET_CNI_CHOICE, AT(masq_backend), backends },
	{ "hairpinMode", CNET_CNI_BOOL, AT(hairpin), NULL },
	{ "promiscMode", CNET_CNI_BOOL, AT(promiscuous), NULL },
	{ "portIsolation", CNET_CNI_BOOL, AT(isolated), NULL },
	{ "enabledad", CNET_CNI_BOOL, AT(dad), NULL },
	{ "disableContainerInterface", CNET_CNI_BOOL, AT(disable_interface), NULL },
	{ "mtu", CNET_CNI_INT, AT(mtu), &mtu_bounds },
	{ "vlan", CNET_CNI_INT, AT(vlan), &vlan_bounds },
	{ "vlanTrunk", CNET_CNI_GIVEN, AT(has_vlan_trunk), NULL },
	{ "preserveDefaultVlan", CNET_CNI_BOOL, AT(preserve_default_vlan), NULL },
	{ "macspoofchk", CNET_CNI_BOOL, AT(macspoofchk), NULL },
	{ "args.cni.mac", CNET_CNI_MAC, AT(mac), NULL },
	{ "runtimeConfig.mac", CNET_CNI_MAC, AT(mac), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

static int check_unsupported(const struct bridge_conf *conf, struct cnet_error *err)
{
	if (conf->vlan != 0)
		return cnet_error_set(err, CNET_CNI_EFIELD, "unsupported: \"vlan\": %d",
				      (int)conf->vlan);
	if (conf->has_vlan_trunk)
		return cnet_error_set(err, CNET_CNI_EFIELD, "unsupported: \"vlanTrunk\"");
	if (conf->preserve_default_vlan)
		return cnet_error_set(err, CNET_CNI_EFIELD,
				      "unsupported: \"preserveDefaultVlan\": true");
	if (conf->macspoofchk)
		return cnet_error_set(err, CNET_CNI_EFIELD, "unsupported: \"macspoofchk\": true");

	return 0;
}

static int check(struct cnet_cni_call *call, const struct bridge_conf *conf, struct cnet_error *err)
{
	struct cnet_error name = { 0 };

	if (cnet_link_name_check(conf->bridge, &name) < 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"bridge\": %s", name.message);
	if (conf->mtu != 0 && conf->mtu < MTU_MIN)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"mtu\": %d is less than %d, and not 0 (the default)",
				      (int)conf->mtu, MTU_MIN);
	if (conf->hairpin && conf->promiscuous)
		return cnet_error_set(
			err, CNET_CNI_ECONFIG,
			"\"hairpinMode\", \"promiscMode\": cannot set hairpin mode and "
			"promiscuous mode at the same time");
	if (conf->disable_interface && cnet_cni_has_ipam(call))
		return cnet_error_set(
			err, CNET_CNI_ECONFIG,
			"\"ipam\": cannot use IPAM when \"disableContainerInterface\" is "
			"set");
	if (conf->mac.set && (conf->mac.bytes[0] & 1))
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"mac\": is a multicast address");

	return check_unsupported(conf, err);
}

/* Least first: args.cni and runtimeConfig come after it and win. */
static int read_args(struct cnet_cni_call *call, struct bridge_conf *conf, struct cnet_error *err)
{
	/* IP and GATEWAY are for the IPAM plugin, which is given the same arguments. */
	static const char *const known[] = { "MAC", "IP", "GATEWAY", NULL };
	const char *mac = cnet_cni_arg(call, "MAC");
	struct cnet_error bad = { 0 };
	int r;

	r = cnet_cni_args_check(call, known, err);
	if (r < 0)
		return r;

	if (mac != NULL && *mac != '\0' && cnet_mac_parse(mac, &conf->mac, &bad) < 0)
		return cnet_error_set(err, CNET_CNI_EENVIRONMENT, "CNI_ARGS: MAC: %s", bad.message);

	return 0;
}

int bridge_conf_read(struct cnet_cni_call *call, struct bridge_conf *conf, struct cnet_error *err)
{
	struct bridge_conf read = { .bridge = "cni0" };
	int r;

	r = read_args(call, &read, err);
	if (r == 0)
		r = cnet_cni_read(call, members, &read, err);
	if (r == 0)
		r = kit_dns_read(call, &read.dns, err);
	if (r < 0)
		return r;

	if (read.bridge[0] == '\0')
		read.bridge = "cni0";
	if (read.is_default_gateway)
		read.is_gateway = true;

	r = check(call, &read, err);
	if (r < 0)
		return r;

	*conf = read;
	return 0;
}
