/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pair of links between the bridge and a container. */

#include "bridge/bridge.h"

#include <errno.h>
#include <linux/if.h>
#include <string.h>
#include <time.h>

#include "base/auto.h"

static const char stem[] = "veth"; /* as udev and NetworkManager expect of a container's link */

enum { READY_POLLS = 2500, READY_PAUSE_MS = 1 };

void port_release(struct port *port)
{
	cnet_link_free(port->near);
	cnet_link_free(port->far);
}

static int create_pair(struct cnet_cni_call *call, struct cnet_netns *host,
		       struct cnet_netns *container, struct cnet_txn *txn,
		       const struct bridge_conf *conf, const struct cnet_link *bridge,
		       struct port *port, struct cnet_error *err)
{
	const struct cnet_attachment *attachment = cnet_cni_attachment(call);
	char name[CNET_LINK_NAME], alias[CNET_ATTACHMENT_TEXT];

	return cnet_veth_create(
		host, txn, cnet_attachment_link_name(attachment, stem, name),
		CNET_OPTS(cnet_link_opts, .mtu = (uint32_t)conf->mtu, .mac = kit_random_mac(),
			  .master = cnet_link_ifindex(bridge),
			  .alias = cnet_attachment_format(attachment, alias)),
		cnet_cni_ifname(call),
		CNET_OPTS(cnet_link_opts, .mtu = (uint32_t)conf->mtu,
			  .mac = conf->mac.set ? conf->mac : kit_random_mac(), .netns = container),
		&port->near, &port->far, err);
}

int port_create(struct cnet_cni_call *call, struct cnet_txn *txn, const struct bridge_conf *conf,
		const struct cnet_link *bridge, struct port *port, struct cnet_error *err)
{
	struct cnet_netns *host, *container;
	int r;

	r = cnet_cni_host(call, &host, err);
	if (r == 0)
		r = cnet_cni_container(call, &container, err);
	if (r == 0)
		r = create_pair(call, host, container, txn, conf, bridge, port, err);
	if (r < 0)
		return r;

	if (conf->hairpin || conf->isolated) /* a new port has neither */
		r = cnet_bridge_port_set(host, cnet_link_ifindex(port->near),
					 CNET_OPTS(cnet_bridge_port_opts, .hairpin = conf->hairpin,
						   .isolated = conf->isolated),
					 err);

	if (r == 0)
		r = kit_refuse_advertisements(host, cnet_link_name(port->near), err);
	if (r == 0)
		r = cnet_link_set_up(host, NULL, cnet_link_ifindex(port->near), 1, err);

	return r;
}

static int wait_for_end(struct cnet_netns *ns, const struct cnet_link *end, struct cnet_error *err)
{
	const struct timespec pause = { .tv_nsec = READY_PAUSE_MS * 1000000 };
	int i, r;

	for (i = 0; i < READY_POLLS; i++) {
		CNET_AUTO(cnet_link) *now = NULL;

		r = cnet_link_get_index(ns, cnet_link_ifindex(end), &now, err);
		if (r < 0)
			return r;
		if (cnet_link_operstate(now) == IF_OPER_UP)
			return 0;
		nanosleep(&pause, NULL);
	}

	return cnet_error_set(err, EAGAIN, "link \"%s\": does not come up", cnet_link_name(end));
}

/*
 * The kernel reports the carrier first and lets packets through a little later (linkwatch): the
 * first packet of a container, or to its published port, could be lost. Newer kernels (6.8) catch
 * up when they are asked for the link.
 */
int port_wait(struct cnet_netns *host, struct cnet_netns *container, const struct port *port,
	      struct cnet_error *err)
{
	int r;

	r = wait_for_end(host, port->near, err);
	return r < 0 ? r : wait_for_end(container, port->far, err);
}

/* The host's end, which prevResult names: the interface that is neither the bridge nor inside. */
static int find_near(struct cnet_cni_call *call, struct cnet_netns *host,
		     const struct bridge_conf *conf, const struct cnet_link *far,
		     struct cnet_link **ret, struct cnet_error *err)
{
	const struct cnet_cni_interface *interfaces;
	struct cnet_error step = { 0 };
	size_t i, n;
	int r;

	interfaces = cnet_cni_result_interfaces(cnet_cni_previous(call), &n);
	for (i = 0; i < n; i++) {
		CNET_AUTO(cnet_link) *link = NULL;

		if (interfaces[i].sandbox != NULL || strcmp(interfaces[i].name, conf->bridge) == 0)
			continue;
		r = cnet_link_get(host, interfaces[i].name, &link, &step);
		if (r < 0 || cnet_link_ifindex(link) != cnet_link_parent(far))
			continue;
		*ret = link;
		link = NULL;
		return 0;
	}

	return cnet_error_set(err, ENODEV,
			      "container interface \"%s\": its peer on the host is missing",
			      cnet_link_name(far));
}

