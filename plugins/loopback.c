/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loopback - set up lo in a container
 *
 * Runtimes call it for every container, with whatever CNI_IFNAME: the link is always lo. It has no
 * configuration of its own.
 */

#include <cnet/addr.h>
#include <cnet/cni.h>
#include <cnet/link.h>

#include <errno.h>
#include <sys/socket.h>

#include "base/auto.h"

/* In DEL *ns is NULL where the namespace is gone, and lo with it. */
static int get_lo(struct cnet_cni_call *call, struct cnet_netns **ns, struct cnet_link **ret,
		  struct cnet_error *err)
{
	int r = cnet_cni_container(call, ns, err);

	return r < 0 || *ns == NULL ? r : cnet_link_get(*ns, "lo", ret, err);
}

static int is_loopback(const struct cnet_ip *ip)
{
	static const struct cnet_ip one = { .family = AF_INET6, .bytes = { [15] = 1 } };

	return ip->family == AF_INET ? ip->bytes[0] == 127 : cnet_ip_compare(ip, &one) == 0;
}

static int check_addresses(const struct cnet_addr *addresses, size_t count, struct cnet_error *err)
{
	char text[CNET_PREFIX_TEXT];
	size_t i;

	for (i = 0; i < count; i++) {
		if (!is_loopback(&addresses[i].prefix.ip))
			return cnet_error_set(err, EADDRINUSE,
					      "lo has an address that is no loopback address: %s",
					      cnet_prefix_format(&addresses[i].prefix, text));
	}

	return 0;
}

/* lo, and the first address of each family. */
static int report(struct cnet_cni_call *call, const struct cnet_addr *addresses, size_t count,
		  struct cnet_cni_result *result, struct cnet_error *err)
{
	const struct cnet_cni_interface lo = { .name = "lo",
					       .mac = "00:00:00:00:00:00",
					       .sandbox = cnet_cni_netns_path(call) };
	struct cnet_cni_ip ip = { .gateway = { 0 } };
	uint32_t family = AF_UNSPEC;
	size_t i;
	int r;

	r = cnet_cni_result_add_interface(result, &lo, &ip.interface, err);
	for (i = 0; r == 0 && i < count; i++) {
		ip.address = addresses[i].prefix;
		if (ip.address.ip.family != family)
			r = cnet_cni_result_add_ip(result, &ip, err);
		family = ip.address.ip.family;
	}

	return r;
}

static int loopback_add(struct cnet_cni_call *call, struct cnet_txn *txn,
			struct cnet_cni_result *result, struct cnet_error *err)
{
	AUTO_FREE struct cnet_addr *addresses = NULL;
	CNET_AUTO(cnet_link) *lo = NULL;
	struct cnet_netns *ns = NULL;
	size_t count = 0;
	int r;

	r = get_lo(call, &ns, &lo, err);
	if (r == 0)
		r = cnet_link_set_up(ns, txn, cnet_link_ifindex(lo), 1, err);
	if (r == 0)
		r = cnet_addr_list(ns, cnet_link_ifindex(lo), &addresses, &count, err);
	if (r == 0)
		r = check_addresses(addresses, count, err);
	if (r < 0)
		return r;

	if (cnet_cni_previous(call) != NULL)
		return cnet_cni_result_copy(result, cnet_cni_previous(call), err);
	return report(call, addresses, count, result, err);
}

static int loopback_del(struct cnet_cni_call *call, struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *lo = NULL;
	struct cnet_netns *ns = NULL;
	int r;

	r = get_lo(call, &ns, &lo, err);
	if (r < 0 || ns == NULL)
		return r;

	return cnet_link_set_up(ns, NULL, cnet_link_ifindex(lo), 0, err);
}

static int loopback_check(struct cnet_cni_call *call, struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *lo = NULL;
	struct cnet_netns *ns = NULL;
	int r;

	r = get_lo(call, &ns, &lo, err);
	if (r < 0)
		return r;

	return cnet_link_is_up(lo) ? 0 : cnet_error_set(err, ENETDOWN, "lo is down");
}

const struct cnet_cni_plugin cnet__plugin_loopback = {
	.size = sizeof(cnet__plugin_loopback),
	.name = "loopback",
	.add = loopback_add,
	.del = loopback_del,
	.check = loopback_check,
};
