/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The addresses that are names in a network's folder, as far as is known of them. */

#include "host-local/names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

void hl_names_clear(struct hl_names *names)
{
	free(names->entries.items);
	*names = (struct hl_names){ 0 };
}

bool hl_name_parse(const char *name, struct cnet_ip *ip)
{
	char text[CNET_IP_TEXT];

	return cnet_ip_parse(name, ip, NULL) == 0 && strcmp(cnet_ip_format(ip, text), name) == 0;
}

static int by_ip(const void *a, const void *b)
{
	const struct hl_name *x = a, *y = b;

	return cnet_ip_compare(&x->ip, &y->ip);
}

static int failed(int error, struct cnet_error *err)
{
	return cnet_error_set(err, error, "list addresses: %s", strerror(error));
}

static int read_names(struct hl_names *names, DIR *stream, bool sweep, struct cnet_error *err)
{
	for (;;) {
		struct hl_name entry = { 0 };
		const struct dirent *next;

		errno = 0;
		next = readdir(stream);
		if (next == NULL && errno != 0)
			return failed(errno, err);
		if (next == NULL)
			return 0;
		if (sweep && cnet__file_is_leftover(next->d_name))
			unlinkat(dirfd(stream), next->d_name, 0);
		if (!hl_name_parse(next->d_name, &entry.ip))
			continue;
		entry.inode = next->d_ino;
		if (vec_reserve(&names->entries, 1) < 0)
			return failed(ENOMEM, err);
		vec_push(&names->entries, entry);
	}
}

int hl_names_list(struct hl_names *names, int folder, bool sweep, struct cnet_error *err)
{
	int fd = openat(folder, ".", O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	int r;

	hl_names_clear(names);
	if (stream == NULL) {
		r = failed(errno, err);
		if (fd >= 0)
			close(fd);
		return r;
	}

	r = read_names(names, stream, sweep, err);
	closedir(stream);
	if (r < 0)
		return r;

	if (names->entries.count > 0)
		qsort(names->entries.items, names->entries.count, sizeof(struct hl_name), by_ip);
	names->listed = true;
	return 0;
}

struct hl_name *hl_names_find(struct hl_names *names, const struct cnet_ip *ip)
{
	const struct hl_name wanted = { .ip = *ip };

	if (names->entries.count == 0)
		return NULL;

	return bsearch(&wanted, names->entries.items, names->entries.count, sizeof(wanted), by_ip);
}

void hl_names_note(struct hl_names *names, const struct cnet_ip *ip, enum hl_name_state state)
{
	const struct hl_name new = { .ip = *ip, .state = state };
	struct hl_name *entry = hl_names_find(names, ip);
	size_t i;

	if (entry != NULL) {
		*entry = new;
		return;
	}
	if (!names->listed || vec_reserve(&names->entries, 1) < 0) {
		names->listed = false;
		return;
	}

	vec_push(&names->entries, new);
	for (i = names->entries.count - 1; i > 0; i--) {
		if (by_ip(&names->entries.items[i - 1], &new) < 0)
			break;
		names->entries.items[i] = names->entries.items[i - 1];
	}
	names->entries.items[i] = new;
}
