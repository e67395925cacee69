/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nfnetlink over libmnl: the socket that nf_tables and conntrack are spoken to. */

#include "nl/nfnl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct cnet__nfnl {
	struct mnl_socket *sock;
};

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
