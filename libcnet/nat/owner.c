/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners: the index by which an attachment's claims are found again.
 *
 * Set "owner" has one element for each owner, with its names as comment; set "owned" its claims as
 * text, cut into as many comments as needed; set "sharing" the lines of those who wait. All keys
 * are hashes, so that each lookup is one of a known key, however many attachments there are.
 */

#include "nat/owner.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sha512.h"
#include "nat/base.h"

enum { CHUNKS = 8 }; /* read at once */

void cnet__owner_of_text(struct owner *owner, const char *kind, const char *text)
{
	const char *const parts[] = { kind, " ", text, NULL };

	*owner = (struct owner){ .kind = kind };
	snprintf(owner->text, sizeof(owner->text), "%s", text);
	cnet__sha512_hex(parts, owner->key, sizeof(owner->key));
	snprintf(owner->chain4, sizeof(owner->chain4), "c4-%s", owner->key);
	snprintf(owner->chain6, sizeof(owner->chain6), "c6-%s", owner->key);
}

void cnet__owner_init(struct owner *owner, const char *kind, const struct cnet_attachment *a)
{
	char text[CNET_ATTACHMENT_TEXT];

	cnet__owner_of_text(owner, kind, cnet_attachment_format(a, text));
}

/* "network/container/interface": none of the three has a slash in it. */
static void container_of(const char *text, char *container)
{
	const char *begin = strchr(text, '/');
	const char *end = begin != NULL ? strchr(begin + 1, '/') : NULL;

	container[0] = '\0';
	if (end != NULL)
		snprintf(container, CNET_ATTACHMENT_TEXT, "%.*s", (int)(end - begin - 1),
			 begin + 1);
}

bool cnet__owner_same_container(const char *text, const char *other)
{
	char a[CNET_ATTACHMENT_TEXT], b[CNET_ATTACHMENT_TEXT];

	container_of(text, a);
	container_of(other, b);
	return a[0] != '\0' && strcmp(a, b) == 0;
}

int cnet__owner_elements(const struct owner *owner, const struct claims *claims,
			 struct cnet__elements *ret, struct cnet_error *err)
{
	const char *const chains[2] = { owner->chain4, owner->chain6 };

	return cnet__claims_elements(claims, chains, owner->text, ret, err);
}

static struct cnet__element head_of(const struct owner *owner)
{
	struct cnet__element e = { .set = CNET__NAT_OWNER };

	cnet__element_key(&e, owner->key, sizeof(owner->key));
	return e;
}

/* An element of a set whose key is a hash and a number. */
static struct cnet__element numbered(const char *set, const char *key, uint32_t n, const char *text)
{
	char padded[CNET_LINK_NAME] = { 0 };
	struct cnet__element e = { 0 };

	snprintf(e.set, sizeof(e.set), "%s", set);
	snprintf(padded, sizeof(padded), "%s", key);
	cnet__element_key(&e, padded, sizeof(padded));
	cnet__element_key(&e, &n, sizeof(n)); /* marks are of host order */
	snprintf(e.comment, sizeof(e.comment), "%s", text);
	return e;
}

/* Appends to the last chunk, or begins another. */
static int add_text(const struct owner *owner, struct cnet__elements *index, const char *text,
		    struct cnet_error *err)
{
	const size_t count = index->list.count;
	struct cnet__element next;
	char *last = index->list.items[count - 1].comment;
	const size_t used = strlen(last);

	if (count > 1 && used + 1 + strlen(text) < CNET__NFT_COMMENT) {
		snprintf(last + used, CNET__NFT_COMMENT - used, " %s", text);
		return 0;
	}

	next = numbered(CNET__NAT_OWNED, owner->key, (uint32_t)(count - 1), text);
	return cnet__elements_add(index, &next, err);
}

int cnet__owner_index(const struct owner *owner, const struct claims *claims,
		      struct cnet__elements *ret, struct cnet_error *err)
{
	CNET__ELEMENTS_AUTO index = { 0 };
	struct cnet__element head = head_of(owner);
	char text[CNET__NFT_COMMENT];
	size_t i;
	int r;

