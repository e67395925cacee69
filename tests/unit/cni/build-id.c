/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/build-id.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/test.h"

static char path[] = "/tmp/cnet-build-id-XXXXXX";

/* Copies this program up to a length, with one byte changed; -1: none is. */
static int copy_is_ours(off_t length, off_t changed)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), to, same;
	off_t offset = 0;
	char byte;

	strcpy(path + strlen(path) - 6, "XXXXXX");
	to = mkstemp(path);
	CHECK(from >= 0 && to >= 0);
	while (offset < length) {
		if (sendfile(to, from, &offset, (size_t)(length - offset)) <= 0)
			FAIL("cannot copy this program");
	}
	if (changed >= 0) {
		CHECK(pread(to, &byte, 1, changed) == 1);
		byte = (char)(byte ^ 0x40);
		CHECK(pwrite(to, &byte, 1, changed) == 1);
	}
	close(from);
	close(to);
	same = cnet__build_id_is_ours(path);
	unlink(path);
	return same;
}

static off_t own_size(void)
{
	struct stat st;

	CHECK(stat("/proc/self/exe", &st) == 0);
	return st.st_size;
}

TEST(this_program_and_its_copies)
{
	if (!cnet__build_id_is_ours("/proc/self/exe"))
		test_skip("this program was linked without a build-id");
	CHECK(copy_is_ours(own_size(), -1));
}

TEST(other_programs_and_other_files)
{
	CHECK(!cnet__build_id_is_ours("/bin/sh"));
	CHECK(!cnet__build_id_is_ours("/nonexistent"));
	CHECK(!cnet__build_id_is_ours("/dev/null"));
	CHECK(!cnet__build_id_is_ours("/tmp"));
	CHECK(!cnet__build_id_is_ours("/proc/self/status"));
}

TEST(cut_programs)
{
	off_t length;

	for (length = 0; length < 640; length += 61)
		CHECK(!copy_is_ours(length, -1));
}

TEST(any_byte_of_the_headers_may_be_wrong)
{
	int same = 0;
	off_t i;

	/* Never more than "no": the test is that nothing is read beyond its end. */
	for (i = 0; i < 1024; i++)
		same += copy_is_ours(8192, i);
	CHECK(same < 1024);
}
