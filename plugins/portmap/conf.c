/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* portmap's configuration: the table of its members, and the ports that it names. */

#include "portmap/conf.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/auto.h"

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

size_t portmap_conf_length(const char *const *tokens)
{
	size_t n = 0;

	while (tokens != NULL && tokens[n] != NULL)
		n++;

	return n;
}

static int check_conditions(const char *member, unsigned int family, const char *const *tokens,
			    struct cnet_error *err)
{
	struct cnet_error why = { 0 };

	if (cnet_portmap_conditions_check(family, tokens, portmap_conf_length(tokens), &why) == 0)
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

int portmap_conf_read(struct cnet_cni_call *call, struct portmap_conf *conf, struct cnet_error *err)
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

int portmap_conf_maps(const struct portmap_conf *conf, struct cnet_port_map **ret,
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
