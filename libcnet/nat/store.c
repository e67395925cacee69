/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims of owners in the kernel: added, checked, removed, collected. */

#include "nat/store.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "nat/base.h"
#include "nft/table.h"

enum {
	TRIES = 3, /* the table may be flushed again as soon as it is made */
	CHECK_TRIES = 100,
};

/*
 * The owner is new, and nobody has what it claims: one batch that deletes nothing, hence costs no
 * grace period, and that fails if this is not so.
 */
static int add_new(struct cnet_netns *ns, const struct owner *owner, const struct claims *claims,
		   const struct plan_rules *rules, struct cnet_error *err)
{
	CNET__ELEMENTS_AUTO index = { 0 }, elements = { 0 };
	CNET__BATCH_AUTO b = { 0 };
	int r;

	r = cnet__owner_index(owner, claims, &index, err);
	if (r == 0)
		r = cnet__owner_elements(owner, claims, &elements, err);
	if (r < 0)
		return r;

	cnet__nft_add_elements(&b, index.list.items, index.list.count);
	cnet__plan_chains(&b, owner, claims, rules);
	cnet__nft_add_elements(&b, elements.list.items, elements.list.count);
	return cnet__nft_commit(ns, &b, 0, err);
}

/* The set for prefix lengths that a claim needs: its stem, or NULL. */
static const char *length_stem(const struct claim *claim)
{
	if (claim->kind == CLAIM_MASQUERADE)
		return "own";

	return claim->kind == CLAIM_SNAT ? "sub" : NULL;
}

static int make_base(struct cnet_netns *ns, const struct claims *claims, struct cnet_error *err)
{
	size_t i;
	int r;

	r = cnet__base_add(ns, err);
	for (i = 0; r == 0 && i < claims->list.count; i++) {
		const struct claim *claim = &claims->list.items[i];

		if (length_stem(claim) != NULL)
			r = cnet__base_add_length(ns, length_stem(claim), &claim->container, err);
	}

	return r;
}

int cnet__store_add(struct cnet_netns *ns, const struct owner *owner, const struct claims *claims,
		    const struct plan_rules *rules, struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	int tries, r = 0;

	for (tries = 0; tries < TRIES; tries++) {
		r = add_new(ns, owner, claims, rules, &why);
		if (r == -EEXIST)
			r = cnet__plan_carry_out(ns, owner, claims, rules, NULL, &why);
		if (r != -ENOENT)
			break;

		r = make_base(ns, claims, &why);
		if (r < 0)
			break;
		r = -ENOENT;
	}

	if (r == -ENOENT)
		return cnet_error_set(err, EBADMSG,
				      "table inet " CNET__NFT_TABLE
				      " is not as libcnet made it, delete it: %s",
				      why.message);
	return r < 0 ? cnet_error_set(err, -r, "%s", why.message) : 0;
}

/* What others share with us may bear their names. */
static int check_element(const struct owner *owner, const struct cnet__element *e,
			 const struct cnet__element *now, struct cnet_error *err)
{
	char text[CNET__NFT_COMMENT];

	cnet__element_describe(e, text);
	if (!now->present)
		return cnet_error_set(err, ENOENT, "%s of %s is missing in set %s", text,
				      owner->text, e->set);
	if (strcmp(now->comment, owner->text) != 0) {
		if (!cnet__element_is_port(e) ||
		    cnet__owner_same_container(owner->text, now->comment))
			return 0;
		return cnet_error_set(err, ENOENT, "%s belongs to %s", text, now->comment);
	}
	if (now->data_size != e->data_size || memcmp(now->data, e->data, e->data_size) != 0 ||
	    strcmp(now->chain, e->chain) != 0)
		return cnet_error_set(err, ENOENT, "%s of %s leads elsewhere", text, owner->text);

	return 0;
}

static int check_elements(struct cnet_netns *ns, const struct owner *owner,
			  const struct claims *claims, struct cnet_error *err)
{
	CNET__ELEMENTS_AUTO wanted = { 0 }, now = { 0 };
	size_t i;
	int r;

	r = cnet__owner_elements(owner, claims, &wanted, err);
	if (r == 0)
		r = cnet__owner_elements(owner, claims, &now, err);
	if (r == 0)
		r = cnet__nft_get_elements(ns, now.list.items, now.list.count, err);

	for (i = 0; r == 0 && i < wanted.list.count; i++) {
		const struct cnet__element *e = &wanted.list.items[i];
		const struct cnet__element partner = cnet__element_partner(e);
		const struct cnet__element *port = cnet__elements_find(&now, &partner);

		/* Conditions are where the port is. */
		if (cnet__element_is_conditional(e) && port != NULL && port->present &&
		    strcmp(port->comment, owner->text) != 0)
			continue;
		r = check_element(owner, e, &now.list.items[i], err);
	}

	return r;
}

/* The rules that stand behind the elements. */
static int check_claim(struct cnet_netns *ns, const struct owner *owner, const struct claim *claim,
		       struct cnet_error *err)
{
	const char *chain = claim->container.ip.family == AF_INET ? owner->chain4 : owner->chain6;
	size_t count = 0;
	int r;

	if (length_stem(claim) != NULL)
		return cnet__base_check_length(ns, length_stem(claim), &claim->container, err);
	if (!claim->conditional)
		return 0;

