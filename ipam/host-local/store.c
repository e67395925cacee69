/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who holds which address of a network: files in a folder, as the reference keeps them. */

#include "host-local/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/file.h"
#include "base/text.h"
#include "base/vec.h"
#include "host-local/boot.h"
#include "host-local/names.h"

enum {
	LOCK_SECONDS = 30, /* a loaded host hands the lock round to dozens of waiting ADDs first */
	OWNER_MAX = 4096,  /* a larger file is nobody's that we know */
	LAST_MAX = 64,
};

struct hl_store {
	int folder;
	int network;
	int lock;
	struct hl_boot boot;
	bool reader;
	struct hl_names names;
};

void hl_store_close(struct hl_store *store)
{
	if (store == NULL)
		return;

	hl_names_clear(&store->names);
	hl_boot_close(&store->boot);
	if (store->network >= 0)
		close(store->network);
	if (store->folder >= 0)
		close(store->folder);
	if (store->lock >= 0)
		close(store->lock);
	free(store);
}

static int network_open(const struct hl_store_place *place, enum hl_store_access access,
			struct hl_store *store, struct cnet_error *err)
{
	const mode_t mode = access == HL_STORE_MAKE ? 0755 : 0;
	struct cnet_error why = { 0 };
	int r;

	r = cnet__dir_open(place->folder, mode, &store->folder, &why);
	if (r == 0) {
		r = cnet__dir_open_at(store->folder, place->network, mode, &store->network, &why);
		if (r < 0)
			cnet_error_prefix(&why, r, "%s", place->folder);
	}

	/* Where there is no folder, nobody has been given anything. */
	if (access != HL_STORE_MAKE && (r == -ENOENT || r == -ENOTDIR))
		return -ENOENT;

	return r == 0 ? 0 : cnet_error_set(err, -r, "%s", why.message);
}

/*
 * A lock that is no file cannot be held by anybody, and keeps ADD from giving anything out: what is
 * held can then be given back without it.
 */
static int lock(struct hl_store *store, enum hl_store_access access, struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	int r;

	r = cnet__file_lock(store->network, "lock", LOCK_SECONDS, &store->lock, &why);
	if (access != HL_STORE_MAKE && (r == -EINVAL || r == -ELOOP || r == -EISDIR))
		return 0;
	if (r < 0)
		return cnet_error_set(err, -r, "%s", why.message);

	return 0;
}

int hl_store_open(const struct hl_store_place *place, enum hl_store_access access,
		  struct hl_store **ret, struct cnet_error *err)
{
	CNET_AUTO(hl_store) *store = calloc(1, sizeof(*store));
	int r;

	if (store == NULL)
		return cnet_error_set(err, ENOMEM, "store: out of memory");
	store->folder = store->network = store->lock = -1;
	store->reader = access == HL_STORE_READ;
	store->boot.links = store->boot.current = -1;

	r = network_open(place, access, store, err);
	if (r < 0)
		return r;

	if (!store->reader) {
		r = lock(store, access, err);
		if (r < 0)
			return cnet_error_prefix(err, r, "%s/%s", place->folder, place->network);
	}

	hl_boot_open(&store->boot, store->folder, store->network, place->network, place->boot,
		     access == HL_STORE_MAKE);
	*ret = take(store);
	return 0;
}

static int unusable(const char *path, int error, struct cnet_error *err)
{
	return cnet_error_set(err, error, "%s: %s", path, strerror(error));
}

/* The nearest parent that is there. */
static int usable_parent(const char *folder, struct cnet_error *err)
{
	char path[PATH_MAX];

	if (cnet__text_format(path, sizeof(path), "%s", folder) < 0)
		return unusable(folder, ENAMETOOLONG, err);

	for (;;) {
		char *slash = strrchr(path, '/');
		struct stat st;

		if (stat(path, &st) == 0) {
			if (!S_ISDIR(st.st_mode))
				return unusable(path, ENOTDIR, err);
			return access(path, W_OK | X_OK) < 0 ? unusable(path, errno, err) : 0;
		}
		if (errno != ENOENT)
			return unusable(path, errno, err);
		if (slash == NULL)
			return access(".", W_OK | X_OK) < 0 ? unusable(".", errno, err) : 0;
		slash[slash == path] = '\0';
	}
}

