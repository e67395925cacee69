/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was recorded under another boot is free, and nothing else ever is. */

#include "host-local/boot.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "harness/folder.h"
#include "harness/test.h"
#include "host-local/store.h"

static const char one[] = "11111111-1111-4111-8111-111111111111";
static const char two[] = "22222222-2222-4222-8222-222222222222";
static const char three[] = "33333333-3333-4333-8333-333333333333";
static const struct cnet_attachment eth0 = { "net", "box", "eth0" };
static const struct cnet_attachment other = { "net", "other", "eth0" };

static struct hl_store_place place = { .network = "net" };
static char network[128], links[128];
static struct cnet_error err;

static void prepare(void)
{
	place.folder = test_folder();
	snprintf(network, sizeof(network), "%s/net", place.folder);
	snprintf(links, sizeof(links), "%s/.cnet/net", place.folder);
}

/* The addresses of a boot's links, of which "~owner" is cut. */
static const char *links_of(const char *boot)
{
	static char text[4096];
	char path[256], *to = text;
	const char *from;

	snprintf(path, sizeof(path), "%s/%s", links, boot);
	for (from = test_names(path); *from != '\0'; from++) {
		if (*from == '~')
			from += HL_OWNER_HASH;
		*to++ = *from;
	}
	*to = '\0';
	return text;
}

static struct hl_store *opened(enum hl_store_access access, const char *boot)
{
	struct hl_store *store = NULL;

	place.boot = boot;
	OK(hl_store_open(&place, access, &store, &err));
	return store;
}

static void shut(struct hl_store **store)
{
	hl_store_close(take(*store));
}

/* An ADD that gets this address, under this boot. */
static int add(const char *boot, const char *address, const struct cnet_attachment *owner)
{
	CNET_AUTO(hl_store) *store = opened(HL_STORE_MAKE, boot);
	struct cnet_ip ip;

	OK(cnet_ip_parse(address, &ip, &err));
	return hl_store_reserve(store, &ip, owner, &err);
}

static void del(const char *boot, const struct cnet_attachment *owner)
{
	CNET_AUTO(hl_store) *store = opened(HL_STORE_CHANGE, boot);

	OK(hl_store_release(store, owner, &err));
}

static void reference_del(const char *address)
{
	test_command(NULL, "rm %s/%s", network, address);
}

static void reference_add(const char *address, const char *text)
{
	test_write(network, address, text);
}

TEST(this_boot_s_are_kept_and_linked)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	OK(add(one, "10.0.0.3", &other));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.3 lock ");
	STRINGS_EQUAL(links_of(one), "10.0.0.2 10.0.0.3 ");
	INTEGERS_EQUAL(add(one, "10.0.0.2", &other), -EEXIST);
	STRINGS_EQUAL(links_of(one), "10.0.0.2 10.0.0.3 ");

	del(one, &eth0);
	STRINGS_EQUAL(test_names(network), "10.0.0.3 lock ");
	STRINGS_EQUAL(links_of(one), "10.0.0.3 ");
}

/* As a DEL leaves it that was killed in the middle. */
TEST(link_without_an_allocation_goes_with_the_next_del)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	OK(add(one, "10.0.0.3", &other));
	reference_del("10.0.0.2");
	STRINGS_EQUAL(links_of(one), "10.0.0.2 10.0.0.3 ");
	del(one, &eth0);
	STRINGS_EQUAL(links_of(one), "10.0.0.3 ");
	STRINGS_EQUAL(test_names(network), "10.0.0.3 lock ");
}

TEST(other_boots_are_released_by_the_first_add)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	OK(add(one, "10.0.0.3", &other));
	OK(add(two, "10.0.0.2", &other));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 lock ");
	STRINGS_EQUAL(test_read(network, "10.0.0.2"), "other\r\neth0");
	STRINGS_EQUAL(links_of(two), "10.0.0.2 ");
	STRINGS_EQUAL(test_names(links), "22222222-2222-4222-8222-222222222222 ");
	OK(add(three, "10.0.0.2", &eth0));
}

