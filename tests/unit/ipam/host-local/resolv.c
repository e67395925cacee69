/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "host-local/resolv.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/folder.h"
#include "harness/test.h"

static struct cnet_error err;
static char path[256];

static struct cnet_cni_dns parsed(const char *text)
{
	static struct hl_resolv resolv;
	const char *folder = test_folder();

	test_write(folder, "resolv.conf", text);
	snprintf(path, sizeof(path), "%s/resolv.conf", folder);
	OK(hl_resolv_read(path, &resolv, &err));
	return hl_resolv_dns(&resolv);
}

TEST(everything)
{
	struct cnet_cni_dns dns = parsed("# nameserver 192.0.2.9\n"
					 ";nameserver 192.0.2.9\n"
					 "nameserver 192.0.2.1 # first\n"
					 "  nameserver\t2001:db8::1  \r\n"
					 "nameserver\n"
					 "\n"
					 "domain a.example\n"
					 "domain b.example c.example\n"
					 "search b.example c.example\n"
					 "search d.example\n"
					 "options ndots:5 edns0\n"
					 "sortlist 192.0.2.0\n"
					 "domain");

	STRINGS_EQUAL(dns.nameservers[0], "192.0.2.1");
	STRINGS_EQUAL(dns.nameservers[1], "2001:db8::1");
	CHECK(dns.nameservers[2] == NULL);
	STRINGS_EQUAL(dns.domain, "b.example");
	STRINGS_EQUAL(dns.search[0], "b.example");
	STRINGS_EQUAL(dns.search[1], "c.example");
	STRINGS_EQUAL(dns.search[2], "d.example");
	CHECK(dns.search[3] == NULL);
	STRINGS_EQUAL(dns.options[0], "ndots:5");
	STRINGS_EQUAL(dns.options[1], "edns0");
	CHECK(dns.options[2] == NULL);
}

TEST(nothing)
{
	struct cnet_cni_dns dns = parsed("");

	CHECK(dns.nameservers == NULL && dns.search == NULL && dns.options == NULL);
	CHECK(dns.domain == NULL);
}

TEST(last_line_needs_no_end)
{
	struct cnet_cni_dns dns = parsed("options a\nnameserver 192.0.2.1");

	STRINGS_EQUAL(dns.nameservers[0], "192.0.2.1");
}

TEST(unreadable)
{
	struct hl_resolv resolv = { 0 };

	FAILS_WITH(CNET_CNI_ECONFIG, "resolvConf: /nosuch: No such file",
		   hl_resolv_read("/nosuch", &resolv, &err));
	snprintf(path, sizeof(path), "%s/fifo", test_folder());
	CHECK(mkfifo(path, 0600) == 0);
	FAILS(CNET_CNI_ECONFIG, hl_resolv_read(path, &resolv, &err));
	FAILS(CNET_CNI_ECONFIG, hl_resolv_read("/etc", &resolv, &err));
}
