/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results from JSON: one table for each shape that the specification has had. */

#include "cni/result.h"

#include <errno.h>
#include <stdbool.h>

#include "base/auto.h"
#include "cni/conf.h"
#include "cni/json.h"
#include "cni/version.h"

/* ---- What the tables fill ---- */

struct interface {
	const char *name, *mac, *sandbox, *socket_path, *pci_id;
	int64_t mtu;
};

struct ip {
	struct cnet_prefix address;
	struct cnet_ip gateway;
	int64_t interface;
	bool interface_given;
};

struct route {
	struct cnet_prefix destination;
	struct cnet_ip gateway;
	int64_t mtu, advmss, priority, table, scope;
	bool table_given, scope_given;
};

/* Until 0.2.0: one address of each family, with routes of its own. */
struct family {
	bool given;
	struct cnet_prefix address;
	struct cnet_ip gateway;
	struct cnet_cni_list routes;
};

struct shape {
	struct cnet_cni_list interfaces, ips, routes;
	struct family ip4, ip6;
	struct cnet_cni_dns dns;
};

/* ---- The tables ---- */

#define MEMBER(path, type, of, member)                                   \
	{                                                                \
		path, CNET_CNI_##type, offsetof(struct of, member), NULL \
	}
#define LIST(path, of, member, element)                                   \
	{                                                                 \
		path, CNET_CNI_LIST, offsetof(struct of, member), element \
	}
#define END                                   \
	{                                     \
		NULL, CNET_CNI_GIVEN, 0, NULL \
	}

static const struct cnet_cni_member interface_members[] = {
	MEMBER("name", STRING, interface, name),
	MEMBER("mac", STRING, interface, mac),
	MEMBER("sandbox", STRING, interface, sandbox),
	MEMBER("socketPath", STRING, interface, socket_path),
	MEMBER("pciID", STRING, interface, pci_id),
	MEMBER("mtu", INT, interface, mtu),
	END,
};
static const struct cnet_cni_element interfaces = { sizeof(struct interface), interface_members,
						    NULL };

static const struct cnet_cni_bounds index_bounds = { 0, INT32_MAX };
static const struct cnet_cni_member ip_members[] = {
	MEMBER("address", PREFIX, ip, address),
	MEMBER("gateway", IP, ip, gateway),
	{ "interface", CNET_CNI_INT, offsetof(struct ip, interface), &index_bounds },
	MEMBER("interface", GIVEN, ip, interface_given),
	END,
};
static const struct cnet_cni_element ips = { sizeof(struct ip), ip_members, NULL };

static const struct cnet_cni_member route_members[] = {
	MEMBER("dst", PREFIX, route, destination),
	MEMBER("gw", IP, route, gateway),
	MEMBER("mtu", INT, route, mtu),
	MEMBER("advmss", INT, route, advmss),
	MEMBER("priority", INT, route, priority),
	MEMBER("table", INT, route, table),
	MEMBER("table", GIVEN, route, table_given),
	MEMBER("scope", INT, route, scope),
	MEMBER("scope", GIVEN, route, scope_given),
	END,
};
static const struct cnet_cni_element routes = { sizeof(struct route), route_members, NULL };

static const struct cnet_cni_member dns_members[] = {
	MEMBER("dns.nameservers", STRINGS, shape, dns.nameservers),
	MEMBER("dns.search", STRINGS, shape, dns.search),
	MEMBER("dns.options", STRINGS, shape, dns.options),
	MEMBER("dns.domain", STRING, shape, dns.domain),
	END,
};

static const struct cnet_cni_member members[] = {
	/* since 0.3.0 */
	LIST("interfaces", shape, interfaces, &interfaces),
	LIST("ips", shape, ips, &ips),
	LIST("routes", shape, routes, &routes),
	END,
};

static const struct cnet_cni_member old_members[] = {
	/* 0.1.0 and 0.2.0 */
	MEMBER("ip4", GIVEN, shape, ip4.given),
	MEMBER("ip4.ip", PREFIX, shape, ip4.address),
	MEMBER("ip4.gateway", IP, shape, ip4.gateway),
	LIST("ip4.routes", shape, ip4.routes, &routes),
	MEMBER("ip6", GIVEN, shape, ip6.given),
	MEMBER("ip6.ip", PREFIX, shape, ip6.address),
	MEMBER("ip6.gateway", IP, shape, ip6.gateway),
	LIST("ip6.routes", shape, ip6.routes, &routes),
	END,
};

/* ---- From what they filled to the result ---- */

/* Go leaves out what is empty, other runtimes do not: both say that it is not known. */
static const char *known(const char *text)
{
	return text != NULL && *text != '\0' ? text : NULL;
}

static int add_interfaces(struct cnet_cni_result *result, const struct cnet_cni_list *list,
			  struct cnet_error *err)
{
	const struct interface *item = list->items;
	size_t i;
	int r;

