/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container's addresses and routes: from a result into the kernel, and compared with it. */

#include "kit/kit.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/auto.h"

enum { KEY = 64, DAD_POLLS = 500, DAD_PAUSE_MS = 10 };

/*
 * IPv6 may be switched off by default in the namespace; and addresses shall survive a link that is
 * set down and up again, as IPv4's do.
 */
static int prepare_ipv6(struct cnet_netns *ns, const char *name, int dad, struct cnet_error *err)
{
	char disable[KEY], keep[KEY], accept[KEY], enhanced[KEY];
	const struct cnet_sysctl settings[] = {
		{ "net/ipv6/conf/lo/disable_ipv6", "0" },
		{ disable, "0" },
		{ keep, "1" },
		{ accept, dad ? "1" : "0" },
		{ enhanced, "1" },
	};

	snprintf(disable, sizeof(disable), "net/ipv6/conf/%s/disable_ipv6", name);
	snprintf(keep, sizeof(keep), "net/ipv6/conf/%s/keep_addr_on_down", name);
	snprintf(accept, sizeof(accept), "net/ipv6/conf/%s/accept_dad", name);
	snprintf(enhanced, sizeof(enhanced), "net/ipv6/conf/%s/enhanced_dad", name);

	/* They go with the namespace or the link, so there is nothing to record. */
	return cnet_sysctl_set(ns, NULL, settings, ARRAY_SIZE(settings) - (dad ? 0 : 1), err);
}

/*
 * The kernel then announces by itself what others change later, such as a chained plugin the MAC
 * that we have announced. Where /proc/sys cannot be written that is no reason to fail.
 */
static void keep_announcing(struct cnet_netns *ns, const char *name)
{
	char key[KEY];
	const struct cnet_sysctl setting = { key, "1" };

	snprintf(key, sizeof(key), "net/ipv4/conf/%s/arp_notify", name);
	ignore(cnet_sysctl_set(ns, NULL, &setting, 1, NULL)); /* see above */
}

static int add_addresses(struct cnet_netns *ns, const struct cnet_link *link,
			 struct cnet_cni_result *result, int dad, struct cnet_error *err)
{
	const struct cnet_cni_ip *ips;
	size_t i, n;
	int r;

	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; i < n; i++) {
		const struct cnet_prefix *address = &ips[i].address;
		const bool probe = dad || address->ip.family != AF_INET6;

		r = cnet_addr_add(ns, NULL, cnet_link_ifindex(link), address,
				  CNET_OPTS(cnet_addr_opts, .flags = probe ? 0 : IFA_F_NODAD), err);
		if (r < 0)
			return r;
	}

	return 0;
}

/* 0: settled; -EAGAIN: not yet; another code: a duplicate was found. */
static int dad_state(struct cnet_netns *ns, const struct cnet_link *link, struct cnet_error *err)
{
	AUTO_FREE struct cnet_addr *addrs = NULL;
	char text[CNET_PREFIX_TEXT];
	size_t i, n;
	int r;

	r = cnet_addr_list(ns, cnet_link_ifindex(link), &addrs, &n, err);
	if (r < 0)
		return r;

	for (i = 0; i < n; i++) {
		if (addrs[i].flags & IFA_F_DADFAILED)
			return cnet_error_set(err, EADDRINUSE, "address %s: another node has it",
					      cnet_prefix_format(&addrs[i].prefix, text));
		if (addrs[i].flags & IFA_F_TENTATIVE)
			return cnet_error_set(err, EAGAIN,
					      "address %s: still being probed after %d s",
					      cnet_prefix_format(&addrs[i].prefix, text),
					      DAD_POLLS * DAD_PAUSE_MS / 1000);
	}

	return 0;
}

static int wait_for_dad(struct cnet_netns *ns, const struct cnet_link *link, struct cnet_error *err)
{
	const struct timespec pause = { .tv_nsec = DAD_PAUSE_MS * 1000000 };
	struct cnet_error last = { 0 };
	int i, r = -EAGAIN;

	for (i = 0; r == -EAGAIN && i < DAD_POLLS; i++) {
		r = dad_state(ns, link, &last);
		if (r == -EAGAIN)
			nanosleep(&pause, NULL);
	}

	return r < 0 ? cnet_error_set(err, last.code, "%s", last.message) : 0;
}

/* A network on the link itself: the kernel refuses such a route with a gateway. */
static bool is_on_link(const struct cnet_cni_route *route)
{
	return (route->given & CNET_CNI_ROUTE_SCOPE) && route->scope >= RT_SCOPE_LINK;
}

static int add_route(struct cnet_netns *ns, const struct cnet_link *link,
		     struct cnet_cni_result *result, const struct cnet_cni_route *route,
		     struct cnet_error *err)
{
	struct cnet_ip gateway = route->gateway;

	if (gateway.family == 0 && !is_on_link(route))
		gateway = kit_gateway(result, route->destination.ip.family);

	return cnet_route_add(ns, NULL, cnet_link_ifindex(link), &route->destination,
			      gateway.family != 0 ? &gateway : NULL,
			      CNET_OPTS(cnet_route_opts, .metric = route->priority,
					.table = route->table, .scope = route->scope,
					.mtu = route->mtu, .advmss = route->advmss),
			      err);
}

static int add_routes(struct cnet_netns *ns, const struct cnet_link *link,
		      struct cnet_cni_result *result, struct cnet_error *err)
{
	const struct cnet_cni_route *routes;
	size_t i, n;
	int r;

