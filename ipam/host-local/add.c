/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ADD: an address of each range set
 *
 * All sets are served under one lock, and what can be refused is refused before it is taken.
 */

#include "host-local/add.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/auto.h"
#include "host-local/alloc.h"
#include "host-local/conf.h"
#include "host-local/resolv.h"
#include "host-local/store.h"

#define AUTO_CONF   __attribute__((cleanup(hl_conf_clear))) struct hl_conf
#define AUTO_RESOLV __attribute__((cleanup(hl_resolv_clear))) struct hl_resolv

/* What a set gives: the address that was asked for, or one that is chosen. */
struct share {
	const struct hl_range_set *set;
	const struct hl_range *range;
	struct cnet_ip ip; /* family 0: to be chosen */
};

/* The addresses of one ADD, to be taken back if it fails later on. */
struct taken {
	struct hl_location at;
	struct cnet_attachment owner;
	size_t count;
	struct cnet_ip ips[];
};

/* ---- Before anything is locked ------------------------------------------------------------- */

static int failed(int r, size_t set, struct cnet_error *err)
{
	return cnet_error_prefix(err, r, "failed to allocate for range %zu", set);
}

/* The first address asked for that lies in a set is its share; that of no set is refused. */
static int share_out(const struct hl_conf *conf, struct share *shares, struct cnet_error *err)
{
	char text[CNET_IP_TEXT];
	size_t i, k;

	for (i = 0; i < conf->set_count; i++)
		shares[i] = (struct share){ .set = &conf->sets[i] };

	for (k = 0; k < conf->requested_count; k++) {
		const struct cnet_ip *ip = &conf->requested[k];
		const struct hl_range *range = NULL;

		for (i = 0; i < conf->set_count && range == NULL; i++)
			range = hl_range_set_find(&conf->sets[i], ip);
		if (range == NULL ||
		    (shares[i - 1].range != NULL && cnet_ip_compare(&shares[i - 1].ip, ip) != 0))
			return cnet_error_set(err, CNET_CNI_ECONFIG,
					      "failed to allocate all requested IPs: %s",
					      cnet_ip_format(ip, text));
		if (cnet_ip_compare(ip, &range->gateway) == 0)
			return failed(cnet_error_set(err, CNET_CNI_ECONFIG,
						     "requested ip %s is subnet's gateway",
						     cnet_ip_format(ip, text)),
				      i - 1, err);
		shares[i - 1].range = range;
		shares[i - 1].ip = *ip;
	}

	return 0;
}

/* ---- Under the lock ------------------------------------------------------------------------ */

/* A second ADD of an attachment is the runtime's error: its first address would be lost. */
static int refuse_second(const struct share *share, const struct hl_holding *holdings, size_t count,
			 const struct cnet_attachment *owner, struct cnet_error *err)
{
	char text[CNET_IP_TEXT];
	size_t i;

	for (i = 0; i < count; i++) {
		if (hl_range_set_find(share->set, &holdings[i].ip) != NULL)
			return cnet_error_set(err, EEXIST,
					      "%s has been allocated to %s, duplicate allocation "
					      "is not allowed",
					      cnet_ip_format(&holdings[i].ip, text),
					      owner->container);
	}

	return 0;
}

static int take_requested(struct hl_store *store, const struct share *share,
			  const struct cnet_attachment *owner, struct cnet_error *err)
{
	char text[CNET_IP_TEXT], set[HL_RANGE_SET_TEXT];
	int r = hl_store_reserve(store, &share->ip, owner, err);

	if (r == -EEXIST)
		return cnet_error_set(err, CNET_CNI_EAGAIN,
				      "requested IP address %s is not available in range set %s",
				      cnet_ip_format(&share->ip, text),
				      hl_range_set_format(share->set, set));

	return r;
}

static int take_next(struct hl_store *store, size_t index, struct share *share,
		     const struct cnet_attachment *owner, struct cnet_error *err)
{
	const struct cnet_ip last = hl_store_last(store, index);
	int r;

	/* Again only where a file has appeared although we hold the lock. */
	do {
		r = hl_alloc_choose(share->set, &last, hl_store_is_taken, store, &share->ip,
				    &share->range, err);
		if (r > 0)
			return hl_range_set_exhausted(share->set, CNET_CNI_EAGAIN, err);
		if (r < 0)
			return r;
		r = hl_store_reserve(store, &share->ip, owner, err);
	} while (r == -EEXIST);

	return r;
}

static int take_share(struct hl_store *store, size_t index, struct share *share,
		      struct taken *taken, struct cnet_error *err)
{
	int r;

	r = share->range != NULL ? take_requested(store, share, &taken->owner, err)
				 : take_next(store, index, share, &taken->owner, err);
	if (r < 0)
		return r;

	taken->ips[taken->count++] = share->ip;
	return hl_store_set_last(store, index, &share->ip, err);
}

