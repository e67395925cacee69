/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of owners who wait: who stands in them, who leaves, who inherits. */

#include "nat/line.h"

#include <errno.h>

#include "harness/test.h"
#include "nat/base.h"

static const struct cnet__element wanted = { .set = "mq4", .key = { 10, 1, 2, 3 }, .key_size = 4 };

static struct owner owner(const char *text)
{
	struct owner o;

	cnet__owner_of_text(&o, OWNER_MASQUERADE, text);
	return o;
}

/* Has an owner stand in the line, or leave it. */
static void change(struct cnet_netns *ns, const char *text, bool stands)
{
	CNET__ELEMENTS_AUTO deletes = { 0 }, adds = { 0 };
	const struct owner o = owner(text);
	CNET__BATCH_AUTO b = { 0 };
	struct lines lines = { 0 };
	struct cnet_error err = { 0 };
	struct line *line = NULL;

	OK(cnet__line_get(ns, &lines, &o, &wanted, &line, &err));
	line->wanted = stands;
	OK(cnet__line_update(line, &o, &deletes, &adds, &err));
	cnet__nft_delete_elements(&b, deletes.list.items, deletes.list.count);
	cnet__nft_add_elements(&b, adds.list.items, adds.list.count);
	OK(cnet__nft_commit(ns, &b, 0, &err));
	cnet__lines_free(&lines);
}

static void stand(struct cnet_netns *ns, const char *const *expected, size_t count)
{
	const struct owner o = owner("net/any/eth0");
	struct lines lines = { 0 };
	struct cnet_error err = { 0 };
	struct line *line = NULL, *again = NULL;
	size_t i;

	OK(cnet__line_get(ns, &lines, &o, &wanted, &line, &err));
	INTEGERS_EQUAL(line->list.count, count);
	for (i = 0; i < count; i++)
		STRINGS_EQUAL(line->list.items[i].owner.text, expected[i]);
	/* read once */
	test_fail_request(0, 0);
	OK(cnet__line_get(ns, &lines, &o, &wanted, &again, &err));
	INTEGERS_EQUAL(test_requests(), 0);
	cnet__lines_free(&lines);
}

TEST_NETNS(without_gaps)
{
	static const char *const all[] = { "n/0/e", "n/1/e", "n/2/e", "n/3/e", "n/4/e",
					   "n/5/e", "n/6/e", "n/7/e", "n/8/e", "n/9/e" };
	static const char *const some[] = { "n/0/e", "n/9/e", "n/2/e", "n/3/e", "n/4/e",
					    "n/5/e", "n/6/e", "n/7/e", "n/8/e" };
	struct cnet_error err = { 0 };
	size_t i;

	OK(cnet__base_add(t->host, &err));
	stand(t->host, NULL, 0);
	for (i = 0; i < 10; i++) {
		change(t->host, all[i], true);
		change(t->host, all[i], true); /* stands there already */
	}
	stand(t->host, all, 10);
	change(t->host, "n/1/e", false);
	change(t->host, "n/1/e", false);
	stand(t->host, some, 9);
	change(t->host, "n/8/e", false);
	stand(t->host, some, 8);
	for (i = 0; i < 10; i++)
		change(t->host, all[i], false);
	stand(t->host, NULL, 0);
}

TEST_NETNS(who_wants_something_else_is_no_heir)
{
	const struct owner o = owner("n/0/e");
	const struct cnet__elements *heir = &(const struct cnet__elements){ 0 };
	struct lines lines = { 0 };
	struct cnet_error err = { 0 };
	struct line *line = NULL;

	OK(cnet__base_add(t->host, &err));
	change(t->host, "n/0/e", true);
	change(t->host, "n/1/e", true); /* has no claims at all */
	OK(cnet__line_get(t->host, &lines, &o, &wanted, &line, &err));
	OK(cnet__line_heir(t->host, line, &o, &wanted, &heir, &err));
	CHECK(heir == NULL);
	cnet__lines_free(&lines);
}
