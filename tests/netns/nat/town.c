/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host with two bridges, containers on them, and a neighbour outside; servers and clients. */

#include "netns/nat/town.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_MS = 700, TRIES = 10 }; /* what comes at all usually comes at once */

/* A router does not look for neighbours before its link-local address has been found free. */
static void trust_addresses(struct cnet_netns *ns)
{
	test_command(ns, "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad");
}

static struct cnet_netns *container(struct cnet_netns *host, const char *name, const char *bridge,
				    const char *address4, const char *address6)
{
	struct cnet_error err = { 0 };
	struct cnet_netns *ns = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	OK(cnet_netns_create(&ns, &err));
	OK(cnet_netns_pin(ns, NULL, path, &err));
	trust_addresses(ns);
	test_command(host,
		     "ip link add v-%s type veth peer name eth0 netns %s; "
		     "ip link set v-%s master %s up; bridge link set dev v-%s hairpin on",
		     name, name, name, bridge, name);
	test_command(ns,
		     "ip link set lo up; ip link set eth0 up; ip address add %s/24 dev eth0; "
		     "ip address add %s/64 dev eth0 nodad; ip route add default via %.6s.1; "
		     "ip route add default via %.4s::1",
		     address4, address6, address4, address6);
	return ns;
}

void town_build(struct town *town, const struct test_netns *t)
{
	struct cnet_error err = { 0 };

	CHECK(mkdir("/run/netns", 0755) == 0);
	OK(cnet_netns_pin(t->box, NULL, "/run/netns/outside", &err));
	trust_addresses(t->host);
	trust_addresses(t->box);
	test_command(t->host,
		     "echo 1 >/proc/sys/net/ipv4/ip_forward; "
		     "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; "
		     "ip link add wan type veth peer name eth0 netns outside; ip link set wan up; "
		     "ip address add 192.0.2.1/24 dev wan; ip address add 192.0.2.9/24 dev wan; "
		     "ip address add 2001:db8::1/64 dev wan nodad; "
		     "for i in 0 1; do ip link add br$i type bridge; ip link set br$i up; "
		     "ip address add 10.$((i + 1)).0.1/24 dev br$i; "
		     "ip address add fd0$((i + 1))::1/64 dev br$i nodad; done");
	test_command(t->box, "ip link set eth0 up; ip address add 192.0.2.2/24 dev eth0; "
			     "ip address add 2001:db8::2/64 dev eth0 nodad; "
			     "ip route add 10.0.0.0/8 via 192.0.2.1; "
			     "ip route add fd00::/8 via 2001:db8::1");

	*town = (struct town){ .host = t->host, .outside = t->box };
	town->one = container(t->host, "one", "br0", "10.1.0.2", "fd01::2");
	town->two = container(t->host, "two", "br0", "10.1.0.3", "fd01::3");
	town->three = container(t->host, "three", "br1", "10.2.0.2", "fd02::2");
}

void town_end(struct town *town)
{
	cnet_netns_close(town->one);
	cnet_netns_close(town->two);
	cnet_netns_close(town->three);
}

struct request {
	int type;
	int family;
	int fd;
};

static int open_socket(void *arg, struct cnet_error *err)
{
	struct request *rq = arg;

	rq->fd = socket(rq->family, rq->type | SOCK_CLOEXEC, 0);
	return rq->fd < 0 ? cnet_error_set(err, errno, "socket: %s", strerror(errno)) : 0;
}

