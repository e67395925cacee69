/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which allocations were made under another boot, and so are nobody's. */

#include "host-local/boot.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
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

/* The next name but "." and "..". */
static const char *next_name(DIR *stream)
{
	const struct dirent *entry;

	do {
		entry = readdir(stream);
	} while (entry != NULL &&
		 (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));

	return entry == NULL ? NULL : entry->d_name;
}

static bool same_file(int dir, int other, const char *name)
{
	struct stat a, b;

	return fstatat(dir, name, &a, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstatat(other, name, &b, AT_SYMLINK_NOFOLLOW) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino && S_ISREG(a.st_mode);
}

void hl_boot_each_stale(const struct hl_boot *boot, void (*fn)(const char *name, void *arg),
			void *arg)
{
	AUTO_LIST DIR *boots = boot->links < 0 ? NULL : list(boot->links, ".");
	const char *id, *name;

	if (boots == NULL || boot->id == NULL)
		return;

	while ((id = next_name(boots)) != NULL) {
		AUTO_LIST DIR *names = NULL;

		if (strcmp(id, boot->id) == 0)
			continue;
		names = list(boot->links, id);
		while (names != NULL && (name = next_name(names)) != NULL) {
			if (same_file(dirfd(names), boot->network, name))
				fn(name, arg);
		}
	}
}

void hl_boot_tidy(const struct hl_boot *boot, bool (*wanted)(const char *name, void *arg),
		  void *arg)
{
	AUTO_LIST DIR *names = boot->current < 0 ? NULL : list(boot->current, ".");
	const char *name;

	while (names != NULL && (name = next_name(names)) != NULL) {
		if (!wanted(name, arg))
			unlinkat(boot->current, name, 0);
	}
}

struct release {
	int network;
	bool failed;
};

static void release(const char *name, void *arg)
{
	struct release *release = arg;

	if (unlinkat(release->network, name, 0) < 0)
		release->failed = true;
}

/* Links whose allocations are gone go with their folder. */
static void remove_folder(int links, const char *id)
{
	AUTO_LIST DIR *names = list(links, id);
	const char *name;

	while (names != NULL && (name = next_name(names)) != NULL)
		unlinkat(dirfd(names), name, 0);
	unlinkat(links, id, AT_REMOVEDIR);
}

/* An allocation goes before its link: whatever stops this in between, the rest is found again. */
static bool release_others(const struct hl_boot *boot)
{
	struct release state = { .network = boot->network };
	AUTO_LIST DIR *boots = list(boot->links, ".");
	const char *id;

	hl_boot_each_stale(boot, release, &state);
	if (state.failed || boots == NULL)
		return false;

	while ((id = next_name(boots)) != NULL)
		remove_folder(boot->links, id);

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
	*boot = (struct hl_boot){ .network = network, .links = -1, .current = -1, .id = id };

	if (id == NULL || !is_local(folder))
		return;

	boot->links = links_open(folder, name, make);
	if (boot->links < 0 || cnet__dir_open_at(boot->links, id, 0, &boot->current, NULL) == 0 ||
	    !make)
		return;

	if (release_others(boot))
		ignore(cnet__dir_open_at(boot->links, id, 0700, &boot->current, NULL)); /* a hint */
}

void hl_boot_close(struct hl_boot *boot)
{
	if (boot->current >= 0)
		close(boot->current);
	if (boot->links >= 0)
		close(boot->links);
}
