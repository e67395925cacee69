/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/attachment.h>
#include <cnet/value.h>

#include "harness/test.h"

static const struct cnet_attachment ours = { "net", "container", "eth0" };

static int check(const char *network, const char *container, const char *ifname,
		 struct cnet_error *err)
{
	const struct cnet_attachment attachment = { network, container, ifname };

	return cnet_attachment_check(&attachment, err);
}

TEST(names)
{
	const char *const bad[] = { "", "-a", ".a", "_a", "a b", "a/b", "a\n", "\xc3\xa9", "../x" };
	struct cnet_error err = { 0 };
	size_t i;

	OK(check("net", "container", "eth0", &err));
	OK(check("0", "a_b.c-D9", "a", &err));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		FAILS_WITH(EINVAL, "network name", check(bad[i], "c", "eth0", &err));
		FAILS_WITH(EINVAL, "container ID", check("n", bad[i], "eth0", &err));
	}
	FAILS(EINVAL, check("n", "c", "", &err));
	FAILS(EINVAL, check("n", "c", "eth/0", &err));
	FAILS(EINVAL, check("n", "c", "sixteen-bytes-ab", &err));
}

TEST(text)
{
	char text[CNET_ATTACHMENT_TEXT];

	STRINGS_EQUAL(cnet_attachment_format(&ours, text), "net/container/eth0");
	CHECK(cnet_attachment_of_network(text, "net"));
	CHECK(!cnet_attachment_of_network(text, "ne"));
	CHECK(!cnet_attachment_of_network(text, "net2"));
	CHECK(!cnet_attachment_of_network("net", "net"));
	CHECK(!cnet_attachment_of_network("", "net"));
}

/* Cut where it must be, and different wherever the names are. */
TEST(long_names)
{
	char network[34], container[77], text[CNET_ATTACHMENT_TEXT], other[CNET_ATTACHMENT_TEXT];
	const struct cnet_attachment long_one = { network, container, "fifteen-bytes-a" };

	memset(network, 'n', 32);
	network[32] = '\0';
	memset(container, 'c', 75);
	container[75] = '\0';
	cnet_attachment_format(&long_one, text);
	INTEGERS_EQUAL(strlen(text), 32 + 1 + 75 + 1 + 15);
	CHECK(strchr(text, '~') == NULL);

	memcpy(network + 32, "1", 2);
	memcpy(container + 75, "1", 2);
	cnet_attachment_format(&long_one, text);
	INTEGERS_EQUAL(strlen(text), 32 + 1 + 75 + 1 + 15);
	INTEGERS_EQUAL(text[15], '~');
	CHECK(cnet_attachment_of_network(text, network));

	container[75] = '2';
	cnet_attachment_format(&long_one, other);
	CHECK(strcmp(text, other) != 0);
	CHECK(cnet_attachment_of_network(other, network));
	network[32] = '2';
	cnet_attachment_format(&long_one, text);
	CHECK(strcmp(text, other) != 0);
	CHECK(!cnet_attachment_of_network(other, network));
}

/* The name is part of what is found again after an upgrade: it must never change. */
TEST(link_name)
{
	const struct cnet_attachment other = { "net", "container", "eth1" };
	char name[CNET_LINK_NAME], text[CNET_LINK_NAME];
	struct cnet_error err = { 0 };

	STRINGS_EQUAL(cnet_attachment_link_name(&ours, "veth", name), "veth78e5d5c0601");
	INTEGERS_EQUAL(strlen(name), 15);
	OK(cnet_link_name_check(name, &err));
	CHECK(strcmp(cnet_attachment_link_name(&other, "veth", text), name) != 0);
	CHECK(strncmp(cnet_attachment_link_name(&ours, "", text), name + 4, 11) == 0);
	INTEGERS_EQUAL(strlen(text), 15);
}
