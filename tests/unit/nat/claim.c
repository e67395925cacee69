/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims as text, and as elements. */

#include "nat/claim.h"

#include <errno.h>
#include <netinet/in.h>

#include "harness/test.h"

static const char *const chains[2] = { "c4-x", "c6-x" };

TEST(texts_are_read_back)
{
	static const char *const texts[] = {
		"tcp/8080=10.1.2.3:80",
		"udp?/1=[fd00::2]:65535",
		"sctp/65535@192.0.2.1=10.1.2.3:1",
		("tcp?/65535@2001:db8:1111:2222:3333:4444:5555:6666="
		 "[2001:db8:1111:2222:3333:4444:5555:6666]:65535"),
		"masq=10.1.2.3/24",
		"masq=fd00::2/64",
		"snat=10.1.2.3/32",
		"snat-all=fd00::2/128",
	};
	struct cnet_error err = { 0 };
	char text[CNET__NFT_COMMENT];
	struct claim claim;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		OK(cnet__claim_parse(texts[i], &claim, &err));
		cnet__claim_format(&claim, text);
		STRINGS_EQUAL(text, texts[i]);
	}
}

TEST(damaged_texts)
{
	static const char *const texts[] = {
		"",
		"=",
		"tcp",
		"tcp/80",
		"tcp/80=",
		"tcp/80=10.1.2.3",
		"tcp/80=10.1.2.3:",
		"tcp/0=10.1.2.3:80",
		"tcp/80=10.1.2.3:0",
		"tcp/65536=10.1.2.3:80",
		"icmp/80=10.1.2.3:80",
		"tcp/80@=10.1.2.3:80",
		"tcp/80@x=10.1.2.3:80",
		"masq=",
		"masq=10.1.2.3",
		"masq=10.1.2.3/33",
		"unknown=10.1.2.3/24",
		"tcp/80=[]:80",
	};
	struct cnet_error err = { 0 };
	struct claim claim;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		FAILS(EBADMSG, cnet__claim_parse(texts[i], &claim, &err));
}

static void elements_of(const char *text, struct cnet__elements *elements)
{
	CLAIMS_AUTO claims = { 0 };
	struct cnet_error err = { 0 };
	struct claim claim;

	OK(cnet__claim_parse(text, &claim, &err));
	OK(cnet__claims_add(&claims, &claim, &err));
	OK(cnet__claims_elements(&claims, chains, "net/c/eth0", elements, &err));
}

TEST(ports)
{
	static const uint8_t key[] = { 6, 0, 0, 0, 0x1f, 0x90, 0, 0 };
	static const uint8_t data[] = { 10, 1, 2, 3, 0, 80, 0, 0 };
	struct cnet__elements list = { 0 };
	struct cnet__element partner;
	char text[CNET__NFT_COMMENT];

	elements_of("tcp?/8080=10.1.2.3:80", &list);
	INTEGERS_EQUAL(list.list.count, 2);
	STRINGS_EQUAL(list.list.items[0].set, "cd4");
	STRINGS_EQUAL(list.list.items[0].chain, "c4-x");
	STRINGS_EQUAL(list.list.items[1].set, "hp4");
	STRINGS_EQUAL(list.list.items[1].comment, "net/c/eth0");
	INTEGERS_EQUAL(list.list.items[1].key_size, 8);
	CHECK(memcmp(list.list.items[1].key, key, 8) == 0);
	CHECK(memcmp(list.list.items[1].data, data, 8) == 0);
	STRINGS_EQUAL(cnet__element_describe(&list.list.items[1], text), "host port tcp 8080");

	partner = cnet__element_partner(&list.list.items[1]);
	CHECK(cnet__elements_find(&list, &partner) == &list.list.items[0]);
	partner = cnet__element_partner(&partner);
	CHECK(cnet__elements_find(&list, &partner) == &list.list.items[1]);
	cnet__elements_free(&list);

	elements_of("udp/53@fd00::1=[fd00::2]:5353", &list);
	INTEGERS_EQUAL(list.list.count, 1);
	STRINGS_EQUAL(list.list.items[0].set, "hp6ip");
	INTEGERS_EQUAL(list.list.items[0].key_size, 24);
	INTEGERS_EQUAL(list.list.items[0].data_size, 20);
	STRINGS_EQUAL(cnet__element_describe(&list.list.items[0], text),
		      "host port udp 53 at fd00::1");
	cnet__elements_free(&list);
}

TEST(addresses)
{
	struct cnet__elements list = { 0 };
	char text[CNET__NFT_COMMENT];

	elements_of("masq=10.1.2.3/24", &list);
	INTEGERS_EQUAL(list.list.count, 2);
	STRINGS_EQUAL(list.list.items[0].set, "mq4");
	STRINGS_EQUAL(list.list.items[1].set, "own4_24");
	CHECK(memcmp(list.list.items[1].key, "\x0a\1\2\3\x0a\1\2\0", 8) == 0);
	STRINGS_EQUAL(cnet__element_describe(&list.list.items[1], text), "address 10.1.2.3");
	cnet__elements_free(&list);

	elements_of("snat=10.1.2.3/24", &list);
	INTEGERS_EQUAL(list.list.count, 2);
	STRINGS_EQUAL(list.list.items[0].set, "hs4");
	STRINGS_EQUAL(list.list.items[1].set, "sub4_24");
	cnet__elements_free(&list);

	elements_of("snat=fd00::2/64", &list);
	INTEGERS_EQUAL(list.list.count, 1);
	STRINGS_EQUAL(list.list.items[0].set, "sub6_64");
	STRINGS_EQUAL(cnet__element_describe(&list.list.items[0], text), "address fd00::2");
	cnet__elements_free(&list);

	elements_of("snat-all=fd00::2/64", &list);
	STRINGS_EQUAL(list.list.items[0].set, "ha6");
	cnet__elements_free(&list);
}
