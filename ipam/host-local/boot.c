/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which allocations were made under another boot, and so are nobody's. */

#include "host-local/boot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/auto.h"
#include "base/file.h"

const char *hl_boot_id(char *text)
{
	AUTO_FREE char *read = NULL;
	size_t length;

	if (cnet__path_read("/proc/sys/kernel/random/boot_id", HL_BOOT_TEXT, &read, &length, NULL) <
		    0 ||
	    strspn(read, "0123456789abcdef-") != HL_BOOT_TEXT - 1)
		return NULL;

	memcpy(text, read, HL_BOOT_TEXT - 1);
	text[HL_BOOT_TEXT - 1] = '\0';
	return text;
}

/*
 * Filesystems that only one kernel writes to. On others (NFS ...) several machines may share a
 * folder, where another boot id is not an earlier boot.
 */
static bool is_local(int folder)
{
	static const unsigned long local[] = {
		EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,	 BTRFS_SUPER_MAGIC,
		TMPFS_MAGIC,	  OVERLAYFS_SUPER_MAGIC, F2FS_SUPER_MAGIC,
		0x2fc12fc1, /* zfs */
		0xca451a4e, /* bcachefs */
	};
	struct statfs st;
	size_t i;

	if (fstatfs(folder, &st) < 0)
		return false;

	for (i = 0; i < ARRAY_SIZE(local); i++) {
		if ((unsigned long)st.f_type == local[i])
			return true;
	}

	return false;
}

/* Opens a directory for reading; the descriptor given stays the caller's. */
static DIR *list(int dir, const char *name)
{
	int fd = openat(dir, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (stream == NULL && fd >= 0)
		close(fd);
	return stream;
}

static void list_close(DIR **stream)
{
	if (*stream != NULL)
		closedir(*stream);
}

#define AUTO_LIST __attribute__((cleanup(list_close)))

/* The next but "." and "..". */
static const struct dirent *next_entry(DIR *stream)
{
	const struct dirent *entry;

	do {
		entry = readdir(stream);
	} while (entry != NULL &&
		 (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));

	return entry;
}

const char *hl_link_format(const struct cnet_ip *ip, const char *owner, char *text)
{
	char address[CNET_IP_TEXT];

	snprintf(text, HL_LINK_TEXT, "%s~%s", cnet_ip_format(ip, address), owner);
	return text;
}

/* The owner's part of a link's name, or NULL if it is no such name. */
static const char *link_parse(const char *name, struct cnet_ip *ip)
{
	const char *owner = strchr(name, '~');
	char address[CNET_IP_TEXT];

	if (owner == NULL || (size_t)(owner - name) >= sizeof(address) ||
	    strlen(owner + 1) != HL_OWNER_HASH - 1)
		return NULL;

	memcpy(address, name, (size_t)(owner - name));
	address[owner - name] = '\0';
	return cnet_ip_parse(address, ip, NULL) < 0 ? NULL : owner + 1;
}

static bool is_linked(const struct hl_boot *boot, int links, const char *link,
		      const struct cnet_ip *ip)
{
	char name[CNET_IP_TEXT];
	struct stat a, b;

	return fstatat(boot->network, cnet_ip_format(ip, name), &a, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstatat(links, link, &b, AT_SYMLINK_NOFOLLOW) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino && S_ISREG(a.st_mode);
}

void hl_boot_each_stale(const struct hl_boot *boot, void (*fn)(const struct cnet_ip *ip, void *arg),
			void *arg)
{
	AUTO_LIST DIR *boots = boot->links < 0 ? NULL : list(boot->links, ".");
	const struct dirent *id, *link;
	struct cnet_ip ip;

	if (boots == NULL || boot->id == NULL)
		return;

	while ((id = next_entry(boots)) != NULL) {
		AUTO_LIST DIR *links = NULL;

		if (strcmp(id->d_name, boot->id) == 0)
			continue;
		links = list(boot->links, id->d_name);
		while (links != NULL && (link = next_entry(links)) != NULL) {
			if (link_parse(link->d_name, &ip) != NULL &&
			    is_linked(boot, dirfd(links), link->d_name, &ip))
				fn(&ip, arg);
		}
	}
}

/* What was killed between an allocation and its link has left the link. */
static void sweep_link(const struct hl_boot *boot, const char *link, const struct cnet_ip *ip)
{
	if (!is_linked(boot, boot->current, link, ip))
		unlinkat(boot->current, link, 0);
}

void hl_boot_tell_owners(const struct hl_boot *boot, struct hl_names *names, bool sweep)
{
	AUTO_LIST DIR *links = boot->current < 0 ? NULL : list(boot->current, ".");
	const struct dirent *link;

	while (links != NULL && (link = next_entry(links)) != NULL) {
		struct hl_name *name = NULL;
		const char *owner;
		struct cnet_ip ip;

		owner = link_parse(link->d_name, &ip);
		if (owner != NULL)
			name = hl_names_find(names, &ip);
		if (name != NULL && name->inode == link->d_ino)
			memcpy(name->owner, owner, HL_OWNER_HASH);
		else if (sweep && owner != NULL)
			sweep_link(boot, link->d_name, &ip);
	}
}

struct release {
	int network;
	bool failed;
};

static void release(const struct cnet_ip *ip, void *arg)
{
	struct release *release = arg;
	char name[CNET_IP_TEXT];

	if (unlinkat(release->network, cnet_ip_format(ip, name), 0) < 0)
		release->failed = true;
}

/* Links whose allocations are gone go with their folder. */
static void remove_folder(int links, const char *id)
{
	AUTO_LIST DIR *names = list(links, id);
	const struct dirent *entry;

	while (names != NULL && (entry = next_entry(names)) != NULL)
		unlinkat(dirfd(names), entry->d_name, 0);
	unlinkat(links, id, AT_REMOVEDIR);
}

/* An allocation goes before its link: whatever stops this in between, the rest is found again. */
static bool release_others(const struct hl_boot *boot)
{
	struct release state = { .network = boot->network };
	AUTO_LIST DIR *boots = list(boot->links, ".");
	const struct dirent *id;

	hl_boot_each_stale(boot, release, &state);
	if (state.failed || boots == NULL)
		return false;

	while ((id = next_entry(boots)) != NULL)
		remove_folder(boot->links, id->d_name);

	return true;
}

static int links_open(int folder, const char *name, bool make)
{
	const mode_t mode = make ? 0700 : 0;
	AUTO_CLOSE int all = -1;
	int links;

	if (cnet__dir_open_at(folder, ".cnet", mode, &all, NULL) < 0 ||
	    cnet__dir_open_at(all, name, mode, &links, NULL) < 0)
		return -1;

	return links;
}

void hl_boot_open(struct hl_boot *boot, int folder, int network, const char *name, const char *id,
		  bool make)
{
	int r;

	*boot = (struct hl_boot){ .network = network, .links = -1, .current = -1, .id = id };

	if (id == NULL || !is_local(folder))
		return;

	boot->links = links_open(folder, name, make);
	if (boot->links < 0)
		return;

	r = cnet__dir_open_at(boot->links, id, 0, &boot->current, NULL);
	if (r == -ENOENT && make && release_others(boot))
		ignore(cnet__dir_open_at(boot->links, id, 0700, &boot->current, NULL)); /* a hint */
}

void hl_boot_close(struct hl_boot *boot)
{
	if (boot->current >= 0)
		close(boot->current);
	if (boot->links >= 0)
		close(boot->links);
}