	routes = cnet_cni_result_routes(result, &n);
	for (i = 0; i < n; i++) {
		r = add_route(ns, link, result, &routes[i], err);
		if (r < 0)
			return r;
	}

	return 0;
}

int kit_address(struct cnet_netns *container, const struct cnet_link *link,
		struct cnet_cni_result *result, int dad, struct cnet_error *err)
{
	const bool ipv6 = kit_has_family(result, AF_INET6);
	int r = 0;

	if (ipv6 || kit_has_family(result, AF_INET))
		keep_announcing(container, cnet_link_name(link));
	if (ipv6)
		r = prepare_ipv6(container, cnet_link_name(link), dad, err);
	if (r == 0)
		r = add_addresses(container, link, result, dad, err);
	if (r == 0)
		r = cnet_link_set_up(container, NULL, cnet_link_ifindex(link), 1, err);
	if (r == 0 && ipv6 && dad)
		r = wait_for_dad(container, link, err);
	if (r == 0)
		r = add_routes(container, link, result, err);

	return r;
}

void kit_announce(struct cnet_netns *container, const struct cnet_link *link,
		  struct cnet_cni_result *result)
{
	const struct cnet_mac mac = cnet_link_mac(link);
	const struct cnet_cni_ip *ips;
	size_t i, n;

	/* A courtesy: without it (no CAP_NET_RAW) neighbours learn a little later. */
	if (kit_has_family(result, AF_INET))
		ignore(cnet_neigh_announce_link(container, cnet_link_ifindex(link), &mac, NULL));

	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; i < n; i++) {
		if (ips[i].address.ip.family == AF_INET6) /* without privilege, as above */
			ignore(cnet_neigh_announce(container, cnet_link_ifindex(link),
						   &ips[i].address.ip, &mac, NULL));
	}
}

static int check_address(const struct cnet_addr *addrs, size_t n, const struct cnet_prefix *wanted,
			 const char *name, struct cnet_error *err)
{
	char text[CNET_PREFIX_TEXT];
	size_t i;

	for (i = 0; i < n; i++) {
		if (addrs[i].prefix.length == wanted->length &&
		    cnet_ip_compare(&addrs[i].prefix.ip, &wanted->ip) == 0)
			return 0;
	}

	return cnet_error_set(err, ENOENT, "container interface \"%s\": address %s is missing",
			      name, cnet_prefix_format(wanted, text));
}

/* A default route's gateway may have been taken over by another interface of the container. */
static bool is_same_route(const struct cnet_route *have, const struct cnet_cni_route *wanted)
{
	const struct cnet_ip a = cnet_prefix_network(&have->destination);
	const struct cnet_ip b = cnet_prefix_network(&wanted->destination);

	if (have->destination.length != wanted->destination.length || cnet_ip_compare(&a, &b) != 0)
		return false;
	if ((wanted->given & CNET_CNI_ROUTE_TABLE) && have->table != wanted->table)
		return false;

	return wanted->gateway.family == 0 || wanted->destination.length == 0 ||
	       cnet_ip_compare(&have->gateway, &wanted->gateway) == 0;
}

static int check_route(const struct cnet_route *routes, size_t n,
		       const struct cnet_cni_route *wanted, struct cnet_error *err)
{
	char text[CNET_PREFIX_TEXT];
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_same_route(&routes[i], wanted))
			return 0;
	}

	return cnet_error_set(err, ENOENT, "container: route to %s is missing",
			      cnet_prefix_format(&wanted->destination, text));
}

static int check_routes(struct cnet_netns *container, struct cnet_cni_result *previous,
			struct cnet_error *err)
{
	AUTO_FREE struct cnet_route *have = NULL;
	const struct cnet_cni_route *wanted;
	size_t i, n, n_have;
	int r;

	wanted = cnet_cni_result_routes(previous, &n);
	if (n == 0)
		return 0;

	/* Of all links and tables: a chained plugin (sbr, vrf) may have moved a route. */
	r = cnet_route_list(container, 0, 0, &have, &n_have, err);
	for (i = 0; r == 0 && i < n; i++)
		r = check_route(have, n_have, &wanted[i], err);

	return r;
}

/* A chained plugin may have added addresses of other interfaces. */
static bool is_ours(const struct cnet_cni_ip *ip, const struct cnet_cni_interface *interfaces,
		    size_t n, const char *ifname)
{
	if (ip->interface < 0 || (size_t)ip->interface >= n)
		return true;

	return interfaces[ip->interface].sandbox != NULL &&
	       strcmp(interfaces[ip->interface].name, ifname) == 0;
}

int kit_check_addresses(struct cnet_cni_call *call, struct cnet_netns *container,
			const struct cnet_link *link, struct cnet_error *err)
{
	struct cnet_cni_result *previous = cnet_cni_previous(call);
	AUTO_FREE struct cnet_addr *addrs = NULL;
	const struct cnet_cni_interface *interfaces;
	const struct cnet_cni_ip *ips;
	size_t i, n, n_addrs, n_interfaces;
	int r;

	r = cnet_addr_list(container, cnet_link_ifindex(link), &addrs, &n_addrs, err);
	if (r < 0)
		return r;

	interfaces = cnet_cni_result_interfaces(previous, &n_interfaces);
	ips = cnet_cni_result_ips(previous, &n);
	for (i = 0; i < n; i++) {
		if (!is_ours(&ips[i], interfaces, n_interfaces, cnet_cni_ifname(call)))
			continue;
		r = check_address(addrs, n_addrs, &ips[i].address, cnet_link_name(link), err);
		if (r < 0)
			return r;
	}

	return check_routes(container, previous, err);
}