	r = cnet__nft_count_rules(ns, chain, NULL, &count, err);
	if (r < 0)
		return r;
	if (count == 0)
		return cnet_error_set(err, ENOENT, "the conditions of %s are missing in chain %s",
				      owner->text, chain);

	return 0;
}

static int check_once(struct cnet_netns *ns, const struct owner *owner, const struct claims *claims,
		      struct cnet_error *err)
{
	bool exists = false;
	size_t i;
	int r;

	r = cnet__owner_exists(ns, owner, &exists, err);
	if (r == 0 && !exists)
		return cnet_error_set(err, ENOENT,
				      "table inet " CNET__NFT_TABLE " has nothing of %s (%s)",
				      owner->text, owner->kind);
	if (r == 0)
		r = check_elements(ns, owner, claims, err);
	if (r == 0)
		r = cnet__base_check(ns, err);
	for (i = 0; r == 0 && i < claims->list.count; i++)
		r = check_claim(ns, owner, &claims->list.items[i], err);

	return r;
}

/* What is missing may be on its way from one owner to another: it counts if nothing has changed. */
int cnet__store_check(struct cnet_netns *ns, const struct owner *owner, const struct claims *claims,
		      struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	uint32_t before = 0, after = 0;
	int tries, r = 0;

	for (tries = 0; tries < CHECK_TRIES; tries++) {
		r = cnet__nft_generation(ns, &before, err);
		if (r < 0)
			return r;
		r = check_once(ns, owner, claims, &why);
		if (r != -ENOENT)
			break;
		r = cnet__nft_generation(ns, &after, err);
		if (r < 0)
			return r;
		r = -ENOENT;
		if (after == before)
			break;
	}

	return r < 0 ? cnet_error_set(err, -r, "%s", why.message) : 0;
}

int cnet__store_remove(struct cnet_netns *ns, const struct owner *owner, struct claims *removed,
		       struct cnet_error *err)
{
	const struct claims none = { 0 };

	return cnet__plan_carry_out(ns, owner, &none, NULL, removed, err);
}

struct text {
	char text[CNET_ATTACHMENT_TEXT];
};

static int compare_texts(const void *a, const void *b)
{
	return strcmp(((const struct text *)a)->text, ((const struct text *)b)->text);
}

/* The texts of the valid attachments, sorted. To be freed. */
static struct text *valid_texts(const char *network, const struct cnet_attachment *valid,
				size_t count)
{
	struct text *texts = calloc(count + 1, sizeof(*texts));
	size_t i;

	for (i = 0; texts != NULL && i < count; i++) {
		const struct cnet_attachment a = { network, valid[i].container, valid[i].ifname };

		cnet_attachment_format(&a, texts[i].text);
	}
	if (texts != NULL)
		qsort(texts, count, sizeof(*texts), compare_texts);

	return texts;
}

int cnet__store_gc(struct cnet_netns *ns, const char *kind, const char *network,
		   const struct cnet_attachment *valid, size_t count,
		   int (*remove)(struct cnet_netns *ns, const struct owner *owner,
				 struct cnet_error *err),
		   struct cnet_error *err)
{
	AUTO_FREE struct text *texts = valid_texts(network, valid, count);
	CNET__ELEMENTS_AUTO owners = { 0 };
	struct cnet_error failures = { 0 };
	size_t i;
	int r;

	if (texts == NULL)
		return cnet_error_set(err, ENOMEM, "out of memory");
	r = cnet__nft_list_elements(ns, CNET__NAT_OWNER, &owners, err);
	if (r < 0)
		return r;

	for (i = 0; i < owners.list.count; i++) {
		const struct cnet__element *e = &owners.list.items[i];
		struct cnet_error why = { 0 };
		struct owner owner;

		cnet__owner_of_text(&owner, kind, e->comment);
		if (memcmp(owner.key, e->key, sizeof(owner.key)) != 0 ||
		    !cnet_attachment_of_network(e->comment, network) ||
		    bsearch(e->comment, texts, count, sizeof(*texts), compare_texts) != NULL)
			continue;
		if (remove(ns, &owner, &why) < 0)
			cnet_error_append(&failures, &why);
	}

	return failures.code != 0 ? cnet_error_set(err, failures.code, "%s", failures.message) : 0;
}

struct store_undo {
	struct cnet_netns *ns;
	struct owner owner;
	int (*remove)(struct cnet_netns *ns, const struct owner *owner, struct cnet_error *err);
};

static int undo_addition(void *arg, struct cnet_error *err)
{
	const struct store_undo *undo = arg;

	return undo->remove(undo->ns, &undo->owner, err);
}

int cnet__store_reserve(struct cnet_netns *ns, struct cnet_txn *txn, const struct owner *owner,
			struct store_undo **ret, struct cnet_error *err)
{
	struct store_undo *undo = malloc(sizeof(*undo));

	if (undo == NULL)
		return cnet_error_set(err, ENOMEM, "out of memory");

	*undo = (struct store_undo){ .ns = ns, .owner = *owner };
	*ret = undo;
	return cnet_txn_reserve(txn, err);
}

void cnet__store_done(struct cnet_txn *txn, struct store_undo *undo,
		      int (*remove)(struct cnet_netns *ns, const struct owner *owner,
				    struct cnet_error *err))
{
	undo->remove = remove;
	cnet_txn_push(txn, undo_addition, undo, free);
}
