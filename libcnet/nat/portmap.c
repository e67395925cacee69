/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet_portmap_*(): ports of the host that lead to ports of a container. */

#include <cnet/nat.h>

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cnet/link.h>
#include <cnet/sysctl.h>

#include "base/auto.h"
#include "base/opts.h"
#include "nat/condition.h"
#include "nat/flush.h"
#include "nat/store.h"
#include "route/lookup.h"

/* A call's arguments, checked and put into our own form. */
struct request {
	struct owner owner;
	struct claims claims;
	struct conditions conditions[2]; /* IPv4, IPv6 */
	struct cnet_ip local_clients;	 /* a container that clients on 127.0.0.1 are led to */
};

static void request_free(struct request *rq)
{
	cnet__claims_free(&rq->claims);
	cnet__conditions_free(&rq->conditions[0]);
	cnet__conditions_free(&rq->conditions[1]);
}

#define REQUEST_AUTO __attribute__((cleanup(request_free))) struct request

static int check_container(const struct cnet_prefix *container, size_t count,
			   struct cnet_error *err)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const uint32_t bits = cnet_ip_bits(&container[i].ip);

		if (bits == 0 || container[i].length > bits)
			return cnet_error_set(err, EINVAL, "container: no address");
	}
	if (count < 1 || count > 2 ||
	    (count == 2 && container[0].ip.family == container[1].ip.family))
		return cnet_error_set(err, EINVAL,
				      "container: not one address of IPv4, of IPv6, or of each");

	return 0;
}

static int check_map(const struct cnet_port_map *map, struct cnet_error *err)
{
	if (map->host_port == 0)
		return cnet_error_set(err, EINVAL, "host port: 0");
	if (map->container_port == 0)
		return cnet_error_set(err, EINVAL, "container port of host port %u: 0",
				      map->host_port);
	if (cnet__protocol_name(map->protocol) == NULL)
		return cnet_error_set(err, EINVAL, "protocol of host port %u: %u", map->host_port,
				      map->protocol);
	if (map->host_ip.family != 0 && cnet_ip_bits(&map->host_ip) == 0)
		return cnet_error_set(err, EINVAL, "address of host port %u: no address",
				      map->host_port);

	return 0;
}

/* 0.0.0.0 and :: are any address, but of their family only. */
static bool is_any(const struct cnet_ip *ip)
{
	static const uint8_t zero[sizeof(ip->bytes)];

	return memcmp(ip->bytes, zero, sizeof(zero)) == 0;
}

static int add_map(struct request *rq, const struct cnet_port_map *map,
		   const struct cnet_prefix *container, size_t count, struct cnet_error *err)
{
	struct claim claim = { .kind = CLAIM_PORT,
			       .protocol = map->protocol,
			       .host_port = map->host_port,
			       .container_port = map->container_port };
	size_t i;
	int r = 0;

	if (!is_any(&map->host_ip))
		claim.host_ip = map->host_ip;
	for (i = 0; r == 0 && i < count; i++) {
		const unsigned int family = container[i].ip.family;

		if (map->host_ip.family != 0 && map->host_ip.family != family)
			continue;
		claim.container = container[i];
		claim.conditional = rq->conditions[family == AF_INET6].list.count > 0;
		r = cnet__claims_add(&rq->claims, &claim, err);
	}

	return r;
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int r;

	r = cnet_ip_compare(&x->container.ip, &y->container.ip);
	if (r == 0)
		r = x->protocol - y->protocol;
	if (r == 0)
		r = x->host_port - y->host_port;
	return r != 0 ? r : cnet_ip_compare(&x->host_ip, &y->host_ip);
}

/* The same map twice is one; one host port cannot lead to two. */
static int sort_claims(struct claims *claims, struct cnet_error *err)
{
	struct claim *c = claims->list.items;
	size_t i, kept = 0;

	if (claims->list.count == 0)
		return 0;

	qsort(c, claims->list.count, sizeof(*c), compare_claims);
	for (i = 1; i < claims->list.count; i++) {
		if (compare_claims(&c[kept], &c[i]) != 0)
			c[++kept] = c[i];
		else if (c[kept].container_port != c[i].container_port)
			return cnet_error_set(err, EINVAL,
					      "host port %s %u leads to both %u and %u",
					      cnet__protocol_name(c[i].protocol), c[i].host_port,
					      c[kept].container_port, c[i].container_port);
	}
	claims->list.count = kept + 1;
	return 0;
}

