/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bridge as the containers' gateway: its addresses, default routes, forwarding. */

#include "bridge/bridge.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"

static const uint32_t families[] = { AF_INET, AF_INET6 };

static const struct cnet_sysctl forwarding[] = {
	{ "net/ipv4/ip_forward", "1" },
	{ "net/ipv6/conf/all/forwarding", "1" },
};

/* The first address of the network, where IPAM named no gateway. */
static int default_gateway(struct cnet_cni_ip *ip, struct cnet_error *err)
{
	char text[CNET_PREFIX_TEXT];
	struct cnet_ip gateway = cnet_prefix_network(&ip->address);

	if (cnet_ip_next(&gateway) < 0 || !cnet_prefix_contains(&ip->address, &gateway))
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "address %s: its network has no room for a gateway",
				      cnet_prefix_format(&ip->address, text));

	ip->gateway = gateway;
	return 0;
}

static bool has_default_route(struct cnet_cni_result *result, uint32_t family)
{
	const struct cnet_cni_route *routes;
	size_t i, n;

	routes = cnet_cni_result_routes(result, &n);
	for (i = 0; i < n; i++) {
		if (routes[i].destination.ip.family == family && routes[i].destination.length == 0)
			return true;
	}

	return false;
}

static int add_default_route(struct cnet_cni_result *result, uint32_t family,
			     struct cnet_error *err)
{
	struct cnet_cni_route route = { .gateway = kit_gateway(result, family) };

	if (route.gateway.family == 0 || has_default_route(result, family))
		return 0;

	route.destination.ip.family = family;
	return cnet_cni_result_add_route(result, &route, err);
}

int gateway_complete(const struct bridge_conf *conf, struct cnet_cni_result *result,
		     struct cnet_error *err)
{
	struct cnet_cni_ip *ips;
	size_t i, n;
	int r = 0;

	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; r == 0 && i < n; i++) {
		if (conf->is_gateway && ips[i].gateway.family == 0)
			r = default_gateway(&ips[i], err);
	}

	for (i = 0; r == 0 && conf->is_default_gateway && i < ARRAY_SIZE(families); i++)
		r = add_default_route(result, families[i], err);

	return r;
}

static struct cnet_prefix gateway_prefix(const struct cnet_cni_ip *ip)
{
	return (struct cnet_prefix){ .ip = ip->gateway, .length = ip->address.length };
}

static bool is_same(const struct cnet_prefix *a, const struct cnet_prefix *b)
{
	return a->length == b->length && cnet_ip_compare(&a->ip, &b->ip) == 0;
}

/* Is this address one of the gateways of the result? Then it is no conflict with another. */
static bool is_wanted(struct cnet_cni_result *result, const struct cnet_prefix *prefix)
{
	const struct cnet_cni_ip *ips;
	size_t i, n;

	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; i < n; i++) {
		const struct cnet_prefix gateway = gateway_prefix(&ips[i]);

		if (is_same(&gateway, prefix))
			return true;
	}

	return false;
}

/* A bridge has one network of IPv4, but may have several of IPv6 that do not overlap. */
static bool is_conflict(const struct cnet_prefix *have, const struct cnet_prefix *wanted)
{
	if (have->ip.family != wanted->ip.family)
		return false;

	return have->ip.family == AF_INET || cnet_prefix_overlaps(have, wanted);
}

struct bridge_addresses {
	struct cnet_netns *host;
	const struct bridge_conf *conf;
	unsigned int ifindex;
	const struct cnet_addr *have;
	size_t count;
	struct cnet_cni_result *result;
};

static int remove_conflicts(const struct bridge_addresses *b, const struct cnet_prefix *wanted,
			    struct cnet_error *err)
{
	char text[CNET_PREFIX_TEXT];
	size_t i;
	int r;

	for (i = 0; i < b->count; i++) {
		const struct cnet_prefix *have = &b->have[i].prefix;

		if (!is_conflict(have, wanted) || is_wanted(b->result, have))
			continue;
		if (!b->conf->force_address)
			return cnet_error_set(err, EEXIST,
					      "\"%s\" already has an IP address different from %s",
					      b->conf->bridge, cnet_prefix_format(wanted, text));
		r = cnet_addr_remove(b->host, b->ifindex, have, err);
		if (r < 0)
			return r;
	}

	return 0;
}

