/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet_portmap_*(), with packets. */

#include <errno.h>
#include <netinet/in.h>

#include <cnet/nat.h>
#include <cnet/sysctl.h>

#include "harness/test.h"
#include "netns/nat/town.h"

static const struct cnet_attachment first = { "net", "c1", "eth0" };

static struct cnet_prefix prefix(const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_prefix p;

	OK(cnet_prefix_parse(text, &p, &err));
	return p;
}

static struct cnet_ip ip(const char *text)
{
	struct cnet_error err = { 0 };
	struct cnet_ip address;

	OK(cnet_ip_parse(text, &address, &err));
	return address;
}

/* Both addresses of a container of the town. */
struct addresses {
	struct cnet_prefix list[2];
};

static struct addresses addresses(const char *v4, const char *v6)
{
	return (struct addresses){ { prefix(v4), prefix(v6) } };
}

static const struct cnet_port_map web[] = {
	{ .host_port = 8080, .container_port = 80, .protocol = IPPROTO_TCP },
	{ .host_port = 8080, .container_port = 80, .protocol = IPPROTO_UDP },
};

#define SNAT CNET_OPTS(cnet_portmap_opts, .snat = 1)

static void town_with_servers(struct town *town, const struct test_netns *t)
{
	town_build(town, t);
	town_serve(town->one, "one", 80);
	town_serve(town->two, "two", 80);
	town_serve(town->three, "three", 80);
}

TEST_NETNS(published_to_every_side)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64");
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };

	town_with_servers(&town, t);
	ANSWERS_BOTH("", town.outside, "192.0.2.1", 8080);
	OK(cnet_portmap_add(town.host, NULL, &first, one.list, 2, web, 2, SNAT, &err));
	OK(cnet_portmap_check(town.host, &first, one.list, 2, web, 2, SNAT, &err));

	/* from outside, with the client's own address; every address of the host */
	ANSWERS_BOTH("one 192.0.2.2", town.outside, "192.0.2.1", 8080);
	ANSWERS_BOTH("one 192.0.2.2", town.outside, "192.0.2.9", 8080);
	ANSWERS_BOTH("one 2001:db8::2", town.outside, "2001:db8::1", 8080);
	/* from the host */
	ANSWERS_BOTH("one 192.0.2.1", town.host, "192.0.2.1", 8080);
	ANSWERS_BOTH("one 10.1.0.1", town.host, "127.0.0.1", 8080);
	ANSWERS_BOTH("one 2001:db8::1", town.host, "2001:db8::1", 8080);
	/* from the container itself, and from a sibling, by either address of the host */
	ANSWERS_BOTH("one 10.1.0.1", town.one, "192.0.2.1", 8080);
	ANSWERS_BOTH("one 10.1.0.1", town.one, "10.1.0.1", 8080);
	ANSWERS_BOTH("one fd01::1", town.one, "2001:db8::1", 8080);
	ANSWERS_BOTH("one 10.1.0.1", town.two, "192.0.2.1", 8080);
	ANSWERS_BOTH("one 10.1.0.1", town.two, "10.1.0.1", 8080);
	ANSWERS_BOTH("one fd01::1", town.two, "fd01::1", 8080);
	/* from another network of containers, with the client's own address */
	ANSWERS_BOTH("one 10.2.0.2", town.three, "192.0.2.1", 8080);
	ANSWERS_BOTH("one fd02::2", town.three, "2001:db8::1", 8080);

	OK(cnet_portmap_remove(town.host, &first, &err));
	ANSWERS_BOTH("", town.outside, "192.0.2.1", 8080);
	ANSWERS_BOTH("", town.host, "127.0.0.1", 8080);
	OK(cnet_portmap_remove(town.host, &first, &err));
}

TEST_NETNS(without_source_translation)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64");
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };

	town_with_servers(&town, t);
	OK(cnet_portmap_add(town.host, NULL, &first, one.list, 2, web, 2, NULL, &err));
	ANSWERS_BOTH("one 192.0.2.2", town.outside, "192.0.2.1", 8080);
	ANSWERS_BOTH("", town.host, "127.0.0.1", 8080);
	ANSWERS_BOTH("", town.one, "192.0.2.1", 8080);
}

