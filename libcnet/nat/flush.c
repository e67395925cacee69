/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Flows of UDP that were tracked before ports changed, and go on past the change. Only the first
 * packet of a flow is translated by rules; a client that keeps its port would for ever reach what
 * was there before.
 */

#include "nat/flush.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "nft/conntrack.h"
#include "route/lookup.h"

/*
 * The kernel goes through its whole table (some milliseconds) for each port: beyond this many it is
 * cheaper to be shown all flows of UDP once.
 */
enum { SINGLE_PORTS = 4 };

struct flush {
	struct cnet_netns *ns;
	const struct claims *claims;
	/* 1: the flow must go; 0; negative with err set */
	int (*is_stale)(struct flush *fl, const struct claim *claim, const struct cnet__flow *flow,
			struct cnet_error *err);
	struct cnet_ip known; /* the address that is_local is about */
	int is_local;
};

static bool is_ip(const struct cnet_ip *a, const struct cnet_ip *b)
{
	return cnet_ip_compare(a, b) == 0;
}

static bool leads_to(const struct cnet__flow *flow, const struct claim *claim)
{
	return is_ip(&flow->answerer, &claim->container.ip) &&
	       flow->answerer_port == claim->container_port;
}

/* Is it the host's own address? What merely passes through the host is none of our business. */
static int look_up(struct flush *fl, const struct cnet_ip *ip, struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	struct cnet__way way = { 0 };
	int r;

	if (is_ip(&fl->known, ip))
		return fl->is_local;

	r = cnet__route_lookup(fl->ns, ip, &way, &why);
	if (r < 0 && r != -ENETUNREACH && r != -EHOSTUNREACH && r != -EACCES && r != -EINVAL)
		return cnet_error_set(err, -r, "%s", why.message);

	fl->known = *ip;
	fl->is_local = r == 0 && way.type == RTN_LOCAL;
	return fl->is_local;
}

static int is_stale_added(struct flush *fl, const struct claim *claim,
			  const struct cnet__flow *flow, struct cnet_error *err)
{
	return leads_to(flow, claim) ? 0 : look_up(fl, &flow->destination, err);
}

static int is_stale_removed(struct flush *fl, const struct claim *claim,
			    const struct cnet__flow *flow, struct cnet_error *err)
{
	(void)fl;
	(void)err;
	return leads_to(flow, claim);
}

static int on_flow(const struct cnet__flow *flow, void *arg, struct cnet_error *err)
{
	struct flush *fl = arg;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < fl->claims->list.count; i++) {
		const struct claim *claim = &fl->claims->list.items[i];

		if (claim->kind == CLAIM_PORT && claim->protocol == IPPROTO_UDP &&
		    claim->host_port == flow->destination_port &&
		    claim->container.ip.family == flow->destination.family &&
		    (claim->host_ip.family == 0 || is_ip(&claim->host_ip, &flow->destination)))
			r = fl->is_stale(fl, claim, flow, err);
	}

	return r;
}

struct target {
	unsigned int family;
	uint16_t port;
};

/* The ports whose flows are to be looked at, each once; how many, at most SINGLE_PORTS + 1. */
static size_t collect(const struct claims *claims, struct target *targets)
{
	size_t i, j, count = 0;

	for (i = 0; i < claims->list.count && count <= SINGLE_PORTS; i++) {
		const struct claim *claim = &claims->list.items[i];

		if (claim->kind != CLAIM_PORT || claim->protocol != IPPROTO_UDP)
			continue;
		for (j = 0; j < count; j++) {
			if (targets[j].family == claim->container.ip.family &&
			    targets[j].port == claim->host_port)
				break;
		}
		if (j == count)
			targets[count++] =
				(struct target){ claim->container.ip.family, claim->host_port };
	}

	return count;
}

static int run(struct flush *fl, struct cnet_error *err)
{
	struct target targets[SINGLE_PORTS + 1];
	size_t i, count = collect(fl->claims, targets);
	int r = 0;

	if (count > SINGLE_PORTS) {
		targets[0] = (struct target){ AF_INET, 0 };
		targets[1] = (struct target){ AF_INET6, 0 };
		count = 2;
	}
	for (i = 0; r == 0 && i < count; i++)
		r = cnet__conntrack_forget_udp(fl->ns, targets[i].family, targets[i].port, on_flow,
					       fl, err);

	return r;
}

int cnet__flush_added(struct cnet_netns *ns, const struct claims *claims, struct cnet_error *err)
{
	struct flush fl = { .ns = ns, .claims = claims, .is_stale = is_stale_added };

	return run(&fl, err);
}

int cnet__flush_removed(struct cnet_netns *ns, const struct claims *claims, struct cnet_error *err)
{
	struct flush fl = { .ns = ns, .claims = claims, .is_stale = is_stale_removed };

	return run(&fl, err);
}
