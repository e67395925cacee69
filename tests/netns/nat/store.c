/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims in the kernel: what adding costs, what damage is called, what is collected. */

#include "nat/store.h"

#include <errno.h>
#include <netinet/in.h>

#include "harness/test.h"

static struct owner owner(unsigned int n)
{
	char text[32];
	struct owner o;

	snprintf(text, sizeof(text), "net/c%u/eth0", n);
	cnet__owner_of_text(&o, OWNER_MASQUERADE, text);
	return o;
}

static void claim(struct claims *claims, unsigned int n)
{
	const struct claim c = {
		.kind = CLAIM_MASQUERADE,
		.container = { { AF_INET, { 10, 1, (uint8_t)(n >> 8), (uint8_t)n } }, 16 }
	};
	struct cnet_error err = { 0 };

	OK(cnet__claims_add(claims, &c, &err));
}

static void add(struct cnet_netns *ns, unsigned int n)
{
	CLAIMS_AUTO claims = { 0 };
	const struct owner o = owner(n);
	struct cnet_error err = { 0 };

	claim(&claims, n);
	OK(cnet__store_add(ns, &o, &claims, NULL, &err));
}

static unsigned int requests_of_add(struct cnet_netns *ns, unsigned int n)
{
	test_fail_request(0, 0);
	add(ns, n);
	return test_requests();
}

static unsigned int requests_of_remove(struct cnet_netns *ns, unsigned int n)
{
	const struct owner o = owner(n);
	struct cnet_error err = { 0 };

	test_fail_request(0, 0);
	OK(cnet__store_remove(ns, &o, NULL, &err));
	return test_requests();
}

TEST_NETNS(requests_do_not_grow)
{
	unsigned int i, few;

	add(t->host, 0);
	INTEGERS_EQUAL(requests_of_add(t->host, 1), 1);
	few = requests_of_remove(t->host, 1);
	for (i = 1; i < 1000; i++)
		add(t->host, i);
	INTEGERS_EQUAL(requests_of_add(t->host, 1000), 1);
	INTEGERS_EQUAL(requests_of_remove(t->host, 500), few);
	CHECK(few <= 5);
}

TEST_NETNS(a_table_of_somebody_else_is_told)
{
	CLAIMS_AUTO claims = { 0 };
	const struct owner o = owner(1);
	struct cnet_error err = { 0 };

	claim(&claims, 1);
	test_command(t->host, "nft add table inet cnet");
	FAILS_WITH(EBADMSG, "is not as libcnet made it",
		   cnet__store_add(t->host, &o, &claims, NULL, &err));
	OK(cnet__store_remove(t->host, &o, NULL, &err));
}

static unsigned int removed;

static int count_removal(struct cnet_netns *ns, const struct owner *o, struct cnet_error *err)
{
	removed++;
	if (strcmp(o->text, "net/c7/eth0") == 0)
		return cnet_error_set(err, EIO, "seven");

	return cnet__store_remove(ns, o, NULL, err);
}

TEST_NETNS(collecting_goes_on_past_failures)
{
	struct cnet_attachment valid[10];
	struct cnet_error err = { 0 };
	char names[10][8];
	unsigned int i;

	for (i = 0; i < 20; i++)
		add(t->host, i);
	for (i = 0; i < 10; i++) {
		snprintf(names[i], sizeof(names[i]), "c%u", 2 * i);
		valid[i] = (struct cnet_attachment){ "ignored", names[i], "eth0" };
	}
	FAILS_WITH(
		EIO, "seven",
		cnet__store_gc(t->host, OWNER_MASQUERADE, "net", valid, 10, count_removal, &err));
	INTEGERS_EQUAL(removed, 10);
	for (i = 0; i < 20; i++) {
		const struct owner o = owner(i);
		bool exists = false;

		OK(cnet__owner_exists(t->host, &o, &exists, &err));
		CHECK(exists == (i % 2 == 0 || i == 7));
	}
	OK(cnet__store_gc(t->host, OWNER_PORTMAP, "net", NULL, 0, count_removal, &err));
	OK(cnet__store_gc(t->host, OWNER_MASQUERADE, "ne", NULL, 0, count_removal, &err));
	INTEGERS_EQUAL(removed, 10);
}
