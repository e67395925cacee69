/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "netns/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cnet/link.h>

#include "harness/test.h"

TEST_NETNS(not_a_namespace)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *ns = NULL;

	FAILS_WITH(EINVAL, "not a network namespace",
		   cnet_netns_open("/proc/self/status", &ns, &err));
	FAILS(EINVAL, cnet_netns_open("/proc/self/ns/mnt", &ns, &err));
	test_command(NULL, "mkfifo /run/fifo; mkdir /run/folder");
	FAILS(EINVAL, cnet_netns_open("/run/fifo", &ns, &err));
	FAILS(EINVAL, cnet_netns_open("/run/folder", &ns, &err));
	FAILS_WITH(ENOENT, "\"/run/nosuch\"", cnet_netns_open("/run/nosuch", &ns, &err));
	CHECK(ns == NULL);
}

TEST_NETNS(of_a_process)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *ns;

	OK(cnet_netns_open_pid(getpid(), &ns, &err));
	CHECK(cnet_netns_equal(ns, t->host));
	cnet_netns_close(ns);
	FAILS_WITH(ESRCH, "process 4194305", cnet_netns_open_pid(4194305, &ns, &err));
}

/* The handle holds the namespace, whatever becomes of the path that it was opened by. */
TEST_NETNS(a_handle_outlives_its_path)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *ns;
	struct cnet_link *lo;

	test_command(NULL, "ip netns add blue");
	OK(cnet_netns_open("/run/netns/blue", &ns, &err));
	test_command(NULL, "ip netns delete blue");
	OK(cnet_link_get(ns, "lo", &lo, &err));
	cnet_link_free(lo);
	cnet_netns_close(ns);
}

TEST_NETNS(one_socket_for_all_requests)
{
	struct cnet_error err = { 0 };
	struct cnet__nl *first, *second;

	OK(cnet__netns_route(t->box, &first, &err));
	OK(cnet__netns_route(t->box, &second, &err));
	CHECK(first == second);
}

TEST_NETNS(sockets_are_inside_and_not_inherited)
{
	struct cnet_error err = { 0 };
	uint64_t cookie_box = 0, cookie_host = 0;
	socklen_t size = sizeof(cookie_box);
	int box, host;

	OK(cnet__netns_socket(t->box, AF_INET, SOCK_DGRAM, 0, &box, &err));
	OK(cnet__netns_socket(t->host, AF_INET, SOCK_DGRAM, 0, &host, &err));
	CHECK(getsockopt(box, SOL_SOCKET, SO_NETNS_COOKIE, &cookie_box, &size) == 0);
	CHECK(getsockopt(host, SOL_SOCKET, SO_NETNS_COOKIE, &cookie_host, &size) == 0);
	CHECK(cookie_box != cookie_host);
	CHECK(fcntl(box, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(cnet__netns_fd(t->box), F_GETFD) & FD_CLOEXEC);
	FAILS_WITH(EAFNOSUPPORT,
		   "socket: ", cnet__netns_socket(t->box, 99, SOCK_DGRAM, 0, &box, &err));
	close(box);
	close(host);
}

TEST_NETNS(closing_none)
{
	cnet_netns_close(NULL);
}
