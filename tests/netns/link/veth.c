/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <unistd.h>

#include <cnet/link/bridge.h>
#include <cnet/link/veth.h>

#include "harness/kernel.h"

TEST_NETNS(defaults)
{
	CNET_AUTO(cnet_link) *near = NULL, *far = NULL;
	struct cnet_error err = { 0 };

	OK(cnet_veth_create(t->host, NULL, "a", NULL, "b", NULL, &near, &far, &err));
	INTEGERS_EQUAL(cnet_link_ifindex(near), test_ifindex(t->host, "a"));
	INTEGERS_EQUAL(cnet_link_ifindex(far), test_ifindex(t->host, "b"));
	STRINGS_EQUAL(cnet_link_name(near), "a");
	STRINGS_EQUAL(cnet_link_name(far), "b");
	IP_EQUAL(t->host, "0.linkinfo.info_kind", "veth", "link show dev a");
	IP_EQUAL(t->host, "0.mtu", "1500", "link show dev a");
	IP_EQUAL(t->host, "0.txqlen", "1000", "link show dev a");
	IP_EQUAL(t->host, "0.operstate", "DOWN", "link show dev a");
	IP_EQUAL(t->host, "0.operstate", "DOWN", "link show dev b");
	CHECK(!cnet_link_is_up(near));
	CHECK(!cnet_link_is_up(far));
}

TEST_NETNS(everything_set_on_both_ends)
{
	CNET_AUTO(cnet_link) *near = NULL, *far = NULL, *bridge = NULL, *inner = NULL;
	const struct cnet_mac near_mac = test_parse_mac("02:00:00:00:00:01");
	const struct cnet_mac far_mac = test_parse_mac("02:00:00:00:00:02");
	struct cnet_error err = { 0 };

	OK(cnet_bridge_create(t->host, NULL, "br", NULL, NULL, &bridge, &err));
	OK(cnet_bridge_create(t->box, NULL, "inner", NULL, NULL, &inner, &err));
	OK(cnet_veth_create(
		t->host, NULL, "a",
		CNET_OPTS(cnet_link_opts, .mtu = 1300, .tx_queue_len = 7, .mac = near_mac,
			  .alias = "net/container/eth0", .master = cnet_link_ifindex(bridge)),
		"eth0",
		CNET_OPTS(cnet_link_opts, .mtu = 1400, .tx_queue_len = 8, .mac = far_mac,
			  .alias = "other", .netns = t->box, .master = cnet_link_ifindex(inner)),
		&near, &far, &err));

	IP_EQUAL(t->host, "0.mtu", "1300", "link show dev a");
	IP_EQUAL(t->host, "0.txqlen", "7", "link show dev a");
	IP_EQUAL(t->host, "0.address", "02:00:00:00:00:01", "link show dev a");
	IP_EQUAL(t->host, "0.ifalias", "net/container/eth0", "link show dev a");
	IP_EQUAL(t->host, "0.master", "br", "link show dev a");
	IP_EQUAL(t->box, "0.mtu", "1400", "link show dev eth0");
	IP_EQUAL(t->box, "0.txqlen", "8", "link show dev eth0");
	IP_EQUAL(t->box, "0.address", "02:00:00:00:00:02", "link show dev eth0");
	IP_EQUAL(t->box, "0.ifalias", "other", "link show dev eth0");
	IP_EQUAL(t->box, "0.master", "inner", "link show dev eth0");

	INTEGERS_EQUAL(cnet_link_ifindex(near), test_ifindex(t->host, "a"));
	INTEGERS_EQUAL(cnet_link_master(near), cnet_link_ifindex(bridge));
	INTEGERS_EQUAL(cnet_link_mtu(near), 1300);
	STRINGS_EQUAL(cnet_link_alias(near), "net/container/eth0");
	INTEGERS_EQUAL(cnet_link_mac(near).bytes[5], 1);
	INTEGERS_EQUAL(cnet_link_parent(near), cnet_link_ifindex(far));
	INTEGERS_EQUAL(cnet_link_ifindex(far), test_ifindex(t->box, "eth0"));
	INTEGERS_EQUAL(cnet_link_master(far), cnet_link_ifindex(inner));
	STRINGS_EQUAL(cnet_link_alias(far), "other");
	INTEGERS_EQUAL(cnet_link_mac(far).bytes[5], 2);
}

TEST_NETNS(the_caller_may_have_a_link_of_the_far_name)
{
	struct cnet_error err = { 0 };

	test_command(t->host, "ip link add eth0 type bridge");
	OK(cnet_veth_create(t->host, NULL, "a", NULL, "eth0",
			    CNET_OPTS(cnet_link_opts, .netns = t->box), NULL, NULL, &err));
	IP_EQUAL(t->box, "0.linkinfo.info_kind", "veth", "link show dev eth0");
	IP_EQUAL(t->host, "0.linkinfo.info_kind", "bridge", "link show dev eth0");
}

TEST_NETNS(few_requests)
{
	CNET_AUTO(cnet_link) *near = NULL;
	struct cnet_error err = { 0 };

	test_fail_request(0, 0);
	OK(cnet_veth_create(t->host, NULL, "a", NULL, "eth0",
			    CNET_OPTS(cnet_link_opts, .netns = t->box), &near, NULL, &err));
	INTEGERS_EQUAL(test_requests(), 1);
	test_fail_request(0, 0);
	OK(cnet_veth_create(t->host, NULL, "b", CNET_OPTS(cnet_link_opts, .alias = "text"), "eth1",
			    CNET_OPTS(cnet_link_opts, .netns = t->box), NULL, NULL, &err));
	INTEGERS_EQUAL(test_requests(), 2);
}

