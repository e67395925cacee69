/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <unistd.h>

#include <cnet/netns.h>

#include "harness/test.h"

static void names_free(char **names, size_t n)
{
	while (n > 0)
		free(names[--n]);
	free(names);
}

TEST_NETNS(pin_list_delete)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *again;
	char **names;
	size_t n;

	OK(cnet_netns_pin(t->box, NULL, "/run/blue", &err));
	FAILS(EEXIST, cnet_netns_pin(t->box, NULL, "/run/blue", &err));
	OK(cnet_netns_list("/run", &names, &n, &err));
	INTEGERS_EQUAL(n, 1);
	STRINGS_EQUAL(names[0], "blue");
	names_free(names, n);

	OK(cnet_netns_open("/run/blue", &again, &err));
	CHECK(cnet_netns_equal(again, t->box));
	CHECK(!cnet_netns_equal(again, t->host));
	cnet_netns_close(again);

	OK(cnet_netns_delete("/run/blue", &err));
	OK(cnet_netns_delete("/run/blue", &err));
	FAILS(ENOENT, cnet_netns_open("/run/blue", &again, &err));
}

TEST_NETNS(ip_netns_and_we_share_names)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *ns;
	char **names, *text;
	size_t n;

	test_command(NULL, "ip netns add green; touch /run/netns/file; mkdir /run/netns/folder");
	OK(cnet_netns_pin(t->box, NULL, "/run/netns/blue", &err));
	OK(cnet_netns_list("/run/netns", &names, &n, &err));
	INTEGERS_EQUAL(n, 2);
	STRINGS_EQUAL(names[0], "blue");
	STRINGS_EQUAL(names[1], "green");
	names_free(names, n);

	test_command(t->box, "ip link add name inner type bridge");
	text = test_output(NULL, NULL, "ip -n blue link show dev inner");
	CONTAINS(text, "inner");
	free(text);
	OK(cnet_netns_open("/run/netns/green", &ns, &err));
	cnet_netns_close(ns);
	OK(cnet_netns_delete("/run/netns/green", &err));
	test_command(NULL, "test ! -e /run/netns/green && ip netns delete blue");
}

TEST_NETNS(an_absent_folder_has_none)
{
	struct cnet_error err = { 0 };
	char **names;
	size_t n;

	OK(cnet_netns_list("/run/nosuch", &names, &n, &err));
	INTEGERS_EQUAL(n, 0);
	names_free(names, n);
	test_command(NULL, "touch /run/file");
	FAILS_WITH(ENOTDIR, "\"/run/file\"", cnet_netns_list("/run/file", &names, &n, &err));
}

TEST_NETNS(a_pin_is_rolled_back)
{
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	OK(cnet_txn_open(&txn, &err));
	OK(cnet_netns_pin(t->box, txn, "/run/blue", &err));
	OK(cnet_netns_pin(t->box, txn, "/run/red", &err));
	OK(cnet_netns_delete("/run/red", &err));
	OK(cnet_txn_close(txn, &err));
	CHECK(access("/run/blue", F_OK) < 0);
}

TEST_NETNS(what_cannot_be_pinned)
{
	struct cnet_error err = { 0 };

	FAILS_WITH(ENOENT, "\"/run/nosuch/blue\"",
		   cnet_netns_pin(t->box, NULL, "/run/nosuch/blue", &err));
	test_command(NULL, "ln -s /run/elsewhere /run/link");
	FAILS(EEXIST, cnet_netns_pin(t->box, NULL, "/run/link", &err));
	CHECK(access("/run/elsewhere", F_OK) < 0);
}

TEST_NETNS(what_is_not_deleted)
{
	struct cnet_error err = { 0 };

	test_command(NULL, "echo text > /run/file; mkdir /run/folder; ln -s file /run/link");
	FAILS_WITH(EINVAL, "not a network namespace", cnet_netns_delete("/run/file", &err));
	FAILS(EINVAL, cnet_netns_delete("/run/folder", &err));
	FAILS(EINVAL, cnet_netns_delete("/run/link", &err));
	test_command(NULL, "test -e /run/file && test -d /run/folder && test -L /run/link");

	/* What a reboot, or a kill between file and mount, leaves of a pin. */
	test_command(NULL, "touch /run/empty");
	OK(cnet_netns_delete("/run/empty", &err));
	CHECK(access("/run/empty", F_OK) < 0);
}

TEST_NETNS(creation)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *ns, *own;
	char *text;

	OK(cnet_netns_create(&ns, &err));
	CHECK(!cnet_netns_equal(ns, t->host));
	CHECK(!cnet_netns_equal(ns, t->box));
	text = test_output(ns, NULL, "ip -o link");
	CONTAINS(text, "lo: <LOOPBACK> ");
	free(text);

	/* The caller has stayed where it was. */
	OK(cnet_netns_open(NULL, &own, &err));
	CHECK(cnet_netns_equal(own, t->host));
	cnet_netns_close(own);
	cnet_netns_close(ns);

	if (setuid(65534) < 0)
		FAIL("setuid");
	FAILS_WITH(EPERM, "create network namespace", cnet_netns_create(&ns, &err));
}
