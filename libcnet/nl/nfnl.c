/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nfnetlink over libmnl: the socket that nf_tables and conntrack are spoken to.
 *
 * The kernel works on a datagram while it is being sent, so all answers lie in the receive buffer
 * once it is. Of a refused batch it reports each message that it dislikes; the first counts, the
 * others are left behind and are known by their numbers.
 */

#include "nl/nfnl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "nl/ack.h"

enum {
	DUMP_TRIES = 50,    /* a busy host changes its tables all the time */
	WAIT_SECONDS = 20,  /* the kernel answers at once, or it never will */
	DATAGRAM = 1 << 16, /* netlink_dump() makes at most 32 KiB */
	GROUP = 32,	    /* requests at once, whose answers must fit the receive buffer */
	SMALL_BATCH = 64 * 1024,
	OVERRUN = 4096, /* libnftnl does not look whether there is room */
};

struct cnet__nfnl {
	struct mnl_socket *sock;
	uint32_t sequence;
	_Alignas(struct nlmsghdr) unsigned char datagram[DATAGRAM];
};

static void set_options(struct mnl_socket *sock)
{
	const struct timeval wait = { .tv_sec = WAIT_SECONDS };
	int on = 1;

	/* Kernels without these give bare errno values, which we bear. */
	mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_CAP_ACK, &on, sizeof(on));
	/* The acknowledgements of a large refused batch may overflow: only the first matters. */
	mnl_socket_setsockopt(sock, NETLINK_NO_ENOBUFS, &on, sizeof(on));
	setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
}

int cnet__nfnl_open(struct cnet__nfnl **ret, struct cnet_error *err)
{
	struct cnet__nfnl *nfnl = calloc(1, sizeof(*nfnl));
	int r;

	if (nfnl == NULL)
		return cnet_error_set(err, ENOMEM, "nfnetlink: out of memory");

	nfnl->sock = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (nfnl->sock == NULL || mnl_socket_bind(nfnl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		r = cnet_error_set(err, errno, "nfnetlink: open: %s", strerror(errno));
		cnet__nfnl_close(nfnl);
		return r;
	}

	set_options(nfnl->sock);
	*ret = nfnl;
	return 0;
}

void cnet__nfnl_close(struct cnet__nfnl *nfnl)
{
	if (nfnl == NULL)
		return;

	if (nfnl->sock != NULL)
		mnl_socket_close(nfnl->sock);
	free(nfnl);
}

void cnet__batch_free(struct cnet__batch *b)
{
	free(b->data);
	free(b->steps.items);
	*b = (struct cnet__batch){ 0 };
}

struct nlmsghdr *cnet__batch_begin(struct cnet__batch *b, unsigned int type, unsigned int flags,
				   uint8_t family)
{
	struct nlmsghdr *h;
	struct nfgenmsg *g;

	if (b->error == 0 &&
	    (cnet__vec_reserve(&b->data, &b->room, b->used + CNET__NFNL_MESSAGE + OVERRUN, 1) < 0 ||
	     vec_reserve(&b->steps, 1) < 0))
		b->error = ENOMEM;
	if (b->error != 0)
		return NULL;

	h = mnl_nlmsg_put_header(b->data + b->used);
	h->nlmsg_type = (uint16_t)type;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);

	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->nfgen_family = family;
	g->version = NFNETLINK_V0;
	return h;
}

void cnet__batch_end(struct cnet__batch *b, const char *format, ...)
{
	struct cnet__nfnl_step step = { .offset = b->used };
	const struct nlmsghdr *h;
	va_list args;

	if (b->error != 0)
		return;

	va_start(args, format);
	vsnprintf(step.what, sizeof(step.what), format, args);
	va_end(args);

	h = (const struct nlmsghdr *)(const void *)(b->data + b->used);
	if (h->nlmsg_len > CNET__NFNL_MESSAGE)
		b->error = EMSGSIZE;
	b->used += NLMSG_ALIGN(h->nlmsg_len);
	vec_push(&b->steps, step);
}

static struct nlmsghdr *message(struct cnet__batch *b, size_t i)
{
	return (struct nlmsghdr *)(void *)(b->data + b->steps.items[i].offset);
}

/* Numbers the messages; returns the number of the first. 0 marks what the kernel says unasked. */
static uint32_t number_messages(struct cnet__nfnl *nfnl, struct cnet__batch *b, size_t around)
{
	const size_t count = b->steps.count + 2 * around;
	uint32_t first;
	size_t i;

	if (nfnl->sequence > UINT32_MAX - count - 1)
		nfnl->sequence = 0;
	first = nfnl->sequence + 1;
	nfnl->sequence += (uint32_t)count;

	for (i = 0; i < b->steps.count; i++)
		message(b, i)->nlmsg_seq = first + (uint32_t)(around + i);

	return first;
}

static int check_batch(const struct cnet__batch *b, struct cnet_error *err)
{
	if (b->error != 0)
		return cnet_error_set(err, b->error, "nfnetlink: build request: %s",
				      strerror(b->error));

	return 0;
}

