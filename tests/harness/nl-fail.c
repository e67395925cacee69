/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes the n-th netlink request fail, by standing in front of sendmsg() and sendto(). Linked into
 * the suites of C tests; as a library of its own (LD_PRELOAD) it serves for programs, told by the
 * environment:
 *
 *     CNET_TEST_FAIL_REQUEST=N[:ERRNO]   fail the N-th request of each process (default errno 105,
 * ENOBUFS) CNET_TEST_COUNT_FILE=FILE          append a line for each request
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void test_fail_request(unsigned int n, int error);
unsigned int test_requests(void);

static unsigned int failing, requests;
static int failure;

void test_fail_request(unsigned int n, int error)
{
	failing = n;
	failure = error;
	requests = 0;
}

unsigned int test_requests(void)
{
	return requests;
}

__attribute__((constructor)) static void read_environment(void)
{
	const char *text = getenv("CNET_TEST_FAIL_REQUEST");
	char *end;

	if (text == NULL)
		return;

	failing = (unsigned int)strtoul(text, &end, 10);
	failure = *end == ':' ? (int)strtol(end + 1, NULL, 10) : ENOBUFS;
}

static int is_netlink(int fd)
{
	int domain = 0;
	socklen_t size = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_NETLINK;
}

static void count(void)
{
	const char *file = getenv("CNET_TEST_COUNT_FILE");
	int fd;

	requests++;
	if (file == NULL)
		return;

	fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0) {
		ssize_t written = write(fd, "request\n", 8);

		(void)written;
		close(fd);
	}
}

static int is_failing(int fd)
{
	if (!is_netlink(fd))
		return 0;

	count();
	if (requests != failing)
		return 0;

	errno = failure;
	return 1;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	static ssize_t (*real)(int, const struct msghdr *, int);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "sendmsg");

	return is_failing(fd) ? -1 : real(fd, message, flags);
}

ssize_t sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *to,
	       socklen_t size)
{
	static ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "sendto");

	return is_failing(fd) ? -1 : real(fd, data, length, flags, to, size);
}
