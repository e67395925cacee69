/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cnet/neigh.h>

#include "harness/kernel.h"
#include "netns/netns.h"

/* A wire from the host (a) to the box (eth0), both ends up. */
static unsigned int prepare(struct test_netns *t)
{
	test_command(t->host, "ip link add name a address 02:00:00:00:00:0a type veth "
			      "peer name eth0 address 02:00:00:00:00:0b");
	test_command(t->host, "ip link set dev eth0 netns /proc/%d/fd/%d", getpid(),
		     cnet__netns_fd(t->box));
	test_command(t->host, "ip link set dev a addrgenmode none up");
	test_command(t->box, "ip link set dev eth0 addrgenmode none up");
	test_command(t->host, "ip address add 10.1.0.1/24 dev a; "
			      "ip address add 2001:db8::1/64 dev a nodad");
	test_command(t->box, "ip address add 10.1.0.2/24 dev eth0; "
			     "ip address add 2001:db8::2/64 dev eth0 nodad");
	return test_ifindex(t->host, "a");
}

static int listen_on(struct cnet_netns *ns, unsigned int ifindex, uint16_t protocol)
{
	const struct sockaddr_ll address = { .sll_family = AF_PACKET,
					     .sll_protocol = htons(protocol),
					     .sll_ifindex = (int)ifindex };
	const struct timeval limit = { .tv_sec = 10 };
	struct cnet_error err = { 0 };
	int fd;

	OK(cnet__netns_socket(ns, AF_PACKET, SOCK_RAW, 0, &fd, &err));
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0)
		FAIL("packet socket: %s", strerror(errno));
	return fd;
}

TEST_NETNS(the_arp_packet)
{
	static const uint8_t expected[42] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0,	   0, 0,  0x0a, 0x08, 0x06,
		0,    1,    0x08, 0,	6,    4,    0,	  1, 0x02, 0, 0,  0,	0,    0x0c,
		10,   1,    0,	  7,	0,    0,    0,	  0, 0,	   0, 10, 1,	0,    7,
	};
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:0c");
	const struct cnet_ip ip = test_parse_ip("10.1.0.7");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	uint8_t packet[128];
	ssize_t n;
	int fd;

	fd = listen_on(t->box, test_ifindex(t->box, "eth0"), ETH_P_ARP);
	OK(cnet_neigh_announce(t->host, a, &ip, &mac, &err));
	n = recv(fd, packet, sizeof(packet), 0);
	INTEGERS_EQUAL(n, sizeof(expected));
	CHECK(memcmp(packet, expected, sizeof(expected)) == 0);
	close(fd);
}

TEST_NETNS(the_advertisement)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:0c");
	const struct cnet_ip ip = test_parse_ip("2001:db8::7");
	const struct cnet_ip all = test_parse_ip("ff02::1");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	uint8_t p[256];
	ssize_t n;
	int fd;

	fd = listen_on(t->box, test_ifindex(t->box, "eth0"), ETH_P_IPV6);
	OK(cnet_neigh_announce(t->host, a, &ip, &mac, &err));
	do {
		n = recv(fd, p, sizeof(p), 0);
		CHECK(n > 0);
	} while (n < 86 || p[14 + 6] != 58 || p[54] != 136); /* others' ICMPv6 */

	INTEGERS_EQUAL(n, 14 + 40 + 32);
	CHECK(memcmp(p, "\x33\x33\0\0\0\x01\x02\0\0\0\0\x0a", 12) == 0);
	INTEGERS_EQUAL(p[14 + 7], 255); /* hop limit */
	CHECK(memcmp(p + 14 + 8, ip.bytes, 16) == 0);
	CHECK(memcmp(p + 14 + 24, all.bytes, 16) == 0);
	INTEGERS_EQUAL(p[54 + 4], 0x20); /* override; neither router nor solicited */
	CHECK(memcmp(p + 54 + 8, ip.bytes, 16) == 0);
	CHECK(memcmp(p + 54 + 24, "\x02\x01\x02\0\0\0\0\x0c", 8) == 0);
	close(fd);
}

static bool knows(struct cnet_netns *ns, const char *address, const char *mac)
{
	char *text = test_ip(ns, "0.lladdr", "neighbour show %s dev eth0", address);
	const bool equal = strcmp(text, mac) == 0;

	free(text);
	return equal;
}

