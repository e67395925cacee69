/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "host-local/owner.h"

#include "harness/test.h"

static const struct cnet_attachment owner = { "net", "abc", "eth0" };

TEST(text_is_the_reference_s)
{
	size_t length;
	char *text = hl_owner_format(&owner, &length);

	STRINGS_EQUAL(text, "abc\r\neth0");
	INTEGERS_EQUAL(length, 9);
	INTEGERS_EQUAL(hl_owner_claim(text, &owner), HL_CLAIM_ATTACHMENT);
	free(text);
}

TEST(claims)
{
	INTEGERS_EQUAL(hl_owner_claim(" abc\r\neth0\n", &owner), HL_CLAIM_ATTACHMENT);
	INTEGERS_EQUAL(hl_owner_claim("abc", &owner), HL_CLAIM_CONTAINER);
	INTEGERS_EQUAL(hl_owner_claim("\tabc\r\n", &owner), HL_CLAIM_CONTAINER);
	INTEGERS_EQUAL(hl_owner_claim("abc\r\neth1", &owner), HL_CLAIM_NONE);
	INTEGERS_EQUAL(hl_owner_claim("abc\r\neth", &owner), HL_CLAIM_NONE);
	INTEGERS_EQUAL(hl_owner_claim("abc\r\neth00", &owner), HL_CLAIM_NONE);
	INTEGERS_EQUAL(hl_owner_claim("abcd\r\neth0", &owner), HL_CLAIM_NONE);
	INTEGERS_EQUAL(hl_owner_claim("ab\r\neth0", &owner), HL_CLAIM_NONE);
	INTEGERS_EQUAL(hl_owner_claim("abc\neth0", &owner), HL_CLAIM_NONE);
	INTEGERS_EQUAL(hl_owner_claim("abc\r\neth0\r\nx", &owner), HL_CLAIM_NONE);
	INTEGERS_EQUAL(hl_owner_claim("", &owner), HL_CLAIM_NONE);
	INTEGERS_EQUAL(hl_owner_claim("\r\n", &owner), HL_CLAIM_NONE);
}

TEST(many_owners)
{
	const struct cnet_attachment valid[] = {
		{ "net", "c", "eth1" }, { "net", "ab", "eth0" }, { "net", "abc", "eth0" },
		{ "net", "c", "eth0" }, { "net", "a", "eth9" },
	};
	struct cnet_error err = { 0 };
	struct hl_owners owners;

	OK(hl_owners_sort(valid, 5, &owners, &err));
	CHECK(hl_owners_hold(&owners, "c\r\neth0") && hl_owners_hold(&owners, "c\r\neth1"));
	CHECK(hl_owners_hold(&owners, "abc\r\neth0") && hl_owners_hold(&owners, "a\r\neth9"));
	CHECK(hl_owners_hold(&owners, "c") && hl_owners_hold(&owners, "ab"));
	CHECK(!hl_owners_hold(&owners, "c\r\neth2") && !hl_owners_hold(&owners, "b"));
	CHECK(!hl_owners_hold(&owners, "") && !hl_owners_hold(&owners, "a\r\neth0"));
	free(owners.items);

	OK(hl_owners_sort(NULL, 0, &owners, &err));
	CHECK(!hl_owners_hold(&owners, "c\r\neth0") && !hl_owners_hold(&owners, "c"));
	free(owners.items);
}
