/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Batches, requests and dumps over nfnetlink. */

#include "nl/nfnl.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>

#include "harness/test.h"
#include "netns/netns.h"
#include "nft/set.h"
#include "nft/table.h"

static const struct cnet__nft_set numbers = { "numbers", { CNET__NFT_IPV4 }, { 0 } };

static struct cnet__element number(uint32_t n)
{
	struct cnet__element e = { .set = "numbers" };

	cnet__element_key(&e, &n, sizeof(n));
	return e;
}

static struct cnet__nfnl *socket_of(struct cnet_netns *ns)
{
	struct cnet_error err = { 0 };
	struct cnet__nfnl *nfnl;

	OK(cnet__netns_netfilter(ns, &nfnl, &err));
	return nfnl;
}

static void make_set(struct cnet_netns *ns)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };

	cnet__nft_add_table(&b, "a comment");
	cnet__nft_add_set(&b, &numbers, true);
	OK(cnet__nfnl_commit(socket_of(ns), &b, 0, &err));
	CHECK(b.data == NULL);
}

static void fill(struct cnet__batch *b, uint32_t from, uint32_t count)
{
	struct cnet__elements list = { 0 };
	uint32_t i;

	for (i = 0; i < count; i++) {
		const struct cnet__element e = number(from + i);

		CHECK(cnet__elements_add(&list, &e, NULL) == 0);
	}
	cnet__nft_add_elements(b, list.list.items, list.list.count);
	cnet__elements_free(&list);
}

TEST_NETNS(the_refused_message_is_named)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };

	make_set(t->host);
	cnet__nft_add_chain(&b, "good", NULL);
	cnet__nft_delete_chain(&b, "absent");
	cnet__nft_add_chain(&b, "other", NULL);
	FAILS_WITH(ENOENT,
		   "delete chain absent: ", cnet__nfnl_commit(socket_of(t->host), &b, 0, &err));
	/* all or nothing */
	test_command(t->host, "! nft list ruleset | grep -q chain");

	cnet__nft_add_table(&b, "again");
	FAILS_WITH(EEXIST,
		   "add table inet cnet: ", cnet__nfnl_commit(socket_of(t->host), &b, 0, &err));
}

TEST_NETNS(answers_left_behind_do_not_confuse)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet__element e = number(1);
	struct cnet_error err = { 0 };
	unsigned int i, round;

	make_set(t->host);
	for (round = 0; round < 5; round++) {
		/* each of these is answered by an error, more than the socket can hold */
		for (i = 0; i < 1000; i++)
			cnet__nft_delete_chain(&b, "absent");
		FAILS(ENOENT, cnet__nfnl_commit(socket_of(t->host), &b, 0, &err));
		fill(&b, round, 1);
		OK(cnet__nfnl_commit(socket_of(t->host), &b, 0, &err));
		e = number(round);
		OK(cnet__nft_get_elements(t->host, &e, 1, &err));
		CHECK(e.present);
	}
}

TEST_NETNS(a_commit_may_insist_on_a_generation)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };
	uint32_t generation = 0;

	make_set(t->host);
	OK(cnet__nft_generation(t->host, &generation, &err));
	test_command(t->host, "nft add table ip someone");
	fill(&b, 1, 1);
	FAILS(ERESTART, cnet__nfnl_commit(socket_of(t->host), &b, generation, &err));
	OK(cnet__nft_generation(t->host, &generation, &err));
	fill(&b, 1, 1);
	OK(cnet__nfnl_commit(socket_of(t->host), &b, generation, &err));
}

TEST_NETNS(large_batches_are_one_send)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet__elements all = { 0 };
	struct cnet_error err = { 0 };
	struct cnet__element some[100];
	uint32_t i;

	make_set(t->host);
	fill(&b, 0, 20000);
	test_fail_request(0, 0);
	OK(cnet__nfnl_commit(socket_of(t->host), &b, 0, &err));
	INTEGERS_EQUAL(test_requests(), 1);

	OK(cnet__nft_list_elements(t->host, "numbers", &all, &err));
	INTEGERS_EQUAL(all.list.count, 20000);
	cnet__elements_free(&all);

	for (i = 0; i < 100; i++)
		some[i] = number(19950 + i);
	OK(cnet__nft_get_elements(t->host, some, 100, &err));
	for (i = 0; i < 100; i++)
		CHECK(some[i].present == (i < 50));
}

TEST_NETNS(a_send_that_fails_is_told)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };

	make_set(t->host);
	fill(&b, 0, 1);
	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, cnet__nfnl_commit(socket_of(t->host), &b, 0, &err));
	test_fail_request(0, 0);
	OK(cnet__nfnl_commit(socket_of(t->host), &b, 0, &err)); /* empty by now */
}