static int take_back(struct hl_store *store, const struct taken *taken, struct cnet_error *err)
{
	int first = 0;
	size_t i;

	for (i = 0; i < taken->count; i++) {
		struct cnet_error step = { 0 };
		int r = hl_store_release_ip(store, &taken->ips[i], &taken->owner, &step);

		if (r < 0) {
			ignore(cnet_error_append(err, &step)); /* the first code is kept here */
			first = first == 0 ? r : first;
		}
	}

	return first;
}

static bool any_to_choose(const struct share *shares, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (shares[i].range == NULL)
			return true;
	}

	return false;
}

static int take_all(struct hl_store *store, struct share *shares, size_t count, struct taken *taken,
		    struct cnet_error *err)
{
	AUTO_FREE struct hl_holding *holdings = NULL;
	size_t held = 0, i;
	int r = 0;

	/* Every file is read for it: not where nothing is chosen. */
	if (any_to_choose(shares, count))
		r = hl_store_find(store, &taken->owner, &holdings, &held, err);
	if (r < 0)
		return r;

	for (i = 0; i < count; i++) {
		if (shares[i].range == NULL)
			r = refuse_second(&shares[i], holdings, held, &taken->owner, err);
		if (r == 0)
			r = take_share(store, i, &shares[i], taken, err);
		if (r < 0) {
			r = failed(r, i, err);
			ignore(take_back(store, taken, err)); /* the first error is the reason */
			return r;
		}
	}

	return 0;
}

/* ---- And afterwards ------------------------------------------------------------------------ */

static int undo_add(void *arg, struct cnet_error *err)
{
	const struct taken *taken = arg;
	CNET_AUTO(hl_store) *store = NULL;
	int r;

	r = hl_store_open(&taken->at.place, HL_STORE_CHANGE, &store, err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;

	return take_back(store, taken, err);
}

static int taken_new(struct cnet_cni_call *call, size_t count, struct taken **ret,
		     struct cnet_error *err)
{
	AUTO_FREE struct taken *taken = calloc(1, sizeof(*taken) + count * sizeof(taken->ips[0]));
	int r;

	if (taken == NULL)
		return cnet_error_set(err, ENOMEM, "addresses: out of memory");
	r = hl_location_read(call, &taken->at, err);
	if (r < 0)
		return r;

	taken->owner = *cnet_cni_attachment(call);
	*ret = take(taken);
	return 0;
}

static int allocate(struct cnet_cni_call *call, struct cnet_txn *txn, struct share *shares,
		    size_t count, struct cnet_error *err)
{
	AUTO_FREE struct taken *taken = NULL;
	CNET_AUTO(hl_store) *store = NULL;
	int r;

	r = taken_new(call, count, &taken, err);
	if (r == 0)
		r = cnet_txn_reserve(txn, err);
	if (r == 0)
		r = hl_store_open(&taken->at.place, HL_STORE_MAKE, &store, err);
	if (r < 0)
		return r;
	r = take_all(store, shares, count, taken, err);
	if (r < 0)
		return r;

	cnet_txn_push(txn, undo_add, take(taken), free);
	return 0;
}

static int report(const struct hl_conf *conf, const struct share *shares,
		  const struct hl_resolv *resolv, struct cnet_cni_result *result,
		  struct cnet_error *err)
{
	const struct cnet_cni_dns dns = hl_resolv_dns(resolv);
	size_t i;
	int r = 0;

	for (i = 0; i < conf->set_count && r == 0; i++) {
		const struct hl_range *range = shares[i].range;
		const struct cnet_cni_ip ip = { .address = { shares[i].ip, range->subnet.length },
						.gateway = range->gateway,
						.interface = -1 };

		r = cnet_cni_result_add_ip(result, &ip, err);
	}
	for (i = 0; i < conf->route_count && r == 0; i++)
		r = cnet_cni_result_add_route(result, &conf->routes[i], err);
	if (r == 0 && conf->resolv_conf != NULL)
		r = cnet_cni_result_set_dns(result, &dns, err);

	return r;
}

int hl_add(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
	   struct cnet_error *err)
{
	AUTO_FREE struct share *shares = NULL;
	AUTO_RESOLV resolv = { 0 };
	AUTO_CONF conf = { 0 };
	int r;

	r = hl_conf_read(call, false, &conf, err);
	if (r == 0 && conf.resolv_conf != NULL)
		r = hl_resolv_read(conf.resolv_conf, &resolv, err);
	if (r < 0)
		return r;

	shares = calloc(conf.set_count, sizeof(*shares));
	if (shares == NULL)
		return cnet_error_set(err, ENOMEM, "addresses: out of memory");
	r = share_out(&conf, shares, err);
	if (r == 0)
		r = allocate(call, txn, shares, conf.set_count, err);
	if (r == 0)
		r = report(&conf, shares, &resolv, result, err);

	return r;
}
