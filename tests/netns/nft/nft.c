/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all messages to nf_tables have in common; what a process without privilege is told. */

#include "nft/nft.h"

#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/test.h"
#include "nft/table.h"

TEST_NETNS(comments_are_text_with_a_length)
{
	unsigned char room[CNET__NFT_COMMENT + 2] = { 0 };

	INTEGERS_EQUAL(cnet__nft_comment(room, "abc"), 6);
	CHECK(memcmp(room, "\0\4abc", 6) == 0);
}

TEST_NETNS(every_commit_makes_a_generation)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };
	uint32_t before = 0, after = 0;

	OK(cnet__nft_generation(t->host, &before, &err));
	cnet__nft_add_table(&b, "a comment");
	OK(cnet__nft_commit(t->host, &b, 0, &err));
	OK(cnet__nft_generation(t->host, &after, &err));
	CHECK(after != before && before != 0);
	test_command(t->host, "nft list table inet cnet | grep -q 'comment \"a comment\"'");
}

TEST_NETNS(missing_privilege_is_named)
{
	struct cnet_error err = { 0 };
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		CNET__BATCH_AUTO b = { 0 };

		/* a user namespace of our own gives us no right over the network namespace */
		CHECK(unshare(CLONE_NEWUSER) == 0);
		cnet__nft_add_table(&b, "a comment");
		FAILS_WITH(EPERM, "CAP_NET_ADMIN", cnet__nft_commit(t->host, &b, 0, &err));
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	INTEGERS_EQUAL(status, 0);
}