static void make_room(struct cnet__nfnl *nfnl, size_t size)
{
	const int fd = mnl_socket_get_fd(nfnl->sock), wanted = (int)(size + size / 4);

	if (size <= SMALL_BATCH)
		return;

	/* Without CAP_NET_ADMIN in the first user namespace the system's limit applies. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &wanted, sizeof(wanted)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof(wanted));
}

/* What was left behind by a request that ended early. */
static void drain(struct cnet__nfnl *nfnl)
{
	const int fd = mnl_socket_get_fd(nfnl->sock);

	while (recv(fd, nfnl->datagram, sizeof(nfnl->datagram), MSG_DONTWAIT) >= 0)
		continue;
}

static int send_parts(struct cnet__nfnl *nfnl, struct iovec *parts, size_t count,
		      struct cnet_error *err)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr m = { .msg_name = &kernel,
			    .msg_namelen = sizeof(kernel),
			    .msg_iov = parts,
			    .msg_iovlen = count };
	size_t i, size = 0;

	for (i = 0; i < count; i++)
		size += parts[i].iov_len;

	drain(nfnl);
	make_room(nfnl, size);
	if (sendmsg(mnl_socket_get_fd(nfnl->sock), &m, 0) < 0)
		return cnet_error_set(err, errno, "nfnetlink: send %zu bytes: %s", size,
				      strerror(errno));

	return 0;
}

/* Reads one datagram of the kernel's; its length, or negative. */
static int receive(struct cnet__nfnl *nfnl, struct cnet_error *err)
{
	struct sockaddr_nl sender = { 0 };
	struct iovec part = { nfnl->datagram, sizeof(nfnl->datagram) };
	struct msghdr m = { .msg_name = &sender,
			    .msg_namelen = sizeof(sender),
			    .msg_iov = &part,
			    .msg_iovlen = 1 };
	ssize_t n;

	do
		n = recvmsg(mnl_socket_get_fd(nfnl->sock), &m, 0);
	while ((n < 0 && errno == EINTR) || (n >= 0 && sender.nl_pid != 0));

	if (n < 0 && errno == EAGAIN)
		return cnet_error_set(err, ETIMEDOUT, "nfnetlink: the kernel does not answer");
	if (n < 0)
		return cnet_error_set(err, errno, "nfnetlink: receive: %s", strerror(errno));
	if (m.msg_flags & MSG_TRUNC)
		return cnet_error_set(err, EMSGSIZE, "nfnetlink: the kernel's answer is too long");

	return (int)n;
}

struct reading {
	uint32_t first, last; /* numbers of the messages that were sent */
	size_t open;	      /* answers that are awaited */
	cnet__nfnl_fn *fn;
	void *arg;
	int status;
	int interrupted;
};

/* Hands the messages of a datagram to on_message() until nothing more is awaited. */
static int read_answers(struct cnet__nfnl *nfnl, struct reading *rd,
			void (*on_message)(struct reading *rd, const struct nlmsghdr *h,
					   struct cnet_error *err),
			struct cnet_error *err)
{
	const struct nlmsghdr *h;
	int left;

	while (rd->open > 0) {
		left = receive(nfnl, err);
		if (left < 0)
			return left;

		for (h = (const struct nlmsghdr *)(const void *)nfnl->datagram;
		     mnl_nlmsg_ok(h, left) && rd->open > 0; h = mnl_nlmsg_next(h, &left)) {
			if (h->nlmsg_seq >= rd->first && h->nlmsg_seq <= rd->last)
				on_message(rd, h, err);
		}
	}

	return rd->status;
}

static void on_verdict(struct reading *rd, const struct nlmsghdr *h, struct cnet_error *err)
{
	if (h->nlmsg_type != NLMSG_ERROR)
		return;

	rd->status = cnet__ack_read(h, err);
	if (rd->status == 0 && h->nlmsg_seq != rd->last - 1)
		return;

	rd->open = 0;
	rd->last = h->nlmsg_seq; /* whose message it was */
}

struct edge {
	struct nlmsghdr h;
	struct nfgenmsg g;
	struct nlattr a;
	uint32_t generation;
};

/* nfnetlink_rcv_batch() in the kernel: the resource ID names the subsystem. */
static void edge_init(struct edge *e, uint16_t type, uint32_t sequence, uint32_t generation)
{
	*e = (struct edge){
		.h = { .nlmsg_len = sizeof(e->h) + sizeof(e->g),
		       .nlmsg_type = type,
		       .nlmsg_flags = NLM_F_REQUEST,
		       .nlmsg_seq = sequence },
		.g = { .version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_NFTABLES) },
		.a = { .nla_len = sizeof(e->a) + sizeof(e->generation),
		       .nla_type = NFNL_BATCH_GENID },
		.generation = htonl(generation),
	};
	if (generation != 0)
		e->h.nlmsg_len = sizeof(*e);
}

static int exchange_batch(struct cnet__nfnl *nfnl, struct cnet__batch *b, uint32_t generation,
			  struct cnet_error *err)
{
	const uint32_t first = number_messages(nfnl, b, 1);
	struct reading rd = { .first = first, .last = nfnl->sequence, .open = 1 };
	struct edge begin, end;
	struct iovec parts[3];
	int r;

