/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Adding and removing routes.
 *
 * NLM_F_CREATE alone, without NLM_F_EXCL, lets a second route to a destination stand beside the
 * first, as a container in two networks needs with its default routes: IPv4 puts the newer one in
 * front, IPv6 joins those that have a gateway into one multipath route. The very same route again
 * is -EEXIST in both families.
 */

#include "route/route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "base/opts.h"
#include "netns/netns.h"

/* IP6_RT_PRIO_USER. Written out, as to RTM_DELROUTE no metric means any. */
enum { IPV6_METRIC = 1024 };

struct undo {
	struct cnet_netns *ns;
	struct cnet__route_request route;
};

static void encode_gateway(struct cnet__msg *m, const struct cnet__route_request *route)
{
	struct {
		uint16_t family;
		uint8_t bytes[16];
	} via = { .family = (uint16_t)route->gateway.family };

	if (route->gateway.family == route->destination.ip.family) {
		cnet__msg_ip(m, RTA_GATEWAY, &route->gateway);
	} else if (route->gateway.family != 0) {
		memcpy(via.bytes, route->gateway.bytes, sizeof(via.bytes));
		cnet__msg_data(m, RTA_VIA, &via,
			       sizeof(via.family) + cnet_ip_bits(&route->gateway) / 8);
	}
}

static void encode_metrics(struct cnet__msg *m, const struct cnet_route_opts *opts)
{
	if (opts->mtu == 0 && opts->advmss == 0)
		return;

	cnet__msg_nest(m, RTA_METRICS);
	if (opts->mtu != 0)
		cnet__msg_u32(m, RTAX_MTU, opts->mtu);
	if (opts->advmss != 0)
		cnet__msg_u32(m, RTAX_ADVMSS, opts->advmss);
	cnet__msg_end(m);
}

void cnet__route_encode(struct cnet__msg *m, int type, int flags, uint8_t protocol,
			const struct cnet__route_request *route)
{
	const struct cnet_route_opts *opts = &route->opts;
	const struct cnet_ip network = cnet_prefix_network(&route->destination);
	const struct rtmsg header = {
		.rtm_family = (uint8_t)network.family,
		.rtm_dst_len = (uint8_t)route->destination.length,
		.rtm_table = RT_TABLE_UNSPEC, /* RTA_TABLE has room for all numbers */
		.rtm_protocol = protocol,
		.rtm_scope = (uint8_t)opts->scope,
		.rtm_type = RTN_UNICAST,
		.rtm_flags = opts->onlink ? RTNH_F_ONLINK : 0,
	};
	uint32_t metric = opts->metric;

	if (metric == 0 && network.family == AF_INET6)
		metric = IPV6_METRIC;

	cnet__msg_init(m, type, flags, &header, sizeof(header));
	cnet__msg_u32(m, RTA_TABLE, opts->table != 0 ? opts->table : RT_TABLE_MAIN);
	cnet__msg_u32(m, RTA_OIF, route->ifindex);
	if (route->destination.length > 0)
		cnet__msg_ip(m, RTA_DST, &network);
	encode_gateway(m, route);
	if (metric != 0)
		cnet__msg_u32(m, RTA_PRIORITY, metric);
	cnet__msg_ip(m, RTA_PREFSRC, &opts->source);
	encode_metrics(m, opts);
}

/* What the header of the message would silently cut, or the kernel would take for "any". */
static int check(const struct cnet__route_request *route, struct cnet_error *err)
{
	const struct cnet_prefix *destination = &route->destination;

	if (destination->ip.family == 0)
		return cnet_error_set(err, EINVAL, "no destination");
	if (destination->length > cnet_ip_bits(&destination->ip))
		return cnet_error_set(err, EINVAL, "prefix length %u: too long",
				      destination->length);
	if (route->opts.scope > UINT8_MAX)
		return cnet_error_set(err, EINVAL, "no such scope: %u", route->opts.scope);
	if (route->opts.source.family != 0 && route->opts.source.family != destination->ip.family)
		return cnet_error_set(err, EINVAL, "the source is of the other family");

	return 0;
}

