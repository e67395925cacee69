/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is a file this program, copied? */
#ifndef CNET_CNI_BUILD_ID_H
#define CNET_CNI_BUILD_ID_H

/*
 * Has an ELF file the GNU build-id of this program? 1 or 0; 0 where either has none. The linker
 * makes it from all that the file holds, so that equal ones are copies of each other.
 */
int cnet__build_id_is_ours(const char *path);

#endif
