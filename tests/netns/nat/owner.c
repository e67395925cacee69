/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owners: their keys, and their claims read back from the index. */

#include "nat/owner.h"

#include <errno.h>
#include <netinet/in.h>

#include "harness/test.h"
#include "nat/base.h"
#include "nat/store.h"

static const struct cnet_attachment first = { "net", "c1", "eth0" };

TEST_NETNS(kinds_and_attachments_have_keys_of_their_own)
{
	static const struct cnet_attachment second = { "net", "c1", "eth1" };
	struct owner a, b, c, d;

	cnet__owner_init(&a, OWNER_PORTMAP, &first);
	cnet__owner_init(&b, OWNER_MASQUERADE, &first);
	cnet__owner_init(&c, OWNER_PORTMAP, &second);
	cnet__owner_of_text(&d, OWNER_PORTMAP, "net/c1/eth0");
	STRINGS_EQUAL(a.text, "net/c1/eth0");
	INTEGERS_EQUAL(strlen(a.key), 15);
	CHECK(strcmp(a.key, b.key) != 0 && strcmp(a.key, c.key) != 0);
	CHECK(strcmp(a.key, d.key) == 0 && strcmp(a.chain6, d.chain6) == 0);
}

TEST_NETNS(one_container_or_two)
{
	CHECK(cnet__owner_same_container("net/c1/eth0", "other/c1/eth1"));
	CHECK(!cnet__owner_same_container("net/c1/eth0", "net/c10/eth0"));
	CHECK(!cnet__owner_same_container("c1/net/eth0", "net/c1/eth0"));
	CHECK(!cnet__owner_same_container("", ""));
}

static struct claim port(unsigned int n)
{
	return (struct claim){ .kind = CLAIM_PORT,
			       .protocol = IPPROTO_TCP,
			       .host_port = (uint16_t)n,
			       .container_port = 80,
			       .container = { { AF_INET, { 10, 1, 2, 3 } }, 24 } };
}

TEST_NETNS(any_number_of_claims_is_read_back)
{
	static const unsigned int numbers[] = { 1, 5, 6, 40, 41, 1000 };
	struct cnet_error err = { 0 };
	struct owner owner;
	size_t i, n;

	cnet__owner_init(&owner, OWNER_PORTMAP, &first);
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		CNET__ELEMENTS_AUTO index = { 0 }, found = { 0 };
		CLAIMS_AUTO claims = { 0 }, read = { 0 };

		for (n = 1; n <= numbers[i]; n++) {
			const struct claim claim = port((unsigned int)n);

			OK(cnet__claims_add(&claims, &claim, &err));
		}
		OK(cnet__owner_index(&owner, &claims, &index, &err));
		for (n = 0; n < index.list.count; n++)
			CHECK(strlen(index.list.items[n].comment) < 128);

		OK(cnet__store_add(t->host, &owner, &claims, NULL, &err));
		OK(cnet__owner_read(t->host, &owner, &found, &read, &err));
		INTEGERS_EQUAL(found.list.count, index.list.count);
		INTEGERS_EQUAL(read.list.count, numbers[i]);
		for (n = 0; n < numbers[i]; n++)
			INTEGERS_EQUAL(read.list.items[n].host_port, n + 1);
		OK(cnet__store_remove(t->host, &owner, NULL, &err));
	}
}

TEST_NETNS(a_damaged_index_is_named)
{
	CNET__ELEMENTS_AUTO index = { 0 };
	CLAIMS_AUTO claims = { 0 };
	struct cnet_error err = { 0 };
	bool exists = true;
	struct owner owner;

	cnet__owner_init(&owner, OWNER_PORTMAP, &first);
	OK(cnet__owner_exists(t->host, &owner, &exists, &err));
	CHECK(!exists);
	OK(cnet__base_add(t->host, &err));
	test_command(t->host, "nft add element inet cnet owner '{ \"%s\" comment \"another\" }'",
		     owner.key);
	FAILS_WITH(EBADMSG, "another", cnet__owner_exists(t->host, &owner, &exists, &err));
	test_command(t->host, "nft flush set inet cnet owner");
	test_command(t->host,
		     "nft add element inet cnet owner '{ \"%s\" comment \"net/c1/eth0\" }'; "
		     "nft add element inet cnet owned '{ \"%s\" . 0 comment \"nonsense\" }'",
		     owner.key, owner.key);
	FAILS_WITH(EBADMSG, "nonsense", cnet__owner_read(t->host, &owner, &index, &claims, &err));
}
