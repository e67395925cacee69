/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results to JSON of every version. */

#include "cni/result.h"

#include <errno.h>
#include <sys/socket.h>

#include "cni/json.h"
#include "cni/version.h"

/*
 * The builders remember a failure by becoming NULL, in which jansson puts nothing: it is asked for
 * once, when all is built. The value is always consumed.
 */
static void put(json_t **object, const char *name, json_t *value)
{
	if (json_object_set_new(*object, name, value) < 0) {
		json_decref(*object);
		*object = NULL;
	}
}

static void append(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) < 0) {
		json_decref(*array);
		*array = NULL;
	}
}

/* The rest is left out where there is nothing to say. */

static void put_text(json_t **object, const char *name, const char *text)
{
	if (text != NULL && *text != '\0')
		put(object, name, cnet__json_text(text));
}

static void put_number(json_t **object, const char *name, uint32_t number)
{
	if (number != 0)
		put(object, name, json_integer(number));
}

static void put_ip(json_t **object, const char *name, const struct cnet_ip *ip)
{
	char text[CNET_IP_TEXT];

	put_text(object, name, cnet_ip_format(ip, text));
}

static void put_prefix(json_t **object, const char *name, const struct cnet_prefix *prefix)
{
	char text[CNET_PREFIX_TEXT];

	put_text(object, name, cnet_prefix_format(prefix, text));
}

static void put_list(json_t **object, const char *name, const char *const *list)
{
	json_t *array;

	if (list == NULL || *list == NULL)
		return;

	array = json_array();
	for (; *list != NULL; list++)
		append(&array, cnet__json_text(*list));
	put(object, name, array);
}

static json_t *dns(const struct cnet_cni_dns *from)
{
	json_t *to = json_object();

	put_list(&to, "nameservers", from->nameservers);
	put_text(&to, "domain", from->domain);
	put_list(&to, "search", from->search);
	put_list(&to, "options", from->options);
	return to;
}

static json_t *interface(const struct cnet_cni_interface *from, int since_1_0)
{
	json_t *to = json_object();

	put(&to, "name", cnet__json_text(from->name));
	put_text(&to, "mac", from->mac);
	put_text(&to, "sandbox", from->sandbox);
	if (since_1_0) {
		put_number(&to, "mtu", from->mtu);
		put_text(&to, "socketPath", from->socket_path);
		put_text(&to, "pciID", from->pci_id);
	}
	return to;
}

static json_t *ip(const struct cnet_cni_ip *from, int since_1_0)
{
	json_t *to = json_object();

	if (!since_1_0)
		put(&to, "version", json_string(from->address.ip.family == AF_INET ? "4" : "6"));
	if (from->interface >= 0)
		put(&to, "interface", json_integer(from->interface));
	put_prefix(&to, "address", &from->address);
	put_ip(&to, "gateway", &from->gateway);
	return to;
}

static json_t *route(const struct cnet_cni_route *from)
{
	json_t *to = json_object();

	put_prefix(&to, "dst", &from->destination);
	put_ip(&to, "gw", &from->gateway);
	put_number(&to, "mtu", from->mtu);
	put_number(&to, "advmss", from->advmss);
	put_number(&to, "priority", from->priority);
	if (from->given & CNET_CNI_ROUTE_TABLE)
		put(&to, "table", json_integer(from->table));
	if (from->given & CNET_CNI_ROUTE_SCOPE)
		put(&to, "scope", json_integer(from->scope));
	return to;
}

/*
 * 0.3.0 and later. What 1.1.0 has added to routes is written into all of them, and what it has
 * added to interfaces into 1.0.0, as the reference does: a chain would lose it otherwise.
 */
static void put_lists(json_t **to, const struct cnet_cni_result *from, int since_1_0)
{
	json_t *list;
	size_t i;

	if (from->interfaces.count > 0) {
		for (i = 0, list = json_array(); i < from->interfaces.count; i++)
			append(&list, interface(&from->interfaces.items[i], since_1_0));
		put(to, "interfaces", list);
	}
	if (from->ips.count > 0) {
		for (i = 0, list = json_array(); i < from->ips.count; i++)
			append(&list, ip(&from->ips.items[i], since_1_0));
		put(to, "ips", list);
	}
	if (from->routes.count > 0) {
		for (i = 0, list = json_array(); i < from->routes.count; i++)
			append(&list, route(&from->routes.items[i]));
		put(to, "routes", list);
	}
}

/* ---- 0.1.0 and 0.2.0: the first address of each family, and what routes the family has ---- */

static json_t *old_routes(const struct cnet_cni_result *from, uint32_t family)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < from->routes.count; i++) {
		const struct cnet_cni_route *item = &from->routes.items[i];
		json_t *to;

		if (item->destination.ip.family != family)
			continue;
		to = json_object();
		put_prefix(&to, "dst", &item->destination);
		put_ip(&to, "gw", &item->gateway);
		append(&list, to);
	}

	return list;
}

static json_t *old_family(const struct cnet_cni_result *from, uint32_t family)
{
	json_t *to = json_object();
	json_t *list;
	size_t i;

	for (i = 0; from->ips.items[i].address.ip.family != family; i++)
		;
	put_prefix(&to, "ip", &from->ips.items[i].address);
	put_ip(&to, "gateway", &from->ips.items[i].gateway);

	list = old_routes(from, family);
	if (json_array_size(list) > 0 || list == NULL)
		put(&to, "routes", list);
	else
		json_decref(list);
	return to;
}

static int has_family(const struct cnet_cni_result *from, uint32_t family)
{
	size_t i;

	for (i = 0; i < from->ips.count; i++) {
		if (from->ips.items[i].address.ip.family == family)
			return 1;
	}

	return 0;
}

static int put_old(json_t **to, const struct cnet_cni_result *from, struct cnet_error *err)
{
	if (from->ips.count == 0)
		return cnet_error_set(err, CNET_CNI_EVERSION,
				      "cannot convert: no valid IP addresses");

	if (has_family(from, AF_INET))
		put(to, "ip4", old_family(from, AF_INET));
	if (has_family(from, AF_INET6))
		put(to, "ip6", old_family(from, AF_INET6));
	return 0;
}

int cnet__result_format(const struct cnet_cni_result *result, const char *version, json_t **ret,
			struct cnet_error *err)
{
	const int since_1_0 = cnet__version_at_least(version, 1, 0);
	json_auto_t *to = json_object();

	if (!cnet__version_known(version))
		return cnet_error_set(err, CNET_CNI_EVERSION,
				      "unsupported CNI result version \"%s\"", version);

	put(&to, "cniVersion", json_string(version));
	if (cnet__version_at_least(version, 0, 3))
		put_lists(&to, result, since_1_0);
	else if (put_old(&to, result, err) < 0)
		return -CNET_CNI_EVERSION;
	if (!since_1_0 || cnet__dns_given(&result->dns))
		put(&to, "dns", dns(&result->dns));
	if (to == NULL)
		return cnet_error_set(err, ENOMEM, "result: out of memory");

	*ret = json_incref(to);
	return 0;
}
