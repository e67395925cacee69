/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet_masquerade_*(), with packets. */

#include <errno.h>

#include <cnet/nat.h>

#include "harness/test.h"
#include "netns/nat/town.h"

static const struct cnet_attachment first = { "net", "c1", "eth0" };
static const struct cnet_attachment second = { "net", "c2", "eth0" };
static const struct cnet_attachment foreign = { "other", "c1", "eth0" };

static struct cnet_prefix prefix(const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_prefix p;

	OK(cnet_prefix_parse(text, &p, &err));
	return p;
}

TEST_NETNS(packets_leave_under_the_hosts_address)
{
	const struct cnet_prefix both[] = { prefix("10.1.0.2/24"), prefix("fd01::2/64") };
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };

	town_build(&town, t);
	town_serve(town.outside, "outside", 80);
	town_serve(town.two, "two", 80);
	town_serve(town.three, "three", 80);
	ANSWERS_BOTH("outside 10.1.0.2", town.one, "192.0.2.2", 80);

	OK(cnet_masquerade_add(town.host, NULL, &first, both, 2, &err));
	ANSWERS_BOTH("outside 192.0.2.1", town.one, "192.0.2.2", 80);
	ANSWERS_BOTH("outside 2001:db8::1", town.one, "2001:db8::2", 80);
	/* another network of containers is outside as well, the own one is not */
	ANSWERS_BOTH("three 10.2.0.1", town.one, "10.2.0.2", 80);
	ANSWERS_BOTH("three fd02::1", town.one, "fd02::2", 80);
	ANSWERS_BOTH("two 10.1.0.2", town.one, "10.1.0.3", 80);
	ANSWERS_BOTH("two fd01::2", town.one, "fd01::3", 80);
	/* a container that is not listed */
	ANSWERS_BOTH("outside 10.1.0.3", town.two, "192.0.2.2", 80);

	OK(cnet_masquerade_remove(town.host, &first, &err));
	ANSWERS_BOTH("outside 10.1.0.2", town.one, "192.0.2.2", 80);
	ANSWERS_BOTH("outside fd01::2", town.one, "2001:db8::2", 80);
}

TEST_NETNS(multicast_is_not_translated)
{
	const struct cnet_prefix source = prefix("10.1.0.2/24");
	struct cnet_error err = { 0 };
	char *counters;
	TOWN_AUTO town = { 0 };

	town_build(&town, t);
	OK(cnet_masquerade_add(town.host, NULL, &first, &source, 1, &err));
	/* Counts what would be masqueraded, in the chain's place before its last rule. */
	test_command(town.host, "nft insert rule inet cnet masq4 counter");
	ANSWERS("", town.one, "udp", "192.0.2.77", 9);
	test_command(town.host, "nft list chain inet cnet masq4 | grep -q 'counter packets 1 '");

	test_command(town.host,
		     "nft add table ip t; nft 'add chain ip t p { type filter hook postrouting "
		     "priority 50; }'; nft add rule ip t p ip daddr 224.0.0.99 counter");
	test_command(town.one, "ip route add 224.0.0.0/4 dev eth0");
	/* As a router of multicasts would forward it: the host sends from the container's address.
	 */
	test_command(town.host, "ip address add 10.1.0.2/32 dev lo; "
				"ip route add 224.0.0.0/4 dev wan src 10.1.0.2");
	ANSWERS("", town.host, "udp", "224.0.0.99", 9);
	counters = test_output(town.host, NULL, "nft list ruleset");
	CONTAINS(counters, "ip daddr 224.0.0.99 counter packets 1 ");
	CONTAINS(counters, "\t\tcounter packets 1 ");
	free(counters);
}

TEST_NETNS(every_prefix_length_has_its_own_network)
{
	const struct cnet_prefix wide = prefix("10.1.0.2/16"), narrow = prefix("10.2.0.2/24");
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };

	town_build(&town, t);
	town_serve(town.outside, "outside", 80);
	test_command(town.outside, "ip address add 10.1.77.1/32 dev lo; "
				   "ip address add 10.2.77.1/32 dev lo");
	test_command(town.host, "ip route add 10.1.77.1 via 192.0.2.2; "
				"ip route add 10.2.77.1 via 192.0.2.2");

	OK(cnet_masquerade_add(town.host, NULL, &first, &wide, 1, &err));
	OK(cnet_masquerade_add(town.host, NULL, &second, &narrow, 1, &err));
	ANSWERS_BOTH("outside 10.1.0.2", town.one, "10.1.77.1", 80);
	ANSWERS_BOTH("outside 192.0.2.1", town.one, "10.2.77.1", 80);
	ANSWERS_BOTH("outside 192.0.2.1", town.three, "10.2.77.1", 80);
}

