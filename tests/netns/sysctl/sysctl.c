/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include <cnet/sysctl.h>

#include "harness/kernel.h"

#define FORWARD	   "net/ipv4/ip_forward"
#define FORWARD_V6 "net/ipv6/conf/all/forwarding"
#define RANGE	   "net/ipv4/ip_local_port_range"

static void is(struct cnet_netns *ns, const char *key, const char *expected)
{
	struct cnet_error err = { 0 };
	char *value, *cat;

	OK(cnet_sysctl_get(ns, key, &value, &err));
	STRINGS_EQUAL(value, expected);
	cat = test_output(ns, NULL, "cat /proc/sys/%s", key);
	CHECK(strncmp(cat, expected, strlen(expected)) == 0);
	STRINGS_EQUAL(cat + strlen(expected), "\n");
	free(cat);
	free(value);
}

static int set(struct cnet_netns *ns, struct cnet_txn *txn, const char *key, const char *value,
	       struct cnet_error *err)
{
	const struct cnet_sysctl setting = { key, value };

	return cnet_sysctl_set(ns, txn, &setting, 1, err);
}

TEST_NETNS(in_its_namespace_only)
{
	const struct cnet_sysctl settings[] = {
		{ FORWARD, "1" },
		{ FORWARD_V6, "1" },
		{ "net/ipv6/conf/lo/accept_ra", "0" },
	};
	struct cnet_error err = { 0 };

	test_command(t->host, "echo 0 > /proc/sys/" FORWARD);
	test_command(t->box, "echo 0 > /proc/sys/" FORWARD);
	OK(cnet_sysctl_set(t->box, NULL, settings, 3, &err));
	is(t->box, FORWARD, "1");
	is(t->box, FORWARD_V6, "1");
	is(t->box, "net/ipv6/conf/lo/accept_ra", "0");
	is(t->host, FORWARD, "0");

	OK(set(t->host, NULL, FORWARD, "1", &err));
	is(t->host, FORWARD, "1");
	OK(cnet_sysctl_set(t->box, NULL, NULL, 0, &err));
}

TEST_NETNS(rollback)
{
	const struct cnet_sysctl settings[] = { { FORWARD, "1" },
						{ RANGE, "10000 20000" },
						{ RANGE, "10000 30000" } };
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	test_command(t->box, "echo 0 > /proc/sys/" FORWARD);
	is(t->box, RANGE, "32768\t60999");
	OK(cnet_txn_open(&txn, &err));
	OK(cnet_sysctl_set(t->box, txn, settings, 3, &err));
	is(t->box, RANGE, "10000\t30000");
	OK(cnet_txn_close(txn, &err));
	is(t->box, FORWARD, "0");
	is(t->box, RANGE, "32768\t60999");
}

/* If one cannot be set, those before it are as they were, with or without a transaction. */
TEST_NETNS(all_or_nothing)
{
	const struct cnet_sysctl settings[] = { { FORWARD, "1" }, { RANGE, "nonsense" } };
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	test_command(t->box, "echo 0 > /proc/sys/" FORWARD);
	FAILS_WITH(EINVAL, "setting \"" RANGE "\": write \"nonsense\": Invalid argument",
		   cnet_sysctl_set(t->box, NULL, settings, 2, &err));
	is(t->box, FORWARD, "0");

	OK(cnet_txn_open(&txn, &err));
	FAILS(EINVAL, cnet_sysctl_set(t->box, txn, settings, 2, &err));
	is(t->box, FORWARD, "0");
	OK(set(t->box, NULL, FORWARD, "1", &err));
	OK(cnet_txn_close(txn, &err));
	is(t->box, FORWARD, "1");
}

TEST_NETNS(out_of_memory)
{
	const struct cnet_sysctl settings[] = { { FORWARD, "1" }, { RANGE, "10000 20000" } };
	struct cnet_error err = { 0 };
	char *value;

	test_command(t->box, "echo 0 > /proc/sys/" FORWARD);
	OUT_OF_MEMORY(cnet_sysctl_set(t->box, NULL, settings, 2, &err), is(t->box, FORWARD, "0"));
	is(t->box, FORWARD, "1");
	OUT_OF_MEMORY(cnet_sysctl_get(t->box, FORWARD, &value, &err), );
	free(value);
}

TEST_NETNS(no_change_no_inverse)
{
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	test_command(t->box, "echo 1 > /proc/sys/" FORWARD);
	OK(cnet_txn_open(&txn, &err));
	OK(set(t->box, txn, FORWARD, "1", &err));
	test_command(t->box, "echo 0 > /proc/sys/" FORWARD);
	OK(cnet_txn_close(txn, &err));
	is(t->box, FORWARD, "0");
}