TEST(reference_s_are_kept_over_boots)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	reference_add("10.0.0.9", "ref\r\neth0");
	OK(add(two, "10.0.0.3", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.3 10.0.0.9 lock ");
	OK(add(three, "10.0.0.4", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.4 10.0.0.9 lock ");
}

/* Our link is left behind and void; even for the same container, after the boot. */
TEST(address_that_the_reference_gave_out_again_is_kept)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	reference_del("10.0.0.2");
	reference_add("10.0.0.2", "box\r\neth0");
	STRINGS_EQUAL(links_of(one), "10.0.0.2 ");
	OK(add(two, "10.0.0.3", &other));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.3 lock ");
	OK(add(three, "10.0.0.4", &other));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.4 lock ");
}

TEST(address_that_the_reference_gave_out_after_the_boot_is_kept)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	/* Under two, before any ADD of ours. */
	reference_del("10.0.0.2");
	reference_add("10.0.0.2", "box\r\neth0");
	OK(add(two, "10.0.0.3", &other));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.3 lock ");
}

/* As long as a link is there, its inode cannot become that of another file. */
TEST(inode_is_not_used_again)
{
	struct stat before, after;
	char path[256];
	int i;

	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	snprintf(path, sizeof(path), "%s/10.0.0.2", network);
	CHECK(stat(path, &before) == 0);
	for (i = 0; i < 100; i++) {
		reference_del("10.0.0.2");
		reference_add("10.0.0.2", "box\r\neth0");
		CHECK(stat(path, &after) == 0 && after.st_ino != before.st_ino);
	}
}

TEST(void_link_is_replaced)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	reference_del("10.0.0.2");
	OK(add(one, "10.0.0.2", &other));
	STRINGS_EQUAL(test_read(network, "10.0.0.2"), "other\r\neth0");
	OK(add(two, "10.0.0.3", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.3 lock ");
}

TEST(without_links_nothing_is_released)
{
	prepare();
	OK(add(NULL, "10.0.0.2", &eth0));
	CHECK(access(links, F_OK) < 0);
	OK(add(one, "10.0.0.3", &eth0));
	test_command(NULL, "rm -r %s", links);
	OK(add(two, "10.0.0.4", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.3 10.0.0.4 lock ");
	OK(add(three, "10.0.0.5", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.3 10.0.0.5 lock ");
	OK(add(NULL, "10.0.0.6", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.3 10.0.0.5 10.0.0.6 lock ");
}

/* A copy without its hard links, as by cp -r or from a backup. */
TEST(copies_are_not_the_same_file)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	test_command(NULL, "cd %s && cp -r net copy && rm -r net && mv copy net", place.folder);
	OK(add(two, "10.0.0.3", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.3 lock ");
}

TEST(links_that_cannot_be_made_do_no_harm)
{
	char hash[HL_OWNER_HASH];

	prepare();
	CHECK(mkdir(network, 0755) == 0);
	test_write(place.folder, ".cnet", "a file");
	OK(add(one, "10.0.0.2", &eth0));
	test_command(NULL, "cd %s && rm .cnet && mkdir -p x .cnet && ln -s ../x .cnet/net",
		     place.folder);
	OK(add(one, "10.0.0.3", &eth0));
	hl_owner_hash(&eth0, hash);
	test_command(NULL, "cd %s && rm .cnet/net && mkdir -p .cnet/net/%s/10.0.0.4~%s",
		     place.folder, one, hash);
	OK(add(one, "10.0.0.4", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.3 10.0.0.4 lock ");
	del(one, &eth0);
	STRINGS_EQUAL(test_names(network), "lock ");
}

/* A symbolic link or a folder in the place of a link releases nothing. */
TEST(planted_links_release_nothing)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	reference_add("10.0.0.9", "ref\r\neth0");
	test_command(NULL,
		     "cd %s && mkdir %s && cd %s && mkdir x 10.0.0.9~fedcba9876543210 && "
		     "ln -s ../../../net/10.0.0.9 10.0.0.9~0123456789abcdef && "
		     "ln ../../../net/10.0.0.9 10.0.0.9 && ln ../../../net/10.0.0.9 10.0.0.8~x && "
		     "ln ../../../net/10.0.0.9 10.0.0.8~0123456789abcdef && "
		     "ln ../../../net/10.0.0.9 ..~0123456789abcdef",
		     links, two, two);
	OK(add(three, "10.0.0.3", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.3 10.0.0.9 lock ");
}

/* The sweep is killed before the folder of the new boot is made: the next ADD finishes it. */
TEST(sweep_goes_on_where_it_was_stopped)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	OK(add(one, "10.0.0.3", &eth0));
	reference_del("10.0.0.2");
	OK(add(two, "10.0.0.4", &eth0));
	STRINGS_EQUAL(test_names(network), "10.0.0.4 lock ");
	STRINGS_EQUAL(test_names(links), "22222222-2222-4222-8222-222222222222 ");
}

TEST(reader_passes_over_what_it_may_not_release)
{
	const struct cnet_ip ip = { AF_INET, { 10, 0, 0, 2 } }, kept = { AF_INET, { 10, 0, 0, 9 } };
	CNET_AUTO(hl_store) *store = NULL;

	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	reference_add("10.0.0.9", "ref\r\neth0");
	store = opened(HL_STORE_READ, one);
	INTEGERS_EQUAL(hl_store_taken(store, &ip, &err), 1);
	shut(&store);
	store = opened(HL_STORE_READ, two);
	INTEGERS_EQUAL(hl_store_taken(store, &ip, &err), 0);
	INTEGERS_EQUAL(hl_store_taken(store, &kept, &err), 1);
	STRINGS_EQUAL(test_names(network), "10.0.0.2 10.0.0.9 lock ");
	STRINGS_EQUAL(links_of(one), "10.0.0.2 ");
}

static size_t found(const char *boot, const struct cnet_attachment *owner)
{
	CNET_AUTO(hl_store) *store = opened(HL_STORE_CHANGE, boot);
	AUTO_FREE struct hl_holding *holdings = NULL;
	size_t count;

	OK(hl_store_find(store, owner, &holdings, &count, &err));
	free(take(holdings));
	return count;
}

/*
 * Proof that the links are used: what our own file says is not asked for. Neither program ever
 * writes into an allocation that is there.
 */
TEST(files_of_others_are_not_opened)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	test_write(network, "10.0.0.2", "other\r\neth0");
	INTEGERS_EQUAL(found(one, &other), 0);
	INTEGERS_EQUAL(found(NULL, &other), 1);
	INTEGERS_EQUAL(found(two, &other), 1);
	/* And it is asked for where the link does tell the owner. */
	INTEGERS_EQUAL(found(one, &eth0), 0);
}

TEST(links_that_are_void_tell_no_owner)
{
	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	OK(add(one, "10.0.0.3", &eth0));
	reference_del("10.0.0.2");
	reference_add("10.0.0.2", "other\r\neth0");
	INTEGERS_EQUAL(found(one, &other), 1);
	INTEGERS_EQUAL(found(one, &eth0), 1);
	/* The void one has gone. */
	STRINGS_EQUAL(links_of(one), "10.0.0.3 ");
	del(one, &other);
	del(one, &eth0);
	STRINGS_EQUAL(test_names(network), "lock ");
	STRINGS_EQUAL(links_of(one), "");
}

/* The same store goes on after its own changes. */
TEST(owner_of_an_address_that_changed_hands)
{
	AUTO_FREE struct hl_holding *holdings = NULL;
	CNET_AUTO(hl_store) *store = NULL;
	struct cnet_ip ip;
	size_t count;

	prepare();
	OK(add(one, "10.0.0.2", &eth0));
	store = opened(HL_STORE_MAKE, one);
	OK(hl_store_release(store, &eth0, &err));
	OK(cnet_ip_parse("10.0.0.2", &ip, &err));
	OK(hl_store_reserve(store, &ip, &other, &err));
	OK(hl_store_find(store, &other, &holdings, &count, &err));
	INTEGERS_EQUAL(count, 1);
	free(take(holdings));
	OK(hl_store_find(store, &eth0, &holdings, &count, &err));
	INTEGERS_EQUAL(count, 0);
	OK(hl_store_release_ip(store, &ip, &other, &err));
	STRINGS_EQUAL(links_of(one), "");
}

TEST(kernel_tells_its_boot)
{
	char text[HL_BOOT_TEXT];

	CHECK(hl_boot_id(text) == text && strlen(text) == HL_BOOT_TEXT - 1);
}