TEST_NETNS(names_taken)
{
	const struct cnet_link_opts *in_box = CNET_OPTS(cnet_link_opts, .netns = t->box);
	struct cnet_link *near = NULL, *far = NULL;
	struct cnet_error err = { 0 };
	char *before;

	test_command(t->host, "ip link add name a type bridge");
	test_command(t->box, "ip link add eth0 type bridge");
	before = test_snapshot(t->host);
	FAILS_WITH(EEXIST, "the near end's name \"a\" is taken",
		   cnet_veth_create(t->host, NULL, "a", NULL, "eth1", in_box, &near, &far, &err));
	FAILS_WITH(EEXIST, "the far end's name \"eth0\" is taken",
		   cnet_veth_create(t->host, NULL, "b", NULL, "eth0", in_box, &near, &far, &err));
	FAILS_WITH(EEXIST, "one name",
		   cnet_veth_create(t->host, NULL, "b", NULL, "b", NULL, &near, &far, &err));
	CHECK(near == NULL && far == NULL);
	test_same(before, t->host, "refused");
	free(before);
}

/* A pair named a and b whose options must be refused. */
#define REFUSED(code, text, near_opts, far_opts) \
	FAILS_WITH(                              \
		code, text,                      \
		cnet_veth_create(t->host, NULL, "a", near_opts, "b", far_opts, NULL, NULL, &err))

TEST_NETNS(bad_options)
{
	const struct cnet_mac multicast = test_parse_mac("01:00:5e:00:00:01");
	const struct cnet_mac zero = test_parse_mac("00:00:00:00:00:00");
	struct {
		struct cnet_link_opts known;
		uint64_t unknown;
	} newer = { .known.size = sizeof(newer), .unknown = 1 };
	struct cnet_error err = { 0 };
	char alias[257];

	memset(alias, 'x', 256);
	alias[256] = '\0';
	REFUSED(EINVAL, "not a unicast", CNET_OPTS(cnet_link_opts, .mac = multicast), NULL);
	REFUSED(EINVAL, "far end \"b\"", NULL, CNET_OPTS(cnet_link_opts, .mac = zero));
	REFUSED(EINVAL, "not between 68 and 65535", CNET_OPTS(cnet_link_opts, .mtu = 100000), NULL);
	REFUSED(EINVAL, "not between 68 and 65535", NULL, CNET_OPTS(cnet_link_opts, .mtu = 20));
	REFUSED(EINVAL, "longer than 255", CNET_OPTS(cnet_link_opts, .alias = alias), NULL);
	REFUSED(EINVAL, "namespace", CNET_OPTS(cnet_link_opts, .netns = t->box), NULL);
	REFUSED(E2BIG, "", &newer.known, NULL);
	REFUSED(E2BIG, "far end", NULL, &newer.known);
	REFUSED(ENODEV, "create veth \"a\"", CNET_OPTS(cnet_link_opts, .master = 99), NULL);
	REFUSED(ENODEV, "far end \"b\"", NULL, CNET_OPTS(cnet_link_opts, .master = 99));
	REFUSED(EOPNOTSUPP, "master \"lo\" is no bridge", CNET_OPTS(cnet_link_opts, .master = 1),
		NULL);
	FAILS(EINVAL, cnet_veth_create(t->host, NULL, "a b", NULL, "b", NULL, NULL, NULL, &err));
	FAILS(ENAMETOOLONG, cnet_veth_create(t->host, NULL, "a", NULL, "bbbbbbbbbbbbbbbb", NULL,
					     NULL, NULL, &err));
	IP_EQUAL(t->host, "1.ifname", "", "link show");
}

static int create(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	struct cnet_link *near, *far;
	int r;

	r = cnet_veth_create(
		t->host, txn, "a",
		CNET_OPTS(cnet_link_opts, .alias = "one", .master = test_ifindex(t->host, "br")),
		"eth0", CNET_OPTS(cnet_link_opts, .alias = "two", .netns = t->box), &near, &far,
		err);
	if (r == 0) {
		cnet_link_free(near);
		cnet_link_free(far);
	}
	return r;
}

TEST_NETNS(rollback)
{
	/* A port that stays, as a bridge's features follow its ports. */
	test_command(t->host, "ip link add name br address 02:00:00:00:00:01 type bridge");
	test_command(t->host, "ip link add name p master br type veth peer name q");
	INTEGERS_EQUAL(test_rollback(t, create), 4);
}

TEST_NETNS(rollback_after_others_removed_it)
{
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	OK(cnet_txn_open(&txn, &err));
	OK(cnet_veth_create(t->host, txn, "a", NULL, "b", NULL, NULL, NULL, &err));
	test_command(t->host, "ip link delete dev b");
	OK(cnet_txn_close(txn, &err));
}

TEST_NETNS(without_privilege)
{
	struct cnet_error err = { 0 };

	if (setuid(65534) < 0)
		FAIL("setuid");
	FAILS(EPERM, cnet_veth_create(t->host, NULL, "a", NULL, "b", NULL, NULL, NULL, &err));
	FAILS(EPERM, cnet_bridge_create(t->host, NULL, "br", NULL, NULL, NULL, &err));
	FAILS(EPERM, cnet_link_delete(t->host, "lo", &err));
}
