/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A netlink socket: requests and their answers.
 *
 * libnl opens, sends and receives. Its own reading of acknowledgements is not used: it maps errno
 * to fewer codes, knows no extended acknowledgement, and returns after one datagram, so that the
 * acknowledgement of one request could be left for the next to read.
 */

#include "nl/sock.h"

#include <errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/auto.h"
#include "nl/ack.h"

enum {
	DUMP_TRIES = 50,   /* a busy host changes its tables all the time */
	READ_TRIES = 3,	   /* a reading that failed has not taken the answer away */
	WAIT_SECONDS = 20, /* the kernel answers at once, or it never will */
};

struct cnet__nl {
	struct nl_sock *sock;
};

static void set_options(int fd)
{
	const struct timeval wait = { .tv_sec = WAIT_SECONDS };
	const int on = 1;

	/* Kernels without these give bare errno values and unfiltered dumps, which we bear. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
}

int cnet__nl_open(int protocol, struct cnet__nl **ret, struct cnet_error *err)
{
	AUTO_FREE struct cnet__nl *nl = calloc(1, sizeof(*nl));

	if (nl != NULL)
		nl->sock = nl_socket_alloc();
	if (nl == NULL || nl->sock == NULL)
		return cnet_error_set(err, ENOMEM, "netlink: out of memory");

	errno = 0;
	if (nl_connect(nl->sock, protocol) < 0) {
		int r = cnet_error_set(err, errno != 0 ? errno : EIO, "netlink: open: %s",
				       strerror(errno));

		nl_socket_free(nl->sock);
		return r;
	}

	nl_socket_enable_msg_peek(nl->sock); /* answers of any size */
	set_options(nl_socket_get_fd(nl->sock));
	*ret = take(nl);
	return 0;
}

void cnet__nl_close(struct cnet__nl *nl)
{
	if (nl == NULL)
		return;

	nl_socket_free(nl->sock);
	free(nl);
}

static int send_message(struct cnet__nl *nl, struct cnet__msg *m, struct cnet_error *err)
{
	int r;

	if (m->error != 0)
		return cnet_error_set(err, m->error, "netlink: build request: %s",
				      strerror(m->error));

	nlmsg_hdr(m->msg)->nlmsg_seq = NL_AUTO_SEQ; /* a new one where a dump is repeated */
	do {
		errno = 0;
		r = nl_send_auto(nl->sock, m->msg);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return cnet_error_set(err, errno != 0 ? errno : EIO, "netlink: send: %s",
				      strerror(errno));

	return 0;
}

struct reading {
	uint32_t sequence;
	cnet__nl_fn *fn;
	void *arg;
	int status;
	int done;
	int interrupted;
};

static void read_message(struct reading *rd, const struct nlmsghdr *h, struct cnet_error *err)
{
	if (h->nlmsg_seq != rd->sequence)
		return; /* left over from a request that was given up */

	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		rd->interrupted = 1;

	if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE) {
		int r = cnet__ack_read(h, rd->status == 0 ? err : NULL);

		if (rd->status == 0)
			rd->status = r;
		rd->done = 1;
	} else if (rd->status == 0 && rd->fn != NULL && h->nlmsg_type >= NLMSG_MIN_TYPE) {
		rd->status = rd->fn(h, rd->arg, err);
	}
}

/*
 * The kernel has answered before sending returns. So if reading fails for want of memory or the
 * like, it is tried again as long as something is there: giving up would leave what the request
 * did, and nobody to undo it.
 */
static int receive(struct cnet__nl *nl, struct sockaddr_nl *sender, unsigned char **buffer)
{
	struct pollfd ready = { .fd = nl_socket_get_fd(nl->sock), .events = POLLIN };
	int tries, n, error;

	for (tries = 1;; tries++) {
		errno = 0;
		n = nl_recv(nl->sock, sender, buffer, NULL);
		if (n > 0)
			return n;

		error = errno != 0 ? errno : ETIMEDOUT;
		if (tries == READ_TRIES || error == EAGAIN || poll(&ready, 1, 0) <= 0 ||
		    (ready.revents & POLLIN) == 0)
			return -error;
	}
}

/* Reads one datagram. Only the kernel, whose port is 0, is listened to. */
static int read_datagram(struct cnet__nl *nl, struct reading *rd, struct cnet_error *err)
{
	AUTO_FREE unsigned char *buffer = NULL;
	struct sockaddr_nl sender;
	struct nlmsghdr *h;
	int n;

	n = receive(nl, &sender, &buffer);
	if (n < 0)
		return cnet_error_set(err, -n, "netlink: receive: %s", strerror(-n));
	if (sender.nl_pid != 0)
		return 0;

	for (h = (struct nlmsghdr *)(void *)buffer; nlmsg_ok(h, n) && !rd->done;
	     h = nlmsg_next(h, &n))
		read_message(rd, h, err);

	return 0;
}

static int exchange(struct cnet__nl *nl, struct cnet__msg *m, struct reading *rd,
		    struct cnet_error *err)
{
	int r;

	r = send_message(nl, m, err);
	if (r < 0)
		return r;

	rd->sequence = nlmsg_hdr(m->msg)->nlmsg_seq;
	while (!rd->done) {
		r = read_datagram(nl, rd, err);
		if (r < 0)
			return r;
	}

	return rd->status;
}

int cnet__nl_get(struct cnet__nl *nl, struct cnet__msg *m, cnet__nl_fn *fn, void *arg,
		 struct cnet_error *err)
{
	struct reading rd = { .fn = fn, .arg = arg };
	int r;

	if (m->msg != NULL)
		nlmsg_hdr(m->msg)->nlmsg_flags |= NLM_F_ACK;

	r = exchange(nl, m, &rd, err);
	cnet__msg_free(m);
	return r;
}

int cnet__nl_transact(struct cnet__nl *nl, struct cnet__msg *m, struct cnet_error *err)
{
	return cnet__nl_get(nl, m, NULL, NULL, err);
}

int cnet__nl_dump(struct cnet__nl *nl, struct cnet__msg *m, cnet__nl_fn *fn,
		  void (*reset)(void *arg), void *arg, struct cnet_error *err)
{
	int tries, r = 0;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		struct reading rd = { .fn = fn, .arg = arg };

		reset(arg);
		r = exchange(nl, m, &rd, err);
		if (r < 0 || !rd.interrupted)
			break;
	}

	cnet__msg_free(m);
	if (tries == DUMP_TRIES)
		return cnet_error_set(err, EINTR, "netlink: the kernel's tables keep changing");

	return r;
}
