/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Masquerading for the container's addresses; refused by a build without NAT. */

#include "bridge/bridge.h"

#include <errno.h>

#include "base/auto.h"

#ifdef CNET_HAVE_NAT

#include <cnet/nat.h>

/* A result's addresses; freed by the caller. */
static int prefixes_of(struct cnet_cni_result *result, struct cnet_prefix **ret, size_t *count,
		       struct cnet_error *err)
{
	const struct cnet_cni_ip *ips;
	struct cnet_prefix *prefixes;
	size_t i, n;

	ips = cnet_cni_result_ips(result, &n);
	prefixes = calloc(n + 1, sizeof(*prefixes));
	if (prefixes == NULL)
		return cnet_error_set(err, ENOMEM, "out of memory");

	for (i = 0; i < n; i++)
		prefixes[i] = ips[i].address;

	*ret = prefixes;
	*count = n;
	return 0;
}

int masquerade_add(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
		   struct cnet_error *err)
{
	AUTO_FREE struct cnet_prefix *prefixes = NULL;
	struct cnet_netns *host;
	size_t n = 0;
	int r;

	r = cnet_cni_host(call, &host, err);
	if (r == 0)
		r = prefixes_of(result, &prefixes, &n, err);
	if (r == 0)
		r = cnet_masquerade_add(host, txn, cnet_cni_attachment(call), prefixes, n, err);

	return r;
}

int masquerade_check(struct cnet_cni_call *call, struct cnet_error *err)
{
	AUTO_FREE struct cnet_prefix *prefixes = NULL;
	struct cnet_netns *host;
	size_t n = 0;
	int r;

	r = cnet_cni_host(call, &host, err);
	if (r == 0)
		r = prefixes_of(cnet_cni_previous(call), &prefixes, &n, err);
	if (r == 0)
		r = cnet_masquerade_check(host, cnet_cni_attachment(call), prefixes, n, err);

	return r;
}

int masquerade_remove(struct cnet_cni_call *call, struct cnet_error *err)
{
	struct cnet_netns *host;
	int r;

	r = cnet_cni_host(call, &host, err);
	if (r == 0)
		r = cnet_masquerade_remove(host, cnet_cni_attachment(call), err);

	return r;
}

int masquerade_gc(struct cnet_cni_call *call, struct cnet_error *err)
{
	const struct cnet_attachment *valid;
	struct cnet_netns *host;
	size_t n;
	int r;

	valid = cnet_cni_valid_attachments(call, &n);
	r = cnet_cni_host(call, &host, err);
	if (r == 0)
		r = cnet_masquerade_gc(host, cnet_cni_attachment(call)->network, valid, n, err);

	return r;
}

#else

int masquerade_add(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
		   struct cnet_error *err)
{
	(void)call;
	(void)txn;
	(void)result;
	return cnet_error_set(err, CNET_CNI_EFIELD,
			      "unsupported: \"ipMasq\": true (built without NAT)");
}

int masquerade_check(struct cnet_cni_call *call, struct cnet_error *err)
{
	return masquerade_add(call, NULL, NULL, err);
}

int masquerade_remove(struct cnet_cni_call *call, struct cnet_error *err)
{
	(void)call;
	(void)err;
	return 0;
}

int masquerade_gc(struct cnet_cni_call *call, struct cnet_error *err)
{
	return masquerade_remove(call, err);
}

#endif
