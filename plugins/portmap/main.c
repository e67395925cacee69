/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * portmap - publish ports of a container on the host
 *
 * Chained behind the plugin that made the interface, whose addresses it takes from prevResult. What
 * it makes is found again by the attachment's names alone: DEL and GC read no configuration.
 */

#include "portmap/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "portmap/hairpin.h"

/* An address of a link that is not the container's CNI_IFNAME (of the host, say) does not count. */
static bool is_containers(struct cnet_cni_call *call, struct cnet_cni_result *result, int32_t index)
{
	const struct cnet_cni_interface *interfaces;
	size_t n;

	interfaces = cnet_cni_result_interfaces(result, &n);
	if (index < 0 || (size_t)index >= n)
		return true;

	return strcmp(interfaces[index].name, cnet_cni_ifname(call)) == 0 &&
	       interfaces[index].sandbox != NULL;
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

	r = portmap_conf_read(call, &conf, err);
	if (r == 0)
		r = portmap_conf_maps(&conf, &rq->maps, err);
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
		.n_conditions4 = portmap_conf_length(conf.conditions4),
		.n_conditions6 = portmap_conf_length(conf.conditions6),
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
	if (r == 0 && rq.n_addresses > 0 && rq.n_maps > 0 && rq.opts.snat)
		r = hairpin_allow(rq.host, cnet_cni_previous(call), err);
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

	r = portmap_conf_read(call, &conf, err);
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