TEST_NETNS(every_source_translated)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64");
	const struct cnet_portmap_opts *all =
		CNET_OPTS(cnet_portmap_opts, .snat = 1, .masquerade_all = 1);
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };

	town_with_servers(&town, t);
	OK(cnet_portmap_add(town.host, NULL, &first, one.list, 2, web, 2, all, &err));
	OK(cnet_portmap_check(town.host, &first, one.list, 2, web, 2, all, &err));
	ANSWERS_BOTH("one 10.1.0.1", town.outside, "192.0.2.1", 8080);
	ANSWERS_BOTH("one fd01::1", town.outside, "2001:db8::1", 8080);
	ANSWERS_BOTH("one 10.1.0.1", town.host, "127.0.0.1", 8080);
	ANSWERS_BOTH("one 10.1.0.1", town.three, "192.0.2.1", 8080);
	ANSWERS_BOTH("one 10.1.0.1", town.one, "192.0.2.1", 8080);
	/* what is addressed to the container itself is not */
	ANSWERS_BOTH("one 192.0.2.2", town.outside, "10.1.0.2", 80);
}

TEST_NETNS(at_one_address_of_the_host)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64"),
			       two = addresses("10.1.0.3/24", "fd01::3/64"),
			       three = addresses("10.2.0.2/24", "fd02::2/64");
	static const struct cnet_attachment second = { "net", "c2", "eth0" },
					    third = { "net", "c3", "eth0" };
	const struct cnet_port_map at_nine[] = {
		{ ip("192.0.2.9"), 8080, 80, IPPROTO_TCP, { 0 } },
		{ ip("192.0.2.9"), 8080, 80, IPPROTO_UDP, { 0 } },
		{ ip("2001:db8::1"), 8080, 80, IPPROTO_TCP, { 0 } },
		{ ip("2001:db8::1"), 8080, 80, IPPROTO_UDP, { 0 } },
	};
	const struct cnet_port_map any4[] = {
		{ ip("0.0.0.0"), 9090, 80, IPPROTO_TCP, { 0 } },
		{ ip("0.0.0.0"), 9090, 80, IPPROTO_UDP, { 0 } },
		{ ip("127.0.0.1"), 7070, 80, IPPROTO_TCP, { 0 } },
		{ ip("127.0.0.1"), 7070, 80, IPPROTO_UDP, { 0 } },
	};
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };

	town_with_servers(&town, t);
	OK(cnet_portmap_add(town.host, NULL, &first, one.list, 2, at_nine, 4, SNAT, &err));
	ANSWERS_BOTH("one 192.0.2.2", town.outside, "192.0.2.9", 8080);
	ANSWERS_BOTH("", town.outside, "192.0.2.1", 8080);
	ANSWERS_BOTH("one 2001:db8::2", town.outside, "2001:db8::1", 8080);
	ANSWERS_BOTH("", town.one, "fd01::1", 8080);

	/* the same port for any other address; the one address goes first */
	OK(cnet_portmap_add(town.host, NULL, &second, two.list, 2, web, 2, SNAT, &err));
	ANSWERS_BOTH("one 192.0.2.2", town.outside, "192.0.2.9", 8080);
	ANSWERS_BOTH("two 192.0.2.2", town.outside, "192.0.2.1", 8080);

	/* 0.0.0.0 is any address of IPv4, 127.0.0.1 for the host only */
	OK(cnet_portmap_add(town.host, NULL, &third, three.list, 2, any4, 4, SNAT, &err));
	ANSWERS_BOTH("three 192.0.2.2", town.outside, "192.0.2.1", 9090);
	ANSWERS_BOTH("", town.outside, "2001:db8::1", 9090);
	ANSWERS_BOTH("three 10.2.0.1", town.host, "127.0.0.1", 7070);
	ANSWERS_BOTH("", town.host, "192.0.2.1", 7070);
	ANSWERS_BOTH("", town.outside, "192.0.2.1", 7070);
}

