/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/neigh.h>

#include "harness/kernel.h"

static unsigned int prepare(struct test_netns *t)
{
	test_command(t->host, "ip link add name a type veth peer name b");
	test_command(t->host, "ip link set dev a addrgenmode none up; "
			      "ip link set dev b addrgenmode none up");
	return test_ifindex(t->host, "a");
}

static void add_and_remove(struct test_netns *t, const char *address)
{
	const struct cnet_mac one = test_parse_mac("02:00:00:00:00:01");
	const struct cnet_mac two = test_parse_mac("02:00:00:00:00:02");
	const struct cnet_ip ip = test_parse_ip(address);
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	OK(cnet_neigh_add(t->host, NULL, a, &ip, &one, &err));
	IP_EQUAL(t->host, "0.lladdr", "02:00:00:00:00:01", "neighbour show %s", address);
	IP_EQUAL(t->host, "0.dev", "a", "neighbour show %s", address);
	IP_EQUAL(t->host, "0.state.0", "PERMANENT", "neighbour show %s", address);
	OK(cnet_neigh_add(t->host, NULL, a, &ip, &two, &err));
	IP_EQUAL(t->host, "0.lladdr", "02:00:00:00:00:02", "neighbour show %s", address);

	OK(cnet_neigh_remove(t->host, a, &ip, &err));
	IP_EQUAL(t->host, "0.lladdr", "", "neighbour show %s", address);
	OK(cnet_neigh_remove(t->host, a, &ip, &err));
	OK(cnet_neigh_remove(t->host, 99, &ip, &err));
	INTEGERS_EQUAL(err.code, 0);
}

TEST_NETNS(ipv4)
{
	add_and_remove(t, "10.1.0.9");
}

TEST_NETNS(ipv6)
{
	add_and_remove(t, "2001:db8::9");
}

TEST_NETNS(what_was_learnt_is_replaced)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:01");
	const struct cnet_ip ip = test_parse_ip("10.1.0.9");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	test_command(t->host,
		     "ip neighbour add 10.1.0.9 lladdr 02:00:00:00:00:09 nud reachable dev a");
	OK(cnet_neigh_add(t->host, NULL, a, &ip, &mac, &err));
	IP_EQUAL(t->host, "0.lladdr", "02:00:00:00:00:01", "neighbour show 10.1.0.9");
	IP_EQUAL(t->host, "0.state.0", "PERMANENT", "neighbour show 10.1.0.9");
}

TEST_NETNS(refused)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:01"), no_mac = { 0 };
	const struct cnet_ip ip = test_parse_ip("10.1.0.9"), none = { 0 };
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	FAILS_WITH(ENODEV, "link 99: add neighbour \"10.1.0.9\": No such device",
		   cnet_neigh_add(t->host, NULL, 99, &ip, &mac, &err));
	FAILS_WITH(EINVAL, "no address", cnet_neigh_add(t->host, NULL, a, &none, &mac, &err));
	FAILS_WITH(EINVAL, "no MAC", cnet_neigh_add(t->host, NULL, a, &ip, &no_mac, &err));
	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, cnet_neigh_remove(t->host, a, &ip, &err));
}

static int add(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:01");
	const struct cnet_ip v4 = test_parse_ip("10.1.0.9"), v6 = test_parse_ip("2001:db8::9");
	const unsigned int a = test_ifindex(t->host, "a");
	int r;

	r = cnet_neigh_add(t->host, txn, a, &v4, &mac, err);
	if (r < 0)
		return r;

	return cnet_neigh_add(t->host, txn, a, &v6, &mac, err);
}

TEST_NETNS(rollback)
{
	prepare(t);
	INTEGERS_EQUAL(test_rollback(t, add), 4);
}

TEST_NETNS(rollback_restores_a_permanent_one)
{
	prepare(t);
	test_command(t->host, "ip neighbour add 10.1.0.9 lladdr 02:00:00:00:00:09 dev a; "
			      "ip neighbour add 2001:db8::9 lladdr 02:00:00:00:00:0a dev a");
	INTEGERS_EQUAL(test_rollback(t, add), 4);
}

TEST_NETNS(rollback_after_the_link_is_gone)
{
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	prepare(t);
	test_command(t->host, "ip neighbour add 10.1.0.9 lladdr 02:00:00:00:00:09 dev a");
	OK(cnet_txn_open(&txn, &err));
	OK(add(t, txn, &err));
	test_command(t->host, "ip link delete dev a");
	OK(cnet_txn_close(txn, &err));
}
