/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What needs a filesystem of the test's own: full, read-only, or unlike ext4. */

#include "host-local/store.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "harness/folder.h"
#include "harness/test.h"
#include "host-local/alloc.h"

static const struct cnet_attachment eth0 = { "net", "box", "eth0" };
static const struct cnet_attachment other = { "net", "other", "eth0" };
static const struct hl_store_place place = { .folder = "/run/data",
					     .network = "net",
					     .boot = "11111111-1111-4111-8111-111111111111" };
static const struct cnet_ip first = { AF_INET, { 10, 0, 0, 2 } };
static struct cnet_error err;

static void shut(struct hl_store **store)
{
	hl_store_close(take(*store));
}

static void mounted(const char *options)
{
	CHECK(mkdir(place.folder, 0755) == 0);
	if (mount("tmpfs", place.folder, "tmpfs", 0, options) < 0)
		FAIL("mount: %s", strerror(errno));
}

static int add(const struct cnet_ip *ip)
{
	CNET_AUTO(hl_store) *store = NULL;
	int r;

	r = hl_store_open(&place, HL_STORE_MAKE, &store, &err);
	if (r == 0)
		r = hl_store_reserve(store, ip, &eth0, &err);
	return r == 0 ? hl_store_set_last(store, 0, ip, &err) : r;
}

static int del(void)
{
	CNET_AUTO(hl_store) *store = NULL;
	int r;

	r = hl_store_open(&place, HL_STORE_CHANGE, &store, &err);
	return r == 0 ? hl_store_release(store, &eth0, &err) : r;
}

/* A file takes a block: the reference is left with an empty file here, for ever. */
TEST_NETNS(full_disk_recovers)
{
	mounted("size=8k");
	test_command(NULL, "mkdir /run/data/net; head -c 8192 /dev/zero > /run/data/filler");
	FAILS_WITH(ENOSPC, "10.0.0.2: create", add(&first));
	STRINGS_EQUAL(test_names("/run/data/net"), "lock ");
	STRINGS_EQUAL(test_names("/run/data/.cnet/net/11111111-1111-4111-8111-111111111111"), "");

	test_command(NULL, "truncate -s 0 /run/data/filler");
	OK(add(&first));
	OK(del());
	STRINGS_EQUAL(test_names("/run/data/net"), "last_reserved_ip.0 lock ");
}

TEST_NETNS(disk_full_between_the_two_files)
{
	mounted("size=4k");
	FAILS_WITH(ENOSPC, "last_reserved_ip.0: replace", add(&first));
	OK(del());
	STRINGS_EQUAL(test_names("/run/data/net"), "lock ");
}

TEST_NETNS(out_of_inodes)
{
	unsigned int inodes;

	CHECK(mkdir(place.folder, 0755) == 0);
	for (inodes = 2; inodes < 9; inodes++) {
		char options[32];

		snprintf(options, sizeof(options), "nr_inodes=%u", inodes);
		CHECK(mount("tmpfs", place.folder, "tmpfs", 0, options) == 0);
		err = (struct cnet_error){ 0 };
		if (add(&first) < 0)
			INTEGERS_EQUAL(err.code, ENOSPC);
		else
			STRINGS_EQUAL(test_read("/run/data/net", "10.0.0.2"), "box\r\neth0");
		CHECK(mount("tmpfs", place.folder, "tmpfs", MS_REMOUNT, "nr_inodes=99") == 0);
		err = (struct cnet_error){ 0 };
		if (del() != -ENOENT)
			INTEGERS_EQUAL(err.code, 0);
		OK(add(&first));
		OK(del());
		CHECK(umount(place.folder) == 0);
	}
	CHECK(inodes == 9);
}