TEST_NETNS(the_inverse_tolerates_that_the_link_is_gone)
{
	struct cnet_error err = { 0 };
	struct cnet_txn *txn;

	test_command(t->box, "ip link add name a type veth peer name b");
	OK(cnet_txn_open(&txn, &err));
	OK(set(t->box, txn, "net/ipv4/conf/a/arp_notify", "1", &err));
	test_command(t->box, "ip link delete dev a");
	OK(cnet_txn_close(txn, &err));
}

TEST_NETNS(read_only)
{
	struct cnet_error err = { 0 };

	test_command(t->host, "echo 1 > /proc/sys/" FORWARD "; "
			      "mount --bind /proc/sys /proc/sys && "
			      "mount -o remount,bind,ro /proc/sys");
	OK(set(t->host, NULL, FORWARD, "1", &err));
	OK(set(t->host, NULL, RANGE, "32768  60999", &err));
	FAILS_WITH(EROFS, "Read-only", set(t->host, NULL, FORWARD, "0", &err));
	is(t->host, FORWARD, "1");
}

TEST_NETNS(bad_keys)
{
	const char *const bad[] = {
		"",
		"net",
		"net/",
		"/net/ipv4/ip_forward",
		"kernel/core_pattern",
		"net/../kernel/core_pattern",
		"net/ipv4/../../kernel/core_pattern",
		"net//ipv4/ip_forward",
		"net/./ipv4/ip_forward",
		"net/ipv4/..",
		"net.ipv4.ip_forward",
	};
	struct cnet_error err = { 0 };
	char *value = NULL;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		FAILS_WITH(EINVAL, bad[i], set(t->host, NULL, bad[i], "1", &err));
		FAILS_WITH(EINVAL, bad[i], cnet_sysctl_get(t->host, bad[i], &value, &err));
	}
	FAILS_WITH(ENOENT, "setting \"net/ipv4/conf/nosuch/arp_notify\": No such file",
		   set(t->host, NULL, "net/ipv4/conf/nosuch/arp_notify", "1", &err));
	FAILS(ENOENT, cnet_sysctl_get(t->host, "net/nosuch", &value, &err));
	FAILS(EISDIR, cnet_sysctl_get(t->host, "net/ipv4", &value, &err));
	CHECK(value == NULL);
}

TEST_NETNS(bad_values)
{
	const char *const bad[] = { "", "1\n", "1\n2" };
	struct cnet_error err = { 0 };
	char value[4098];
	size_t i;

	test_command(t->host, "echo 0 > /proc/sys/" FORWARD);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS(EINVAL, set(t->host, NULL, FORWARD, bad[i], &err));
	memset(value, '1', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	FAILS(EINVAL, set(t->host, NULL, FORWARD, value, &err));
	is(t->host, FORWARD, "0");
}

/* What looks like procfs and is not must be neither read nor written. */
TEST_NETNS(mounted_over)
{
	struct cnet_error err = { 0 };
	char *value;

	/* Even a part of procfs, in another's place. */
	test_command(t->host, "mount --bind /proc/sys/kernel /proc/sys/net/core");
	FAILS_WITH(EINVAL, "mounted over",
		   cnet_sysctl_get(t->host, "net/core/core_pattern", &value, &err));
	test_command(t->host, "umount /proc/sys/net/core; mount -t tmpfs tmpfs /proc/sys/net");
	test_command(t->host, "mkdir /proc/sys/net/ipv4; echo 0 > /proc/sys/" FORWARD);
	FAILS_WITH(EINVAL, "mounted over", set(t->host, NULL, FORWARD, "1", &err));
	test_command(t->host, "umount /proc/sys/net; mount -t tmpfs tmpfs /proc/sys; "
			      "mkdir -p /proc/sys/net/ipv4; echo 0 > /proc/sys/" FORWARD);
	FAILS_WITH(EINVAL, "not a file of procfs", set(t->host, NULL, FORWARD, "1", &err));
	FAILS_WITH(EINVAL, "not a file of procfs", cnet_sysctl_get(t->host, FORWARD, &value, &err));
	test_command(t->host, "ln -sf /proc/self/comm /proc/sys/" FORWARD);
	FAILS(ELOOP, set(t->host, NULL, FORWARD, "1", &err));
}

/* A setting of several pieces, and one that is longer than most. */
TEST_NETNS(values_as_they_are)
{
	struct cnet_error err = { 0 };

	OK(set(t->box, NULL, "net/ipv4/tcp_rmem", "4096 131072 6291456", &err));
	is(t->box, "net/ipv4/tcp_rmem", "4096\t131072\t6291456");
	OK(set(t->box, NULL, "net/ipv4/ip_local_reserved_ports", "8080,9090-9092", &err));
	is(t->box, "net/ipv4/ip_local_reserved_ports", "8080,9090-9092");
}