	edge_init(&begin, NFNL_MSG_BATCH_BEGIN, rd.first, generation);
	edge_init(&end, NFNL_MSG_BATCH_END, rd.last, 0);
	message(b, b->steps.count - 1)->nlmsg_flags |= NLM_F_ACK;

	parts[0] = (struct iovec){ &begin, begin.h.nlmsg_len };
	parts[1] = (struct iovec){ b->data, b->used };
	parts[2] = (struct iovec){ &end, end.h.nlmsg_len };
	r = send_parts(nfnl, parts, 3, err);
	if (r < 0)
		return r;

	r = read_answers(nfnl, &rd, on_verdict, err);
	if (r < 0 && rd.last > first && rd.last - first <= b->steps.count)
		return cnet_error_prefix(err, r, "%s", b->steps.items[rd.last - first - 1].what);

	return r;
}

int cnet__nfnl_commit(struct cnet__nfnl *nfnl, struct cnet__batch *b, uint32_t generation,
		      struct cnet_error *err)
{
	int r;

	r = check_batch(b, err);
	if (r == 0 && b->steps.count > 0)
		r = exchange_batch(nfnl, b, generation, err);

	cnet__batch_free(b);
	return r;
}

static void on_answer(struct reading *rd, const struct nlmsghdr *h, struct cnet_error *err)
{
	int r = 0;

	if (h->nlmsg_type != NLMSG_ERROR) {
		if (rd->fn != NULL && rd->status == 0)
			r = rd->fn(h, h->nlmsg_seq - rd->first, rd->arg, err);
	} else {
		struct cnet_error answer = { 0 };

		r = cnet__ack_read(h, &answer);
		if (r == -ENOENT)
			r = 0;
		if (r < 0 && rd->status == 0)
			r = cnet_error_set(err, -r, "%s", answer.message);
	}

	if (rd->status == 0)
		rd->status = r;
	rd->open--;
}

/* Sends some of the messages; the answers bear the index within the whole batch. */
static int exchange_group(struct cnet__nfnl *nfnl, struct cnet__batch *b, uint32_t first,
			  size_t from, size_t to, struct reading *rd, struct cnet_error *err)
{
	const size_t start = b->steps.items[from].offset;
	const size_t end = to < b->steps.count ? b->steps.items[to].offset : b->used;
	struct iovec part = { b->data + start, end - start };
	int r;

	rd->first = first;
	rd->last = first + (uint32_t)to - 1;
	rd->open = to - from;
	r = send_parts(nfnl, &part, 1, err);
	if (r < 0)
		return r;

	return read_answers(nfnl, rd, on_answer, err);
}

int cnet__nfnl_request(struct cnet__nfnl *nfnl, struct cnet__batch *b, cnet__nfnl_fn *fn, void *arg,
		       struct cnet_error *err)
{
	struct reading rd = { .fn = fn, .arg = arg };
	uint32_t first;
	size_t from, to;
	int r;

	r = check_batch(b, err);
	first = number_messages(nfnl, b, 0);
	for (from = 0; r == 0 && from < b->steps.count; from = to) {
		to = from + GROUP < b->steps.count ? from + GROUP : b->steps.count;
		r = exchange_group(nfnl, b, first, from, to, &rd, err);
	}

	cnet__batch_free(b);
	return r;
}

static void on_dump(struct reading *rd, const struct nlmsghdr *h, struct cnet_error *err)
{
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		rd->interrupted = 1;

	if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE) {
		int r = cnet__ack_read(h, rd->status == 0 ? err : NULL);

		if (rd->status == 0)
			rd->status = r;
		rd->open = 0;
	} else if (rd->status == 0 && h->nlmsg_type >= NLMSG_MIN_TYPE) {
		rd->status = rd->fn(h, 0, rd->arg, err);
	}
}

static int dump_once(struct cnet__nfnl *nfnl, struct cnet__batch *b, struct reading *rd,
		     struct cnet_error *err)
{
	struct iovec part = { b->data, b->used };
	int r;

	rd->first = rd->last = number_messages(nfnl, b, 0);
	rd->open = 1;
	r = send_parts(nfnl, &part, 1, err);
	if (r < 0)
		return r;

	return read_answers(nfnl, rd, on_dump, err);
}

int cnet__nfnl_dump(struct cnet__nfnl *nfnl, struct cnet__batch *b, cnet__nfnl_fn *fn,
		    void (*reset)(void *arg), void *arg, struct cnet_error *err)
{
	int tries, interrupted = 1, r;

	r = check_batch(b, err);
	for (tries = 0; r == 0 && interrupted && tries < DUMP_TRIES; tries++) {
		struct reading rd = { .fn = fn, .arg = arg };

		reset(arg);
		r = dump_once(nfnl, b, &rd, err);
		interrupted = rd.interrupted;
	}

	cnet__batch_free(b);
	if (r == 0 && interrupted)
		return cnet_error_set(err, EINTR, "nfnetlink: the kernel's tables keep changing");

	return r;
}
