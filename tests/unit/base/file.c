/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "harness/folder.h"
#include "harness/test.h"

static const char *folder;

static int scratch(void)
{
	struct cnet_error err = { 0 };
	int dir;

	folder = test_folder();
	OK(cnet__dir_open(folder, 0, &dir, &err));
	return dir;
}

/* What NFS and others do: openat() with O_TMPFILE gives EOPNOTSUPP, from here to the test's end. */
static void forbid_nameless_files(void)
{
	const unsigned int flag = O_TMPFILE & ~O_DIRECTORY;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flag, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { ARRAY_SIZE(code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		test_skip("seccomp: %s", strerror(errno));
	CHECK(open("/tmp", O_TMPFILE | O_WRONLY, 0600) < 0 && errno == EOPNOTSUPP);
}

static void create(int dir)
{
	struct cnet_error err = { 0 };
	struct stat st;

	OK(cnet__file_create(dir, "a", "one", 3, 0600, &err));
	STRINGS_EQUAL(test_read(folder, "a"), "one");
	CHECK(fstatat(dir, "a", &st, 0) == 0 && st.st_mode == (S_IFREG | 0600) && st.st_nlink == 1);

	INTEGERS_EQUAL(cnet__file_create(dir, "a", "two", 3, 0600, &err), -EEXIST);
	INTEGERS_EQUAL(err.code, 0);
	STRINGS_EQUAL(test_read(folder, "a"), "one");

	CHECK(symlinkat("nowhere", dir, "link") == 0);
	INTEGERS_EQUAL(cnet__file_create(dir, "link", "two", 3, 0600, &err), -EEXIST);
	STRINGS_EQUAL(test_names(folder), "a link ");
}

TEST(create_is_all_or_nothing)
{
	create(scratch());
}

TEST(create_without_nameless_files)
{
	int dir = scratch();

	forbid_nameless_files();
	create(dir);
}

static void replace(int dir)
{
	struct cnet_error err = { 0 };

	OK(cnet__file_replace(dir, "a", "one", 3, 0600, &err));
	STRINGS_EQUAL(test_read(folder, "a"), "one");
	OK(cnet__file_replace(dir, "a", "second", 6, 0600, &err));
	STRINGS_EQUAL(test_read(folder, "a"), "second");
	OK(cnet__file_replace(dir, "a", "", 0, 0600, &err));
	STRINGS_EQUAL(test_read(folder, "a"), "");

	/* The link goes, not what it names; nobody waits for a reader of the FIFO. */
	test_write(folder, "precious", "kept");
	CHECK(symlinkat("precious", dir, "link") == 0 && mkfifoat(dir, "fifo", 0600) == 0);
	OK(cnet__file_replace(dir, "link", "one", 3, 0600, &err));
	OK(cnet__file_replace(dir, "fifo", "one", 3, 0600, &err));
	STRINGS_EQUAL(test_read(folder, "precious"), "kept");
	STRINGS_EQUAL(test_read(folder, "link"), "one");
	STRINGS_EQUAL(test_read(folder, "fifo"), "one");

	CHECK(mkdirat(dir, "folder", 0700) == 0);
	FAILS(EISDIR, cnet__file_replace(dir, "folder", "one", 3, 0600, &err));
	FAILS(ENOENT, cnet__file_replace(dir, "no/such", "one", 3, 0600, &err));
	STRINGS_EQUAL(test_names(folder), "a fifo folder link precious ");
}

TEST(replace_is_all_or_nothing)
{
	replace(scratch());
}

TEST(replace_without_nameless_files)
{
	int dir = scratch();

	forbid_nameless_files();
	replace(dir);
}

/* Of a writer killed between two calls. */
TEST(leftover_is_replaced)
{
	int dir = scratch();
	struct cnet_error err = { 0 };

	test_write(folder, ".a.new", "half");
	OK(cnet__file_replace(dir, "a", "one", 3, 0600, &err));
	STRINGS_EQUAL(test_names(folder), "a ");

	test_write(folder, ".b.new", "half");
	forbid_nameless_files();
	OK(cnet__file_create(dir, "b", "two", 3, 0600, &err));
	STRINGS_EQUAL(test_read(folder, "b"), "two");
	STRINGS_EQUAL(test_names(folder), "a b ");
}

/* They share a temporary name: each must succeed, and no mixture may ever be read. */
static void race(int dir)
{
	enum { WRITERS = 4, ROUNDS = 300, LENGTH = 2000 };
	struct cnet_error err = { 0 };
	char text[LENGTH + 1], *read;
	int i, k, status;
	size_t length;

	for (i = 0; i < WRITERS; i++) {
		memset(text, 'a' + i, LENGTH);
		if (fork() == 0) {
			for (k = 0; k < ROUNDS; k++) {
				if (cnet__file_replace(dir, "x", text, LENGTH, 0600, &err) < 0)
					_exit(1);
			}
			_exit(0);
		}
	}
	for (i = 0; i < WRITERS; i++)
		CHECK(wait(&status) > 0 && status == 0);

	OK(cnet__file_read(dir, "x", LENGTH, &read, &length, &err));
	INTEGERS_EQUAL(length, LENGTH);
	for (i = 1; i < LENGTH; i++)
		INTEGERS_EQUAL(read[i], read[0]);
	free(read);
	STRINGS_EQUAL(test_names(folder), "x ");
}

TEST(writers_of_one_file)
{
	race(scratch());
}

TEST(read_refuses_what_is_no_file)
{
	int dir = scratch();
	struct cnet_error err = { 0 };
	size_t length = 99;
	char *text = NULL;

	test_write(folder, "a", "text");
	CHECK(symlinkat("a", dir, "link") == 0 && mkfifoat(dir, "fifo", 0600) == 0 &&
	      mkdirat(dir, "folder", 0700) == 0);

	FAILS_WITH(ENOENT, "nosuch", cnet__file_read(dir, "nosuch", 99, &text, &length, &err));
	FAILS_WITH(ELOOP, "symbolic link", cnet__file_read(dir, "link", 99, &text, &length, &err));
	FAILS(EINVAL, cnet__file_read(dir, "fifo", 99, &text, &length, &err));
	FAILS(EINVAL, cnet__file_read(dir, "folder", 99, &text, &length, &err));
	FAILS(EFBIG, cnet__file_read(dir, "a", 3, &text, &length, &err));
	CHECK(text == NULL && length == 99);

	OK(cnet__file_read(dir, "a", 4, &text, &length, &err));
	STRINGS_EQUAL(text, "text");
	INTEGERS_EQUAL(length, 4);
	free(text);
}

TEST(path_is_followed_but_must_end_at_a_file)
{
	int dir = scratch();
	struct cnet_error err = { 0 };
	char path[64], *text = NULL;
	size_t length;

	test_write(folder, "a", "text");
	CHECK(symlinkat("a", dir, "link") == 0 && mkfifoat(dir, "fifo", 0600) == 0);

	snprintf(path, sizeof(path), "%s/link", folder);
	OK(cnet__path_read(path, 99, &text, &length, &err));
	STRINGS_EQUAL(text, "text");
	free(text);
	snprintf(path, sizeof(path), "%s/fifo", folder);
	FAILS(EINVAL, cnet__path_read(path, 99, &text, &length, &err));
}

TEST(file_of_proc_has_a_text_though_no_size)
{
	struct cnet_error err = { 0 };
	size_t length;
	char *text;

	OK(cnet__path_read("/proc/self/comm", 99, &text, &length, &err));
	CHECK(length > 1 && text[length] == '\0' && text[length - 1] == '\n');
	free(text);
	OK(cnet__path_read("/proc/self/comm", 1, &text, &length, &err));
	INTEGERS_EQUAL(length, 1);
	free(text);
}

TEST(directories)
{
	int dir = scratch(), inner = -1;
	struct cnet_error err = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "%s/x/y/z", folder);
	FAILS(ENOENT, cnet__dir_open(path, 0, &inner, &err));
	OK(cnet__dir_open(path, 0700, &inner, &err));
	CHECK(faccessat(dir, "x/y/z", F_OK, 0) == 0);
	close(inner);

	FAILS(ENOENT, cnet__dir_open_at(dir, "n", 0, &inner, &err));
	OK(cnet__dir_open_at(dir, "n", 0700, &inner, &err));
	OK(cnet__dir_open_at(dir, "n", 0700, &inner, &err));
	CHECK(symlinkat("n", dir, "link") == 0);
	test_write(folder, "file", "");
	FAILS_WITH(ELOOP, "link: is a symbolic link",
		   cnet__dir_open_at(dir, "link", 0700, &inner, &err));
	FAILS(ENOTDIR, cnet__dir_open_at(dir, "file", 0700, &inner, &err));
}

TEST(lock_keeps_others_out_until_it_is_closed)
{
	int dir = scratch(), mine = -1, other = -1, status;
	struct cnet_error err = { 0 };
	pid_t child;

	OK(cnet__file_lock(dir, "lock", 0, &mine, &err));
	FAILS_WITH(EAGAIN, "lock: locked by another process for 0 s",
		   cnet__file_lock(dir, "lock", 0, &other, &err));
	CHECK(other == -1);

	child = fork();
	if (child == 0) {
		close(mine); /* the lock is the open file's, which fork() shares */
		_exit(cnet__file_lock(dir, "lock", 30, &other, &err) == 0 ? 0 : 1);
	}
	close(mine);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	OK(cnet__file_lock(dir, "lock", 0, &other, &err));
}

TEST(lock_is_a_file)
{
	int dir = scratch(), fd = -1;
	struct cnet_error err = { 0 };

	CHECK(symlinkat("other", dir, "link") == 0 && mkfifoat(dir, "fifo", 0600) == 0 &&
	      mkdirat(dir, "folder", 0700) == 0);
	FAILS(ELOOP, cnet__file_lock(dir, "link", 0, &fd, &err));
	FAILS(EINVAL, cnet__file_lock(dir, "fifo", 0, &fd, &err));
	FAILS(EISDIR, cnet__file_lock(dir, "folder", 0, &fd, &err));
	STRINGS_EQUAL(test_names(folder), "fifo folder link ");
}
