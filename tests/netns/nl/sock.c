/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The transport, with recvmsg() between it and the kernel: what can go wrong on the way. */

#include "nl/sock.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "harness/test.h"

/* What happens to the readings of netlink answers, those that only look (MSG_PEEK) not counted. */
static struct {
	unsigned int fail;	/* so many fail */
	int error;		/* with this */
	unsigned int interrupt; /* so many are said to be of changing tables */
	unsigned int forge;	/* so many come from another sender and say EPERM */
	unsigned int stale;	/* so many are of another request and say EPERM */
	unsigned int readings;
} wire;

static struct nlmsghdr *first(const struct msghdr *message)
{
	return message->msg_iov[0].iov_base;
}

static int take_one(unsigned int *count)
{
	if (*count == 0)
		return 0;

	--*count;
	return 1;
}

/* The next answer, changed, while the true one stays where it is. */
static ssize_t impostor(struct msghdr *message, ssize_t n, uint32_t port, uint32_t sequence)
{
	struct sockaddr_nl *sender = message->msg_name;
	struct nlmsghdr *h = first(message);

	sender->nl_pid = port;
	h->nlmsg_seq += sequence;
	h->nlmsg_type = NLMSG_ERROR;
	h->nlmsg_flags = 0;
	h->nlmsg_len = (uint32_t)n; /* with all that follows it */
	*(int *)NLMSG_DATA(h) = -EPERM;
	return n;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	static ssize_t (*real)(int, struct msghdr *, int);
	ssize_t n;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "recvmsg");
	if (message->msg_namelen != sizeof(struct sockaddr_nl) || (flags & MSG_PEEK) != 0)
		return real(fd, message, flags);

	wire.readings++;
	if (take_one(&wire.fail)) {
		errno = wire.error;
		return -1;
	}
	if (take_one(&wire.forge))
		return impostor(message, real(fd, message, flags | MSG_PEEK), 4711, 0);
	if (take_one(&wire.stale))
		return impostor(message, real(fd, message, flags | MSG_PEEK), 0, 1);

	n = real(fd, message, flags);
	if (n > 0 && take_one(&wire.interrupt))
		first(message)->nlmsg_flags |= NLM_F_DUMP_INTR;
	return n;
}

struct count {
	unsigned int now, all;
	int code;
};

static int count(__attribute__((unused)) const struct nlmsghdr *answer, void *arg,
		 struct cnet_error *err)
{
	struct count *c = arg;

	c->now++;
	c->all++;
	return c->code != 0 ? cnet_error_set(err, c->code, "enough") : 0;
}

static void reset(void *arg)
{
	((struct count *)arg)->now = 0;
}

static struct cnet__nl *open_socket(void)
{
	struct cnet_error err = { 0 };
	struct cnet__nl *nl;

	OK(cnet__nl_open(NETLINK_ROUTE, &nl, &err));
	return nl;
}

static int dump(struct cnet__nl *nl, struct count *c, struct cnet_error *err)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	CNET__MSG_AUTO m = { 0 };

	cnet__msg_init(&m, RTM_GETLINK, NLM_F_DUMP, &header, sizeof(header));
	return cnet__nl_dump(nl, &m, count, reset, c, err);
}

static int get(struct cnet__nl *nl, int ifindex, struct count *c, struct cnet_error *err)
{
	const struct ifinfomsg header = { .ifi_index = ifindex };
	CNET__MSG_AUTO m = { 0 };

	cnet__msg_init(&m, RTM_GETLINK, 0, &header, sizeof(header));
	return cnet__nl_get(nl, &m, count, c, err);
}

/* Creates a bridge: not the same if it were done twice, or given up half-way. */
static int create(struct cnet__nl *nl, const char *name, struct cnet_error *err)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	CNET__MSG_AUTO m = { 0 };

	cnet__msg_init(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	cnet__msg_string(&m, IFLA_IFNAME, name);
	cnet__msg_nest(&m, IFLA_LINKINFO);
	cnet__msg_string(&m, IFLA_INFO_KIND, "bridge");
	cnet__msg_end(&m);
	return cnet__nl_transact(nl, &m, err);
}

TEST_NETNS(one_answer_and_its_acknowledgement)
{
	struct cnet__nl *nl = open_socket();
	struct cnet_error err = { 0 };
	struct count c = { 0 };

	OK(get(nl, 1, &c, &err));
	INTEGERS_EQUAL(c.now, 1);
	OK(create(nl, "br", &err));
	FAILS_WITH(EEXIST, "File exists", create(nl, "br", &err));
	FAILS_WITH(ENODEV, "No such device", get(nl, 99, &c, &err));
	INTEGERS_EQUAL(c.now, 1);
	OK(get(nl, 1, &c, &err));
	INTEGERS_EQUAL(c.now, 2);
	cnet__nl_close(nl);
}

/* That the kernel speaks needs NETLINK_EXT_ACK. */
TEST_NETNS(the_kernels_words)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct cnet__nl *nl = open_socket();
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };

	cnet__msg_init(&m, RTM_NEWLINK, NLM_F_CREATE, &header, sizeof(header));
	cnet__msg_nest(&m, IFLA_LINKINFO);
	cnet__msg_string(&m, IFLA_INFO_KIND, "nosuchkind");
	cnet__msg_end(&m);
	FAILS_WITH(EOPNOTSUPP, "Operation not supported (kernel: Unknown device type)",
		   cnet__nl_transact(nl, &m, &err));
	cnet__nl_close(nl);
}