static bool has_family(const struct claims *claims, unsigned int family)
{
	size_t i;

	for (i = 0; i < claims->list.count; i++) {
		if (claims->list.items[i].container.ip.family == family)
			return true;
	}

	return false;
}

static int add_source_translation(struct request *rq, const struct cnet_prefix *container,
				  size_t count, const struct cnet_portmap_opts *opts,
				  struct cnet_error *err)
{
	struct claim claim = { .kind = opts->masquerade_all ? CLAIM_SNAT_ALL : CLAIM_SNAT };
	bool wanted[2];
	size_t i;
	int r = 0;

	if (!opts->snat && !opts->masquerade_all)
		return 0;

	for (i = 0; i < count; i++)
		wanted[i] = has_family(&rq->claims, container[i].ip.family);
	for (i = 0; r == 0 && i < count; i++) {
		if (!wanted[i])
			continue;
		if (container[i].ip.family == AF_INET)
			rq->local_clients = container[i].ip;
		claim.container = container[i];
		r = cnet__claims_add(&rq->claims, &claim, err);
	}

	return r;
}

static int parse_conditions(struct request *rq, const struct cnet_portmap_opts *o,
			    struct cnet_error *err)
{
	int r;

	r = cnet__conditions_parse(AF_INET, o->conditions4, o->n_conditions4, &rq->conditions[0],
				   err);
	if (r < 0)
		return r;

	return cnet__conditions_parse(AF_INET6, o->conditions6, o->n_conditions6,
				      &rq->conditions[1], err);
}

static int make_request(struct request *rq, const struct cnet_attachment *owner,
			const struct cnet_prefix *container, size_t n_container,
			const struct cnet_port_map *maps, size_t n_maps,
			const struct cnet_portmap_opts *opts, struct cnet_error *err)
{
	struct cnet_portmap_opts o;
	size_t i;
	int r;

	r = cnet__opts_copy(&o, sizeof(o), opts, err);
	if (r == 0)
		r = cnet_attachment_check(owner, err);
	if (r == 0)
		r = check_container(container, n_container, err);
	if (r == 0)
		r = parse_conditions(rq, &o, err);
	for (i = 0; r == 0 && i < n_maps; i++) {
		r = check_map(&maps[i], err);
		if (r == 0)
			r = add_map(rq, &maps[i], container, n_container, err);
	}
	if (r == 0)
		r = sort_claims(&rq->claims, err);
	if (r == 0)
		r = add_source_translation(rq, container, n_container, &o, err);
	if (r == 0)
		cnet__owner_init(&rq->owner, OWNER_PORTMAP, owner);

	return r;
}

/* The rule of an attachment's chain: who meets the conditions is led on, who does not is not. */
static void put_conditions(struct cnet__batch *b, unsigned int family, const char *chain, void *arg)
{
	const struct conditions *conditions = arg;
	struct cnet__rule rule;

	cnet__rule_init(&rule, chain);
	cnet__conditions_compile(&conditions[family == AF_INET6], b, &rule);
	cnet__rule_verdict(&rule, NFT_GOTO, family == AF_INET ? "leads4" : "leads6");
	cnet__rule_put(&rule, b, CNET__RULE_LAST);
}

/*
 * Packets from 127.0.0.1 may not leave through other links, unless the link says so. It is shared
 * (a bridge), so it stays; chain "guard" keeps what it opens closed.
 */
