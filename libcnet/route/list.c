/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading routes. */

#include <cnet/route.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "netns/netns.h"
#include "route/route.h"

struct listing {
	unsigned int ifindex;
	uint32_t table;
	size_t kept; /* of the families that have been read */
	struct cnet__routes routes;
};

/*
 * Of a route over several links the kernel shows all next hops, and it filters not at all before
 * Linux 5.0.
 */
static int is_wanted(const struct listing *l, const struct cnet_route *route)
{
	return (l->ifindex == 0 || route->ifindex == l->ifindex) &&
	       (l->table == 0 || route->table == l->table) && (route->flags & RTM_F_CLONED) == 0;
}

static int append(const struct nlmsghdr *answer, void *arg, struct cnet_error *err)
{
	struct listing *l = arg;
	struct cnet__routes *routes = &l->routes;
	size_t i, kept = routes->list.count;
	int r;

	r = cnet__route_decode(answer, routes, err);
	if (r < 0)
		return r;

	for (i = kept; i < routes->list.count; i++) {
		if (is_wanted(l, &routes->list.items[i]))
			routes->list.items[kept++] = routes->list.items[i];
	}
	routes->list.count = kept;
	return 0;
}

static void clear(void *arg)
{
	struct listing *l = arg;

	l->routes.list.count = l->kept;
}

static int list_family(struct cnet__nl *nl, struct listing *l, uint8_t family,
		       struct cnet_error *err)
{
	const struct rtmsg header = { .rtm_family = family };
	struct cnet_error why = { 0 };
	CNET__MSG_AUTO m = { 0 };
	int r;

	cnet__msg_init(&m, RTM_GETROUTE, NLM_F_DUMP, &header, sizeof(header));
	if (l->ifindex != 0)
		cnet__msg_u32(&m, RTA_OIF, l->ifindex);
	if (l->table != 0)
		cnet__msg_u32(&m, RTA_TABLE, l->table);

	r = cnet__nl_dump(nl, &m, append, clear, l, &why);
	if (r < 0 && r != -ENOENT) /* ENOENT: this family has no such table */
		return cnet_error_set(err, -r, "%s", why.message);

	l->kept = l->routes.list.count;
	return 0;
}

static int list(struct cnet_netns *ns, struct listing *l, struct cnet_error *err)
{
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;
	r = list_family(nl, l, AF_INET, err);
	if (r < 0)
		return r;

	return list_family(nl, l, AF_INET6, err);
}

int cnet_route_list(struct cnet_netns *ns, unsigned int ifindex, uint32_t table,
		    struct cnet_route **ret, size_t *count, struct cnet_error *err)
{
	struct listing l = { .ifindex = ifindex, .table = table };
	int r;

	r = list(ns, &l, err);
	if (r < 0) {
		free(l.routes.list.items);
		return ifindex != 0 ? cnet_error_prefix(err, r, "link %u: list routes", ifindex)
				    : cnet_error_prefix(err, r, "list routes");
	}

	*ret = l.routes.list.items;
	*count = l.routes.list.count;
	return 0;
}
