/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/link.h>

#include "harness/kernel.h"

static unsigned int prepare(struct test_netns *t)
{
	test_command(t->host, "ip link add name a type veth peer name b");
	test_command(t->host, "sysctl -qw net.ipv6.conf.a.disable_ipv6=1");
	test_command(t->host, "ip link set dev a up alias text");
	return test_ifindex(t->host, "a");
}

TEST_NETNS(under_its_name)
{
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	OK(cnet_link_move(t->host, NULL, a, t->box, NULL, &link, &err));
	INTEGERS_EQUAL(cnet_link_ifindex(link), test_ifindex(t->box, "a"));
	STRINGS_EQUAL(cnet_link_alias(link), "text");
	CHECK(!cnet_link_is_up(link));
	FAILS(ENODEV, cnet_link_move(t->host, NULL, a, t->box, NULL, NULL, &err));
}

TEST_NETNS(under_another_name)
{
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	/* The old name is taken there; so is the number. */
	test_command(t->box, "ip link add name a index %u type bridge", a);
	OK(cnet_link_move(t->host, NULL, a, t->box, "eth0", &link, &err));
	STRINGS_EQUAL(cnet_link_name(link), "eth0");
	INTEGERS_EQUAL(cnet_link_ifindex(link), test_ifindex(t->box, "eth0"));
	CHECK(cnet_link_ifindex(link) != a);
}

TEST_NETNS(within_one_namespace)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	OK(cnet_link_move(t->host, NULL, a, t->host, NULL, NULL, &err));
	INTEGERS_EQUAL(test_ifindex(t->host, "a"), a);
	OK(cnet_link_move(t->host, NULL, a, t->host, "c", NULL, &err));
	INTEGERS_EQUAL(test_ifindex(t->host, "c"), a);
}

TEST_NETNS(refused)
{
	struct cnet_link *link = NULL;
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	char *before;

	test_command(t->host, "ip address add 10.0.0.1/24 dev a");
	test_command(t->box, "ip link add name eth0 type bridge");
	before = test_snapshot(t->host);
	FAILS_WITH(EEXIST, "move as \"eth0\"",
		   cnet_link_move(t->host, NULL, a, t->box, "eth0", &link, &err));
	FAILS(EINVAL, cnet_link_move(t->host, NULL, a, t->box, "a/b", &link, &err));
	FAILS(EINVAL, cnet_link_move(t->host, NULL, 1, t->box, "other", &link, &err));
	FAILS(ENODEV, cnet_link_move(t->host, NULL, 99, t->box, NULL, &link, &err));
	CHECK(link == NULL);
	test_same(before, t->host, "refused");
	free(before);
}

static int move(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;

	return cnet_link_move(t->host, txn, test_ifindex(t->host, "a"), t->box, "eth0", &link, err);
}

static int move_and_rename(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;
	int r;

	r = cnet_link_move(t->host, txn, test_ifindex(t->host, "a"), t->box, "eth0", &link, err);
	if (r < 0)
		return r;
	r = cnet_link_rename(t->box, txn, cnet_link_ifindex(link), "eth1", err);
	if (r < 0)
		return r;

	return cnet_link_set_up(t->box, txn, cnet_link_ifindex(link), 1, err);
}

TEST_NETNS(rollback)
{
	unsigned int a = prepare(t);

	/* That the numbers differ makes sure that the old one is restored. */
	test_command(t->box, "ip link add name x index %u type bridge", a);
	INTEGERS_EQUAL(test_rollback(t, move), 4);
	INTEGERS_EQUAL(test_rollback(t, move_and_rename), 8);
}

TEST_NETNS(rollback_after_others_removed_it)
{
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;
	unsigned int a = prepare(t);

	OK(cnet_txn_open(&txn, &err));
	OK(cnet_link_move(t->host, txn, a, t->box, "eth0", NULL, &err));
	test_command(t->box, "ip link delete dev eth0");
	OK(cnet_txn_close(txn, &err));
}
