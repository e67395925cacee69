/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results: name servers and gateways. */

#include "kit/kit.h"

#include <sys/socket.h>

static const struct cnet_cni_member dns_members[] = {
	{ "dns.nameservers", CNET_CNI_STRINGS, offsetof(struct cnet_cni_dns, nameservers), NULL },
	{ "dns.search", CNET_CNI_STRINGS, offsetof(struct cnet_cni_dns, search), NULL },
	{ "dns.options", CNET_CNI_STRINGS, offsetof(struct cnet_cni_dns, options), NULL },
	{ "dns.domain", CNET_CNI_STRING, offsetof(struct cnet_cni_dns, domain), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

int kit_dns_read(struct cnet_cni_call *call, struct cnet_cni_dns *ret, struct cnet_error *err)
{
	return cnet_cni_read(call, dns_members, ret, err);
}

int kit_dns(const struct cnet_cni_dns *dns, struct cnet_cni_result *result, struct cnet_error *err)
{
	if (dns->nameservers == NULL && dns->search == NULL && dns->options == NULL &&
	    (dns->domain == NULL || dns->domain[0] == '\0'))
		return 0;

	return cnet_cni_result_set_dns(result, dns, err);
}

struct cnet_ip kit_gateway(struct cnet_cni_result *result, uint32_t family)
{
	const struct cnet_cni_ip *ips;
	size_t i, n;

	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; i < n; i++) {
		if (ips[i].gateway.family == family)
			return ips[i].gateway;
	}

	return (struct cnet_ip){ 0 };
}

bool kit_has_family(struct cnet_cni_result *result, uint32_t family)
{
	const struct cnet_cni_ip *ips;
	size_t i, n;

	ips = cnet_cni_result_ips(result, &n);
	for (i = 0; i < n; i++) {
		if (ips[i].address.ip.family == family)
			return true;
	}

	return false;
}
