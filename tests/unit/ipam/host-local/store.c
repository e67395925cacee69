/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "host-local/store.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "harness/folder.h"
#include "harness/test.h"
#include "host-local/alloc.h"

static const struct cnet_attachment eth0 = { "net", "box", "eth0" };
static const struct cnet_attachment eth1 = { "net", "box", "eth1" };
static const struct cnet_attachment other = { "net", "other", "eth0" };

static struct hl_store_place place;
static char network[256];
static struct cnet_error err;

/* A store that the reference has left: a folder with a lock. */
static void prepare(void)
{
	place = (struct hl_store_place){ .folder = test_folder(), .network = "net" };
	snprintf(network, sizeof(network), "%s/net", place.folder);
	CHECK(mkdir(network, 0755) == 0);
	test_write(network, "lock", "");
}

static struct hl_store *opened(enum hl_store_access access)
{
	struct hl_store *store = NULL;

	OK(hl_store_open(&place, access, &store, &err));
	return store;
}

static void free_owners(struct hl_owners *owners)
{
	free(take(owners->items));
}

#define AUTO_OWNERS __attribute__((cleanup(free_owners))) struct hl_owners

static void shut(struct hl_store **store)
{
	hl_store_close(take(*store));
}

static struct cnet_ip ip(const char *text)
{
	struct cnet_ip ip;

	OK(cnet_ip_parse(text, &ip, &err));
	return ip;
}

static int reserve(struct hl_store *store, const char *address, const struct cnet_attachment *owner)
{
	const struct cnet_ip wanted = ip(address);

	return hl_store_reserve(store, &wanted, owner, &err);
}

static int taken(struct hl_store *store, const char *address)
{
	const struct cnet_ip wanted = ip(address);

	return hl_store_taken(store, &wanted, &err);
}

TEST(files_are_the_reference_s)
{
	CNET_AUTO(hl_store) *store = NULL;
	const struct cnet_ip last = { AF_INET, { 10, 0, 0, 3 } };
	struct stat st;
	char path[512];

	prepare();
	store = opened(HL_STORE_MAKE);
	OK(reserve(store, "10.0.0.2", &eth0));
	OK(reserve(store, "2001:DB8::0:2", &eth0));
	OK(hl_store_set_last(store, 1, &last, &err));
	shut(&store);

	STRINGS_EQUAL(test_names(network), "10.0.0.2 2001:db8::2 last_reserved_ip.1 lock ");
	STRINGS_EQUAL(test_read(network, "10.0.0.2"), "box\r\neth0");
	STRINGS_EQUAL(test_read(network, "2001:db8::2"), "box\r\neth0");
	STRINGS_EQUAL(test_read(network, "last_reserved_ip.1"), "10.0.0.3");
	STRINGS_EQUAL(test_names(place.folder), "net ");
	snprintf(path, sizeof(path), "%s/10.0.0.2", network);
	CHECK(stat(path, &st) == 0 && st.st_mode == (S_IFREG | 0600));
}

TEST(makes_what_is_absent)
{
	CNET_AUTO(hl_store) *store = NULL;
	char folder[128];

	place = (struct hl_store_place){ .folder = folder, .network = "net" };
	snprintf(folder, sizeof(folder), "%s/a/b", test_folder());
	store = opened(HL_STORE_MAKE);
	OK(reserve(store, "10.0.0.2", &eth0));
	snprintf(network, sizeof(network), "%s/net", folder);
	STRINGS_EQUAL(test_names(network), "10.0.0.2 lock ");
}

TEST(absent_is_nothing_held_and_is_not_made)
{
	CNET_AUTO(hl_store) *store = NULL;
	char folder[128];

	place = (struct hl_store_place){ .folder = folder, .network = "net" };
	snprintf(folder, sizeof(folder), "%s/a", test_folder());
	INTEGERS_EQUAL(hl_store_open(&place, HL_STORE_CHANGE, &store, &err), -ENOENT);
	CHECK(mkdir(folder, 0755) == 0);
	INTEGERS_EQUAL(hl_store_open(&place, HL_STORE_CHANGE, &store, &err), -ENOENT);
	INTEGERS_EQUAL(hl_store_open(&place, HL_STORE_READ, &store, &err), -ENOENT);
	STRINGS_EQUAL(test_names(folder), "");
	test_write(folder, "net", "a file");
	INTEGERS_EQUAL(hl_store_open(&place, HL_STORE_CHANGE, &store, &err), -ENOENT);
	CHECK(store == NULL && err.code == 0);
	FAILS_WITH(ENOTDIR, "/a: net", hl_store_open(&place, HL_STORE_MAKE, &store, &err));
}