TEST_NETNS(read_only_folder_is_an_error)
{
	mounted(NULL);
	OK(add(&first));
	CHECK(mount(NULL, place.folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
	FAILS_WITH(EROFS, "release 10.0.0.2: Read-only file system", del());
	FAILS(EROFS, add(&(const struct cnet_ip){ AF_INET, { 10, 0, 0, 3 } }));
	FAILS(EROFS, hl_store_usable(&place, &err));

	CHECK(mount(NULL, place.folder, NULL, MS_REMOUNT, NULL) == 0);
	OK(hl_store_usable(&place, &err));
	OK(del());
	STRINGS_EQUAL(test_names("/run/data/net"), "last_reserved_ip.0 lock ");
}

TEST_NETNS(read_only_parent_is_not_usable)
{
	mounted(NULL);
	CHECK(mount(NULL, place.folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
	FAILS(EROFS, hl_store_usable(&place, &err));
	FAILS(EROFS, add(&first));
	INTEGERS_EQUAL(del(), -ENOENT);
}

/* Hard links and inode numbers are overlayfs's own there. */
TEST_NETNS(boots_on_overlayfs)
{
	struct hl_store_place later = place;
	CNET_AUTO(hl_store) *store = NULL;
	AUTO_FREE struct hl_holding *holdings = NULL;
	const char *names;
	size_t count;

	later.boot = "22222222-2222-4222-8222-222222222222";
	test_command(NULL, "mkdir -p /run/lower/net /run/layers /run/data");
	test_write("/run/lower/net", "10.0.0.9", "ref\r\neth0");
	CHECK(mount("tmpfs", "/run/layers", "tmpfs", 0, NULL) == 0);
	test_command(NULL, "mkdir /run/layers/upper /run/layers/work");
	if (mount("overlay", place.folder, "overlay", 0,
		  "lowerdir=/run/lower,upperdir=/run/layers/upper,workdir=/run/layers/work") < 0)
		test_skip("overlayfs: %s", strerror(errno));

	OK(add(&first));
	OK(add(&(const struct cnet_ip){ AF_INET, { 10, 0, 0, 3 } }));
	STRINGS_EQUAL(test_names("/run/data/net"), "10.0.0.2 10.0.0.3 10.0.0.9 "
						   "last_reserved_ip.0 lock ");
	/* To list them all is to sweep those that are void: none is. */
	OK(hl_store_open(&place, HL_STORE_CHANGE, &store, &err));
	OK(hl_store_find(store, &other, &holdings, &count, &err));
	INTEGERS_EQUAL(count, 0);
	shut(&store);
	names = test_names("/run/data/.cnet/net/11111111-1111-4111-8111-111111111111");
	CHECK(strstr(names, "10.0.0.2~") != NULL && strstr(names, "10.0.0.3~") != NULL);
	OK(hl_store_open(&later, HL_STORE_MAKE, &store, &err));
	STRINGS_EQUAL(test_names("/run/data/net"), "10.0.0.9 last_reserved_ip.0 lock ");
}

/* Several machines may share it: another boot is not an earlier one. */
TEST_NETNS(boots_are_not_recorded_on_an_unknown_filesystem)
{
	CHECK(mkdir(place.folder, 0755) == 0);
	if (mount("ramfs", place.folder, "ramfs", 0, NULL) < 0)
		test_skip("ramfs: %s", strerror(errno));

	OK(add(&first));
	STRINGS_EQUAL(test_names(place.folder), "net ");
}

TEST_NETNS(full_16)
{
	struct hl_range range = { .subnet = { { AF_INET, { 10, 1, 0, 0 } }, 16 } };
	struct hl_range_set set = { &range, 1 };
	struct cnet_ip at = { AF_INET, { 10, 1, 7, 7 } };
	const struct hl_range *from;
	CNET_AUTO(hl_store) *store = NULL;
	char text[CNET_IP_TEXT];
	unsigned int i;

	mounted(NULL);
	CHECK(mkdir("/run/data/net", 0755) == 0);
	for (i = 2; i < 65535; i++) {
		snprintf(text, sizeof(text), "10.1.%u.%u", i >> 8, i & 255);
		test_write("/run/data/net", text, "x");
	}
	OK(hl_range_set_complete(&set, &err));
	OK(hl_store_open(&place, HL_STORE_CHANGE, &store, &err));
	INTEGERS_EQUAL(hl_alloc_choose(&set, &at, hl_store_is_taken, store, &at, &from, &err), 1);
	shut(&store);

	test_command(NULL, "rm /run/data/net/10.1.7.6");
	OK(hl_store_open(&place, HL_STORE_CHANGE, &store, &err));
	OK(hl_alloc_choose(&set, &at, hl_store_is_taken, store, &at, &from, &err));
	STRINGS_EQUAL(cnet_ip_format(&at, text), "10.1.7.6");
}