	for (i = 0; i < list->count; i++, item++) {
		const struct cnet_cni_interface interface = {
			.name = item->name != NULL ? item->name : "",
			.mac = known(item->mac),
			.sandbox = known(item->sandbox),
			.socket_path = known(item->socket_path),
			.pci_id = known(item->pci_id),
			.mtu = (uint32_t)item->mtu,
		};

		r = cnet_cni_result_add_interface(result, &interface, NULL, err);
		if (r < 0)
			return r;
	}

	return 0;
}

static int add_ips(struct cnet_cni_result *result, const struct cnet_cni_list *list,
		   struct cnet_error *err)
{
	const int64_t interface_count = (int64_t)result->interfaces.count;
	const struct ip *item = list->items;
	size_t i;
	int r;

	for (i = 0; i < list->count; i++, item++) {
		const bool indexed = item->interface_given && interface_count > 0;
		const struct cnet_cni_ip ip = {
			.address = item->address,
			.gateway = item->gateway,
			.interface = indexed ? (int32_t)item->interface : -1,
		};

		if (item->address.ip.family == 0)
			return cnet_error_set(err, CNET_CNI_ECONFIG,
					      "\"ips[%zu].address\": missing", i);
		if (indexed && item->interface >= interface_count)
			return cnet_error_set(err, CNET_CNI_ECONFIG,
					      "\"ips[%zu].interface\": %d: there are only %d "
					      "interfaces",
					      i, (int)item->interface, (int)interface_count);
		r = cnet_cni_result_add_ip(result, &ip, err);
		if (r < 0)
			return r;
	}

	return 0;
}

static int add_routes(struct cnet_cni_result *result, const struct cnet_cni_list *list,
		      const char *where, struct cnet_error *err)
{
	const struct route *item = list->items;
	size_t i;
	int r;

	for (i = 0; i < list->count; i++, item++) {
		const struct cnet_cni_route route = {
			.destination = item->destination,
			.gateway = item->gateway,
			.mtu = (uint32_t)item->mtu,
			.advmss = (uint32_t)item->advmss,
			.priority = (uint32_t)item->priority,
			.table = (uint32_t)item->table,
			.scope = (uint32_t)item->scope,
			.given = (item->table_given ? CNET_CNI_ROUTE_TABLE : 0u) |
				 (item->scope_given ? CNET_CNI_ROUTE_SCOPE : 0u),
		};

		if (item->destination.ip.family == 0)
			return cnet_error_set(err, CNET_CNI_ECONFIG, "\"%s[%zu].dst\": missing",
					      where, i);
		r = cnet_cni_result_add_route(result, &route, err);
		if (r < 0)
			return r;
	}

	return 0;
}

static int add_family(struct cnet_cni_result *result, const struct family *family, const char *name,
		      struct cnet_error *err)
{
	const struct cnet_cni_ip ip = { .address = family->address,
					.gateway = family->gateway,
					.interface = -1 };

	if (!family->given)
		return 0;
	if (family->address.ip.family == 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "\"%s.ip\": missing", name);

	return cnet_cni_result_add_ip(result, &ip, err);
}

static int add_all(struct cnet_cni_result *result, const struct shape *shape,
		   struct cnet_error *err)
{
	int r = add_interfaces(result, &shape->interfaces, err);

	if (r == 0)
		r = add_ips(result, &shape->ips, err);
	if (r == 0)
		r = add_family(result, &shape->ip4, "ip4", err);
	if (r == 0)
		r = add_family(result, &shape->ip6, "ip6", err);
	if (r == 0)
		r = add_routes(result, &shape->routes, "routes", err);
	if (r == 0)
		r = add_routes(result, &shape->ip4.routes, "ip4.routes", err);
	if (r == 0)
		r = add_routes(result, &shape->ip6.routes, "ip6.routes", err);

	return r < 0 ? r : cnet_cni_result_set_dns(result, &shape->dns, err);
}

int cnet__result_parse(const json_t *json, const char *version, struct cnet_cni_result **ret,
		       struct cnet_error *err)
{
	CNET_AUTO(cnet_cni_result) *result = NULL;
	const char *own = cnet__json_string(json, "cniVersion");
	struct cnet__arena arena = { 0 };
	struct shape shape = { 0 };
	int r;

	if (own != NULL && *own != '\0')
		version = own;
	if (!cnet__version_known(version))
		return cnet_error_set(err, CNET_CNI_EVERSION,
				      "unsupported CNI result version \"%s\"", version);

	r = cnet__result_create(&result, err);
	if (r == 0)
		r = cnet__conf_read(json, &arena,
				    cnet__version_at_least(version, 0, 3) ? members : old_members,
				    &shape, err);
	if (r == 0)
		r = cnet__conf_read(json, &arena, dns_members, &shape, err);
	if (r == 0)
		r = add_all(result, &shape, err);
	cnet__arena_free(&arena);
	if (r < 0)
		return r;

	*ret = take(result);
	return 0;
}
