/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container's link: its name, its address, its place in a result. */

#include "kit/kit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

struct cnet_mac kit_random_mac(void)
{
	struct cnet_mac mac = { .set = 1 };

	/* Six bytes are never cut short (random(7)); without entropy the kernel would wait. */
	if (getrandom(mac.bytes, sizeof(mac.bytes), 0) != sizeof(mac.bytes))
		return (struct cnet_mac){ 0 }; /* not set: the kernel chooses one */

	mac.bytes[0] = (uint8_t)((mac.bytes[0] & 0xfe) | 0x02);
	return mac;
}

int kit_ifname_is_free(struct cnet_cni_call *call, struct cnet_netns *container,
		       struct cnet_error *err)
{
	const char *name = cnet_cni_ifname(call);
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_error missing = { 0 };
	int r;

	r = cnet_link_get(container, name, &link, &missing);
	if (r == -ENODEV)
		return 0;
	if (r < 0)
		return cnet_error_append(err, &missing);

	return cnet_error_set(err, EEXIST, "interface \"%s\" already exists in the container",
			      name);
}

int kit_result_interface(struct cnet_cni_call *call, struct cnet_cni_result *result,
			 const struct cnet_mac *mac, uint32_t mtu, int32_t *ret,
			 struct cnet_error *err)
{
	char text[CNET_MAC_TEXT];
	const struct cnet_cni_interface interface = {
		.name = cnet_cni_ifname(call),
		.mac = cnet_mac_format(mac, text),
		.sandbox = cnet_cni_netns_path(call),
		.mtu = cnet_cni_version_at_least(call, 1, 1) ? mtu : 0,
	};

	return cnet_cni_result_add_interface(result, &interface, ret, err);
}

int kit_check_link(struct cnet_cni_call *call, struct cnet_netns *container, const char *kind,
		   bool may_be_down, struct cnet_link **ret, struct cnet_error *err)
{
	const char *name = cnet_cni_ifname(call);
	CNET_AUTO(cnet_link) *link = NULL;
	const struct cnet_cni_interface *interfaces;
	char text[CNET_MAC_TEXT];
	struct cnet_mac mac;
	size_t i, n;
	int r;

	r = cnet_link_get(container, name, &link, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "container interface \"%s\"", name);
	if (strcmp(cnet_link_kind(link), kind) != 0)
		return cnet_error_set(err, EINVAL,
				      "container interface \"%s\": is a \"%s\", not a %s", name,
				      cnet_link_kind(link), kind);
	if (!cnet_link_is_up(link) && !may_be_down)
		return cnet_error_set(err, ENETDOWN, "container interface \"%s\": is down", name);

	mac = cnet_link_mac(link);
	cnet_mac_format(&mac, text);
	interfaces = cnet_cni_result_interfaces(cnet_cni_previous(call), &n);
	for (i = 0; i < n; i++) {
		if (interfaces[i].sandbox == NULL || strcmp(interfaces[i].name, name) != 0)
			continue;
		if (interfaces[i].mac != NULL && strcasecmp(interfaces[i].mac, text) != 0)
			return cnet_error_set(err, EINVAL,
					      "container interface \"%s\": its MAC is %s, not %s",
					      name, text, interfaces[i].mac);
		*ret = link;
		link = NULL;
		return 0;
	}

	return cnet_error_set(err, CNET_CNI_ECONFIG,
			      "\"prevResult.interfaces\": no interface \"%s\" with a sandbox",
			      name);
}

/*
 * A kernel without IPv6 has no such setting; whoever keeps /proc/sys from us (a container in a
 * container) answers for what is in it.
 */
static int switch_off(struct cnet_netns *host, const char *name, const char *setting,
		      struct cnet_error *err)
{
	char key[64];
	const struct cnet_sysctl off = { key, "0" };
	struct cnet_error step = { 0 };
	int r;

	snprintf(key, sizeof(key), "net/ipv6/conf/%s/%s", name, setting);
	r = cnet_sysctl_set(host, NULL, &off, 1, &step);
	if (r == -ENOENT || r == -EROFS || r == -EACCES || r == -EPERM)
		return 0;

	return r < 0 ? cnet_error_append(err, &step) : 0;
}

/* A router advertisement from a container must not give the host routes (CVE-2020-10749). */
int kit_refuse_advertisements(struct cnet_netns *host, const char *name, struct cnet_error *err)
{
	return switch_off(host, name, "accept_ra", err);
}

/*
 * A router asks for a neighbour from its link-local address, and not at all as long as it is
 * looking for duplicates of that: what is forwarded to the first container would be lost for two
 * seconds.
 */
int kit_ask_at_once(struct cnet_netns *host, const char *name, struct cnet_error *err)
{
	return switch_off(host, name, "accept_dad", err);
}
