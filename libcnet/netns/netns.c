/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handle of a namespace, and the sockets that it carries. */

#include "netns/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "base/auto.h"
#include "base/text.h"

struct cnet_netns {
	int fd;
	dev_t device;
	ino_t inode;
	struct cnet__nl *route;
#ifdef CNET_HAVE_NAT
	struct cnet__nfnl *netfilter;
#endif
};

static int check_kind(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC || ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET)
		return -EINVAL;

	return 0;
}

int cnet__netns_from_fd(int fd, struct cnet_netns **ret, struct cnet_error *err)
{
	struct cnet_netns *ns;
	struct stat st;

	if (check_kind(fd) < 0 || fstat(fd, &st) < 0) {
		close(fd);
		return cnet_error_set(err, EINVAL, "not a network namespace");
	}

	ns = calloc(1, sizeof(*ns));
	if (ns == NULL) {
		close(fd);
		return cnet_error_set(err, ENOMEM, "out of memory");
	}

	ns->fd = fd;
	ns->device = st.st_dev;
	ns->inode = st.st_ino;
	*ret = ns;
	return 0;
}

int cnet_netns_open(const char *path, struct cnet_netns **ret, struct cnet_error *err)
{
	int fd, r;

	/* NONBLOCK: the path may be a FIFO. */
	fd = open(path != NULL ? path : "/proc/thread-self/ns/net",
		  O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return cnet_error_set(err, errno, "network namespace \"%s\": %s",
				      path != NULL ? path : "(own)", strerror(errno));

	r = cnet__netns_from_fd(fd, ret, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "network namespace \"%s\"",
					 path != NULL ? path : "(own)");

	return 0;
}

int cnet_netns_open_pid(pid_t pid, struct cnet_netns **ret, struct cnet_error *err)
{
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	r = cnet_netns_open(path, ret, err);
	if (r == -ENOENT)
		return cnet_error_set(err, ESRCH,
				      "network namespace of process %d: no such process", (int)pid);

	return r;
}

void cnet_netns_close(struct cnet_netns *ns)
{
	if (ns == NULL)
		return;

	cnet__nl_close(ns->route);
#ifdef CNET_HAVE_NAT
	cnet__nfnl_close(ns->netfilter);
#endif
	close(ns->fd);
	free(ns);
}

int cnet_netns_equal(const struct cnet_netns *a, const struct cnet_netns *b)
{
	return a->device == b->device && a->inode == b->inode;
}

int cnet__netns_fd(const struct cnet_netns *ns)
{
	return ns->fd;
}

static int open_route(void *arg, struct cnet_error *err)
{
	struct cnet_netns *ns = arg;

	return cnet__nl_open(NETLINK_ROUTE, &ns->route, err);
}

int cnet__netns_route(struct cnet_netns *ns, struct cnet__nl **ret, struct cnet_error *err)
{
	int r;

	if (ns->route == NULL) {
		r = cnet_netns_call(ns, open_route, ns, err);
		if (r < 0)
			return r;
	}

	*ret = ns->route;
	return 0;
}

#ifdef CNET_HAVE_NAT
static int open_netfilter(void *arg, struct cnet_error *err)
{
	struct cnet_netns *ns = arg;

	return cnet__nfnl_open(&ns->netfilter, err);
}

int cnet__netns_netfilter(struct cnet_netns *ns, struct cnet__nfnl **ret, struct cnet_error *err)
{
	int r;

	if (ns->netfilter == NULL) {
		r = cnet_netns_call(ns, open_netfilter, ns, err);
		if (r < 0)
			return r;
	}

	*ret = ns->netfilter;
	return 0;
}
#endif

struct socket_request {
	int domain, type, protocol;
	int fd;
};

static int open_socket(void *arg, struct cnet_error *err)
{
	struct socket_request *rq = arg;

	rq->fd = socket(rq->domain, rq->type | SOCK_CLOEXEC, rq->protocol);
	if (rq->fd < 0)
		return cnet_error_set(err, errno, "socket: %s", strerror(errno));

	return 0;
}

int cnet__netns_socket(struct cnet_netns *ns, int domain, int type, int protocol, int *ret,
		       struct cnet_error *err)
{
	struct socket_request rq = { .domain = domain, .type = type, .protocol = protocol };
	int r;

	r = cnet_netns_call(ns, open_socket, &rq, err);
	if (r == 0)
		*ret = rq.fd;

	return r;
}