static int allow_local_clients(struct cnet_netns *ns, const struct cnet_ip *container,
			       struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_error why = { 0 };
	struct cnet__way way = { 0 };
	char key[64];
	const struct cnet_sysctl setting = { key, "1" };
	int r;

	if (container->family == 0)
		return 0;

	r = cnet__route_lookup(ns, container, &way, &why);
	if (r < 0 && r != -ENETUNREACH && r != -EHOSTUNREACH)
		return cnet_error_set(err, -r, "%s", why.message);
	if (r < 0 || way.type != RTN_UNICAST || way.ifindex == 0)
		return 0; /* no link to speak of */

	r = cnet_link_get_index(ns, way.ifindex, &link, err);
	if (r < 0)
		return r;

	snprintf(key, sizeof(key), "net/ipv4/conf/%s/route_localnet", cnet_link_name(link));
	return cnet_sysctl_set(ns, NULL, &setting, 1, err);
}

static int remove_owner(struct cnet_netns *ns, const struct owner *owner, struct cnet_error *err)
{
	CLAIMS_AUTO removed = { 0 };
	int r;

	r = cnet__store_remove(ns, owner, &removed, err);
	if (r < 0)
		return r;

	return cnet__flush_removed(ns, &removed, err);
}

static int publish(struct cnet_netns *ns, struct request *rq, struct cnet_error *err)
{
	const struct plan_rules rules = { put_conditions, rq->conditions };
	int r;

	r = cnet__store_add(ns, &rq->owner, &rq->claims, &rules, err);
	if (r < 0)
		return r;

	/* Behind the guard, which now stands. */
	r = allow_local_clients(ns, &rq->local_clients, err);
	if (r == 0)
		r = cnet__flush_added(ns, &rq->claims, err);
	if (r < 0) /* what the caller is told has failed must not stay */
		ignore(remove_owner(ns, &rq->owner, NULL));
	return r;
}

int cnet_portmap_add(struct cnet_netns *ns, struct cnet_txn *txn,
		     const struct cnet_attachment *owner, const struct cnet_prefix *container,
		     size_t n_container, const struct cnet_port_map *maps, size_t n_maps,
		     const struct cnet_portmap_opts *opts, struct cnet_error *err)
{
	AUTO_FREE struct store_undo *undo = NULL;
	REQUEST_AUTO rq = { 0 };
	int r;

	if (n_maps == 0)
		return 0;

	r = make_request(&rq, owner, container, n_container, maps, n_maps, opts, err);
	if (r == 0)
		r = cnet__store_reserve(ns, txn, &rq.owner, &undo, err);
	if (r == 0 && rq.claims.list.count == 0)
		r = remove_owner(ns, &rq.owner, err); /* what it had is replaced, by nothing */
	else if (r == 0)
		r = publish(ns, &rq, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "publish ports");

	cnet__store_done(txn, take(undo), remove_owner);
	return 0;
}

int cnet_portmap_check(struct cnet_netns *ns, const struct cnet_attachment *owner,
		       const struct cnet_prefix *container, size_t n_container,
		       const struct cnet_port_map *maps, size_t n_maps,
		       const struct cnet_portmap_opts *opts, struct cnet_error *err)
{
	REQUEST_AUTO rq = { 0 };
	int r;

	if (n_maps == 0)
		return 0;

	r = make_request(&rq, owner, container, n_container, maps, n_maps, opts, err);
	if (r == 0 && rq.claims.list.count > 0)
		r = cnet__store_check(ns, &rq.owner, &rq.claims, err);

	return r < 0 ? cnet_error_prefix(err, r, "published ports") : 0;
}

int cnet_portmap_remove(struct cnet_netns *ns, const struct cnet_attachment *owner,
			struct cnet_error *err)
{
	struct owner o;
	int r;

	cnet__owner_init(&o, OWNER_PORTMAP, owner);
	r = remove_owner(ns, &o, err);
	return r < 0 ? cnet_error_prefix(err, r, "published ports") : 0;
}

int cnet_portmap_gc(struct cnet_netns *ns, const char *network, const struct cnet_attachment *valid,
		    size_t count, struct cnet_error *err)
{
	int r;

	r = cnet__store_gc(ns, OWNER_PORTMAP, network, valid, count, remove_owner, err);
	return r < 0 ? cnet_error_prefix(err, r, "published ports") : 0;
}
