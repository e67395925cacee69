/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host-local's configuration. */

#include "host-local/conf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "host-local/boot.h"

static const char default_folder[] = "/var/lib/cni/networks";

/* ---- The schema ---------------------------------------------------------------------------- */

struct range_member {
	const char *subnet; /* parsed here: an IPv4-mapped one is refused */
	struct cnet_ip start;
	struct cnet_ip end;
	struct cnet_ip gateway;
};

static const struct cnet_cni_member range_members[] = {
	{ "subnet", CNET_CNI_STRING, offsetof(struct range_member, subnet), NULL },
	{ "rangeStart", CNET_CNI_IP, offsetof(struct range_member, start), NULL },
	{ "rangeEnd", CNET_CNI_IP, offsetof(struct range_member, end), NULL },
	{ "gateway", CNET_CNI_IP, offsetof(struct range_member, gateway), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

static const struct cnet_cni_element range_element = { sizeof(struct range_member), range_members,
						       NULL };
static const struct cnet_cni_element set_element = { sizeof(struct cnet_cni_list), NULL,
						     &range_element };

struct route_member {
	struct cnet_prefix destination;
	struct cnet_ip gateway;
	int64_t mtu;
	int64_t advmss;
	int64_t priority;
	int64_t table;
	int64_t scope;
	bool table_given;
	bool scope_given;
};

static const struct cnet_cni_bounds scope_bounds = { 0, 255 };

static const struct cnet_cni_member route_members[] = {
	{ "dst", CNET_CNI_PREFIX, offsetof(struct route_member, destination), NULL },
	{ "gw", CNET_CNI_IP, offsetof(struct route_member, gateway), NULL },
	{ "mtu", CNET_CNI_INT, offsetof(struct route_member, mtu), NULL },
	{ "advmss", CNET_CNI_INT, offsetof(struct route_member, advmss), NULL },
	{ "priority", CNET_CNI_INT, offsetof(struct route_member, priority), NULL },
	{ "table", CNET_CNI_INT, offsetof(struct route_member, table), NULL },
	{ "table", CNET_CNI_GIVEN, offsetof(struct route_member, table_given), NULL },
	{ "scope", CNET_CNI_INT, offsetof(struct route_member, scope), &scope_bounds },
	{ "scope", CNET_CNI_GIVEN, offsetof(struct route_member, scope_given), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

static const struct cnet_cni_element route_element = { sizeof(struct route_member), route_members,
						       NULL };

struct members {
	bool ipam;
	struct range_member single;
	struct cnet_cni_list ranges;
	struct cnet_cni_list runtime_ranges;
	struct cnet_cni_list routes;
	const char *const *args_ips;
	const char *const *runtime_ips;
	const char *resolv_conf;
};

static const struct cnet_cni_member members[] = {
	{ "ipam", CNET_CNI_GIVEN, offsetof(struct members, ipam), NULL },
	{ "ipam.subnet", CNET_CNI_STRING, offsetof(struct members, single.subnet), NULL },
	{ "ipam.rangeStart", CNET_CNI_IP, offsetof(struct members, single.start), NULL },
	{ "ipam.rangeEnd", CNET_CNI_IP, offsetof(struct members, single.end), NULL },
	{ "ipam.gateway", CNET_CNI_IP, offsetof(struct members, single.gateway), NULL },
	{ "ipam.ranges", CNET_CNI_LIST, offsetof(struct members, ranges), &set_element },
	{ "ipam.routes", CNET_CNI_LIST, offsetof(struct members, routes), &route_element },
	{ "ipam.resolvConf", CNET_CNI_STRING, offsetof(struct members, resolv_conf), NULL },
	{ "args.cni.ips", CNET_CNI_STRINGS, offsetof(struct members, args_ips), NULL },
	{ "runtimeConfig.ipRanges", CNET_CNI_LIST, offsetof(struct members, runtime_ranges),
	  &set_element },
	{ "runtimeConfig.ips", CNET_CNI_STRINGS, offsetof(struct members, runtime_ips), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

static const struct cnet_cni_member location_members[] = {
	{ "ipam.dataDir", CNET_CNI_STRING, offsetof(struct hl_location, place.folder), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

/* ---- Ranges -------------------------------------------------------------------------------- */

static int parse_subnet(const char *text, struct cnet_prefix *ret, struct cnet_error *err)
{
	if (text == NULL)
		return 0; /* hl_range_complete() says so */

	if (cnet_prefix_parse(text, ret, NULL) < 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "invalid CIDR address: \"%s\"", text);
	if (ret->ip.family == AF_INET && strchr(text, ':') != NULL)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "IPNet IP and Mask version mismatch: \"%s\"", text);

	return 0;
}

static int add_set(struct hl_conf *conf, const struct range_member *from, size_t count,
		   struct cnet_error *err)
{
	struct hl_range_set *set = &conf->sets[conf->set_count];
	size_t i;
	int r = 0;

	set->ranges = calloc(count + 1, sizeof(*set->ranges));
	if (set->ranges == NULL)
		return cnet_error_set(err, ENOMEM, "ranges: out of memory");

	conf->set_count++;
	set->count = count;
	for (i = 0; i < count && r == 0; i++) {
		struct hl_range *range = &set->ranges[i];

		range->start = from[i].start;
		range->end = from[i].end;
		range->gateway = from[i].gateway;
		r = parse_subnet(from[i].subnet, &range->subnet, err);
	}
	if (r < 0)
		return cnet_error_prefix(err, r, "invalid range set %zu", conf->set_count - 1);

	return 0;
}

static int add_sets(struct hl_conf *conf, const struct cnet_cni_list *list, struct cnet_error *err)
{
	const struct cnet_cni_list *sets = list->items;
	size_t i;
	int r;

	for (i = 0; i < list->count; i++) {
		r = add_set(conf, sets[i].items, sets[i].count, err);
		if (r < 0)
			return r;
	}

	return 0;
}

/* Results before 0.3.0 have room for one address of each family. */
static int check_version(const struct cnet_cni_call *call, const struct hl_conf *conf,
			 struct cnet_error *err)
{
	size_t counts[2] = { 0 }, i;

	for (i = 0; i < conf->set_count; i++)
		counts[conf->sets[i].ranges[0].subnet.ip.family == AF_INET]++;

	if ((counts[0] > 1 || counts[1] > 1) && !cnet_cni_version_at_least(call, 0, 3))
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "CNI version %s does not support more than 1 address per "
				      "family",
				      cnet_cni_version(call));

	return 0;
}

/* The members that gave the range sets, which are counted through all of them in this order. */
static const char *members_of_ranges(const struct members *from)
{
	const bool runtime = from->runtime_ranges.count > 0, list = from->ranges.count > 0;

	if (from->single.subnet != NULL)
		return runtime || list
			       ? "\"runtimeConfig.ipRanges\", \"ipam.subnet\", \"ipam.ranges\""
			       : "\"ipam.subnet\"";
	if (runtime && list)
		return "\"runtimeConfig.ipRanges\", \"ipam.ranges\"";

	return runtime ? "\"runtimeConfig.ipRanges\"" : "\"ipam.ranges\"";
}

static int read_ranges(const struct cnet_cni_call *call, const struct members *from, bool optional,
		       struct hl_conf *conf, struct cnet_error *err)
{
	int r;

	conf->sets =
		calloc(from->runtime_ranges.count + 1 + from->ranges.count, sizeof(*conf->sets));
	if (conf->sets == NULL)
		return cnet_error_set(err, ENOMEM, "ranges: out of memory");

	r = add_sets(conf, &from->runtime_ranges, err);
	if (r == 0 && from->single.subnet != NULL)
		r = add_set(conf, &from->single, 1, err);
	if (r == 0)
		r = add_sets(conf, &from->ranges, err);
	if (r == 0 && conf->set_count == 0 && optional)
		return 0;
	if (r == 0)
		r = hl_range_sets_complete(conf->sets, conf->set_count, err);
	if (r == 0)
		r = check_version(call, conf, err);

	return r < 0 ? cnet_error_prefix(err, r, "%s", members_of_ranges(from)) : 0;
}

/* ---- Requested addresses ------------------------------------------------------------------- */

static size_t length_of(const char *const *list)
{
	size_t n = 0;

	while (list != NULL && list[n] != NULL)
		n++;

	return n;
}

/* "address" or "address/length": the length of the range counts. */
static int add_requested(struct hl_conf *conf, const char *text, int code, struct cnet_error *err)
{
	struct cnet_prefix prefix;
	struct cnet_ip ip;

	if (strchr(text, '/') == NULL) {
		if (cnet_ip_parse(text, &ip, NULL) < 0)
			return cnet_error_set(err, code, "cannot understand ip: \"%s\"", text);
	} else {
		if (cnet_prefix_parse(text, &prefix, NULL) < 0)
			return cnet_error_set(err, code, "cannot understand ip: \"%s\"", text);
		ip = prefix.ip;
	}

	conf->requested[conf->requested_count++] = ip;
	return 0;
}

static int add_list(struct hl_conf *conf, const char *const *list, struct cnet_error *err)
{
	int r = 0;

	for (; list != NULL && *list != NULL && r == 0; list++)
		r = add_requested(conf, *list, CNET_CNI_ECONFIG, err);

	return r;
}

static int read_requested(const struct cnet_cni_call *call, const struct members *from,
			  struct hl_conf *conf, struct cnet_error *err)
{
	/* What else is passed to the plugin that delegates to this one. */
	static const char *const keys[] = { "IP", "MAC", "GATEWAY", NULL };
	const char *arg = cnet_cni_arg(call, "IP");
	int r;

	r = cnet_cni_args_check(call, keys, err);
	if (r < 0)
		return r;

	conf->requested = calloc(1 + length_of(from->args_ips) + length_of(from->runtime_ips),
				 sizeof(*conf->requested));
	if (conf->requested == NULL)
		return cnet_error_set(err, ENOMEM, "requested addresses: out of memory");

	if (arg != NULL)
		r = add_requested(conf, arg, CNET_CNI_EENVIRONMENT, err);
	if (r == 0)
		r = add_list(conf, from->args_ips, err);
	if (r == 0)
		r = add_list(conf, from->runtime_ips, err);

	return r;
}

/* ---- Routes -------------------------------------------------------------------------------- */

static int read_routes(const struct cnet_cni_list *list, struct hl_conf *conf,
		       struct cnet_error *err)
{
	const struct route_member *from = list->items;
	size_t i;

	conf->routes = calloc(list->count + 1, sizeof(*conf->routes));
	if (conf->routes == NULL)
		return cnet_error_set(err, ENOMEM, "routes: out of memory");

	for (i = 0; i < list->count; i++) {
		if (from[i].destination.ip.family == AF_UNSPEC)
			return cnet_error_set(err, CNET_CNI_ECONFIG,
					      "\"ipam.routes[%zu].dst\": missing", i);
		conf->routes[i] = (struct cnet_cni_route){
			.destination = from[i].destination,
			.gateway = from[i].gateway,
			.mtu = (uint32_t)from[i].mtu,
			.advmss = (uint32_t)from[i].advmss,
			.priority = (uint32_t)from[i].priority,
			.table = (uint32_t)from[i].table,
			.scope = (uint32_t)from[i].scope,
			.given = (from[i].table_given ? (uint32_t)CNET_CNI_ROUTE_TABLE : 0) |
				 (from[i].scope_given ? (uint32_t)CNET_CNI_ROUTE_SCOPE : 0),
		};
	}

	conf->route_count = list->count;
	return 0;
}

/* -------------------------------------------------------------------------------------------- */

int hl_location_read(struct cnet_cni_call *call, struct hl_location *ret, struct cnet_error *err)
{
	int r;

	*ret = (struct hl_location){ .place.network = cnet_cni_attachment(call)->network };
	r = cnet_cni_read(call, location_members, ret, err);
	if (r < 0)
		return r;

	if (ret->place.folder == NULL || *ret->place.folder == '\0')
		ret->place.folder = default_folder;
	ret->place.boot = hl_boot_id(ret->boot);
	return 0;
}

int hl_conf_read(struct cnet_cni_call *call, bool ranges_optional, struct hl_conf *ret,
		 struct cnet_error *err)
{
	struct members from = { 0 };
	struct hl_conf conf = { 0 };
	int r;

	r = cnet_cni_read(call, members, &from, err);
	if (r < 0)
		return r;
	if (!from.ipam)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "IPAM config missing 'ipam' key");

	r = read_requested(call, &from, &conf, err);
	if (r == 0)
		r = read_ranges(call, &from, ranges_optional, &conf, err);
	if (r == 0)
		r = read_routes(&from.routes, &conf, err);
	if (r < 0) {
		hl_conf_clear(&conf);
		return r;
	}

	if (from.resolv_conf != NULL && *from.resolv_conf != '\0')
		conf.resolv_conf = from.resolv_conf;
	*ret = conf;
	return 0;
}

void hl_conf_clear(struct hl_conf *conf)
{
	size_t i;

	for (i = 0; i < conf->set_count; i++)
		free(conf->sets[i].ranges);
	free(conf->sets);
	free(conf->requested);
	free(conf->routes);
	*conf = (struct hl_conf){ 0 };
}
