/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host-local - give out addresses of ranges, and remember in files who has which
 *
 * An attachment gets one address of each range set: see add.c.
 */

#include <cnet/cni.h>

#include <errno.h>
#include <stdlib.h>

#include "base/auto.h"
#include "host-local/add.h"
#include "host-local/alloc.h"
#include "host-local/conf.h"
#include "host-local/store.h"

#define AUTO_CONF __attribute__((cleanup(hl_conf_clear))) struct hl_conf

/* Ranges may have changed, or be wrong by now: what a container holds is found by its name. */
static int host_local_del(struct cnet_cni_call *call, struct cnet_error *err)
{
	CNET_AUTO(hl_store) *store = NULL;
	struct hl_location at;
	int r;

	r = hl_location_read(call, &at, err);
	if (r == 0)
		r = hl_store_open(&at.place, HL_STORE_CHANGE, &store, err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;

	return hl_store_release(store, cnet_cni_attachment(call), err);
}

static int holds(const struct hl_holding *holdings, size_t count, const struct cnet_ip *ip)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (cnet_ip_compare(&holdings[i].ip, ip) == 0)
			return 1;
	}

	return 0;
}

/* Every address of the result that is ours to give must still be the container's. */
static int check_result(struct cnet_cni_call *call, const struct hl_holding *holdings, size_t held,
			struct cnet_error *err)
{
	const char *container = cnet_cni_attachment(call)->container;
	const struct cnet_cni_ip *ips;
	char text[CNET_IP_TEXT];
	AUTO_CONF conf = { 0 };
	size_t count, i, k;
	int r;

	if (held == 0)
		return cnet_error_set(err, ENOENT,
				      "host-local: Failed to find address added by container %s",
				      container);
	r = hl_conf_read(call, true, &conf, err);
	if (r < 0)
		return r;

	ips = cnet_cni_result_ips(cnet_cni_previous(call), &count);
	for (i = 0; i < count; i++) {
		const struct cnet_ip *ip = &ips[i].address.ip;

		for (k = 0; k < conf.set_count; k++) {
			if (hl_range_set_find(&conf.sets[k], ip) != NULL &&
			    !holds(holdings, held, ip))
				return cnet_error_set(err, ENOENT,
						      "host-local: %s is not allocated to "
						      "container %s",
						      cnet_ip_format(ip, text), container);
		}
	}

	return 0;
}

static int host_local_check(struct cnet_cni_call *call, struct cnet_error *err)
{
	AUTO_FREE struct hl_holding *holdings = NULL;
	CNET_AUTO(hl_store) *store = NULL;
	struct hl_location at;
	size_t held = 0;
	int r;

	r = hl_location_read(call, &at, err);
	if (r < 0)
		return r;

	r = hl_store_open(&at.place, HL_STORE_READ, &store, err);
	if (r == 0)
		r = hl_store_find(store, cnet_cni_attachment(call), &holdings, &held, err);
	if (r < 0 && r != -ENOENT)
		return r;

	return check_result(call, holdings, held, err);
}

static int host_local_gc(struct cnet_cni_call *call, struct cnet_error *err)
{
	CNET_AUTO(hl_store) *store = NULL;
	const struct cnet_attachment *valid;
	struct hl_owners owners;
	struct hl_location at;
	size_t count;
	int r;

	r = hl_location_read(call, &at, err);
	if (r == 0)
		r = hl_store_open(&at.place, HL_STORE_CHANGE, &store, err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;

	valid = cnet_cni_valid_attachments(call, &count);
	r = hl_owners_sort(valid, count, &owners, err);
	if (r < 0)
		return r;

	r = hl_store_keep_only(store, &owners, err);
	free(owners.items);
	return r;
}

static int unavailable(int r, struct cnet_error *err)
{
	const struct cnet_error why = err != NULL ? *err : (struct cnet_error){ .code = -r };

	return cnet_error_set(err, CNET_CNI_EUNAVAILABLE, "%s", why.message);
}

static int status_of_sets(struct hl_store *store, const struct hl_conf *conf,
			  struct cnet_error *err)
{
	const struct hl_range *range;
	struct cnet_ip ip = { 0 };
	size_t i;
	int r;

	for (i = 0; i < conf->set_count; i++) {
		r = hl_alloc_choose(&conf->sets[i], &ip, hl_store_is_taken, store, &ip, &range,
				    err);
		if (r < 0)
			return unavailable(r, err);
		if (r > 0)
			return hl_range_set_exhausted(&conf->sets[i], CNET_CNI_EUNAVAILABLE, err);
	}

	return 0;
}

static int host_local_status(struct cnet_cni_call *call, struct cnet_error *err)
{
	CNET_AUTO(hl_store) *store = NULL;
	struct hl_location at;
	AUTO_CONF conf = { 0 };
	int r;

	r = hl_conf_read(call, true, &conf, err);
	if (r == 0)
		r = hl_location_read(call, &at, err);
	if (r < 0)
		return r;

	r = hl_store_usable(&at.place, err);
	if (r == 0)
		r = hl_store_open(&at.place, HL_STORE_READ, &store, err);
	if (r == -ENOENT)
		return 0; /* the first ADD makes it */
	if (r < 0)
		return unavailable(r, err);

	return status_of_sets(store, &conf, err);
}

const struct cnet_cni_plugin cnet__plugin_host_local = {
	.size = sizeof(cnet__plugin_host_local),
	.name = "host-local",
	.add = hl_add,
	.del = host_local_del,
	.check = host_local_check,
	.gc = host_local_gc,
	.status = host_local_status,
};