TEST_NETNS(families_that_the_container_lacks_are_left_out)
{
	const struct cnet_prefix v4 = prefix("10.1.0.2/24");
	const struct cnet_port_map v6 = { ip("::"), 8080, 80, IPPROTO_TCP, { 0 } };
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };

	town_with_servers(&town, t);
	OK(cnet_portmap_add(town.host, NULL, &first, &v4, 1, web, 2, SNAT, &err));
	ANSWERS_BOTH("one 192.0.2.2", town.outside, "192.0.2.1", 8080);
	ANSWERS_BOTH("", town.outside, "2001:db8::1", 8080);
	/* nothing is left of it: what was there is replaced all the same */
	OK(cnet_portmap_add(town.host, NULL, &first, &v4, 1, &v6, 1, SNAT, &err));
	OK(cnet_portmap_check(town.host, &first, &v4, 1, &v6, 1, SNAT, &err));
	ANSWERS_BOTH("", town.outside, "192.0.2.1", 8080);
}

/* CVE-2025-67499 */
TEST_NETNS(transit_is_not_captured)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64");
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };

	town_with_servers(&town, t);
	town_serve(town.outside, "outside", 8080);
	town_serve(town.three, "three", 8080);
	OK(cnet_portmap_add(town.host, NULL, &first, one.list, 2, web, 2, SNAT, &err));
	ANSWERS_BOTH("three 192.0.2.2", town.outside, "10.2.0.2", 8080);
	ANSWERS_BOTH("outside 10.1.0.3", town.two, "192.0.2.2", 8080);
	ANSWERS_BOTH("outside 10.1.0.2", town.one, "192.0.2.2", 8080);
	ANSWERS_BOTH("outside fd01::2", town.one, "2001:db8::2", 8080);
	ANSWERS_BOTH("outside 192.0.2.1", town.host, "192.0.2.2", 8080);
}

TEST_NETNS(stale_flows_of_udp_are_forgotten)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64"),
			       two = addresses("10.1.0.3/24", "fd01::3/64");
	static const struct cnet_attachment second = { "net", "c2", "eth0" };
	static const char list[] = "conntrack -L -p udp 2>/dev/null; conntrack -L -f ipv6 -p udp "
				   "2>/dev/null";
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };
	char *flows;

	town_with_servers(&town, t);
	town_serve(town.outside, "outside", 8080);
	/* flows to the host, and transit to the same port, from before the port is published */
	test_command(town.host, "nft add table inet t; nft 'add chain inet t c { type filter hook "
				"prerouting priority 0; }'; nft add rule inet t c ct state new");
	ANSWERS("", town.outside, "udp", "192.0.2.1", 8080);
	ANSWERS("", town.outside, "udp", "2001:db8::1", 8080);
	ANSWERS("outside 10.1.0.3", town.two, "udp", "192.0.2.2", 8080);
	flows = test_output(town.host, NULL, list);
	CONTAINS(flows, "dst=192.0.2.1 ");
	CONTAINS(flows, "dst=2001:db8::1 ");
	CONTAINS(flows, "dst=192.0.2.2 ");
	free(flows);

	OK(cnet_portmap_add(town.host, NULL, &first, one.list, 2, web, 2, SNAT, &err));
	flows = test_output(town.host, NULL, list);
	CHECK(strstr(flows, "dst=192.0.2.1 ") == NULL);
	CHECK(strstr(flows, "dst=2001:db8::1 ") == NULL);
	CONTAINS(flows, "src=10.1.0.3 dst=192.0.2.2 ");
	free(flows);

	/* what led to the container goes with it, and nothing else */
	ANSWERS("one 192.0.2.2", town.outside, "udp", "192.0.2.1", 8080);
	ANSWERS("one 2001:db8::2", town.outside, "udp", "2001:db8::1", 8080);
	ANSWERS("one 192.0.2.2", town.outside, "udp", "10.1.0.2", 80);
	flows = test_output(town.host, NULL, list);
	CONTAINS(flows, "dst=192.0.2.1 ");
	free(flows);
	OK(cnet_portmap_remove(town.host, &first, &err));
	flows = test_output(town.host, NULL, list);
	CHECK(strstr(flows, "dst=192.0.2.1 ") == NULL);
	CHECK(strstr(flows, "dst=2001:db8::1 ") == NULL);
	CONTAINS(flows, "src=10.1.0.3 dst=192.0.2.2 ");
	CONTAINS(flows, "src=192.0.2.2 dst=10.1.0.2 ");
	free(flows);

	OK(cnet_portmap_add(town.host, NULL, &second, two.list, 2, web, 2, SNAT, &err));
	ANSWERS("two 192.0.2.2", town.outside, "udp", "192.0.2.1", 8080);
}