TEST(continues_what_the_reference_wrote)
{
	CNET_AUTO(hl_store) *store = NULL;
	struct cnet_ip last;
	char text[CNET_IP_TEXT];

	prepare();
	test_write(network, "10.0.0.2", "other\r\neth0");
	test_write(network, "10.0.0.3", "");
	test_write(network, "last_reserved_ip.0", "10.0.0.2");
	store = opened(HL_STORE_MAKE);

	last = hl_store_last(store, 0);
	STRINGS_EQUAL(cnet_ip_format(&last, text), "10.0.0.2");
	last = hl_store_last(store, 1);
	INTEGERS_EQUAL(last.family, 0);
	INTEGERS_EQUAL(taken(store, "10.0.0.2"), 1);
	INTEGERS_EQUAL(taken(store, "10.0.0.3"), 0);
	INTEGERS_EQUAL(taken(store, "10.0.0.4"), 0);
	INTEGERS_EQUAL(reserve(store, "10.0.0.2", &eth0), -EEXIST);
	INTEGERS_EQUAL(err.code, 0);
	OK(reserve(store, "10.0.0.3", &eth0));
	OK(reserve(store, "10.0.0.1", &eth0));
	INTEGERS_EQUAL(taken(store, "10.0.0.1"), 1);
	INTEGERS_EQUAL(taken(store, "10.0.0.3"), 1);
	INTEGERS_EQUAL(taken(store, "10.0.0.4"), 0);
	STRINGS_EQUAL(test_read(network, "10.0.0.3"), "box\r\neth0");
	STRINGS_EQUAL(test_read(network, "10.0.0.2"), "other\r\neth0");
}

TEST(release_is_of_the_attachment_alone)
{
	CNET_AUTO(hl_store) *store = NULL;

	prepare();
	store = opened(HL_STORE_MAKE);
	OK(reserve(store, "10.0.0.2", &eth0));
	OK(reserve(store, "10.0.0.3", &eth1));
	OK(reserve(store, "10.0.0.4", &other));
	OK(reserve(store, "2001:db8::2", &eth0));
	test_write(network, "10.0.0.5", "box");
	test_write(network, "last_reserved_ip.0", "box\r\neth0");
	shut(&store);

	store = opened(HL_STORE_CHANGE);
	OK(hl_store_release(store, &eth0, &err));
	STRINGS_EQUAL(test_names(network), "10.0.0.3 10.0.0.4 10.0.0.5 last_reserved_ip.0 lock ");
	INTEGERS_EQUAL(taken(store, "10.0.0.2"), 0);
	shut(&store);

	/* Nothing of its own is left, so that the container's old file is meant. */
	store = opened(HL_STORE_CHANGE);
	OK(hl_store_release(store, &eth0, &err));
	OK(hl_store_release(store, &eth0, &err));
	STRINGS_EQUAL(test_names(network), "10.0.0.3 10.0.0.4 last_reserved_ip.0 lock ");
}

TEST(leftovers_of_killed_writers_go)
{
	AUTO_FREE struct hl_holding *holdings = NULL;
	CNET_AUTO(hl_store) *store = NULL;
	size_t count;

	prepare();
	test_write(network, ".last_reserved_ip.0.new", "10.0.0.2");
	test_write(network, ".10.0.0.2.new", "box\r\neth0");
	test_write(network, ".new", "mine");
	test_write(network, "x.new", "mine");
	store = opened(HL_STORE_READ);
	OK(hl_store_find(store, &eth0, &holdings, &count, &err));
	INTEGERS_EQUAL(count, 0);
	STRINGS_EQUAL(test_names(network),
		      ".10.0.0.2.new .last_reserved_ip.0.new .new lock x.new ");
	shut(&store);
	store = opened(HL_STORE_CHANGE);
	OK(hl_store_release(store, &eth0, &err));
	STRINGS_EQUAL(test_names(network), ".new lock x.new ");
}