static int socket_in(struct cnet_netns *ns, int family, int type)
{
	const struct timeval patience = { .tv_usec = PATIENCE_MS * 1000 };
	struct request rq = { .type = type, .family = family };
	struct cnet_error err = { 0 };

	OK(cnet_netns_call(ns, open_socket, &rq, &err));
	setsockopt(rq.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(rq.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return rq.fd;
}

static void format_answer(char *text, size_t size, const char *name,
			  const struct sockaddr_in6 *from)
{
	char peer[INET6_ADDRSTRLEN];
	const char *p;

	inet_ntop(AF_INET6, &from->sin6_addr, peer, sizeof(peer));
	p = strncmp(peer, "::ffff:", 7) == 0 ? peer + 7 : peer;
	snprintf(text, size, "%s %s", name, p);
}

static void answer_tcp(int fd, const char *name)
{
	struct sockaddr_in6 from;
	socklen_t size = sizeof(from);
	char text[128];
	int client = accept(fd, (struct sockaddr *)&from, &size);

	if (client < 0)
		return;

	format_answer(text, sizeof(text), name, &from);
	send(client, text, strlen(text), MSG_NOSIGNAL);
	close(client);
}

static void answer_udp(int fd, const char *name)
{
	struct sockaddr_in6 from;
	struct iovec part;
	union {
		struct cmsghdr h;
		char room[128];
	} control;
	struct msghdr m = { .msg_name = &from,
			    .msg_namelen = sizeof(from),
			    .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	char text[128];

	/* The answer must leave from the address that was asked, which the control message says. */
	part = (struct iovec){ text, sizeof(text) };
	if (recvmsg(fd, &m, 0) < 0)
		return;
	format_answer(text, sizeof(text), name, &from);
	part.iov_len = strlen(text);
	sendmsg(fd, &m, MSG_NOSIGNAL);
}

static _Noreturn void serve(int tcp, int udp, const char *name)
{
	struct pollfd fds[2] = { { .fd = tcp, .events = POLLIN }, { .fd = udp, .events = POLLIN } };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		if (getppid() == 1 || poll(fds, 2, 1000) < 0)
			_exit(0);
		if (fds[0].revents != 0)
			answer_tcp(tcp, name);
		if (fds[1].revents != 0)
			answer_udp(udp, name);
	}
}

void town_serve(struct cnet_netns *ns, const char *name, unsigned int port)
{
	const struct sockaddr_in6 any = { .sin6_family = AF_INET6,
					  .sin6_port = htons((uint16_t)port) };
	const int tcp = socket_in(ns, AF_INET6, SOCK_STREAM);
	const int udp = socket_in(ns, AF_INET6, SOCK_DGRAM), on = 1;

	setsockopt(udp, SOL_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	CHECK(bind(tcp, (const struct sockaddr *)&any, sizeof(any)) == 0);
	CHECK(bind(udp, (const struct sockaddr *)&any, sizeof(any)) == 0);
	CHECK(listen(tcp, 16) == 0);
	fflush(stdout);
	if (fork() == 0)
		serve(tcp, udp, name);
	close(tcp);
	close(udp);
}

static const char *ask_once(struct cnet_netns *ns, const char *protocol, const char *address,
			    unsigned int port)
{
	const bool is_v6 = strchr(address, ':') != NULL, is_udp = strcmp(protocol, "udp") == 0;
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in to4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	const struct sockaddr *to = is_v6 ? (struct sockaddr *)&to6 : (struct sockaddr *)&to4;
	static char answer[128];
	ssize_t n;
	int fd;

	CHECK(inet_pton(is_v6 ? AF_INET6 : AF_INET, address,
			is_v6 ? (void *)&to6.sin6_addr : (void *)&to4.sin_addr) == 1);
	fd = socket_in(ns, is_v6 ? AF_INET6 : AF_INET, is_udp ? SOCK_DGRAM : SOCK_STREAM);
	n = connect(fd, to, is_v6 ? sizeof(to6) : sizeof(to4));
	if (n == 0)
		n = send(fd, "?", is_udp ? 1 : 0, MSG_NOSIGNAL);
	if (n >= 0)
		n = recv(fd, answer, sizeof(answer) - 1, 0);
	answer[n > 0 ? n : 0] = '\0';
	close(fd);
	return answer;
}

const char *town_ask(struct cnet_netns *ns, const char *protocol, const char *address,
		     unsigned int port, const char *expected)
{
	const char *answer = "";
	int i;

	/* The first packets may be lost while neighbours are looked for; silence is asked once. */
	for (i = 0; i < TRIES && answer[0] == '\0' && (i == 0 || expected[0] != '\0'); i++)
		answer = ask_once(ns, protocol, address, port);

	return answer;
}
