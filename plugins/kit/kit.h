/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several plugins share. */
#ifndef CNET_PLUGINS_KIT_H
#define CNET_PLUGINS_KIT_H

#include <stdbool.h>

#include <cnet/cnet.h>
#include <cnet/cni.h>

/* A random unicast address, locally administered (IEEE 802, section 8.2.2). */
struct cnet_mac kit_random_mac(void);

/* Fails if CNI_IFNAME exists in the container: what is there is another attachment's. */
int kit_ifname_is_free(struct cnet_cni_call *call, struct cnet_netns *container,
		       struct cnet_error *err) CNET_NODISCARD;

/* Keeps router advertisements, which a container may forge, from a link of the host. */
int kit_refuse_advertisements(struct cnet_netns *host, const char *name,
			      struct cnet_error *err) CNET_NODISCARD;

/* No detection of duplicates on a link of the host, so that it can forward when it is up. */
int kit_ask_at_once(struct cnet_netns *host, const char *name,
		    struct cnet_error *err) CNET_NODISCARD;

/* Reads the configuration's "dns". */
int kit_dns_read(struct cnet_cni_call *call, struct cnet_cni_dns *ret,
		 struct cnet_error *err) CNET_NODISCARD;
/* Replaces the result's name servers, where this says anything. */
int kit_dns(const struct cnet_cni_dns *dns, struct cnet_cni_result *result,
	    struct cnet_error *err) CNET_NODISCARD;

/* Appends CNI_IFNAME to the result's interfaces; ret: its index. */
int kit_result_interface(struct cnet_cni_call *call, struct cnet_cni_result *result,
			 const struct cnet_mac *mac, uint32_t mtu, int32_t *ret,
			 struct cnet_error *err) CNET_NODISCARD;

/* The first gateway of a family among the addresses of a result; no address: none. */
struct cnet_ip kit_gateway(struct cnet_cni_result *result, uint32_t family);

/* Does the result hold an address of a family? */
bool kit_has_family(struct cnet_cni_result *result, uint32_t family);

/*
 * Gives the container's link the addresses and routes of a result, and sets it up. There is
 * nothing to record for a rollback: all of it goes with the link.
 * @dad: 1: IPv6 addresses are probed for duplicates (RFC 4862), which takes a second or more
 */
int kit_address(struct cnet_netns *container, const struct cnet_link *link,
		struct cnet_cni_result *result, int dad, struct cnet_error *err) CNET_NODISCARD;

/* Tells the neighbours of the container's addresses, so that they forget earlier holders. */
void kit_announce(struct cnet_netns *container, const struct cnet_link *link,
		  struct cnet_cni_result *result);

/*
 * CHECK: is the container's link there, of this kind, up (unless may_be_down), and as prevResult
 * says? Without ret, or with it: the link, to be released.
 */
int kit_check_link(struct cnet_cni_call *call, struct cnet_netns *container, const char *kind,
		   bool may_be_down, struct cnet_link **ret, struct cnet_error *err) CNET_NODISCARD;

/* CHECK: has the link the addresses and routes that prevResult says? */
int kit_check_addresses(struct cnet_cni_call *call, struct cnet_netns *container,
			const struct cnet_link *link, struct cnet_error *err) CNET_NODISCARD;

/* Does all steps, also where one fails; the errors of all are reported together. */
int kit_all(struct cnet_cni_call *call,
	    int (*const *steps)(struct cnet_cni_call *call, struct cnet_error *err), size_t count,
	    struct cnet_error *err) CNET_NODISCARD;

/* GC: is this cnet_attachment_format() text of an attachment that lives? */
bool kit_is_valid(struct cnet_cni_call *call, const char *text);

#endif
