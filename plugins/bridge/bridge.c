/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bridge that all containers of a network share. */

#include "bridge/bridge.h"

#include <errno.h>
#include <linux/if.h>
#include <string.h>

/* The address is set here: otherwise it follows that of the ports, and neighbours lose the gateway.
 */
static int create(struct cnet_netns *host, const struct bridge_conf *conf, struct cnet_link **ret,
		  struct cnet_error *err)
{
	int r;

	r = cnet_bridge_create(
		host, NULL, conf->bridge,
		CNET_OPTS(cnet_link_opts, .mtu = (uint32_t)conf->mtu, .mac = kit_random_mac()),
		NULL, ret, err);
	if (r == -EEXIST) /* another ADD was faster */
		return cnet_link_get(host, conf->bridge, ret, err);

	return r;
}

static int find(struct cnet_netns *host, const struct bridge_conf *conf, struct cnet_link **ret,
		struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;
	int r;

	r = cnet_link_get(host, conf->bridge, &link, err);
	if (r < 0)
		return r;

	if (strcmp(cnet_link_kind(link), "bridge") != 0)
		return cnet_error_set(err, EEXIST, "\"%s\" already exists but is not a bridge",
				      conf->bridge);

	*ret = link;
	link = NULL;
	return 0;
}

int bridge_ensure(struct cnet_netns *host, const struct bridge_conf *conf, struct cnet_link **ret,
		  struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_error missing = { 0 };
	int r;

	r = find(host, conf, &link, &missing);
	if (r == -ENODEV)
		r = create(host, conf, &link, err);
	else if (r < 0)
		return cnet_error_append(err, &missing);
	if (r < 0)
		return r;

	/* Also of a bridge that exists: whoever made it may not have known, or been killed. */
	r = kit_refuse_advertisements(host, conf->bridge, err);
	if (r == 0 && !cnet_link_is_up(link) && !conf->dad)
		r = kit_ask_at_once(host, conf->bridge, err);
	if (r == 0 && !cnet_link_is_up(link))
		r = cnet_link_set_up(host, NULL, cnet_link_ifindex(link), 1, err);
	if (r == 0 && conf->promiscuous && !(cnet_link_flags(link) & IFF_PROMISC))
		r = cnet_link_set_promiscuous(host, NULL, cnet_link_ifindex(link), 1, err);
	if (r < 0)
		return r;

	*ret = link;
	link = NULL;
	return 0;
}

int bridge_check(struct cnet_netns *host, const struct bridge_conf *conf, struct cnet_link **ret,
		 struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;
	int r;

	r = find(host, conf, &link, err);
	if (r < 0)
		return r;
	if (!cnet_link_is_up(link))
		return cnet_error_set(err, ENETDOWN, "bridge \"%s\": is down", conf->bridge);
	/* Only whether it was asked for: a packet capture makes a bridge promiscuous as well. */
	if (conf->promiscuous && !(cnet_link_flags(link) & IFF_PROMISC))
		return cnet_error_set(err, EINVAL, "bridge \"%s\": is not promiscuous",
				      conf->bridge);

	*ret = link;
	link = NULL;
	return 0;
}
