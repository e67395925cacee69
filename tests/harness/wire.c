/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading back a netlink message. */

#include "harness/wire.h"

#include <netlink/attr.h>

struct nlattr *test_attribute(struct nlattr *first, int length, const int *types)
{
	struct nlattr *found = nla_find(first, length, *types);

	if (found == NULL || types[1] == -1)
		return found;

	return test_attribute(nla_data(found), nla_len(found), types + 1);
}

void wire_number_(uint32_t expected, const struct nlattr *attribute, int size, const char *file,
		  int line)
{
	uint32_t value = 0;

	if (attribute == NULL)
		test_fail(file, line, "no such attribute");
	if (nla_len(attribute) != size)
		test_fail(file, line, "attribute of %d bytes, expected %d", nla_len(attribute),
			  size);
	memcpy(&value, nla_data(attribute), (size_t)size); /* little endian, as is the machine */
	if (value != expected)
		test_fail(file, line, "attribute is %u, expected %u", value, expected);
}

void wire_bytes_(const void *expected, size_t size, const struct nlattr *attribute,
		 const char *file, int line)
{
	if (attribute == NULL)
		test_fail(file, line, "no such attribute");
	if ((size_t)nla_len(attribute) != size || memcmp(nla_data(attribute), expected, size) != 0)
		test_fail(file, line, "attribute of %d bytes is not the expected one of %zu",
			  nla_len(attribute), size);
}