int port_check(struct cnet_cni_call *call, const struct bridge_conf *conf,
	       const struct cnet_link *bridge, const struct cnet_link *far, struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *near = NULL;
	struct cnet_netns *host;
	const char *name;
	int r;

	r = cnet_cni_host(call, &host, err);
	if (r == 0)
		r = find_near(call, host, conf, far, &near, err);
	if (r < 0)
		return r;

	name = cnet_link_name(near);
	if (cnet_link_parent(near) != cnet_link_ifindex(far))
		return cnet_error_set(err, EINVAL,
				      "bridge port \"%s\": is not the container's peer", name);
	if (cnet_link_master(near) != cnet_link_ifindex(bridge))
		return cnet_error_set(err, EINVAL, "bridge port \"%s\": is not in bridge \"%s\"",
				      name, conf->bridge);
	if (!cnet_link_is_up(near))
		return cnet_error_set(err, ENETDOWN, "bridge port \"%s\": is down", name);
	/* Not whether it is off: a chained portmap may have switched it on. */
	if (conf->hairpin && !cnet_link_port_hairpin(near))
		return cnet_error_set(err, EINVAL, "bridge port \"%s\": hairpin mode is off", name);
	if (cnet_link_port_isolated(near) != conf->isolated)
		return cnet_error_set(err, EINVAL, "bridge port \"%s\": isolation is %s", name,
				      conf->isolated ? "off" : "on");

	return 0;
}

/*
 * The name is ours; the alias says that it is not another attachment's whose name happens to be the
 * same. A killed ADD may not have come to the alias.
 */
static bool is_ours(const struct cnet_attachment *attachment, const struct cnet_link *near)
{
	char alias[CNET_ATTACHMENT_TEXT];

	return cnet_link_alias(near)[0] == '\0' ||
	       strcmp(cnet_link_alias(near), cnet_attachment_format(attachment, alias)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/*
 * Has another network this interface of the container? Its presence made our ADD fail, and runtimes
 * call DEL after that.
 */
static bool is_of_another(struct cnet_cni_call *call, struct cnet_netns *host,
			  const struct cnet_link *far)
{
	const struct cnet_attachment *ours = cnet_cni_attachment(call);
	const struct cnet_attachment other = { "x", ours->container, ours->ifname };
	CNET_AUTO(cnet_link) *near = NULL;
	char alias[CNET_ATTACHMENT_TEXT];

	return cnet_link_get_index(host, cnet_link_parent(far), &near, NULL) == 0 &&
	       cnet_link_parent(near) == cnet_link_ifindex(far) &&
	       ends_with(cnet_link_alias(near), cnet_attachment_format(&other, alias) + 1) &&
	       !is_ours(ours, near);
}

/* An attachment made by the reference plugin has another name on the host: it is found inside. */
static int delete_far(struct cnet_cni_call *call, struct cnet_netns *host, struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_netns *container;
	struct cnet_error step = { 0 };
	int r;

	r = cnet_cni_container(call, &container, err);
	if (r < 0 || container == NULL)
		return r;

	r = cnet_link_get(container, cnet_cni_ifname(call), &link, &step);
	if (r == -ENODEV)
		return 0;
	if (r < 0)
		return cnet_error_append(err, &step);
	if (strcmp(cnet_link_kind(link), "veth") != 0 || is_of_another(call, host, link))
		return 0;

	return cnet_link_delete_index(container, cnet_link_ifindex(link), err);
}

int port_delete(struct cnet_cni_call *call, struct cnet_error *err)
{
	const struct cnet_attachment *attachment = cnet_cni_attachment(call);
	CNET_AUTO(cnet_link) *near = NULL;
	char name[CNET_LINK_NAME];
	struct cnet_error step = { 0 };
	struct cnet_netns *host;
	int r;

	r = cnet_cni_host(call, &host, err);
	if (r < 0)
		return r;

	cnet_attachment_link_name(attachment, stem, name);
	r = cnet_link_get(host, name, &near, &step);
	if (r < 0 && r != -ENODEV)
		return cnet_error_append(err, &step);

	if (r == 0 && is_ours(attachment, near))
		return cnet_link_delete_index(host, cnet_link_ifindex(near), err);

	return delete_far(call, host, err);
}

/* Ours, of this network, and of no attachment that lives? */
static bool is_stale(struct cnet_cni_call *call, const struct cnet_link *link)
{
	const char *alias = cnet_link_alias(link);

	return strcmp(cnet_link_kind(link), "veth") == 0 &&
	       strncmp(cnet_link_name(link), stem, strlen(stem)) == 0 &&
	       cnet_attachment_of_network(alias, cnet_cni_attachment(call)->network) &&
	       !kit_is_valid(call, alias);
}

int port_gc(struct cnet_cni_call *call, struct cnet_error *err)
{
	struct cnet_error all = { 0 };
	struct cnet_netns *host;
	struct cnet_link **links = NULL;
	size_t i, n = 0;
	int r;

	r = cnet_cni_host(call, &host, err);
	if (r == 0)
		r = cnet_link_list(host, &links, &n, err);
	if (r < 0)
		return r;

	for (i = 0; i < n; i++) {
		struct cnet_error step = { 0 };

		if (is_stale(call, links[i]) &&
		    cnet_link_delete_index(host, cnet_link_ifindex(links[i]), &step) < 0)
			ignore(cnet_error_append(&all, &step)); /* reported below, all together */
	}

	cnet_link_list_free(links, n);
	return all.code != 0 ? cnet_error_append(err, &all) : 0;
}