TEST_NETNS(flows_to_other_addresses_are_kept)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64");
	const struct cnet_port_map at_nine = { ip("192.0.2.9"), 8080, 80, IPPROTO_UDP, { 0 } };
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };
	char *flows;

	town_with_servers(&town, t);
	test_command(town.host, "nft add table inet t; nft 'add chain inet t c { type filter hook "
				"prerouting priority 0; }'; nft add rule inet t c ct state new");
	ANSWERS("", town.outside, "udp", "192.0.2.1", 8080);
	ANSWERS("", town.outside, "udp", "192.0.2.9", 8080);
	ANSWERS("", town.outside, "udp", "192.0.2.9", 8081);
	OK(cnet_portmap_add(town.host, NULL, &first, one.list, 2, &at_nine, 1, SNAT, &err));
	flows = test_output(town.host, NULL, "conntrack -L -p udp 2>/dev/null");
	CONTAINS(flows, "dst=192.0.2.1 ");
	CHECK(strstr(flows, "dst=192.0.2.9 sport=") != NULL);
	CONTAINS(flows, "dport=8081");
	test_command(town.host, "! conntrack -L -p udp -d 192.0.2.9 --dport 8080 2>/dev/null "
				"| grep -q udp");
	free(flows);
}

TEST_NETNS(sctp)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64");
	const struct cnet_port_map map = { .host_port = 9999,
					   .container_port = 99,
					   .protocol = IPPROTO_SCTP };
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };
	char *list;

	town_build(&town, t);
	OK(cnet_portmap_add(town.host, NULL, &first, one.list, 2, &map, 1, SNAT, &err));
	list = test_output(town.host, NULL, "nft list ruleset");
	CONTAINS(list, "elements = { sctp . 9999 comment \"net/c1/eth0\" : 10.1.0.2 . 99 }");
	CONTAINS(list, "elements = { sctp . 9999 comment \"net/c1/eth0\" : fd01::2 . 99 }");
	free(list);

	/* an INIT chunk, hand-built: 5000 -> 9999, as conntrack wants it */
	test_command(town.one,
		     "nft add table ip t; nft 'add chain ip t c { type filter hook prerouting "
		     "priority 0; }'; nft add rule ip t c sctp dport 99 counter");
	free(test_output(town.outside, NULL,
			 "/usr/bin/python3 -c '\n"
			 "import socket, struct\n"
			 "def crc32c(data):\n"
			 "    crc = 0xffffffff\n"
			 "    for byte in data:\n"
			 "        crc ^= byte\n"
			 "        for _ in range(8):\n"
			 "            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)\n"
			 "    return crc ^ 0xffffffff\n"
			 "init = struct.pack(\">BBHIIHHI\", 1, 0, 20, 1, 65535, 1, 1, 1)\n"
			 "head = struct.pack(\">HHI\", 5000, 9999, 0)\n"
			 "sum = struct.pack(\"<I\", crc32c(head + bytes(4) + init))\n"
			 "s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)\n"
			 "s.sendto(head + sum + init, (\"192.0.2.1\", 0))\n"
			 "'"));
	test_command(town.one, "nft list ruleset | grep -q 'counter packets 1 '");
}

