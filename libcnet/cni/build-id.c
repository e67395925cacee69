/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GNU build-ids, of this program and of a file.
 *
 * Source: elf(5), "Notes (Nhdr)"; a file is only looked at if it is of this machine's own class.
 */

#include "cni/build-id.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#include "base/auto.h"

enum { ID_MAX = 64, NOTES_MAX = 4096, HEADERS_MAX = 64 };

struct id {
	unsigned char bytes[ID_MAX];
	size_t length;
};

static size_t padded(size_t length)
{
	return (length + 3) & ~(size_t)3;
}

/* Finds the build-id among notes, which are aligned to four bytes on all machines. */
static int find_in_notes(const unsigned char *notes, size_t length, struct id *id)
{
	while (length >= sizeof(ElfW(Nhdr))) {
		ElfW(Nhdr) note;
		size_t name, description;

		memcpy(&note, notes, sizeof(note));
		notes += sizeof(note);
		length -= sizeof(note);
		name = padded(note.n_namesz);
		description = padded(note.n_descsz);
		if (name > length || description > length - name)
			return 0;

		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(ELF_NOTE_GNU) &&
		    memcmp(notes, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0 && note.n_descsz > 0 &&
		    note.n_descsz <= ID_MAX) {
			memcpy(id->bytes, notes + name, note.n_descsz);
			id->length = note.n_descsz;
			return 1;
		}
		notes += name + description;
		length -= name + description;
	}

	return 0;
}

/* The program itself is the first object of the list. */
static int find_in_program(struct dl_phdr_info *info, size_t size, void *arg)
{
	size_t i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		/* Where the loader has put it, as an address: nothing else says. */
		uintptr_t address = info->dlpi_addr + header->p_vaddr;

		if (header->p_type == PT_NOTE &&
		    find_in_notes((const unsigned char *)address, header->p_memsz, arg))
			break;
	}

	return 1;
}

static int read_at(int fd, void *data, size_t length, uint64_t offset)
{
	return pread(fd, data, length, (off_t)offset) == (ssize_t)length;
}

static int find_in_file(int fd, struct id *id)
{
	unsigned char notes[NOTES_MAX];
	ElfW(Phdr) headers[HEADERS_MAX];
	ElfW(Ehdr) elf;
	size_t i;

	if (!read_at(fd, &elf, sizeof(elf), 0) || memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 ||
	    elf.e_phentsize != sizeof(headers[0]) || elf.e_phnum > HEADERS_MAX ||
	    !read_at(fd, headers, elf.e_phnum * sizeof(headers[0]), elf.e_phoff))
		return 0;

	for (i = 0; i < elf.e_phnum; i++) {
		if (headers[i].p_type == PT_NOTE && headers[i].p_filesz <= NOTES_MAX &&
		    read_at(fd, notes, headers[i].p_filesz, headers[i].p_offset) &&
		    find_in_notes(notes, headers[i].p_filesz, id))
			return 1;
	}

	return 0;
}

int cnet__build_id_is_ours(const char *path)
{
	AUTO_CLOSE int fd = -1;
	struct id ours = { .length = 0 };
	struct id theirs = { .length = 0 };

	dl_iterate_phdr(find_in_program, &ours);
	if (ours.length == 0)
		return 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd >= 0 && find_in_file(fd, &theirs) && ours.length == theirs.length &&
	       memcmp(ours.bytes, theirs.bytes, ours.length) == 0;
}
