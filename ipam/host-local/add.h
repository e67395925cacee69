/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ADD. */
#ifndef CNET_IPAM_HOST_LOCAL_ADD_H
#define CNET_IPAM_HOST_LOCAL_ADD_H

#include <cnet/cni.h>

/* As struct cnet_cni_plugin's add. */
int hl_add(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
	   struct cnet_error *err) CNET_NODISCARD;

#endif
