/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flows of UDP that are forgotten, and those that are not; see portmap.c for the ones of packets.
 */

#include "nat/flush.h"

#include <errno.h>
#include <netinet/in.h>

#include "harness/test.h"
#include "nat/owner.h"

static char *flows(struct cnet_netns *ns)
{
	return test_output(ns, NULL, "conntrack -L 2>/dev/null");
}

/* A flow as conntrack(8) makes it: client 192.0.2.2:4000 */
static void track(struct cnet_netns *ns, const char *protocol, const char *destination,
		  unsigned int port, const char *answerer, unsigned int answerer_port)
{
	const char *state = strcmp(protocol, "tcp") == 0 ? "--state ESTABLISHED" : "";

	test_command(ns,
		     "conntrack -I -p %s -s 192.0.2.2 -d %s --sport 4000 --dport %u -r %s -q "
		     "192.0.2.2 --reply-port-src %u --reply-port-dst 4000 --timeout 100 %s",
		     protocol, destination, port, answerer, answerer_port, state);
}

static void prepare(struct cnet_netns *ns)
{
	test_command(ns, "ip address add 192.0.2.1/24 dev lo; ip address add 192.0.2.9/24 dev lo; "
			 "nft add table ip t; nft 'add chain ip t c { type filter hook input "
			 "priority 0; }'; nft add rule ip t c ct state new");
	track(ns, "udp", "192.0.2.1", 53, "192.0.2.1", 53);
	track(ns, "udp", "192.0.2.9", 53, "10.1.2.9", 5353);	  /* to another container */
	track(ns, "udp", "192.0.2.1", 54, "192.0.2.1", 54);	  /* another port */
	track(ns, "tcp", "192.0.2.1", 53, "192.0.2.1", 53);	  /* another protocol */
	track(ns, "udp", "198.51.100.1", 53, "198.51.100.1", 53); /* transit */
	track(ns, "udp", "192.0.2.77", 53, "10.1.2.3", 5353); /* to the container, by other means */
}

static void claim_ports(struct claims *claims, unsigned int first, unsigned int count,
			const char *host_ip)
{
	struct claim claim = { .kind = CLAIM_PORT,
			       .protocol = IPPROTO_UDP,
			       .container_port = 5353,
			       .container = { { AF_INET, { 10, 1, 2, 3 } }, 24 } };
	struct cnet_error err = { 0 };
	unsigned int i;

	if (host_ip != NULL)
		OK(cnet_ip_parse(host_ip, &claim.host_ip, &err));
	for (i = 0; i < count; i++) {
		claim.host_port = (uint16_t)(first + i);
		OK(cnet__claims_add(claims, &claim, &err));
	}
}

TEST_NETNS(added)
{
	CLAIMS_AUTO claims = { 0 };
	struct cnet_error err = { 0 };
	char *left;

	prepare(t->host);
	claim_ports(&claims, 53, 1, NULL);
	OK(cnet__flush_added(t->host, &claims, &err));
	left = flows(t->host);
	CHECK(strstr(left, "udp      17 99 src=192.0.2.2 dst=192.0.2.1 sport=4000 dport=53 ") ==
	      NULL);
	CHECK(strstr(left, "dst=192.0.2.9 ") == NULL);
	CONTAINS(left, "dport=54 ");
	CONTAINS(left, "tcp ");
	CONTAINS(left, "dst=198.51.100.1 ");
	CONTAINS(left, "dst=192.0.2.77 "); /* leads to the container already */
	free(left);
}

TEST_NETNS(added_at_one_address)
{
	CLAIMS_AUTO claims = { 0 };
	struct cnet_error err = { 0 };
	char *left;

	prepare(t->host);
	claim_ports(&claims, 53, 1, "192.0.2.9");
	OK(cnet__flush_added(t->host, &claims, &err));
	left = flows(t->host);
	CHECK(strstr(left, "dst=192.0.2.9 ") == NULL);
	CONTAINS(left, "udp ");
	CONTAINS(left, "dst=192.0.2.1 sport=4000 dport=53 ");
	free(left);
}

TEST_NETNS(removed)
{
	CLAIMS_AUTO claims = { 0 };
	struct cnet_error err = { 0 };
	char *left;

	prepare(t->host);
	claim_ports(&claims, 53, 1, NULL);
	OK(cnet__flush_removed(t->host, &claims, &err));
	left = flows(t->host);
	CHECK(strstr(left, "dst=192.0.2.77 ") == NULL);
	CONTAINS(left, "dst=192.0.2.9 ");
	CONTAINS(left, "dst=192.0.2.1 ");
	CONTAINS(left, "dst=198.51.100.1 ");
	free(left);
}

TEST_NETNS(many_ports_are_gone_through_at_once)
{
	CLAIMS_AUTO claims = { 0 };
	struct cnet_error err = { 0 };
	char *left;

	prepare(t->host);
	claim_ports(&claims, 1, 1000, NULL);
	test_fail_request(0, 0);
	OK(cnet__flush_added(t->host, &claims, &err));
	CHECK(test_requests() < 10);
	left = flows(t->host);
	CHECK(strstr(left, "dport=54 ") == NULL);
	CONTAINS(left, "tcp ");
	CONTAINS(left, "dst=198.51.100.1 ");
	free(left);
}