static int prepare(struct cnet__route_request *route, unsigned int ifindex,
		   const struct cnet_prefix *destination, const struct cnet_ip *gateway,
		   const struct cnet_route_opts *opts, struct cnet_error *err)
{
	int r;

	*route = (struct cnet__route_request){ .ifindex = ifindex, .destination = *destination };
	if (gateway != NULL)
		route->gateway = *gateway;
	r = cnet__opts_copy(&route->opts, sizeof(route->opts), opts, err);
	if (r < 0)
		return r;

	return check(route, err);
}

static int transact(struct cnet_netns *ns, struct cnet__msg *m, struct cnet_error *err)
{
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	return cnet__nl_transact(nl, m, err);
}

static int name_route(struct cnet_error *err, int code, const char *what, unsigned int ifindex,
		      const struct cnet_prefix *destination, const struct cnet_ip *gateway)
{
	char to[CNET_PREFIX_TEXT], by[CNET_IP_TEXT];
	const int has_gateway = gateway != NULL && gateway->family != 0;

	return cnet_error_prefix(err, code, "link %u: %s route to \"%s\"%s%s%s", ifindex, what,
				 cnet_prefix_format(destination, to), has_gateway ? " via \"" : "",
				 has_gateway ? cnet_ip_format(gateway, by) : "",
				 has_gateway ? "\"" : "");
}

static int remove_route(struct cnet_netns *ns, uint8_t protocol,
			const struct cnet__route_request *route, struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	CNET__MSG_AUTO m = { 0 };
	int r;

	cnet__route_encode(&m, RTM_DELROUTE, 0, protocol, route);
	r = transact(ns, &m, &why);
	if (r == 0 || r == -ESRCH || r == -ENODEV)
		return 0;

	cnet_error_set(err, -r, "%s", why.message);
	return name_route(err, r, "remove", route->ifindex, &route->destination, &route->gateway);
}

static int undo(void *arg, struct cnet_error *err)
{
	const struct undo *u = arg;

	return remove_route(u->ns, RTPROT_BOOT, &u->route, err);
}

/* RTPROT_BOOT, as ip(8) and the reference plugins have it: routing daemons leave it alone. */
static int add(struct cnet_netns *ns, struct cnet_txn *txn, struct undo *u, struct cnet_error *err)
{
	CNET__MSG_AUTO m = { 0 };
	int r;

	r = cnet_txn_reserve(txn, err);
	if (r < 0)
		return r;

	cnet__route_encode(&m, RTM_NEWROUTE, NLM_F_CREATE, RTPROT_BOOT, &u->route);
	return transact(ns, &m, err);
}

int cnet_route_add(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
		   const struct cnet_prefix *destination, const struct cnet_ip *gateway,
		   const struct cnet_route_opts *opts, struct cnet_error *err)
{
	AUTO_FREE struct undo *u = malloc(sizeof(*u));
	int r;

	if (u == NULL)
		return cnet_error_set(err, ENOMEM, "add route: out of memory");

	u->ns = ns;
	r = prepare(&u->route, ifindex, destination, gateway, opts, err);
	if (r == 0)
		r = add(ns, txn, u, err);
	if (r < 0)
		return name_route(err, r, "add", ifindex, destination, gateway);

	cnet_txn_push(txn, undo, take(u), free);
	return 0;
}

int cnet_route_remove(struct cnet_netns *ns, unsigned int ifindex,
		      const struct cnet_prefix *destination, const struct cnet_ip *gateway,
		      const struct cnet_route_opts *opts, struct cnet_error *err)
{
	struct cnet__route_request route;
	int r;

	r = prepare(&route, ifindex, destination, gateway, opts, err);
	if (r < 0)
		return name_route(err, r, "remove", ifindex, destination, gateway);

	return remove_route(ns, RTPROT_UNSPEC, &route, err);
}