TEST(release_of_one_address)
{
	const struct cnet_ip first = ip("10.0.0.2"), second = ip("10.0.0.3"),
			     absent = ip("10.0.0.4");
	CNET_AUTO(hl_store) *store = NULL;

	prepare();
	store = opened(HL_STORE_MAKE);
	OK(reserve(store, "10.0.0.2", &eth0));
	OK(reserve(store, "10.0.0.3", &eth0));
	OK(hl_store_release_ip(store, &first, &eth0, &err));
	OK(hl_store_release_ip(store, &second, &other, &err));
	OK(hl_store_release_ip(store, &absent, &eth0, &err));
	STRINGS_EQUAL(test_names(network), "10.0.0.3 lock ");
}

TEST(find)
{
	AUTO_FREE struct hl_holding *holdings = NULL;
	CNET_AUTO(hl_store) *store = NULL;
	char text[CNET_IP_TEXT];
	size_t count;

	prepare();
	store = opened(HL_STORE_MAKE);
	OK(reserve(store, "10.0.0.9", &eth1));
	OK(reserve(store, "10.0.0.3", &eth0));
	test_write(network, "10.0.0.5", "box");
	OK(hl_store_find(store, &eth0, &holdings, &count, &err));
	INTEGERS_EQUAL(count, 2);
	STRINGS_EQUAL(cnet_ip_format(&holdings[0].ip, text), "10.0.0.3");
	INTEGERS_EQUAL(holdings[0].claim, HL_CLAIM_ATTACHMENT);
	STRINGS_EQUAL(cnet_ip_format(&holdings[1].ip, text), "10.0.0.5");
	INTEGERS_EQUAL(holdings[1].claim, HL_CLAIM_CONTAINER);
	free(take(holdings));
	OK(hl_store_find(store, &other, &holdings, &count, &err));
	INTEGERS_EQUAL(count, 0);
}

TEST(keep_only)
{
	const struct cnet_attachment valid[] = { eth1, other };
	CNET_AUTO(hl_store) *store = NULL;
	AUTO_OWNERS owners = { 0 };

	prepare();
	test_write(network, "10.0.0.2", "box\r\neth0");
	test_write(network, "10.0.0.3", "box\r\neth1");
	test_write(network, "10.0.0.4", "box");
	test_write(network, "10.0.0.5", "gone");
	test_write(network, "10.0.0.6", "other\r\neth0");
	test_write(network, "10.0.0.7", "");
	test_write(network, "10.0.0.8", "garb\nage");
	test_write(network, "010.0.0.9", "gone\r\neth0");
	test_write(network, "last_reserved_ip.0", "10.0.0.2");
	test_write(network, "notes", "gone\r\neth0");

	OK(hl_owners_sort(valid, 2, &owners, &err));
	store = opened(HL_STORE_CHANGE);
	OK(hl_store_keep_only(store, &owners, &err));
	STRINGS_EQUAL(test_names(network), "010.0.0.9 10.0.0.3 10.0.0.4 10.0.0.6 "
					   "last_reserved_ip.0 lock notes ");
	shut(&store);

	free_owners(&owners);
	OK(hl_owners_sort(NULL, 0, &owners, &err));
	store = opened(HL_STORE_CHANGE);
	OK(hl_store_keep_only(store, &owners, &err));
	STRINGS_EQUAL(test_names(network), "010.0.0.9 last_reserved_ip.0 lock notes ");
}

/* As a filesystem leaves a file whose data had not reached the disk when the power failed. */
TEST(file_of_zeros_is_nobody_s)
{
	CNET_AUTO(hl_store) *store = NULL;
	AUTO_OWNERS owners = { 0 };
	char path[512];

	prepare();
	snprintf(path, sizeof(path), "%s/10.0.0.2", network);
	test_write(network, "10.0.0.2", "");
	CHECK(truncate(path, 9) == 0);
	store = opened(HL_STORE_CHANGE);
	INTEGERS_EQUAL(taken(store, "10.0.0.2"), 1);
	OK(hl_store_release(store, &eth0, &err));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 lock ");
	OK(hl_owners_sort(&eth0, 1, &owners, &err));
	OK(hl_store_keep_only(store, &owners, &err));
	STRINGS_EQUAL(test_names(network), "lock ");
}

