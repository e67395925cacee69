/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/link.h>

#include "harness/kernel.h"

/* A pair, a (up) and b (down), and two bridges, the first of which a is in. */
static unsigned int prepare(struct test_netns *t)
{
	test_command(t->host, "ip link add name br1 address 02:00:00:00:00:01 type bridge");
	test_command(t->host, "ip link add name br2 address 02:00:00:00:00:02 type bridge");
	test_command(t->host, "ip link add name p1 master br1 type veth peer name q1");
	test_command(t->host, "ip link add name p2 master br2 type veth peer name q2");
	test_command(t->host, "ip link add name a address 02:00:00:00:00:0a type veth peer name b");
	test_command(t->host, "sysctl -qw net.ipv6.conf.a.disable_ipv6=1");
	test_command(t->host, "ip link set dev a alias before master br1 mtu 1400 up");
	return test_ifindex(t->host, "a");
}

/* Every setter takes two requests: what was before, then the change. */
#define ROLLS_BACK(change) INTEGERS_EQUAL(test_rollback(t, change), 2)

static int rename_it(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_rename(t->host, txn, test_ifindex(t->host, "a"), "other", err);
}

TEST_NETNS(new_name)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	ROLLS_BACK(rename_it);
	OK(cnet_link_rename(t->host, NULL, a, "other", &err));
	INTEGERS_EQUAL(test_ifindex(t->host, "other"), a);
	FAILS_WITH(EEXIST, "rename to \"b\": File exists",
		   cnet_link_rename(t->host, NULL, a, "b", &err));
	FAILS(EINVAL, cnet_link_rename(t->host, NULL, a, "eth%d", &err));
	FAILS(ENAMETOOLONG, cnet_link_rename(t->host, NULL, a, "sixteen-bytes-ab", &err));
	FAILS_WITH(ENODEV, "link 99: rename to \"c\": No such device",
		   cnet_link_rename(t->host, NULL, 99, "c", &err));
	/* Number 0 must not be taken for "the link of this name". */
	FAILS(ENODEV, cnet_link_rename(t->host, NULL, 0, "b", &err));
}

static int set_down(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_set_up(t->host, txn, test_ifindex(t->host, "a"), 0, err);
}

TEST_NETNS(up_and_down)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	ROLLS_BACK(set_down);
	OK(cnet_link_set_up(t->host, NULL, a, 0, &err));
	IP_EQUAL(t->host, "0.operstate", "DOWN", "link show dev a");
	OK(cnet_link_set_up(t->host, NULL, a, 1, &err));
	IP_EQUAL(t->host, "0.operstate", "LOWERLAYERDOWN", "link show dev a");
	FAILS_WITH(ENODEV, "link 99: set up: No such device",
		   cnet_link_set_up(t->host, NULL, 99, 1, &err));
}

static int set_mtu(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_set_mtu(t->host, txn, test_ifindex(t->host, "a"), 1300, err);
}

TEST_NETNS(mtu)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	ROLLS_BACK(set_mtu);
	OK(cnet_link_set_mtu(t->host, NULL, a, 1280, &err));
	IP_EQUAL(t->host, "0.mtu", "1280", "link show dev a");
	FAILS_WITH(EINVAL, "set MTU 70000: Invalid argument (kernel: mtu",
		   cnet_link_set_mtu(t->host, NULL, a, 70000, &err));
	FAILS_WITH(EINVAL, "(kernel: mtu", cnet_link_set_mtu(t->host, NULL, a, 0, &err));
	FAILS(ENODEV, cnet_link_set_mtu(t->host, NULL, 99, 1280, &err));
}

static int set_mac(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:0b");

	return cnet_link_set_mac(t->host, txn, test_ifindex(t->host, "a"), &mac, err);
}

TEST_NETNS(mac)
{
	const struct cnet_mac multicast = test_parse_mac("01:00:5e:00:00:01");
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:0c"), none = { 0 };
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	ROLLS_BACK(set_mac);
	OK(cnet_link_set_mac(t->host, NULL, a, &mac, &err));
	IP_EQUAL(t->host, "0.address", "02:00:00:00:00:0c", "link show dev a");
	FAILS_WITH(EADDRNOTAVAIL, "01:00:5e:00:00:01",
		   cnet_link_set_mac(t->host, NULL, a, &multicast, &err));
	FAILS(EADDRNOTAVAIL, cnet_link_set_mac(t->host, NULL, a, &none, &err));
	FAILS(ENODEV, cnet_link_set_mac(t->host, NULL, 99, &mac, &err));
}

static int change_master(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_set_master(t->host, txn, test_ifindex(t->host, "a"),
				    test_ifindex(t->host, "br2"), err);
}

static int drop_master(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_set_master(t->host, txn, test_ifindex(t->host, "a"), 0, err);
}

