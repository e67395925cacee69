/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/sha512.h"
#include "harness/test.h"

static void check(const char *a, const char *b, const char *expected)
{
	const char *const parts[] = { a, b, NULL };
	char hex[CNET__SHA512_HEX];

	cnet__sha512_hex(parts, hex, strlen(expected) + 1);
	STRINGS_EQUAL(hex, expected);
}

/* Examples of FIPS 180-4's companion (one and two blocks), cut. */
TEST(known_answers)
{
	check("", "", "cf83e1357eefb8bdf1542850d66d8007");
	check("a", "bc", "ddaf35a193617abacc417349ae204131");
	check("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn",
	      "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	      "8e959b75dae313da8cf4f72814fc143f");
}

/* Lengths at which the padding just fits, and just does not. Values from coreutils' sha512sum. */
TEST(padding)
{
	char text[130];

	memset(text, 'a', sizeof(text));
	text[111] = '\0';
	check(text, "", "fa9121c7b32b9e01733d034cfc78cbf6");
	check(text, "a", "c01d080efd492776a1c43bd23dd99d0a");
	check(text, "aaaaaaaaaaaaaaaa", "828613968b501dc00a97e08c73b118aa");
	check(text, "aaaaaaaaaaaaaaaaa", "b73d1929aa615934e61a871596b3f3b3");
}
