/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From what an owner has to what it shall have, in one transaction.
 *
 * All is read by key, decided, and then sent together with the generation of the ruleset that was
 * read: if anybody has changed anything since, the kernel refuses, and we begin again.
 */

#include "nat/plan.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "nat/line.h"
#include "nft/table.h"

enum { TRIES = 1000 }; /* each loses against somebody else's progress */

struct plan {
	struct cnet_netns *ns;
	const struct owner *owner;
	const struct claims *wanted_claims;
	const struct plan_rules *rules;
	uint32_t generation;
	struct claims had_claims;
	struct cnet__elements had_index, wanted_index;
	struct cnet__elements had, wanted;	   /* elements as the claims say */
	struct cnet__elements had_now, wanted_now; /* the same places, as they are */
	struct cnet__elements deletes, adds;
	struct lines lines;
	bool has_chain[2]; /* IPv4, IPv6 */
};

static void plan_free(struct plan *p)
{
	cnet__claims_free(&p->had_claims);
	cnet__elements_free(&p->had_index);
	cnet__elements_free(&p->wanted_index);
	cnet__elements_free(&p->had);
	cnet__elements_free(&p->wanted);
	cnet__elements_free(&p->had_now);
	cnet__elements_free(&p->wanted_now);
	cnet__elements_free(&p->deletes);
	cnet__elements_free(&p->adds);
	cnet__lines_free(&p->lines);
}

static const char *chain_of(const struct owner *owner, size_t i)
{
	return i == 0 ? owner->chain4 : owner->chain6;
}

static unsigned int family_of(size_t i)
{
	return i == 0 ? AF_INET : AF_INET6;
}

static bool needs_chain(const struct claims *claims, unsigned int family)
{
	size_t i;

	for (i = 0; i < claims->list.count; i++) {
		if (claims->list.items[i].conditional &&
		    claims->list.items[i].container.ip.family == family)
			return true;
	}

	return false;
}

void cnet__plan_chains(struct cnet__batch *b, const struct owner *owner,
		       const struct claims *claims, const struct plan_rules *rules)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		if (!needs_chain(claims, family_of(i)))
			continue;
		cnet__nft_add_chain(b, chain_of(owner, i), owner->text);
		rules->put(b, family_of(i), chain_of(owner, i), rules->arg);
	}
}

/* Looks up what is now at the places of elements. */
static int look_up(struct cnet_netns *ns, const struct cnet__elements *elements,
		   struct cnet__elements *now, struct cnet_error *err)
{
	size_t i;
	int r;

	for (i = 0; i < elements->list.count; i++) {
		r = cnet__elements_add(now, &elements->list.items[i], err);
		if (r < 0)
			return r;
	}

	return cnet__nft_get_elements(ns, now->list.items, now->list.count, err);
}

static int read_state(struct plan *p, struct cnet_error *err)
{
	size_t i;
	int r;

	r = cnet__nft_generation(p->ns, &p->generation, err);
	if (r == 0)
		r = cnet__owner_read(p->ns, p->owner, &p->had_index, &p->had_claims, err);
	if (r == 0)
		r = cnet__owner_elements(p->owner, &p->had_claims, &p->had, err);
	if (r == 0)
		r = look_up(p->ns, &p->had, &p->had_now, err);
	if (r == 0)
		r = cnet__owner_elements(p->owner, p->wanted_claims, &p->wanted, err);
	if (r == 0)
		r = look_up(p->ns, &p->wanted, &p->wanted_now, err);
	if (r == 0 && p->wanted_claims->list.count > 0)
		r = cnet__owner_index(p->owner, p->wanted_claims, &p->wanted_index, err);

	for (i = 0; r == 0 && i < 2; i++) {
		if (needs_chain(&p->had_claims, family_of(i)))
			r = cnet__nft_has_chain(p->ns, chain_of(p->owner, i), &p->has_chain[i],
						err);
	}

	return r;
}

static bool is_ours(const struct plan *p, const struct cnet__element *now)
{
	return now->present && strcmp(now->comment, p->owner->text) == 0;
}

static bool is_equal(const struct cnet__element *a, const struct cnet__element *b)
{
	return a->data_size == b->data_size && memcmp(a->data, b->data, a->data_size) == 0 &&
	       strcmp(a->chain, b->chain) == 0;
}

/* Does anybody still stand behind an element that another owner's name is on? */
static int is_held(struct plan *p, const struct cnet__element *now, bool *ret,
		   struct cnet_error *err)
{
	struct owner holder;

	*ret = false;
	if (now->comment[0] == '\0')
		return 0;

	cnet__owner_of_text(&holder, p->owner->kind, now->comment);
	return cnet__owner_exists(p->ns, &holder, ret, err);
}

static int add(struct cnet__elements *list, const struct cnet__element *e, struct cnet_error *err)
{
	return cnet__elements_add(list, e, err);
}

static int replace(struct plan *p, const struct cnet__element *e, const struct cnet__element *now,
		   struct cnet_error *err)
{
	int r = 0;

	if (now->present)
		r = add(&p->deletes, e, err);
	if (r == 0)
		r = add(&p->adds, e, err);

	return r;
}

static int wait_for(struct plan *p, const struct cnet__element *e, const struct cnet__element *now,
		    struct cnet_error *err)
{
	char text[CNET__NFT_COMMENT];
	struct line *line;
	int r;

	if (cnet__element_is_port(e) && !cnet__owner_same_container(p->owner->text, now->comment))
		return cnet_error_set(err, EADDRINUSE, "%s is published by %s",
				      cnet__element_describe(e, text), now->comment);

	r = cnet__line_get(p->ns, &p->lines, p->owner, e, &line, err);
	if (r == 0)
		line->wanted = true;