	snprintf(head.comment, sizeof(head.comment), "%s", owner->text);
	r = cnet__elements_add(&index, &head, err);
	for (i = 0; r == 0 && i < claims->list.count; i++) {
		cnet__claim_format(&claims->list.items[i], text);
		r = add_text(owner, &index, text, err);
	}
	if (r < 0)
		return r;

	*ret = index;
	index = (struct cnet__elements){ 0 };
	return 0;
}

static int parse_chunk(const char *chunk, struct claims *claims, struct cnet_error *err)
{
	char copy[CNET__NFT_COMMENT], *at = copy, *text;
	struct claim claim;
	int r;

	snprintf(copy, sizeof(copy), "%s", chunk);
	while ((text = strsep(&at, " ")) != NULL) {
		r = cnet__claim_parse(text, &claim, err);
		if (r < 0)
			return r;
		r = cnet__claims_add(claims, &claim, err);
		if (r < 0)
			return r;
	}

	return 0;
}

static int check_head(const struct owner *owner, const struct cnet__element *head,
		      struct cnet_error *err)
{
	if (!head->present || strcmp(head->comment, owner->text) == 0)
		return 0;

	return cnet_error_set(err, EBADMSG,
			      "set " CNET__NAT_OWNER " in table inet " CNET__NFT_TABLE
			      " is damaged: \"%s\" has the key of \"%s\"",
			      head->comment, owner->text);
}

int cnet__owner_exists(struct cnet_netns *ns, const struct owner *owner, bool *ret,
		       struct cnet_error *err)
{
	struct cnet__element head = head_of(owner);
	int r;

	r = cnet__nft_get_elements(ns, &head, 1, err);
	if (r == 0)
		r = check_head(owner, &head, err);
	if (r < 0)
		return r;

	*ret = head.present;
	return 0;
}

/* Looks up the head and a few chunks at once; 1: there may be more chunks, 0, or negative. */
static int read_some(struct cnet_netns *ns, const struct owner *owner, uint32_t n,
		     struct cnet__elements *index, struct claims *claims, struct cnet_error *err)
{
	struct cnet__element found[1 + CHUNKS] = { head_of(owner) };
	uint32_t i;
	int r;

	for (i = 0; i < CHUNKS; i++)
		found[1 + i] = numbered(CNET__NAT_OWNED, owner->key, n + i, "");
	r = cnet__nft_get_elements(ns, found, 1 + CHUNKS, err);
	if (r == 0)
		r = check_head(owner, &found[0], err);
	if (r < 0 || !found[0].present)
		return r;

	if (n == 0)
		r = cnet__elements_add(index, &found[0], err);
	for (i = 1; r == 0 && i <= CHUNKS && found[i].present; i++) {
		r = parse_chunk(found[i].comment, claims, err);
		if (r == 0)
			r = cnet__elements_add(index, &found[i], err);
	}

	return r < 0 ? r : i > CHUNKS;
}

int cnet__owner_read(struct cnet_netns *ns, const struct owner *owner, struct cnet__elements *index,
		     struct claims *claims, struct cnet_error *err)
{
	uint32_t n = 0;
	int r;

	do {
		r = read_some(ns, owner, n, index, claims, err);
		n += CHUNKS;
	} while (r > 0);

	return r;
}

void cnet__sharing_key(const struct owner *owner, const struct cnet__element *e, char *key)
{
	const struct cnet_ip ip = cnet__element_ip(e);
	char text[CNET_ATTACHMENT_TEXT];
	const char *const parts[] = { owner->kind, " waits for ", text, NULL };

	if (cnet__element_is_port(e))
		container_of(owner->text, text);
	else
		cnet_ip_format(&ip, text);
	cnet__sha512_hex(parts, key, CNET_LINK_NAME);
}

struct cnet__element cnet__sharing_place(const char *key, uint32_t n, const char *text)
{
	return numbered(CNET__NAT_SHARING, key, n, text);
}