TEST_NETNS(an_attachment_has_what_was_added_last)
{
	const struct cnet_prefix before[] = { prefix("10.1.0.2/24"), prefix("fd01::2/64") };
	const struct cnet_prefix after[] = { prefix("10.1.0.7/24"), prefix("fd01::2/80") };
	struct cnet_error err = { 0 };

	OK(cnet_masquerade_add(t->host, NULL, &first, before, 2, &err));
	OK(cnet_masquerade_add(t->host, NULL, &first, before, 2, &err));
	OK(cnet_masquerade_check(t->host, &first, before, 2, &err));
	OK(cnet_masquerade_add(t->host, NULL, &first, after, 2, &err));
	OK(cnet_masquerade_check(t->host, &first, after, 2, &err));
	FAILS_WITH(ENOENT, "10.1.0.2", cnet_masquerade_check(t->host, &first, before, 1, &err));
	FAILS_WITH(ENOENT, "own6_64", cnet_masquerade_check(t->host, &first, before + 1, 1, &err));
}

TEST_NETNS(an_address_of_two_attachments_stays_until_the_last_goes)
{
	const struct cnet_prefix shared = prefix("10.1.0.2/24"), wider = prefix("10.1.0.2/16");
	struct cnet_error err = { 0 };
	char *empty, *after;

	OK(cnet_masquerade_add(t->host, NULL, &first, &shared, 1, &err));
	OK(cnet_masquerade_add(t->host, NULL, &second, &wider, 1, &err));
	OK(cnet_masquerade_remove(t->host, &first, &err));
	OK(cnet_masquerade_remove(t->host, &second, &err));
	empty = test_output(t->host, NULL, "nft list ruleset");

	/* in every order of leaving */
	OK(cnet_masquerade_add(t->host, NULL, &first, &shared, 1, &err));
	OK(cnet_masquerade_add(t->host, NULL, &second, &wider, 1, &err));
	OK(cnet_masquerade_add(t->host, NULL, &foreign, &shared, 1, &err));
	OK(cnet_masquerade_remove(t->host, &first, &err));
	OK(cnet_masquerade_check(t->host, &second, &wider, 1, &err));
	OK(cnet_masquerade_check(t->host, &foreign, &shared, 1, &err));
	OK(cnet_masquerade_remove(t->host, &second, &err));
	OK(cnet_masquerade_check(t->host, &foreign, &shared, 1, &err));
	OK(cnet_masquerade_remove(t->host, &foreign, &err));
	after = test_output(t->host, NULL, "nft list ruleset");
	STRINGS_EQUAL(after, empty);
	free(after);

	OK(cnet_masquerade_add(t->host, NULL, &first, &shared, 1, &err));
	OK(cnet_masquerade_add(t->host, NULL, &second, &wider, 1, &err));
	OK(cnet_masquerade_add(t->host, NULL, &foreign, &shared, 1, &err));
	OK(cnet_masquerade_remove(t->host, &second, &err)); /* from the middle of the line */
	OK(cnet_masquerade_remove(t->host, &foreign, &err));
	OK(cnet_masquerade_check(t->host, &first, &shared, 1, &err));
	OK(cnet_masquerade_remove(t->host, &first, &err));
	after = test_output(t->host, NULL, "nft list ruleset");
	STRINGS_EQUAL(after, empty);
	free(after);
	free(empty);
}

TEST_NETNS(garbage_is_what_no_valid_attachment_of_the_network_owns)
{
	const struct cnet_prefix a = prefix("10.1.0.2/24"), b = prefix("10.1.0.3/24"),
				 c = prefix("10.1.0.4/24");
	struct cnet_error err = { 0 };

	OK(cnet_masquerade_gc(t->host, "net", NULL, 0, &err)); /* no table */
	OK(cnet_masquerade_add(t->host, NULL, &first, &a, 1, &err));
	OK(cnet_masquerade_add(t->host, NULL, &second, &b, 1, &err));
	OK(cnet_masquerade_add(t->host, NULL, &foreign, &c, 1, &err));
	OK(cnet_masquerade_gc(t->host, "net", &first, 1, &err));
	OK(cnet_masquerade_check(t->host, &first, &a, 1, &err));
	FAILS(ENOENT, cnet_masquerade_check(t->host, &second, &b, 1, &err));
	OK(cnet_masquerade_check(t->host, &foreign, &c, 1, &err));

	OK(cnet_masquerade_gc(t->host, "net", NULL, 0, &err));
	FAILS(ENOENT, cnet_masquerade_check(t->host, &first, &a, 1, &err));
	OK(cnet_masquerade_check(t->host, &foreign, &c, 1, &err));
}

