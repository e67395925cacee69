/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * portmap - publish ports of a container on the host
 *
 * Chained behind the plugin that made the interface, whose addresses it takes from prevResult. What
 * it makes is found again by the attachment's names alone: DEL and GC read no configuration.
 */

#include <cnet/cni.h>
#include <cnet/nat.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/auto.h"

struct portmap_conf {
	struct cnet_cni_list mappings; /* of struct mapping */
	const char *const *conditions4;
	const char *const *conditions6;
	int64_t mark_bit; /* of the reference's iptables rules: checked, not used */
	uint32_t backend; /* either is served by nf_tables */
	bool snat;
	bool masquerade_all;
	bool has_mark_chain;
	bool has_mark_bit;
};

struct mapping {
	int64_t host_port;
	int64_t container_port;
	const char *protocol;
	const char *host_ip;
};

static const struct cnet_cni_bounds port_bounds = { 1, 65535 };
static const struct cnet_cni_bounds bit_bounds = { 0, 31 };

static const struct cnet_cni_choice backends[] = {
	{ "iptables", 0, 0 },
	{ "nftables", 1, 0 },
	{ NULL, 0, 0 },
};

static const struct cnet_cni_member mapping_members[] = {
	{ "hostPort", CNET_CNI_INT, offsetof(struct mapping, host_port), &port_bounds },
	{ "containerPort", CNET_CNI_INT, offsetof(struct mapping, container_port), &port_bounds },
	{ "protocol", CNET_CNI_STRING, offsetof(struct mapping, protocol), NULL },
	{ "hostIP", CNET_CNI_STRING, offsetof(struct mapping, host_ip), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

static const struct cnet_cni_element mapping_element = {
	.size = sizeof(struct mapping),
	.members = mapping_members,
};

#define AT(member) offsetof(struct portmap_conf, member)

static const struct cnet_cni_member members[] = {
	{ "backend", CNET_CNI_CHOICE, AT(backend), backends },
	{ "snat", CNET_CNI_BOOL, AT(snat), NULL },
	{ "masqAll", CNET_CNI_BOOL, AT(masquerade_all), NULL },
	{ "markMasqBit", CNET_CNI_INT, AT(mark_bit), &bit_bounds },
	{ "markMasqBit", CNET_CNI_GIVEN, AT(has_mark_bit), NULL },
	{ "externalSetMarkChain", CNET_CNI_GIVEN, AT(has_mark_chain), NULL },
	{ "conditionsV4", CNET_CNI_STRINGS, AT(conditions4), NULL },
	{ "conditionsV6", CNET_CNI_STRINGS, AT(conditions6), NULL },
	{ "runtimeConfig.portMappings", CNET_CNI_LIST, AT(mappings), &mapping_element },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

static size_t length_of(const char *const *list)
{
	size_t n = 0;

	while (list != NULL && list[n] != NULL)
		n++;

	return n;
}

static int check_conditions(const char *member, unsigned int family, const char *const *tokens,
			    struct cnet_error *err)
{
	struct cnet_error why = { 0 };

	if (cnet_portmap_conditions_check(family, tokens, length_of(tokens), &why) == 0)
		return 0;

	return cnet_error_set(err, CNET_CNI_ECONFIG, "\"%s\": %s", member, why.message);
}

static int check_mapping(const struct mapping *m, size_t i, struct cnet_error *err)
{
	/* What is left out stays 0, as in the reference, which refuses that too. */
	if (m->host_port == 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"runtimeConfig.portMappings[%zu].hostPort\": missing", i);
	if (m->container_port == 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"runtimeConfig.portMappings[%zu].containerPort\": missing",
				      i);

	return 0;
}

static int conf_read(struct cnet_cni_call *call, struct portmap_conf *conf, struct cnet_error *err)
{
	const struct mapping *mappings;
	size_t i;
	int r;

	*conf = (struct portmap_conf){ .snat = true };
	r = cnet_cni_read(call, members, conf, err);
	if (r < 0)
		return r;

	if (conf->has_mark_chain && conf->has_mark_bit)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"externalSetMarkChain\" and \"markMasqBit\" exclude each "
				      "other");
	if (conf->has_mark_chain)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"externalSetMarkChain\": chains of iptables are not used "
				      "by this plugin");
	r = check_conditions("conditionsV4", AF_INET, conf->conditions4, err);
	if (r == 0)
		r = check_conditions("conditionsV6", AF_INET6, conf->conditions6, err);

	mappings = conf->mappings.items;
	for (i = 0; r == 0 && i < conf->mappings.count; i++)
		r = check_mapping(&mappings[i], i, err);

	return r;
}

static int parse_protocol(const char *text, uint8_t *ret)
{
	static const struct {
		const char *name;
		uint8_t number;
	} protocols[] = {
		{ "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP },
		{ "sctp", IPPROTO_SCTP },
	};
	size_t i;

	for (i = 0; text != NULL && i < ARRAY_SIZE(protocols); i++) {
		if (strcasecmp(text, protocols[i].name) == 0) {
			*ret = protocols[i].number;
			return 0;
		}
	}

	return -EINVAL;
}

static int make_map(const struct mapping *m, size_t i, struct cnet_port_map *ret,
		    struct cnet_error *err)
{
	struct cnet_error why = { 0 };

	ret->host_port = (uint16_t)m->host_port;
	ret->container_port = (uint16_t)m->container_port;
	if (parse_protocol(m->protocol, &ret->protocol) < 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"runtimeConfig.portMappings[%zu].protocol\": \"%s\" is not "
				      "tcp, udp or sctp",
				      i, m->protocol != NULL ? m->protocol : "");
	if (m->host_ip != NULL && m->host_ip[0] != '\0' &&
	    cnet_ip_parse(m->host_ip, &ret->host_ip, &why) < 0)
		return cnet_error_set(err, CNET_CNI_ECONFIG,
				      "\"runtimeConfig.portMappings[%zu].hostIP\": %s", i,
				      why.message);

	return 0;
}

/* To be freed. */
static int make_maps(const struct portmap_conf *conf, struct cnet_port_map **ret,
		     struct cnet_error *err)
{
	AUTO_FREE struct cnet_port_map *maps = calloc(conf->mappings.count + 1, sizeof(*maps));
	const struct mapping *mappings = conf->mappings.items;
	size_t i;
	int r = 0;

	if (maps == NULL)
		return cnet_error_set(err, ENOMEM, "out of memory");

	for (i = 0; r == 0 && i < conf->mappings.count; i++)
		r = make_map(&mappings[i], i, &maps[i], err);
	if (r == 0)
		*ret = take(maps);

	return r;
}

/* An address of a link that is not the container's CNI_IFNAME (of the host, say) does not count. */
static bool is_containers(struct cnet_cni_call *call, struct cnet_cni_result *result, int32_t index)
{
	const struct cnet_cni_interface *interfaces;
	size_t n;

	interfaces = cnet_cni_result_interfaces(result, &n);
	if (index < 0 || (size_t)index >= n)
		return true;

	return strcmp(interfaces[index].name, cnet_cni_ifname(call)) == 0 &&
	       interfaces[index].sandbox != NULL && interfaces[index].sandbox[0] != '\0';
}

/* The first address of each family; how many. */
static size_t container_addresses(struct cnet_cni_call *call, struct cnet_prefix ret[2])
{
	struct cnet_cni_result *result = cnet_cni_previous(call);
	const struct cnet_cni_ip *ips;
	size_t i, n, count = 0;

	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; i < n && count < 2; i++) {
		if ((count == 0 || ips[i].address.ip.family != ret[0].ip.family) &&
		    is_containers(call, result, ips[i].interface))
			ret[count++] = ips[i].address;
	}

	return count;
}

/* What ADD and CHECK give to the library. */
struct request {
	struct cnet_netns *host;
	struct cnet_prefix addresses[2];
	size_t n_addresses;
	struct cnet_port_map *maps;
	size_t n_maps;
	struct cnet_portmap_opts opts;
};

static void request_free(struct request *rq)
{
	free(rq->maps);
}

#define REQUEST_AUTO __attribute__((cleanup(request_free))) struct request

static int make_request(struct cnet_cni_call *call, struct request *rq, struct cnet_error *err)
{
	struct portmap_conf conf;
	int r;

	r = conf_read(call, &conf, err);
	if (r == 0)
		r = make_maps(&conf, &rq->maps, err);
	if (r == 0 && cnet_cni_previous(call) == NULL)
		r = cnet_error_set(err, CNET_CNI_ECONFIG,
				   "\"prevResult\": missing: portmap must be chained behind "
				   "another plugin");
	if (r == 0)
		r = cnet_cni_host(call, &rq->host, err);
	if (r < 0)
		return r;

	rq->n_maps = conf.mappings.count;
	rq->n_addresses = container_addresses(call, rq->addresses);
	rq->opts = (struct cnet_portmap_opts){
		.size = sizeof(rq->opts),
		.snat = conf.snat,
		.masquerade_all = conf.snat && conf.masquerade_all,
		.conditions4 = conf.conditions4,
		.conditions6 = conf.conditions6,
		.n_conditions4 = length_of(conf.conditions4),
		.n_conditions6 = length_of(conf.conditions6),
	};
	return 0;
}

/* What the library finds wrong with the maps as a whole is the configuration's fault. */
static int blame(int r, struct cnet_error *err)
{
	if (r == -EINVAL && err != NULL) {
		err->code = CNET_CNI_ECONFIG;
		r = -CNET_CNI_ECONFIG;
	}

	return r < 0 ? cnet_error_prefix(err, r, "\"runtimeConfig.portMappings\"") : 0;
}

static int portmap_add(struct cnet_cni_call *call, struct cnet_txn *txn,
		       struct cnet_cni_result *result, struct cnet_error *err)
{
	REQUEST_AUTO rq = { 0 };
	int r;

	r = make_request(call, &rq, err);
	if (r == 0 && rq.n_addresses > 0)
		r = blame(cnet_portmap_add(rq.host, txn, cnet_cni_attachment(call), rq.addresses,
					   rq.n_addresses, rq.maps, rq.n_maps, &rq.opts, err),
			  err);
	if (r < 0)
		return r;

	return cnet_cni_result_copy(result, cnet_cni_previous(call), err);
}

static int portmap_check(struct cnet_cni_call *call, struct cnet_error *err)
{
	REQUEST_AUTO rq = { 0 };
	int r;

	r = make_request(call, &rq, err);
	if (r < 0 || rq.n_addresses == 0)
		return r;

	return blame(cnet_portmap_check(rq.host, cnet_cni_attachment(call), rq.addresses,
					rq.n_addresses, rq.maps, rq.n_maps, &rq.opts, err),
		     err);
}

static int portmap_del(struct cnet_cni_call *call, struct cnet_error *err)
{
	struct cnet_netns *host;
	int r;

	r = cnet_cni_host(call, &host, err);
	if (r < 0)
		return r;

	return cnet_portmap_remove(host, cnet_cni_attachment(call), err);
}

static int portmap_gc(struct cnet_cni_call *call, struct cnet_error *err)
{
	const struct cnet_attachment *valid;
	struct cnet_netns *host;
	size_t count;
	int r;

	r = cnet_cni_host(call, &host, err);
	if (r < 0)
		return r;

	valid = cnet_cni_valid_attachments(call, &count);
	return cnet_portmap_gc(host, cnet_cni_attachment(call)->network, valid, count, err);
}

static int portmap_status(struct cnet_cni_call *call, struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	struct portmap_conf conf;
	struct cnet_netns *host;
	int r;

	r = conf_read(call, &conf, err);
	if (r == 0)
		r = cnet_cni_host(call, &host, err);
	if (r == 0 && cnet_nat_check(host, &why) < 0)
		r = cnet_error_set(err, CNET_CNI_EUNAVAILABLE, "%s", why.message);

	return r;
}

const struct cnet_cni_plugin cnet__plugin_portmap = {
	.size = sizeof(cnet__plugin_portmap),
	.name = "portmap",
	.add = portmap_add,
	.del = portmap_del,
	.check = portmap_check,
	.gc = portmap_gc,
	.status = portmap_status,
};