TEST_NETNS(a_message_that_failed_to_build)
{
	static const char large[70000] = "x";
	const struct ifinfomsg header = { .ifi_index = 1 };
	struct cnet__nl *nl = open_socket();
	struct cnet_error err = { 0 };
	CNET__MSG_AUTO m = { 0 };

	test_fail_request(0, 0);
	cnet__msg_init(&m, RTM_NEWLINK, 0, &header, sizeof(header));
	cnet__msg_data(&m, IFLA_IFALIAS, large, sizeof(large));
	FAILS_WITH(EMSGSIZE, "build request", cnet__nl_transact(nl, &m, &err));
	CHECK(m.msg == NULL);
	INTEGERS_EQUAL(test_requests(), 0);
	cnet__nl_close(nl);
}

TEST_NETNS(a_dump_of_changing_tables_is_read_again)
{
	struct cnet__nl *nl = open_socket();
	struct cnet_error err = { 0 };
	struct count c = { 0 };

	test_command(NULL, "ip link add name br type bridge");
	wire.interrupt = 1;
	OK(dump(nl, &c, &err));
	INTEGERS_EQUAL(c.now, 2);
	INTEGERS_EQUAL(c.all, 4);
	INTEGERS_EQUAL(err.code, 0);

	wire.interrupt = 100000;
	FAILS_WITH(EINTR, "keep changing", dump(nl, &c, &err));
	wire.interrupt = 0;
	OK(dump(nl, &c, &err));
	cnet__nl_close(nl);
}

/* Until the end of the answers, so that none is left for the next request to read. */
TEST_NETNS(a_reader_that_fails)
{
	struct cnet__nl *nl = open_socket();
	struct count c = { .code = EBADMSG };
	struct cnet_error err = { 0 };

	test_command(NULL, "ip link add name br type bridge");
	FAILS_WITH(EBADMSG, "enough", dump(nl, &c, &err));
	INTEGERS_EQUAL(c.all, 1);
	FAILS_WITH(EBADMSG, "enough", get(nl, 1, &c, &err));
	c = (struct count){ 0 };
	OK(dump(nl, &c, &err));
	INTEGERS_EQUAL(c.all, 2);
	cnet__nl_close(nl);
}

TEST_NETNS(only_the_kernel_is_listened_to)
{
	struct cnet__nl *nl = open_socket();
	struct cnet_error err = { 0 };
	struct count c = { 0 };

	wire.forge = 2;
	OK(create(nl, "br", &err));
	wire.forge = 1;
	OK(get(nl, 1, &c, &err));
	INTEGERS_EQUAL(c.all, 1);
	cnet__nl_close(nl);
}

TEST_NETNS(answers_to_earlier_requests_are_left_out)
{
	struct cnet__nl *nl = open_socket();
	struct cnet_error err = { 0 };
	struct count c = { 0 };

	wire.stale = 2;
	OK(create(nl, "br", &err));
	wire.stale = 1;
	OK(dump(nl, &c, &err));
	INTEGERS_EQUAL(c.all, 2);
	cnet__nl_close(nl);
}

/* The request has been carried out: its answer is read, whatever happens while reading. */
TEST_NETNS(a_reading_that_fails_is_repeated)
{
	const int errors[] = { ENOMEM, EIO, ENOBUFS, EINTR };
	struct cnet__nl *nl = open_socket();
	struct cnet_error err = { 0 };
	struct count c = { 0 };
	char name[8];
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		wire.error = errors[i];
		wire.fail = 2;
		snprintf(name, sizeof(name), "br%zu", i);
		OK(create(nl, name, &err));
		INTEGERS_EQUAL(wire.fail, 0);
	}

	wire.error = EIO;
	wire.fail = 3;
	FAILS_WITH(EIO, "netlink: receive: Input/output error", get(nl, 1, &c, &err));
	INTEGERS_EQUAL(c.all, 0);
	/* The answer that was given up comes before the next one's, and is left out. */
	FAILS(ENODEV, get(nl, 99, &c, &err));
	INTEGERS_EQUAL(c.all, 0);
	cnet__nl_close(nl);
}

TEST_NETNS(a_request_that_cannot_be_sent)
{
	struct cnet__nl *nl = open_socket();
	struct cnet_error err = { 0 };

	test_fail_request(1, ENOBUFS);
	FAILS_WITH(ENOBUFS, "netlink: send: No buffer space", create(nl, "br", &err));
	test_fail_request(1, EINTR);
	OK(create(nl, "br", &err));
	cnet__nl_close(nl);
}

/* Many datagrams. */
TEST_NETNS(many_answers)
{
	struct cnet__nl *nl = open_socket();
	struct cnet_error err = { 0 };
	struct count c = { 0 };

	test_command(NULL, "for i in $(seq 100); do echo link add name br$i type bridge; done | "
			   "ip -batch -");
	OK(dump(nl, &c, &err));
	INTEGERS_EQUAL(c.now, 101);
	CHECK(wire.readings > 2);
	cnet__nl_close(nl);
}

TEST_NETNS(no_such_protocol)
{
	struct cnet_error err = { 0 };
	struct cnet__nl *nl = NULL;

	FAILS_WITH(EPROTONOSUPPORT, "netlink: open: ", cnet__nl_open(31, &nl, &err));
	CHECK(nl == NULL);
	cnet__nl_close(NULL);
}