TEST_NETNS(rolled_back_by_a_transaction)
{
	const struct cnet_prefix a = prefix("10.1.0.2/24");
	struct cnet_error err = { 0 };
	struct cnet_txn *txn = NULL;
	char *before, *after;

	OK(cnet_masquerade_add(t->host, NULL, &second, &a, 1, &err));
	OK(cnet_masquerade_remove(t->host, &second, &err));
	before = test_snapshot(t->host);

	OK(cnet_txn_open(&txn, &err));
	OK(cnet_masquerade_add(t->host, txn, &first, &a, 1, &err));
	OK(cnet_masquerade_check(t->host, &first, &a, 1, &err));
	OK(cnet_txn_close(txn, &err));
	after = test_snapshot(t->host);
	STRINGS_EQUAL(after, before);
	free(before);
	free(after);
}

TEST_NETNS(a_flushed_ruleset_is_made_anew)
{
	const struct cnet_prefix a = prefix("10.1.0.2/24");
	struct cnet_error err = { 0 };
	char *before, *after;

	OK(cnet_masquerade_add(t->host, NULL, &first, &a, 1, &err));
	before = test_output(t->host, NULL, "nft list ruleset");
	test_command(t->host, "nft flush ruleset");
	FAILS(ENOENT, cnet_masquerade_check(t->host, &first, &a, 1, &err));
	OK(cnet_masquerade_remove(t->host, &first, &err));
	OK(cnet_masquerade_gc(t->host, "net", NULL, 0, &err));
	OK(cnet_masquerade_add(t->host, NULL, &first, &a, 1, &err));
	after = test_output(t->host, NULL, "nft list ruleset");
	STRINGS_EQUAL(after, before);
	free(before);
	free(after);
}

TEST_NETNS(what_is_taken_away_is_missed)
{
	static const char *const losses[] = {
		"nft flush chain inet cnet guard", "nft flush chain inet cnet postrouting",
		"nft flush chain inet cnet masq4", "nft delete element inet cnet mq4 { 10.1.0.2 }",
		"nft delete table inet cnet",	   "nft flush set inet cnet owner",
		"nft flush set inet cnet own4_24", "nft flush table inet cnet",
	};
	const struct cnet_prefix a = prefix("10.1.0.2/24");
	struct cnet_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(losses) / sizeof(*losses); i++) {
		OK(cnet_masquerade_add(t->host, NULL, &first, &a, 1, &err));
		OK(cnet_masquerade_check(t->host, &first, &a, 1, &err));
		test_command(t->host, "%s", losses[i]);
		FAILS(ENOENT, cnet_masquerade_check(t->host, &first, &a, 1, &err));
		test_command(t->host, "nft flush ruleset");
	}
}

TEST_NETNS(a_request_that_fails_changes_nothing)
{
	const struct cnet_prefix a = prefix("10.1.0.2/24"), b = prefix("10.1.0.3/24");
	struct cnet_error err = { 0 };
	unsigned int n;
	char *before, *after;
	int r = -1;

	OK(cnet_masquerade_add(t->host, NULL, &first, &a, 1, &err));
	OK(cnet_masquerade_add(t->host, NULL, &second, &b, 1, &err));
	OK(cnet_masquerade_remove(t->host, &second, &err));
	for (n = 1; r < 0; n++) {
		before = test_snapshot(t->host);
		test_fail_request(n, ENOBUFS);
		r = cnet_masquerade_add(t->host, NULL, &first, &b, 1, &err);
		test_fail_request(0, 0);
		after = test_snapshot(t->host);
		if (r < 0)
			STRINGS_EQUAL(after, before);
		free(before);
		free(after);
	}
	CHECK(n > 5);
	OK(cnet_masquerade_check(t->host, &first, &b, 1, &err));
}

TEST_NETNS(while_memory_runs_out)
{
	const struct cnet_prefix a[] = { prefix("10.1.0.2/24"), prefix("fd01::2/64") };
	struct cnet_error err = { 0 };

	OUT_OF_MEMORY(cnet_masquerade_add(t->host, NULL, &first, a, 2, &err),
		      test_command(t->host, "! nft list ruleset | grep -q elements"));
	OUT_OF_MEMORY(cnet_masquerade_check(t->host, &first, a, 2, &err), );
	OUT_OF_MEMORY(cnet_masquerade_remove(t->host, &first, &err), );
	test_command(t->host, "! nft list ruleset | grep -q elements");
}

TEST_NETNS(bad_arguments_are_refused)
{
	const struct cnet_attachment bad = { "net", "c/1", "eth0" };
	struct cnet_prefix a = prefix("10.1.0.2/24");
	struct cnet_error err = { 0 };

	FAILS_WITH(EINVAL, "c/1", cnet_masquerade_add(t->host, NULL, &bad, &a, 1, &err));
	a.length = 33;
	FAILS(EINVAL, cnet_masquerade_add(t->host, NULL, &first, &a, 1, &err));
	OK(cnet_masquerade_add(t->host, NULL, &first, NULL, 0, &err));
	test_command(t->host, "test -z \"$(nft list ruleset)\"");
}