/* A part that looks like an old file's text is not the text. */
TEST(text_with_zeros_in_it_is_nobody_s)
{
	CNET_AUTO(hl_store) *store = NULL;
	char path[512];

	prepare();
	snprintf(path, sizeof(path), "%s/10.0.0.2", network);
	test_write(network, "10.0.0.2", "box");
	CHECK(truncate(path, 9) == 0);
	store = opened(HL_STORE_CHANGE);
	OK(hl_store_release(store, &eth0, &err));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 lock ");
}

/* Nothing is followed, nobody waits, and nothing that is no file is removed. */
TEST(what_is_no_file)
{
	AUTO_FREE struct hl_holding *holdings = NULL;
	CNET_AUTO(hl_store) *store = NULL;
	AUTO_OWNERS owners = { 0 };
	char path[512];
	size_t count;

	prepare();
	test_write(place.folder, "precious", "box\r\neth0");
	test_command(NULL,
		     "cd %s && ln -s ../precious 10.0.0.2 && ln -s nowhere 10.0.0.3 && "
		     "mkfifo 10.0.0.4 last_reserved_ip.0 && mkdir 10.0.0.5 last_reserved_ip.1 && "
		     "ln -s ../precious last_reserved_ip.2",
		     network);
	snprintf(path, sizeof(path), "%s/10.0.0.6", network);
	test_write(network, "10.0.0.6", "");
	CHECK(truncate(path, 1 << 20) == 0);

	store = opened(HL_STORE_CHANGE);
	INTEGERS_EQUAL(reserve(store, "10.0.0.2", &eth0), -EEXIST);
	INTEGERS_EQUAL(reserve(store, "10.0.0.3", &eth0), -EEXIST);
	INTEGERS_EQUAL(reserve(store, "10.0.0.4", &eth0), -EEXIST);
	INTEGERS_EQUAL(reserve(store, "10.0.0.5", &eth0), -EEXIST);
	INTEGERS_EQUAL(reserve(store, "10.0.0.6", &eth0), -EEXIST);
	INTEGERS_EQUAL(taken(store, "10.0.0.4"), 1);
	OK(hl_store_find(store, &eth0, &holdings, &count, &err));
	INTEGERS_EQUAL(count, 0);
	OK(hl_store_release(store, &eth0, &err));
	OK(hl_owners_sort(NULL, 0, &owners, &err));
	OK(hl_store_keep_only(store, &owners, &err));
	INTEGERS_EQUAL(hl_store_last(store, 0).family, 0);
	INTEGERS_EQUAL(hl_store_last(store, 1).family, 0);
	INTEGERS_EQUAL(hl_store_last(store, 2).family, 0);
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 "
					   "last_reserved_ip.0 last_reserved_ip.1 "
					   "last_reserved_ip.2 lock ");
	STRINGS_EQUAL(test_read(place.folder, "precious"), "box\r\neth0");

	OK(hl_store_set_last(store, 0, &(const struct cnet_ip){ AF_INET, { 10 } }, &err));
	OK(hl_store_set_last(store, 2, &(const struct cnet_ip){ AF_INET, { 11 } }, &err));
	STRINGS_EQUAL(test_read(network, "last_reserved_ip.0"), "10.0.0.0");
	STRINGS_EQUAL(test_read(place.folder, "precious"), "box\r\neth0");
	FAILS(EISDIR, hl_store_set_last(store, 1, &(const struct cnet_ip){ AF_INET }, &err));
}

static void broken_lock(const char *how, int code)
{
	CNET_AUTO(hl_store) *store = NULL;

	test_command(NULL, "cd %s && rm -rf lock && %s", network, how);
	test_write(network, "10.0.0.2", "box\r\neth0");
	FAILS_WITH(code, "/net: lock", hl_store_open(&place, HL_STORE_MAKE, &store, &err));
	FAILS(EINVAL, hl_store_usable(&place, &err));
	store = opened(HL_STORE_CHANGE);
	OK(hl_store_release(store, &eth0, &err));
	shut(&store);
	STRINGS_EQUAL(test_names(network), "lock ");
}

