/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of a test's own. */
#ifndef CNET_TESTS_FOLDER_H
#define CNET_TESTS_FOLDER_H

/* Makes an empty folder, which is removed with all that is in it when the test's process exits. */
const char *test_folder(void);

/* Writes a file below a folder, and reads one ("": it is empty; fails if it is absent). */
void test_write(const char *folder, const char *name, const char *text);
const char *test_read(const char *folder, const char *name);

/* The names in a folder, sorted, each followed by a space; "" if the folder is absent. */
const char *test_names(const char *folder);

#endif