/* The other side has the address under another MAC, and learns the new one from the packet. */
static void others_learn(struct test_netns *t, const char *address)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:0c");
	const struct cnet_ip ip = test_parse_ip(address);
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	int i;

	test_command(t->box, "ip neighbour add %s lladdr 02:00:00:00:00:99 nud reachable dev eth0",
		     address);
	OK(cnet_neigh_announce(t->host, a, &ip, &mac, &err));
	/* A veth delivers in a soft interrupt, soon but not before sending returns. */
	for (i = 0; i < 1000; i++) {
		if (knows(t->box, address, "02:00:00:00:00:0c"))
			return;
	}
	FAIL("%s is still known as it was", address);
}

TEST_NETNS(others_learn_ipv4)
{
	others_learn(t, "10.1.0.7");
}

TEST_NETNS(others_learn_ipv6)
{
	others_learn(t, "2001:db8::7");
}

/* Each of the link's addresses, under its own MAC. */
TEST_NETNS(the_kernel_announces_a_link)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:0a");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);
	uint8_t packet[128];
	int fd, i;

	test_command(t->host, "ip address add 10.1.0.9/24 dev a");
	fd = listen_on(t->box, test_ifindex(t->box, "eth0"), ETH_P_ARP);
	test_fail_request(0, 0);
	OK(cnet_neigh_announce_link(t->host, a, &mac, &err));
	INTEGERS_EQUAL(test_requests(), 2);
	for (i = 0; i < 2; i++) {
		const uint8_t ip[4] = { 10, 1, 0, i == 0 ? 1 : 9 };

		INTEGERS_EQUAL(recv(fd, packet, sizeof(packet), 0), 42);
		CHECK(memcmp(packet, "\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x0a\x08\x06", 14) == 0);
		CHECK(memcmp(packet + 22, "\x02\0\0\0\0\x0a", 6) == 0);
		CHECK(memcmp(packet + 28, ip, 4) == 0);
		CHECK(memcmp(packet + 38, ip, 4) == 0);
	}
	close(fd);
	IP_EQUAL(t->host, "0.address", "02:00:00:00:00:0a", "link show dev a");
}

TEST_NETNS(a_link_that_cannot_be_announced)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:0a"), none = { 0 };
	const struct cnet_mac multicast = test_parse_mac("01:00:5e:00:00:01");
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	FAILS_WITH(ENODEV, "link 99: announce its addresses: No such device",
		   cnet_neigh_announce_link(t->host, 99, &mac, &err));
	FAILS(ENODEV, cnet_neigh_announce_link(t->host, 0, &mac, &err));
	FAILS(EADDRNOTAVAIL, cnet_neigh_announce_link(t->host, a, &none, &err));
	FAILS(EADDRNOTAVAIL, cnet_neigh_announce_link(t->host, a, &multicast, &err));
	test_fail_request(1, ENOBUFS);
	FAILS(ENOBUFS, cnet_neigh_announce_link(t->host, a, &mac, &err));
	test_fail_request(2, ENOBUFS);
	FAILS(ENOBUFS, cnet_neigh_announce_link(t->host, a, &mac, &err));
}

static void refused(struct test_netns *t, const char *address)
{
	const struct cnet_mac mac = test_parse_mac("02:00:00:00:00:0c"), no_mac = { 0 };
	const struct cnet_ip ip = test_parse_ip(address), none = { 0 };
	struct cnet_error err = { 0 };
	unsigned int a = prepare(t);

	FAILS_WITH(ENODEV, "link 99: announce \"",
		   cnet_neigh_announce(t->host, 99, &ip, &mac, &err));
	FAILS(ENODEV, cnet_neigh_announce(t->host, 0, &ip, &mac, &err));
	FAILS(EINVAL, cnet_neigh_announce(t->host, a, &ip, &no_mac, &err));
	FAILS(EINVAL, cnet_neigh_announce(t->host, a, &none, &mac, &err));
	test_command(t->host, "ip link set dev a down");
	FAILS_WITH(ENETDOWN, "Network is down", cnet_neigh_announce(t->host, a, &ip, &mac, &err));
	if (setuid(65534) < 0)
		FAIL("setuid");
	FAILS(EPERM, cnet_neigh_announce(t->host, a, &ip, &mac, &err));
}

TEST_NETNS(refused_ipv4)
{
	refused(t, "10.1.0.7");
}

TEST_NETNS(refused_ipv6)
{
	refused(t, "2001:db8::7");
}