	return r;
}

/* Who gets the port gets the conditions: they are no claim of their own. */
static int decide_wanted(struct plan *p, size_t i, struct cnet_error *err)
{
	const struct cnet__element *e = &p->wanted.list.items[i],
				   *now = &p->wanted_now.list.items[i];
	struct cnet__element partner;
	bool held = false;
	int r;

	if (is_ours(p, now) && is_equal(e, now))
		return 0;

	if (cnet__element_is_conditional(e)) {
		partner = cnet__element_partner(e);
		now = cnet__elements_find(&p->wanted_now, &partner);
	}
	if (now->present && !is_ours(p, now)) {
		r = is_held(p, now, &held, err);
		if (r < 0)
			return r;
		if (held)
			return wait_for(p, e, now, err);
	}

	return replace(p, e, &p->wanted_now.list.items[i], err);
}

/* Gives an element to the first who waits for it. */
static int hand_over(struct plan *p, const struct cnet__element *e, struct cnet_error *err)
{
	const struct cnet__elements *heir = NULL;
	const struct cnet__element *found;
	struct cnet__element partner;
	struct line *line;
	int r;

	if (cnet__element_is_conditional(e))
		return 0; /* goes with its port */

	r = cnet__line_get(p->ns, &p->lines, p->owner, e, &line, err);
	if (r == 0)
		r = cnet__line_heir(p->ns, line, p->owner, e, &heir, err);
	if (r < 0 || heir == NULL)
		return r;

	r = add(&p->adds, cnet__elements_find(heir, e), err);
	if (r < 0 || !cnet__element_is_port(e))
		return r;

	partner = cnet__element_partner(e);
	found = cnet__elements_find(heir, &partner);
	return found != NULL ? add(&p->adds, found, err) : 0;
}

static int decide_had(struct plan *p, size_t i, struct cnet_error *err)
{
	const struct cnet__element *e = &p->had.list.items[i];
	struct line *line;
	int r;

	/* Read, for the case that we stand in it. */
	r = cnet__line_get(p->ns, &p->lines, p->owner, e, &line, err);
	if (r < 0)
		return r;

	if (!is_ours(p, &p->had_now.list.items[i]) || cnet__elements_find(&p->wanted, e) != NULL)
		return 0;

	r = add(&p->deletes, e, err);
	return r < 0 ? r : hand_over(p, e, err);
}

static bool is_same_index(const struct plan *p)
{
	size_t i;

	for (i = 1; i < p->had_index.list.count && i < p->wanted_index.list.count; i++) {
		if (strcmp(p->had_index.list.items[i].comment,
			   p->wanted_index.list.items[i].comment) != 0)
			return false;
	}

	return p->had_index.list.count == p->wanted_index.list.count;
}

static int decide_index(struct plan *p, struct cnet_error *err)
{
	size_t i;
	int r = 0;

	if (is_same_index(p))
		return 0;

	for (i = 0; r == 0 && i < p->had_index.list.count; i++)
		r = add(&p->deletes, &p->had_index.list.items[i], err);
	for (i = 0; r == 0 && i < p->wanted_index.list.count; i++)
		r = add(&p->adds, &p->wanted_index.list.items[i], err);

	return r;
}

static int decide(struct plan *p, struct cnet_error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->wanted.list.count; i++)
		r = decide_wanted(p, i, err);
	for (i = 0; r == 0 && i < p->had.list.count; i++)
		r = decide_had(p, i, err);
	for (i = 0; r == 0 && i < p->lines.list.count; i++)
		r = cnet__line_update(&p->lines.list.items[i], p->owner, &p->deletes, &p->adds,
				      err);
	if (r == 0)
		r = decide_index(p, err);

	cnet__elements_sort(&p->deletes);
	cnet__elements_sort(&p->adds);
	return r;
}

static int commit(struct plan *p, struct cnet_error *err)
{
	CNET__BATCH_AUTO b = { 0 };
	size_t i;

	cnet__nft_delete_elements(&b, p->deletes.list.items, p->deletes.list.count);
	for (i = 0; i < 2; i++) {
		if (!p->has_chain[i])
			continue;
		if (needs_chain(p->wanted_claims, family_of(i)))
			cnet__nft_flush_chain(&b, chain_of(p->owner, i));
		else
			cnet__nft_delete_chain(&b, chain_of(p->owner, i));
	}
	cnet__plan_chains(&b, p->owner, p->wanted_claims, p->rules);
	cnet__nft_add_elements(&b, p->adds.list.items, p->adds.list.count);

	return cnet__nft_commit(p->ns, &b, p->generation, err);
}

static int try_once(struct plan *p, struct cnet_error *err)
{
	int r;

	r = read_state(p, err);
	if (r == 0)
		r = decide(p, err);
	if (r == 0)
		r = commit(p, err);

	return r;
}

int cnet__plan_carry_out(struct cnet_netns *ns, const struct owner *owner,
			 const struct claims *wanted, const struct plan_rules *rules,
			 struct claims *removed, struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	int tries, r = -ERESTART;

	for (tries = 0; r == -ERESTART && tries < TRIES; tries++) {
		struct plan p = {
			.ns = ns, .owner = owner, .wanted_claims = wanted, .rules = rules
		};

		r = try_once(&p, &why);
		if (r == 0 && removed != NULL) {
			*removed = p.had_claims;
			p.had_claims = (struct claims){ 0 };
		}
		plan_free(&p);
	}

	if (r == -ERESTART)
		return cnet_error_set(err, EBUSY, "nf_tables: the ruleset keeps changing");
	return r < 0 ? cnet_error_set(err, -r, "%s", why.message) : 0;
}
