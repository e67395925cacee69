/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/link/bridge.h>

#include "harness/kernel.h"

TEST_NETNS(defaults)
{
	CNET_AUTO(cnet_link) *bridge = NULL;
	struct cnet_error err = { 0 };

	test_fail_request(0, 0);
	OK(cnet_bridge_create(t->host, NULL, "br", NULL, NULL, &bridge, &err));
	INTEGERS_EQUAL(test_requests(), 1);
	IP_EQUAL(t->host, "0.linkinfo.info_kind", "bridge", "link show dev br");
	INTEGERS_EQUAL(cnet_link_ifindex(bridge), test_ifindex(t->host, "br"));
	STRINGS_EQUAL(cnet_link_kind(bridge), "bridge");
	CHECK(!cnet_link_is_up(bridge));
}

TEST_NETNS(its_address_is_pinned)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:99");
	struct cnet_error err = { 0 };

	OK(cnet_bridge_create(t->host, NULL, "br",
			      CNET_OPTS(cnet_link_opts, .mac = mac, .mtu = 1400, .alias = "text"),
			      NULL, NULL, &err));
	IP_EQUAL(t->host, "0.mtu", "1400", "link show dev br");
	/* An unpinned bridge would take the address of its first port. */
	test_command(t->host, "ip link add name p address 02:00:00:00:00:01 mtu 1500 "
			      "type veth peer name q");
	test_command(t->host, "ip link set dev p master br");
	IP_EQUAL(t->host, "0.address", "02:00:00:00:00:99", "link show dev br");
	test_command(t->host, "ip link delete dev p");
	IP_EQUAL(t->host, "0.address", "02:00:00:00:00:99", "link show dev br");
	IP_EQUAL(t->host, "0.ifalias", "text", "link show dev br");
}

TEST_NETNS(in_another_namespace)
{
	struct cnet_error err = { 0 };

	OK(cnet_bridge_create(t->host, NULL, "br", CNET_OPTS(cnet_link_opts, .netns = t->box), NULL,
			      NULL, &err));
	IP_EQUAL(t->box, "0.linkinfo.info_kind", "bridge", "link show dev br");
	IP_EQUAL(t->host, "1.ifname", "", "link show");
}

TEST_NETNS(vlan_filtering)
{
	struct cnet_error err = { 0 };
	int r;

	r = cnet_bridge_create(t->host, NULL, "br", NULL,
			       CNET_OPTS(cnet_bridge_opts, .vlan_filtering = 1), NULL, &err);
	if (r == -EOPNOTSUPP) {
		CONTAINS(err.message, "no VLAN filtering");
		IP_EQUAL(t->host, "1.ifname", "", "link show");
		test_skip("the kernel's bridges know no VLANs");
	}
	OK(r);
	IP_EQUAL(t->host, "0.linkinfo.info_data.vlan_filtering", "1", "link show dev br");
}

TEST_NETNS(refused)
{
	struct {
		struct cnet_bridge_opts known;
		uint64_t unknown;
	} newer = { .known.size = sizeof(newer), .unknown = 1 };
	struct cnet_link *link = NULL;
	struct cnet_error err = { 0 };

	FAILS_WITH(EEXIST, "create bridge \"lo\": File exists",
		   cnet_bridge_create(t->host, NULL, "lo", NULL, NULL, &link, &err));
	FAILS(EINVAL, cnet_bridge_create(t->host, NULL, "br%d", NULL, NULL, &link, &err));
	FAILS(EINVAL, cnet_bridge_create(t->host, NULL, "br", CNET_OPTS(cnet_link_opts, .mtu = 1),
					 NULL, &link, &err));
	FAILS(E2BIG, cnet_bridge_create(t->host, NULL, "br", NULL, &newer.known, &link, &err));
	CHECK(link == NULL);
	IP_EQUAL(t->host, "1.ifname", "", "link show");
}

static int create(struct test_netns *t, struct cnet_txn *txn, struct cnet_error *err)
{
	return cnet_bridge_create(t->host, txn, "br", CNET_OPTS(cnet_link_opts, .alias = "text"),
				  NULL, NULL, err);
}

TEST_NETNS(rollback)
{
	INTEGERS_EQUAL(test_rollback(t, create), 2);
}