static int take_master(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_set_master(t->host, txn, test_ifindex(t->host, "b"),
				    test_ifindex(t->host, "br2"), err);
}

TEST_NETNS(master)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	ROLLS_BACK(change_master);
	ROLLS_BACK(drop_master);
	ROLLS_BACK(take_master);
	OK(cnet_link_set_master(t->host, NULL, a, test_ifindex(t->host, "br2"), &err));
	IP_EQUAL(t->host, "0.master", "br2", "link show dev a");
	OK(cnet_link_set_master(t->host, NULL, a, 0, &err));
	IP_EQUAL(t->host, "0.master", "", "link show dev a");
	FAILS_WITH(ENODEV, "set master 99: master 99: No such device",
		   cnet_link_set_master(t->host, NULL, a, 99, &err));
	FAILS_WITH(EOPNOTSUPP, "master \"lo\" is no bridge",
		   cnet_link_set_master(t->host, NULL, a, 1, &err));
	FAILS(ENODEV, cnet_link_set_master(t->host, NULL, 99, 0, &err));
	/* A bridge in a bridge: the kernel has words for it. */
	FAILS_WITH(ELOOP, "kernel: ",
		   cnet_link_set_master(t->host, NULL, test_ifindex(t->host, "br1"),
					test_ifindex(t->host, "br2"), &err));
}

static int set_alias(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_set_alias(t->host, txn, test_ifindex(t->host, "a"), "after", err);
}

static int drop_alias(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_set_alias(t->host, txn, test_ifindex(t->host, "a"), "", err);
}

static int add_alias(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_set_alias(t->host, txn, test_ifindex(t->host, "b"), "text", err);
}

TEST_NETNS(alias)
{
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	char text[257];

	ROLLS_BACK(set_alias);
	ROLLS_BACK(drop_alias);
	ROLLS_BACK(add_alias);
	memset(text, 'x', 256);
	text[256] = '\0';
	FAILS_WITH(EINVAL, "longer than 255", cnet_link_set_alias(t->host, NULL, a, text, &err));
	text[255] = '\0';
	OK(cnet_link_set_alias(t->host, NULL, a, text, &err));
	IP_EQUAL(t->host, "0.ifalias", text, "link show dev a");
	OK(cnet_link_set_alias(t->host, NULL, a, "", &err));
	IP_EQUAL(t->host, "0.ifalias", "", "link show dev a");
	FAILS(ENODEV, cnet_link_set_alias(t->host, NULL, 99, "text", &err));
}

static int set_promiscuous(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_link_set_promiscuous(t->host, txn, test_ifindex(t->host, "b"), 1, err);
}

TEST_NETNS(promiscuous)
{
	struct cnet_error err = { 0 };
	unsigned int b;

	prepare(t);
	b = test_ifindex(t->host, "b");
	ROLLS_BACK(set_promiscuous);
	OK(cnet_link_set_promiscuous(t->host, NULL, b, 1, &err));
	OK(cnet_link_set_promiscuous(t->host, NULL, b, 1, &err));
	IP_EQUAL(t->host, "0.promiscuity", "1", "link show dev b");
	OK(cnet_link_set_promiscuous(t->host, NULL, b, 0, &err));
	IP_EQUAL(t->host, "0.promiscuity", "0", "link show dev b");
	FAILS(ENODEV, cnet_link_set_promiscuous(t->host, NULL, 99, 1, &err));
}

/* What is as wanted before the change is not undone by its rollback. */
TEST_NETNS(no_change_no_inverse)
{
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;
	unsigned int a = prepare(t);

	OK(cnet_txn_open(&txn, &err));
	OK(cnet_link_set_up(t->host, txn, a, 1, &err));
	OK(cnet_link_set_mtu(t->host, txn, a, 1400, &err));
	OK(cnet_link_set_alias(t->host, txn, a, "before", &err));
	test_command(t->host, "ip link set dev a down mtu 1450 alias new");
	OK(cnet_txn_close(txn, &err));
	IP_EQUAL(t->host, "0.operstate", "DOWN", "link show dev a");
	IP_EQUAL(t->host, "0.mtu", "1450", "link show dev a");
	IP_EQUAL(t->host, "0.ifalias", "new", "link show dev a");
}

TEST_NETNS(the_inverse_tolerates_that_the_link_is_gone)
{
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;
	unsigned int a = prepare(t);

	OK(cnet_txn_open(&txn, &err));
	OK(cnet_link_set_mtu(t->host, txn, a, 1300, &err));
	OK(cnet_link_set_up(t->host, txn, a, 0, &err));
	test_command(t->host, "ip link delete dev a");
	OK(cnet_txn_close(txn, &err));
	INTEGERS_EQUAL(err.code, 0);
}
