/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <linux/if.h>

#include <cnet/link.h>

#include "harness/kernel.h"

TEST_NETNS(get_tells_what_ip_tells)
{
	CNET_AUTO(cnet_link) *a = NULL, *again = NULL, *lo = NULL;
	struct cnet_error err = { 0 };
	char mac[CNET_MAC_TEXT], number[16];
	struct cnet_mac bytes;

	test_command(t->host, "ip link add name br type bridge");
	test_command(t->host, "ip link add name a mtu 1400 type veth peer name b");
	test_command(t->host,
		     "ip link set dev a alias some-text master br up; ip link set dev b up");
	test_command(t->host, "ip link set dev a type bridge_slave hairpin on isolated on");

	OK(cnet_link_get(t->host, "a", &a, &err));
	STRINGS_EQUAL(cnet_link_name(a), "a");
	STRINGS_EQUAL(cnet_link_kind(a), "veth");
	INTEGERS_EQUAL(cnet_link_mtu(a), 1400);
	INTEGERS_EQUAL(cnet_link_ifindex(a), test_ifindex(t->host, "a"));
	INTEGERS_EQUAL(cnet_link_parent(a), test_ifindex(t->host, "b"));
	INTEGERS_EQUAL(cnet_link_master(a), test_ifindex(t->host, "br"));
	CHECK(cnet_link_is_up(a));
	CHECK(cnet_link_flags(a) & IFF_LOWER_UP);
	CHECK(cnet_link_port_hairpin(a));
	CHECK(cnet_link_port_isolated(a));
	bytes = cnet_link_mac(a);
	IP_EQUAL(t->host, "0.address", cnet_mac_format(&bytes, mac), "link show dev a");
	STRINGS_EQUAL(cnet_link_alias(a), "some-text");

	OK(cnet_link_get_index(t->host, cnet_link_ifindex(a), &again, &err));
	STRINGS_EQUAL(cnet_link_name(again), "a");

	OK(cnet_link_get(t->host, "lo", &lo, &err));
	INTEGERS_EQUAL(cnet_link_ifindex(lo), 1);
	STRINGS_EQUAL(cnet_link_kind(lo), "");
	STRINGS_EQUAL(cnet_link_alias(lo), "");
	INTEGERS_EQUAL(cnet_link_master(lo), 0);
	INTEGERS_EQUAL(cnet_link_parent(lo), 0);
	CHECK(!cnet_link_port_hairpin(lo));
	snprintf(number, sizeof(number), "%u", cnet_link_mtu(lo));
	IP_EQUAL(t->host, "0.mtu", number, "link show dev lo");
}

TEST_NETNS(operstate)
{
	CNET_AUTO(cnet_link) *a = NULL, *lo = NULL;
	struct cnet_error err = { 0 };

	test_command(t->host, "ip link add name a type veth peer name b");
	OK(cnet_link_get(t->host, "a", &a, &err));
	INTEGERS_EQUAL(cnet_link_operstate(a), IF_OPER_DOWN);
	OK(cnet_link_get(t->host, "lo", &lo, &err));
	INTEGERS_EQUAL(cnet_link_operstate(lo), IF_OPER_UNKNOWN);
}

TEST_NETNS(get_is_one_request)
{
	struct cnet_error err = { 0 };
	struct cnet_link *lo;

	test_fail_request(0, 0);
	OK(cnet_link_get(t->host, "lo", &lo, &err));
	INTEGERS_EQUAL(test_requests(), 1);
	cnet_link_free(lo);
	OUT_OF_MEMORY(cnet_link_get(t->host, "lo", &lo, &err), );
	cnet_link_free(lo);
}

TEST_NETNS(absent)
{
	struct cnet_error err = { 0 };
	struct cnet_link *link = NULL;

	FAILS_WITH(ENODEV, "link \"nosuch\": No such device",
		   cnet_link_get(t->host, "nosuch", &link, &err));
	FAILS_WITH(ENODEV, "link 4711: No such device",
		   cnet_link_get_index(t->host, 4711, &link, &err));
	FAILS(ENODEV, cnet_link_get_index(t->host, 0, &link, &err));
	FAILS(ENODEV, cnet_link_get_index(t->host, 0xffffffff, &link, &err));
	FAILS(ENAMETOOLONG, cnet_link_get(t->host, "sixteen-bytes-ab", &link, &err));
	FAILS(EINVAL, cnet_link_get(t->host, "", &link, &err));
	CHECK(link == NULL);
}

TEST_NETNS(each_namespace_has_its_own)
{
	struct cnet_error err = { 0 };
	struct cnet_link *link;

	test_command(t->box, "ip link add inner type bridge");
	OK(cnet_link_get(t->box, "inner", &link, &err));
	cnet_link_free(link);
	FAILS(ENODEV, cnet_link_get(t->host, "inner", &link, &err));
}

TEST_NETNS(list)
{
	struct cnet_error err = { 0 };
	struct cnet_link **links;
	char name[16];
	size_t n, i;

	/* More than one datagram of answers. */
	for (i = 0; i < 40; i++)
		test_command(t->host, "ip link add br%zu type bridge", i);

	OK(cnet_link_list(t->host, &links, &n, &err));
	INTEGERS_EQUAL(n, 41);
	STRINGS_EQUAL(cnet_link_name(links[0]), "lo");
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "br%zu", i);
		STRINGS_EQUAL(cnet_link_name(links[i + 1]), name);
		STRINGS_EQUAL(cnet_link_kind(links[i + 1]), "bridge");
	}
	cnet_link_list_free(links, n);

	OUT_OF_MEMORY(cnet_link_list(t->host, &links, &n, &err), );
	cnet_link_list_free(links, n);
}

TEST_NETNS(delete_by_name)
{
	struct cnet_error err = { 0 };

	test_command(t->host, "ip link add name a type veth peer name b");
	test_fail_request(0, 0);
	OK(cnet_link_delete(t->host, "a", &err));
	INTEGERS_EQUAL(test_requests(), 1);
	IP_EQUAL(t->host, "1.ifname", "", "link show");
	OK(cnet_link_delete(t->host, "a", &err));
	OK(cnet_link_delete(t->host, "b", &err));
	INTEGERS_EQUAL(err.code, 0);
	FAILS(EINVAL, cnet_link_delete(t->host, "a/b", &err));
}

TEST_NETNS(delete_by_number)
{
	struct cnet_error err = { 0 };
	unsigned int ifindex;

	test_command(t->host, "ip link add name br type bridge");
	ifindex = test_ifindex(t->host, "br");
	OK(cnet_link_delete_index(t->host, ifindex, &err));
	IP_EQUAL(t->host, "1.ifname", "", "link show");
	OK(cnet_link_delete_index(t->host, ifindex, &err));
	OK(cnet_link_delete_index(t->host, 0, &err));
}

TEST_NETNS(not_a_link_that_can_be_deleted)
{
	struct cnet_error err = { 0 };

	FAILS_WITH(EOPNOTSUPP, "link \"lo\": delete: not a kind of link that can be deleted",
		   cnet_link_delete(t->host, "lo", &err));
	FAILS_WITH(EOPNOTSUPP, "link 1: delete: ", cnet_link_delete_index(t->host, 1, &err));
}

TEST_NETNS(failing_requests)
{
	struct cnet_error err = { 0 };
	struct cnet_link *link, **links;
	size_t n;

	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, cnet_link_get(t->host, "lo", &link, &err));
	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, cnet_link_list(t->host, &links, &n, &err));
	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, cnet_link_delete(t->host, "a", &err));
}
