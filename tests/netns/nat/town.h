/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host with two bridges, containers on them, and a neighbour outside; servers and clients.
 *
 *     outside 192.0.2.2 ---- 192.0.2.1 host 10.1.0.1 ---- br0 ---- one 10.1.0.2, two 10.1.0.3
 *     2001:db8::2            2001:db8::1    fd01::1                    fd01::2       fd01::3
 *                            192.0.2.9      10.2.0.1 ---- br1 ---- three 10.2.0.2
 *                                           fd02::1                      fd02::2
 */
#ifndef CNET_TESTS_NETNS_NAT_TOWN_H
#define CNET_TESTS_NETNS_NAT_TOWN_H

#include "harness/test.h"

struct town {
	struct cnet_netns *host, *one, *two, *three, *outside;
};

/* Builds it round t->host; t->box is outside. */
void town_build(struct town *town, const struct test_netns *t);
void town_end(struct town *town);

#define TOWN_AUTO __attribute__((cleanup(town_end))) struct town

/* Answers on a port of TCP and of UDP, over both families, with "NAME CLIENT-ADDRESS". */
void town_serve(struct cnet_netns *ns, const char *name, unsigned int port);

/* What a server answers to a client in ns; "" if none does. protocol: "tcp" or "udp" */
const char *town_ask(struct cnet_netns *ns, const char *protocol, const char *address,
		     unsigned int port, const char *expected);

/* The answer must be this one; "": none. */
#define ANSWERS(expected, ns, protocol, address, port) \
	STRINGS_EQUAL(town_ask(ns, protocol, address, port, expected), expected)
/* The same for TCP and UDP. */
#define ANSWERS_BOTH(expected, ns, address, port)            \
	do {                                                 \
		ANSWERS(expected, ns, "tcp", address, port); \
		ANSWERS(expected, ns, "udp", address, port); \
	} while (0)

#endif
