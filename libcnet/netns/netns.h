/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the handle of a namespace. */
#ifndef CNET_NETNS_NETNS_H
#define CNET_NETNS_NETNS_H

#include <cnet/netns.h>

#include "nl/nfnl.h"
#include "nl/sock.h"

/* The rtnetlink socket of a namespace, opened on first use and owned by the handle. */
int cnet__netns_route(struct cnet_netns *ns, struct cnet__nl **ret,
		      struct cnet_error *err) CNET_NODISCARD;

#ifdef CNET_HAVE_NAT
/* The nfnetlink socket of a namespace, likewise. */
int cnet__netns_netfilter(struct cnet_netns *ns, struct cnet__nfnl **ret,
			  struct cnet_error *err) CNET_NODISCARD;
#endif

/* Opens a socket in a namespace; the caller closes it. SOCK_CLOEXEC is added. */
int cnet__netns_socket(struct cnet_netns *ns, int domain, int type, int protocol, int *ret,
		       struct cnet_error *err) CNET_NODISCARD;

/* The namespace's descriptor, for IFLA_NET_NS_FD and the like; owned by the handle. */
int cnet__netns_fd(const struct cnet_netns *ns);

/* Makes a handle of a descriptor, which it then owns. */
int cnet__netns_from_fd(int fd, struct cnet_netns **ret, struct cnet_error *err) CNET_NODISCARD;

#endif
