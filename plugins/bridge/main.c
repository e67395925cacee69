/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge - attach a container to a bridge of the host by a pair of virtual links */

#include "bridge/bridge.h"

#include <errno.h>

#include "base/auto.h"

static int add_interface(struct cnet_cni_result *result, const struct cnet_link *link,
			 struct cnet_error *err)
{
	const struct cnet_mac mac = cnet_link_mac(link);
	char text[CNET_MAC_TEXT];
	const struct cnet_cni_interface interface = {
		.name = cnet_link_name(link),
		.mac = cnet_mac_format(&mac, text),
	};

	return cnet_cni_result_add_interface(result, &interface, NULL, err);
}

/* Bridge, the host's end, the container's end, in this order; all addresses are of the last. */
static int fill_result(struct cnet_cni_call *call, struct cnet_cni_result *result,
		       const struct bridge_conf *conf, const struct cnet_link *bridge,
		       const struct port *port, struct cnet_error *err)
{
	const struct cnet_mac mac = cnet_link_mac(port->far);
	struct cnet_cni_ip *ips;
	int32_t index = 0;
	size_t i, n;
	int r;

	r = add_interface(result, bridge, err);
	if (r == 0)
		r = add_interface(result, port->near, err);
	if (r == 0)
		r = kit_result_interface(call, result, &mac, cnet_link_mtu(port->far), &index, err);
	if (r < 0)
		return r;

	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; i < n; i++)
		ips[i].interface = index;

	return kit_dns(&conf->dns, result, err);
}

/* Addresses come first: where the pool is exhausted, no link was made for nothing. */
static int get_addresses(struct cnet_cni_call *call, struct cnet_txn *txn,
			 const struct bridge_conf *conf, struct cnet_cni_result *result,
			 struct cnet_error *err)
{
	size_t n;
	int r;

	if (!cnet_cni_has_ipam(call))
		return 0;

	r = cnet_cni_ipam_add(call, txn, result, err);
	if (r < 0)
		return r;

	cnet_cni_result_ips(result, &n);
	if (n == 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"ipam\": IPAM plugin returned missing IP config");

	return gateway_complete(conf, result, err);
}

/* What the container's addresses need once its link is there. */
static int connect_container(struct cnet_cni_call *call, struct cnet_txn *txn,
			     const struct bridge_conf *conf, struct cnet_netns *host,
			     struct cnet_netns *container, const struct cnet_link *bridge,
			     const struct port *port, struct cnet_cni_result *result,
			     struct cnet_error *err)
{
	int r = 0;

	if (conf->disable_interface)
		return 0;

	if (conf->is_gateway)
		r = gateway_ensure(host, conf, bridge, result, err);
	if (r == 0)
		r = kit_address(container, port->far, result, conf->dad, err);
	if (r == 0 && conf->ip_masq)
		r = masquerade_add(call, txn, result, err);
	if (r == 0)
		r = port_wait(host, container, port, err);
	if (r == 0)
		kit_announce(container, port->far, result);

	return r;
}

static int bridge_add(struct cnet_cni_call *call, struct cnet_txn *txn,
		      struct cnet_cni_result *result, struct cnet_error *err)
{
	__attribute__((cleanup(port_release))) struct port port = { 0 };
	CNET_AUTO(cnet_link) *bridge = NULL;
	struct cnet_netns *host, *container;
	struct bridge_conf conf;
	int r;

	r = bridge_conf_read(call, &conf, err);
	if (r == 0)
		r = cnet_cni_host(call, &host, err);
	if (r == 0)
		r = cnet_cni_container(call, &container, err);
	if (r == 0)
		r = kit_ifname_is_free(call, container, err);
	if (r == 0)
		r = get_addresses(call, txn, &conf, result, err);
	if (r == 0)
		r = bridge_ensure(host, &conf, &bridge, err);
	if (r == 0)
		r = port_create(call, txn, &conf, bridge, &port, err);
	if (r == 0)
		r = connect_container(call, txn, &conf, host, container, bridge, &port, result,
				      err);
	if (r == 0)
		r = fill_result(call, result, &conf, bridge, &port, err);

	return r;
}

/*
 * Each step goes on where another failed. Rules go first and the link last: what the kernel must
 * wait for (RCU) then happens while the link goes.
 */
static int bridge_del(struct cnet_cni_call *call, struct cnet_error *err)
{
	static int (*const steps[])(struct cnet_cni_call *, struct cnet_error *) = {
		masquerade_remove,
		cnet_cni_ipam_del,
		port_delete,
	};

	return kit_all(call, steps, ARRAY_SIZE(steps), err);
}

static int bridge_gc(struct cnet_cni_call *call, struct cnet_error *err)
{
	static int (*const steps[])(struct cnet_cni_call *, struct cnet_error *) = {
		masquerade_gc,
		cnet_cni_ipam_gc,
		port_gc,
	};

	return kit_all(call, steps, ARRAY_SIZE(steps), err);
}

static int check_container(struct cnet_cni_call *call, const struct bridge_conf *conf,
			   struct cnet_netns *host, const struct cnet_link *bridge,
			   struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *far = NULL;
	struct cnet_netns *container;
	int r;

	r = cnet_cni_container(call, &container, err);
	if (r == 0)
		r = kit_check_link(call, container, "veth", conf->disable_interface, &far, err);
	if (r == 0)
		r = port_check(call, conf, bridge, far, err);
	if (r == 0)
		r = kit_check_addresses(call, container, far, err);
	if (r == 0 && conf->is_gateway)
		r = gateway_check(host, bridge, cnet_cni_previous(call), err);
	if (r == 0 && conf->ip_masq)
		r = masquerade_check(call, err);

	return r;
}

static int bridge_plugin_check(struct cnet_cni_call *call, struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *bridge = NULL;
	struct cnet_netns *host;
	struct bridge_conf conf;
	int r;

	r = bridge_conf_read(call, &conf, err);
	if (r == 0)
		r = cnet_cni_ipam_check(call, err);
	if (r == 0)
		r = cnet_cni_host(call, &host, err);
	if (r == 0)
		r = bridge_check(host, &conf, &bridge, err);
	if (r == 0)
		r = check_container(call, &conf, host, bridge, err);

	return r;
}

static int bridge_status(struct cnet_cni_call *call, struct cnet_error *err)
{
	struct bridge_conf conf;
	int r;

	r = bridge_conf_read(call, &conf, err);
	return r < 0 ? r : cnet_cni_ipam_status(call, err);
}

const struct cnet_cni_plugin cnet__plugin_bridge = {
	.size = sizeof(cnet__plugin_bridge),
	.name = "bridge",
	.add = bridge_add,
	.del = bridge_del,
	.check = bridge_plugin_check,
	.gc = bridge_gc,
	.status = bridge_status,
};
