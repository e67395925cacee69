/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the bridge plugin. */
#ifndef CNET_PLUGINS_BRIDGE_BRIDGE_H
#define CNET_PLUGINS_BRIDGE_BRIDGE_H

#include "bridge/conf.h"
#include "kit/kit.h"

/*
 * The bridge itself is shared by all attachments: it is made by whoever comes first, and neither
 * undone when that one fails nor removed when the last one goes.
 */

/* Makes sure that the bridge is there and up. */
int bridge_ensure(struct cnet_netns *host, const struct bridge_conf *conf, struct cnet_link **ret,
		  struct cnet_error *err) CNET_NODISCARD;
int bridge_check(struct cnet_netns *host, const struct bridge_conf *conf, struct cnet_link **ret,
		 struct cnet_error *err) CNET_NODISCARD;

/* Fills in the gateways of a result, and the default routes through them. */
int gateway_complete(const struct bridge_conf *conf, struct cnet_cni_result *result,
		     struct cnet_error *err) CNET_NODISCARD;
/* Gives the bridge the gateways' addresses, and switches forwarding on. */
int gateway_ensure(struct cnet_netns *host, const struct bridge_conf *conf,
		   const struct cnet_link *bridge, struct cnet_cni_result *result,
		   struct cnet_error *err) CNET_NODISCARD;
int gateway_check(struct cnet_netns *host, const struct cnet_link *bridge,
		  struct cnet_cni_result *result, struct cnet_error *err) CNET_NODISCARD;

/* The pair of links between bridge and container. */
struct port {
	struct cnet_link *near; /* on the host: the bridge's port */
	struct cnet_link *far;	/* in the container */
};

void port_release(struct port *port);
int port_create(struct cnet_cni_call *call, struct cnet_txn *txn, const struct bridge_conf *conf,
		const struct cnet_link *bridge, struct port *port,
		struct cnet_error *err) CNET_NODISCARD;
/* Waits until packets pass through the pair. */
int port_wait(struct cnet_netns *host, struct cnet_netns *container, const struct port *port,
	      struct cnet_error *err) CNET_NODISCARD;
int port_check(struct cnet_cni_call *call, const struct bridge_conf *conf,
	       const struct cnet_link *bridge, const struct cnet_link *far,
	       struct cnet_error *err) CNET_NODISCARD;
int port_delete(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;
/* Deletes the ports of attachments of this network that are not valid. */
int port_gc(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;

/* Masquerading for the container's addresses. */
int masquerade_add(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
		   struct cnet_error *err) CNET_NODISCARD;
int masquerade_check(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;
int masquerade_remove(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;
int masquerade_gc(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;

#endif