TEST(lock_that_is_no_file_stops_add_but_not_del)
{
	prepare();
	broken_lock("mkfifo lock", EINVAL);
	broken_lock("mkdir lock", EISDIR);
	broken_lock("ln -s ../elsewhere lock", ELOOP);
	STRINGS_EQUAL(test_names(place.folder), "net ");
}

TEST(network_that_is_a_link_is_refused)
{
	CNET_AUTO(hl_store) *store = NULL;

	prepare();
	test_command(NULL, "cd %s && mv net real && ln -s real net", place.folder);
	FAILS_WITH(ELOOP, "net: is a symbolic link",
		   hl_store_open(&place, HL_STORE_MAKE, &store, &err));
	FAILS(ELOOP, hl_store_open(&place, HL_STORE_CHANGE, &store, &err));
	FAILS(ELOOP, hl_store_usable(&place, &err));
}

TEST(usable_makes_nothing)
{
	char folder[512];

	prepare();
	OK(hl_store_usable(&place, &err));
	place.network = "absent";
	OK(hl_store_usable(&place, &err));
	snprintf(folder, sizeof(folder), "%s/a/b/c", place.folder);
	place.folder = folder;
	OK(hl_store_usable(&place, &err));
	place.folder = "absent";
	OK(hl_store_usable(&place, &err));
	snprintf(folder, sizeof(folder), "%s/lock/c", network);
	place.folder = folder;
	FAILS(ENOTDIR, hl_store_usable(&place, &err));
	snprintf(folder, sizeof(folder), "%s", network);
	STRINGS_EQUAL(test_names(folder), "lock ");
}

/* One container's ADD, or its DEL and another ADD, as the plugin does it. */
static int allocate(const char *container, struct cnet_error *error)
{
	struct hl_range range = { .subnet = { { AF_INET, { 10, 0, 0, 0 } }, 26 } };
	const struct cnet_attachment owner = { "net", container, "eth0" };
	struct hl_range_set set = { &range, 1 };
	CNET_AUTO(hl_store) *store = NULL;
	const struct hl_range *from;
	struct cnet_ip chosen;
	int r;

	r = hl_range_set_complete(&set, error);
	if (r == 0)
		r = hl_store_open(&place, HL_STORE_MAKE, &store, error);
	if (r < 0)
		return r;

	chosen = hl_store_last(store, 0);
	r = hl_alloc_choose(&set, &chosen, hl_store_is_taken, store, &chosen, &from, error);
	if (r == 0)
		r = hl_store_reserve(store, &chosen, &owner, error);
	if (r == 0)
		r = hl_store_set_last(store, 0, &chosen, error);
	return r;
}

static int churn(int number)
{
	char first[16], second[16];
	const struct cnet_attachment owner = { "net", first, "eth0" };
	CNET_AUTO(hl_store) *store = NULL;
	struct cnet_error error = { 0 };
	int i, r = 0;

	snprintf(first, sizeof(first), "a%d", number);
	snprintf(second, sizeof(second), "b%d", number);
	for (i = 0; i < 5 && r == 0; i++) {
		r = allocate(first, &error);
		if (r == 0)
			r = hl_store_open(&place, HL_STORE_CHANGE, &store, &error);
		if (r == 0)
			r = hl_store_release(store, &owner, &error);
		if (r == 0)
			shut(&store);
	}
	if (r == 0)
		r = allocate(second, &error);
	if (r < 0)
		printf("# %s\n", error.message);
	return r;
}

/* 61 addresses for 60 containers: each has one at the end, and a file has one name in it. */
TEST(storm_gives_no_address_twice)
{
	enum { COUNT = 32 };
	bool found[COUNT] = { false };
	int i, n = 0, status;
	char *names, *name;

	prepare();
	for (i = 0; i < COUNT; i++) {
		if (fork() == 0)
			_exit(churn(i) == 0 ? 0 : 1);
	}
	for (i = 0; i < COUNT; i++)
		CHECK(wait(&status) > 0 && status == 0);

	names = strdup(test_names(network));
	for (name = strtok(names, " "); name != NULL; name = strtok(NULL, " ")) {
		if (strncmp(name, "10.", 3) != 0)
			continue;
		CHECK(sscanf(test_read(network, name), "b%d\r\neth0", &i) == 1 && !found[i]);
		found[i] = true;
		n++;
	}
	INTEGERS_EQUAL(n, COUNT);
	free(names);
}
