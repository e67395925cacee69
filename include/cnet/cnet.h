/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All of libcnet, but for writing CNI plugins (cnet/cni.h) and running networks (cnet/runtime.h).
 */
#ifndef CNET_CNET_H
#define CNET_CNET_H

#include <cnet/addr.h>
#include <cnet/attachment.h>
#include <cnet/common.h>
#include <cnet/error.h>
#include <cnet/link.h>
#include <cnet/link/bridge.h>
#include <cnet/link/veth.h>
#include <cnet/neigh.h>
#include <cnet/netns.h>
#include <cnet/route.h>
#include <cnet/sysctl.h>
#include <cnet/txn.h>
#include <cnet/value.h>
#include <cnet/version.h>

#endif