int hl_store_usable(const struct hl_store_place *place, struct cnet_error *err)
{
	AUTO_CLOSE int folder = -1, network = -1;
	struct cnet_error why = { 0 };
	struct stat st;
	int r;

	r = cnet__dir_open(place->folder, 0, &folder, &why);
	if (r == 0)
		r = cnet__dir_open_at(folder, place->network, 0, &network, &why);
	if (r == -ENOENT)
		return usable_parent(place->folder, err);
	if (r < 0)
		return cnet_error_set(err, -r, "%s", why.message);

	if (faccessat(network, ".", W_OK | X_OK, 0) < 0)
		return unusable(place->network, errno, err);
	if (fstatat(network, "lock", &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
		return cnet_error_set(err, EINVAL, "%s/lock: not a regular file", place->network);

	return 0;
}

static void mark_free(const struct cnet_ip *ip, void *arg)
{
	struct hl_store *store = arg;
	struct hl_name *entry = hl_names_find(&store->names, ip);

	if (entry != NULL)
		entry->state = HL_NAME_FREE;
}

/* A reader, who may not release what other boots left, passes over it. */
static int list(struct hl_store *store, struct cnet_error *err)
{
	const bool locked = store->lock >= 0;
	int r;

	if (store->names.listed)
		return 0;

	r = hl_names_list(&store->names, store->network, locked, err);
	if (r < 0)
		return r;

	hl_boot_tell_owners(&store->boot, &store->names, locked);
	if (store->reader)
		hl_boot_each_stale(&store->boot, mark_free, store);

	return 0;
}

/* The reference makes a file before it writes into it: a crash between leaves it empty. */
static enum hl_name_state look(const struct hl_store *store, const char *name)
{
	struct stat st;

	if (fstatat(store->network, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? HL_NAME_FREE : HL_NAME_TAKEN;

	return S_ISREG(st.st_mode) && st.st_size == 0 ? HL_NAME_FREE : HL_NAME_TAKEN;
}

int hl_store_taken(struct hl_store *store, const struct cnet_ip *ip, struct cnet_error *err)
{
	char name[CNET_IP_TEXT];
	struct hl_name *entry;
	int r;

	r = list(store, err);
	if (r < 0)
		return r;

	entry = hl_names_find(&store->names, ip);
	if (entry == NULL)
		return 0;
	if (entry->state == HL_NAME_UNKNOWN)
		entry->state = look(store, cnet_ip_format(ip, name));

	return entry->state == HL_NAME_TAKEN;
}

/*
 * The link of this boot is made first and the allocation from it, so that no kill leaves an
 * allocation without one. A link that was there is void, the address being free.
 * 0; -EEXIST: taken; any other code: to be made without one.
 */
static int make_linked(struct hl_store *store, const char *name, const char *link, const char *text,
		       size_t length)
{
	const int current = store->boot.current;
	int r;

	if (current < 0)
		return -EOPNOTSUPP;

	unlinkat(current, link, 0);
	if (cnet__file_create(current, link, text, length, 0600, NULL) < 0)
		return -EOPNOTSUPP;

	if (linkat(current, link, store->network, name, 0) == 0)
		return 0;

	r = -errno;
	unlinkat(current, link, 0);
	return r;
}

static int make(struct hl_store *store, const struct cnet_ip *ip,
		const struct cnet_attachment *owner, struct cnet_error *err)
{
	char name[CNET_IP_TEXT], link[HL_LINK_TEXT], hash[HL_OWNER_HASH];
	AUTO_FREE char *text = NULL;
	size_t length;
	int r;

	cnet_ip_format(ip, name);
	text = hl_owner_format(owner, &length);
	if (text == NULL)
		return cnet_error_set(err, ENOMEM, "%s: out of memory", name);

	hl_link_format(ip, hl_owner_hash(owner, hash), link);
	r = make_linked(store, name, link, text, length);
	if (r == 0 || r == -EEXIST)
		return r;

	return cnet__file_create(store->network, name, text, length, 0600, err);
}

int hl_store_reserve(struct hl_store *store, const struct cnet_ip *ip,
		     const struct cnet_attachment *owner, struct cnet_error *err)
{
	char name[CNET_IP_TEXT];
	int r = -EEXIST;

	if (look(store, cnet_ip_format(ip, name)) == HL_NAME_FREE) {
		unlinkat(store->network, name, 0); /* empty, if it is there */
		r = make(store, ip, owner, err);
	}
	if (r == 0 || r == -EEXIST)
		hl_names_note(&store->names, ip, HL_NAME_TAKEN);

	return r;
}

/* What a file says. 0: in *ret, to be freed, or NULL if it is nobody's; -code: it cannot be read.
 */
static int read_text(struct hl_store *store, struct hl_name *entry, char **ret,
		     struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	char name[CNET_IP_TEXT];
	size_t length;
	int r;

	*ret = NULL;
	entry->state = HL_NAME_TAKEN;
	r = cnet__file_read(store->network, cnet_ip_format(&entry->ip, name), OWNER_MAX, ret,
			    &length, &why);
	switch (-r) {
	case 0:
		if (length == 0) {
			free(take(*ret));
			entry->state = HL_NAME_FREE;
		} else if (strlen(*ret) != length) {
			**ret = '\0'; /* zeros, as after a power failure: nobody's */
		}
		return 0;
	case ENOENT:
		entry->state = HL_NAME_FREE;
		return 0;
	case EINVAL: /* no regular file, or one that we did not write */
	case ELOOP:
	case ENXIO:
	case EFBIG:
		return 0;
	default:
		return cnet_error_set(err, -r, "%s", why.message);
	}
}

static bool is_of_another(const struct hl_name *entry, const char *owner)
{
	return owner != NULL && entry->owner[0] != '\0' && strcmp(entry->owner, owner) != 0;
}

/*
 * Shows every text to a visitor, NULL for an empty file; with an owner's hash only those that may
 * be the owner's: a file costs 12 us, its link next to nothing. Goes on past errors, so that a file
 * that cannot be read keeps no other from being released. 0 or the code of the first.
 */
static int visit(struct hl_store *store, const char *owner,
		 int (*visitor)(struct hl_store *store, const struct cnet_ip *ip, const char *text,
				void *arg, struct cnet_error *err),
		 void *arg, struct cnet_error *err)
{
	struct cnet_error all = { 0 };
	size_t i;
	int r;

	r = list(store, err);
	if (r < 0)
		return r;

	for (i = 0; i < store->names.entries.count; i++) {
		struct hl_name *entry = &store->names.entries.items[i];
		struct cnet_error step = { 0 };
		AUTO_FREE char *text = NULL;

		if (is_of_another(entry, owner)) {
			entry->state = HL_NAME_TAKEN;
			continue;
		}
		r = read_text(store, entry, &text, &step);
		if (r == 0 && (text != NULL || entry->state == HL_NAME_FREE))
			r = visitor(store, &entry->ip, text, arg, &step);
		if (r < 0)
			ignore(cnet_error_append(&all, &step)); /* keeps the first code */
	}

	return all.code == 0 ? 0 : cnet_error_set(err, all.code, "%s", all.message);
}

struct finding {
	const struct cnet_attachment *owner;
	char hash[HL_OWNER_HASH];
	VEC(struct hl_holding) holdings;
};

static int find_one(struct hl_store *store, const struct cnet_ip *ip, const char *text, void *arg,
		    struct cnet_error *err)
{
	struct finding *finding = arg;
	struct hl_holding holding = { .ip = *ip };

	(void)store;
	if (text != NULL)
		holding.claim = hl_owner_claim(text, finding->owner);
	if (holding.claim == HL_CLAIM_NONE)
		return 0;

	if (vec_reserve(&finding->holdings, 1) < 0)
		return cnet_error_set(err, ENOMEM, "list addresses: out of memory");
	vec_push(&finding->holdings, holding);
	return 0;
}

int hl_store_find(struct hl_store *store, const struct cnet_attachment *owner,
		  struct hl_holding **ret, size_t *count, struct cnet_error *err)
{
	struct finding finding = { .owner = owner };
	int r;

	r = visit(store, hl_owner_hash(owner, finding.hash), find_one, &finding, err);
	if (r < 0) {
		free(finding.holdings.items);
		return r;
	}

	*ret = finding.holdings.items;
	*count = finding.holdings.count;
	return 0;
}

/*
 * The allocation goes before its link, without which it would outlive the next boot. Where the
 * owner is not known from a link, there is none.
 */
static int release_name(struct hl_store *store, const struct cnet_ip *ip, const char *owner,
			struct cnet_error *err)
{
	char name[CNET_IP_TEXT], link[HL_LINK_TEXT];

	if (unlinkat(store->network, cnet_ip_format(ip, name), 0) < 0 && errno != ENOENT)
		return cnet_error_set(err, errno, "release %s: %s", name, strerror(errno));

	if (store->boot.current >= 0 && *owner != '\0')
		unlinkat(store->boot.current, hl_link_format(ip, owner, link), 0);
	hl_names_note(&store->names, ip, HL_NAME_FREE);
	return 0;
}

int hl_store_release(struct hl_store *store, const struct cnet_attachment *owner,
		     struct cnet_error *err)
{
	struct finding finding = { .owner = owner };
	enum hl_claim claim = HL_CLAIM_CONTAINER;
	struct cnet_error all = { 0 };
	size_t i;
	int r;

	r = visit(store, hl_owner_hash(owner, finding.hash), find_one, &finding, &all);
	/* What cannot be read may be the attachment's: the container's other files are left alone.
	 */
	if (r < 0)
		claim = HL_CLAIM_ATTACHMENT;
	for (i = 0; i < finding.holdings.count; i++) {
		if (finding.holdings.items[i].claim == HL_CLAIM_ATTACHMENT)
			claim = HL_CLAIM_ATTACHMENT;
	}

	for (i = 0; i < finding.holdings.count; i++) {
		const struct hl_holding *holding = &finding.holdings.items[i];
		struct cnet_error step = { 0 };

		if (holding->claim == claim &&
		    release_name(store, &holding->ip, finding.hash, &step) < 0)
			ignore(cnet_error_append(&all, &step)); /* keeps the first code */
	}
	free(finding.holdings.items);

	return all.code == 0 ? 0 : cnet_error_set(err, all.code, "%s", all.message);
}

int hl_store_release_ip(struct hl_store *store, const struct cnet_ip *ip,
			const struct cnet_attachment *owner, struct cnet_error *err)
{
	struct hl_name entry = { .ip = *ip };
	AUTO_FREE char *text = NULL;
	char hash[HL_OWNER_HASH];
	int r;

	r = read_text(store, &entry, &text, err);
	if (r < 0)
		return r;
	if (text == NULL || hl_owner_claim(text, owner) == HL_CLAIM_NONE)
		return 0;

	return release_name(store, ip, hl_owner_hash(owner, hash), err);
}

static int keep_or_release(struct hl_store *store, const struct cnet_ip *ip, const char *text,
			   void *arg, struct cnet_error *err)
{
	const struct hl_owners *owners = arg;

	if (text != NULL && hl_owners_hold(owners, text))
		return 0;

	return release_name(store, ip, hl_names_find(&store->names, ip)->owner, err);
}

int hl_store_keep_only(struct hl_store *store, const struct hl_owners *owners,
		       struct cnet_error *err)
{
	struct hl_owners copy = *owners;

	return visit(store, NULL, keep_or_release, &copy, err);
}

static const char *last_name(size_t set, char *name, size_t size)
{
	snprintf(name, size, "last_reserved_ip.%zu", set);
	return name;
}

struct cnet_ip hl_store_last(struct hl_store *store, size_t set)
{
	struct cnet_ip ip = { 0 };
	AUTO_FREE char *text = NULL;
	char name[64];
	size_t length;

	if (cnet__file_read(store->network, last_name(set, name, sizeof(name)), LAST_MAX, &text,
			    &length, NULL) == 0)
		ignore(cnet_ip_parse(text, &ip, NULL)); /* garbage: none, as if it were absent */

	return ip;
}

int hl_store_set_last(struct hl_store *store, size_t set, const struct cnet_ip *ip,
		      struct cnet_error *err)
{
	char name[64], text[CNET_IP_TEXT];

	cnet_ip_format(ip, text);
	return cnet__file_replace(store->network, last_name(set, name, sizeof(name)), text,
				  strlen(text), 0600, err);
}