/* Without a probe, during which the containers would find no gateway for a second or more. */
static int add_address(const struct bridge_addresses *b, const struct cnet_prefix *wanted,
		       struct cnet_error *err)
{
	const bool probe = b->conf->dad || wanted->ip.family != AF_INET6;

	return cnet_addr_add(b->host, NULL, b->ifindex, wanted,
			     CNET_OPTS(cnet_addr_opts, .flags = probe ? 0 : IFA_F_NODAD), err);
}

static int allow_ipv6(const struct bridge_addresses *b, struct cnet_error *err)
{
	char key[64];
	const struct cnet_sysctl setting = { key, "0" };

	snprintf(key, sizeof(key), "net/ipv6/conf/%s/disable_ipv6", b->conf->bridge);
	return cnet_sysctl_set(b->host, NULL, &setting, 1, err);
}

static int ensure_address(const struct bridge_addresses *b, const struct cnet_prefix *wanted,
			  struct cnet_error *err)
{
	struct cnet_error step = { 0 };
	size_t i;
	int r;

	for (i = 0; i < b->count; i++) {
		if (is_same(&b->have[i].prefix, wanted))
			return 0;
	}

	r = remove_conflicts(b, wanted, err);
	if (r < 0)
		return r;

	r = add_address(b, wanted, &step);
	if (r == -EACCES && wanted->ip.family == AF_INET6) { /* IPv6 is off by default */
		r = allow_ipv6(b, err);
		if (r < 0)
			return r;
		step = (struct cnet_error){ 0 };
		r = add_address(b, wanted, &step);
	}
	if (r == -EEXIST) /* another ADD was faster */
		return 0;

	return r < 0 ? cnet_error_append(err, &step) : 0;
}

static int ensure_forwarding(struct cnet_netns *host, struct cnet_cni_result *result,
			     struct cnet_error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_SIZE(families); i++) {
		if (kit_gateway(result, families[i]).family != 0)
			r = cnet_sysctl_set(host, NULL, &forwarding[i], 1, err);
	}

	return r;
}

int gateway_ensure(struct cnet_netns *host, const struct bridge_conf *conf,
		   const struct cnet_link *bridge, struct cnet_cni_result *result,
		   struct cnet_error *err)
{
	AUTO_FREE struct cnet_addr *have = NULL;
	struct bridge_addresses b = {
		.host = host,
		.conf = conf,
		.ifindex = cnet_link_ifindex(bridge),
		.result = result,
	};
	const struct cnet_cni_ip *ips;
	size_t i, n;
	int r;

	r = cnet_addr_list(host, b.ifindex, &have, &b.count, err);
	if (r < 0)
		return r;

	b.have = have;
	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; i < n; i++) {
		const struct cnet_prefix wanted = gateway_prefix(&ips[i]);

		r = ensure_address(&b, &wanted, err);
		if (r < 0)
			return r;
	}

	return ensure_forwarding(host, result, err);
}

static int check_forwarding(struct cnet_netns *host, struct cnet_cni_result *result,
			    struct cnet_error *err)
{
	size_t i;
	int r;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		AUTO_FREE char *value = NULL;

		if (kit_gateway(result, families[i]).family == 0)
			continue;
		r = cnet_sysctl_get(host, forwarding[i].key, &value, err);
		if (r < 0)
			return r;
		if (strcmp(value, "0") == 0)
			return cnet_error_set(err, EINVAL, "%s is 0", forwarding[i].key);
	}

	return 0;
}

int gateway_check(struct cnet_netns *host, const struct cnet_link *bridge,
		  struct cnet_cni_result *result, struct cnet_error *err)
{
	AUTO_FREE struct cnet_addr *have = NULL;
	char text[CNET_PREFIX_TEXT];
	const struct cnet_cni_ip *ips;
	size_t i, k, n, n_have;
	int r;

	r = cnet_addr_list(host, cnet_link_ifindex(bridge), &have, &n_have, err);
	if (r < 0)
		return r;

	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; i < n; i++) {
		const struct cnet_prefix wanted = gateway_prefix(&ips[i]);

		if (wanted.ip.family == 0)
			continue;
		for (k = 0; k < n_have && !is_same(&have[k].prefix, &wanted); k++)
			;
		if (k == n_have)
			return cnet_error_set(
				err, ENOENT, "bridge \"%s\": gateway address %s is missing",
				cnet_link_name(bridge), cnet_prefix_format(&wanted, text));
	}

	return check_forwarding(host, result, err);
}