/* CVE-2020-8558 */
TEST_NETNS(the_hosts_loopback_stays_its_own)
{
	static const char syn[] =
		"/usr/bin/python3 -c '\n"
		"import socket, struct, sys\n"
		"def checksum(data):\n"
		"    total = sum(struct.unpack(\">%%dH\" %% (len(data) // 2), data))\n"
		"    while total >> 16: total = (total & 0xffff) + (total >> 16)\n"
		"    return ~total & 0xffff\n"
		"mac = lambda text: bytes.fromhex(text.replace(\":\", \"\"))\n"
		"source, target = socket.inet_aton(\"10.1.0.2\"), socket.inet_aton(\"%s\")\n"
		"tcp = struct.pack(\">HHIIBBHHH\", 4321, %u, 1, 0, 0x50, 2, 1024, 0, 0)\n"
		"pseudo = source + target + struct.pack(\">BBH\", 0, 6, len(tcp))\n"
		"tcp = tcp[:16] + struct.pack(\">H\", checksum(pseudo + tcp)) + tcp[18:]\n"
		"ip = struct.pack(\">BBHHHBBH4s4s\", 0x45, 0, 40, 1, 0, 64, 6, 0, source, target)\n"
		"ip = ip[:10] + struct.pack(\">H\", checksum(ip)) + ip[12:]\n"
		"s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x800))\n"
		"s.bind((\"eth0\", 0))\n"
		"s.settimeout(0.7)\n"
		"s.send(mac(\"%.17s\") + s.getsockname()[4] + b\"\\x08\\0\" + ip + tcp)\n"
		"try:\n"
		"    while True:\n"
		"        p = s.recv(2000)\n"
		"        if p[36:38] == struct.pack(\">H\", 4321): print(\"answered\"); break\n"
		"except socket.timeout: print(\"silence\")\n"
		"' 2>&1";
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64");
	struct cnet_error err = { 0 };
	TOWN_AUTO town = { 0 };
	char *mac, *output;

	town_build(&town, t);
	town_serve(town.host, "host", 22);
	mac = test_output(town.host, NULL, "ip -br link show br0 | tr -s ' ' | cut -d' ' -f3");
	OK(cnet_portmap_add(town.host, NULL, &first, one.list, 2, web, 2, SNAT, &err));
	test_command(town.host, "test $(cat /proc/sys/net/ipv4/conf/br0/route_localnet) = 1");
	ANSWERS("host 127.0.0.1", town.host, "tcp", "127.0.0.1", 22);

	output = test_output(town.one, NULL, syn, "10.1.0.1", 22, mac);
	STRINGS_EQUAL(output, "answered\n"); /* the probe works */
	free(output);
	output = test_output(town.one, NULL, syn, "127.0.0.1", 22, mac);
	STRINGS_EQUAL(output, "silence\n");
	free(output);
	test_command(town.host, "nft flush chain inet cnet guard");
	output = test_output(town.one, NULL, syn, "127.0.0.1", 22, mac);
	STRINGS_EQUAL(output, "answered\n"); /* and it was the guard that kept it out */
	free(output);
	free(mac);
}

/* A holder, one who waits, a repeated ADD, conditions, flows to be forgotten: all ways in one. */
TEST_NETNS(while_memory_runs_out)
{
	static const struct cnet_attachment same = { "net2", "c1", "eth0" };
	static const char *const only[] = { "ip saddr { 192.0.2.0/24, 198.51.100.1 }" };
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64"),
			       two = addresses("10.1.0.3/24", "fd01::3/64");
	const struct cnet_portmap_opts *opts =
		CNET_OPTS(cnet_portmap_opts, .snat = 1, .conditions4 = only, .n_conditions4 = 1);
	struct cnet_error err = { 0 };
	char *before, *after;

	test_command(t->host, "nft add table ip t; nft 'add chain ip t c { type filter hook input "
			      "priority 0; }'; nft add rule ip t c ct state new; "
			      "ip address add 192.0.2.1/24 dev lo; ip link add br0 type bridge; "
			      "ip link set br0 up; ip address add 10.1.0.1/24 dev br0");
	OK(cnet_portmap_add(t->host, NULL, &first, one.list, 2, web, 2, opts, &err));
	OK(cnet_portmap_remove(t->host, &first, &err));
	before = test_output(t->host, NULL, "nft list ruleset");

#define UNCHANGED                                                            \
	do {                                                                 \
		after = test_output(t->host, NULL, "nft list ruleset");      \
		STRINGS_EQUAL(after, before);                                \
		free(after);                                                 \
		test_command(t->host, "conntrack -I -p udp -s 192.0.2.2 "    \
				      "-d 192.0.2.1 --sport 1 --dport 8080 " \
				      "--timeout 100 || :");                 \
	} while (0)

	UNCHANGED;
	OUT_OF_MEMORY(cnet_portmap_add(t->host, NULL, &first, one.list, 2, web, 2, opts, &err),
		      UNCHANGED);
	free(before);
	before = test_output(t->host, NULL, "nft list ruleset");
	OUT_OF_MEMORY(cnet_portmap_check(t->host, &first, one.list, 2, web, 2, opts, &err), );
	OUT_OF_MEMORY(cnet_portmap_add(t->host, NULL, &same, two.list, 2, web, 2, opts, &err),
		      UNCHANGED);
	OUT_OF_MEMORY(cnet_portmap_gc(t->host, "net", NULL, 0, &err), );
	OK(cnet_portmap_check(t->host, &same, two.list, 2, web, 2, opts, &err));
	OUT_OF_MEMORY(cnet_portmap_remove(t->host, &same, &err), );
	free(before);
	test_command(t->host, "! nft list ruleset | grep -q elements");
}

