/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nfnetlink over libmnl: the socket that nf_tables and conntrack are spoken to. */
#ifndef CNET_NL_NFNL_H
#define CNET_NL_NFNL_H

#include <cnet/error.h>

struct cnet__nfnl;

/* Opens a socket in the namespace of the calling thread. */
int cnet__nfnl_open(struct cnet__nfnl **ret, struct cnet_error *err) CNET_NODISCARD;
void cnet__nfnl_close(struct cnet__nfnl *nfnl);

#endif
