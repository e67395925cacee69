/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet_masquerade_*(): a container's packets leave under the host's address. */

#include <cnet/nat.h>

#include <errno.h>

#include "base/auto.h"
#include "nat/store.h"

static int make_claims(const struct cnet_attachment *attachment, const struct cnet_prefix *source,
		       size_t count, struct claims *claims, struct cnet_error *err)
{
	char text[CNET_PREFIX_TEXT];
	size_t i;
	int r;

	r = cnet_attachment_check(attachment, err);
	for (i = 0; r == 0 && i < count; i++) {
		const struct claim claim = { .kind = CLAIM_MASQUERADE, .container = source[i] };

		if (source[i].ip.family == 0 || source[i].length > cnet_ip_bits(&source[i].ip))
			return cnet_error_set(err, EINVAL, "masquerade: \"%s\" is no address",
					      cnet_prefix_format(&source[i], text));
		r = cnet__claims_add(claims, &claim, err);
	}

	return r;
}

static int remove_owner(struct cnet_netns *ns, const struct owner *owner, struct cnet_error *err)
{
	return cnet__store_remove(ns, owner, NULL, err);
}

int cnet_masquerade_add(struct cnet_netns *ns, struct cnet_txn *txn,
			const struct cnet_attachment *owner, const struct cnet_prefix *source,
			size_t count, struct cnet_error *err)
{
	AUTO_FREE struct store_undo *undo = NULL;
	CLAIMS_AUTO claims = { 0 };
	struct owner o;
	int r;

	r = make_claims(owner, source, count, &claims, err);
	if (r < 0 || count == 0)
		return r;

	cnet__owner_init(&o, OWNER_MASQUERADE, owner);
	r = cnet__store_reserve(ns, txn, &o, &undo, err);
	if (r == 0)
		r = cnet__store_add(ns, &o, &claims, NULL, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "masquerade");

	cnet__store_done(txn, take(undo), remove_owner);
	return 0;
}

int cnet_masquerade_check(struct cnet_netns *ns, const struct cnet_attachment *owner,
			  const struct cnet_prefix *source, size_t count, struct cnet_error *err)
{
	CLAIMS_AUTO claims = { 0 };
	struct owner o;
	int r;

	r = make_claims(owner, source, count, &claims, err);
	if (r < 0 || count == 0)
		return r;

	cnet__owner_init(&o, OWNER_MASQUERADE, owner);
	r = cnet__store_check(ns, &o, &claims, err);
	return r < 0 ? cnet_error_prefix(err, r, "masquerade") : 0;
}

int cnet_masquerade_remove(struct cnet_netns *ns, const struct cnet_attachment *owner,
			   struct cnet_error *err)
{
	struct owner o;
	int r;

	cnet__owner_init(&o, OWNER_MASQUERADE, owner);
	r = remove_owner(ns, &o, err);
	return r < 0 ? cnet_error_prefix(err, r, "masquerade") : 0;
}

int cnet_masquerade_gc(struct cnet_netns *ns, const char *network,
		       const struct cnet_attachment *valid, size_t count, struct cnet_error *err)
{
	int r;

	r = cnet__store_gc(ns, OWNER_MASQUERADE, network, valid, count, remove_owner, err);
	return r < 0 ? cnet_error_prefix(err, r, "masquerade") : 0;
}