TEST_NETNS(a_request_that_fails_changes_nothing)
{
	static const struct cnet_attachment same = { "net2", "c1", "eth0" };
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64"),
			       two = addresses("10.1.0.3/24", "fd01::3/64");
	const struct cnet_attachment *const owners[] = { &first, &same };
	struct cnet_error err = { 0 };
	char *before, *after;
	unsigned int n, i;
	int r;

	OK(cnet_portmap_add(t->host, NULL, &first, one.list, 2, web, 2, SNAT, &err));
	OK(cnet_portmap_remove(t->host, &first, &err));
	for (i = 0; i < 2; i++) {
		for (n = 1, r = -1; r < 0; n++) {
			before = test_output(t->host, NULL, "nft list ruleset");
			test_fail_request(n, ENOBUFS);
			r = cnet_portmap_add(t->host, NULL, owners[i], i == 0 ? one.list : two.list,
					     2, web, 2, SNAT, &err);
			test_fail_request(0, 0);
			after = test_output(t->host, NULL, "nft list ruleset");
			if (r < 0)
				STRINGS_EQUAL(after, before);
			free(before);
			free(after);
		}
		CHECK(n > 2);
	}
	/* the one that waits needs more of them */
	CHECK(n > 8);
	OK(cnet_portmap_remove(t->host, &first, &err));
	OK(cnet_portmap_check(t->host, &same, two.list, 2, web, 2, SNAT, &err));
}

TEST_NETNS(a_container_that_no_route_leads_to)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64");
	struct cnet_error err = { 0 };

	OK(cnet_portmap_add(t->host, NULL, &first, one.list, 2, web, 2, SNAT, &err));
	OK(cnet_portmap_check(t->host, &first, one.list, 2, web, 2, SNAT, &err));
	OK(cnet_portmap_remove(t->host, &first, &err));
	CHECK(err.code == 0 && err.message[0] == '\0');
}

TEST_NETNS(bad_arguments_are_refused)
{
	const struct addresses one = addresses("10.1.0.2/24", "fd01::2/64");
	const struct addresses twice = addresses("10.1.0.2/24", "10.1.0.3/24");
	const struct cnet_port_map maps[] = {
		{ .host_port = 0, .container_port = 1, .protocol = IPPROTO_TCP },
		{ .host_port = 1, .container_port = 0, .protocol = IPPROTO_TCP },
		{ .host_port = 1, .container_port = 1, .protocol = IPPROTO_ICMP },
		{ .host_ip = { 99, { 1 } },
		  .host_port = 1,
		  .container_port = 1,
		  .protocol = IPPROTO_TCP },
	};
	const struct cnet_port_map two_ways[] = {
		{ .host_port = 1, .container_port = 1, .protocol = IPPROTO_TCP },
		{ .host_port = 1, .container_port = 2, .protocol = IPPROTO_TCP },
	};
	struct cnet_portmap_opts larger[2] = { { .size = sizeof(larger) }, { .size = 1 } };
	struct cnet_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		FAILS(EINVAL, cnet_portmap_add(t->host, NULL, &first, one.list, 2, &maps[i], 1,
					       NULL, &err));
	FAILS_WITH(EINVAL, "tcp 1 leads to both 1 and 2",
		   cnet_portmap_add(t->host, NULL, &first, one.list, 2, two_ways, 2, NULL, &err));
	FAILS(EINVAL, cnet_portmap_add(t->host, NULL, &first, twice.list, 2, web, 1, NULL, &err));
	FAILS(EINVAL, cnet_portmap_add(t->host, NULL, &first, one.list, 0, web, 1, NULL, &err));
	FAILS(E2BIG,
	      cnet_portmap_add(t->host, NULL, &first, one.list, 2, web, 1, &larger[0], &err));
	OK(cnet_portmap_add(t->host, NULL, &first, one.list, 2, NULL, 0, NULL, &err));
	test_command(t->host, "test -z \"$(nft list ruleset)\"");
}
