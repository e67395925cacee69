/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an attachment wants: claims, as text beside its name and as elements of sets. */
#ifndef CNET_NAT_CLAIM_H
#define CNET_NAT_CLAIM_H

#include <stdbool.h>

#include <cnet/value.h>

#include "base/vec.h"
#include "nft/set.h"

enum claim_kind {
	CLAIM_MASQUERADE, /* container: its address and network */
	CLAIM_PORT,	  /* a published port */
	CLAIM_SNAT,	  /* container: translate the source of local clients and siblings */
	CLAIM_SNAT_ALL,	  /* container: translate the source of every client */
};

struct claim {
	enum claim_kind kind;
	bool conditional;	      /* CLAIM_PORT: through the attachment's own chain */
	uint8_t protocol;	      /* CLAIM_PORT */
	uint16_t host_port;	      /* CLAIM_PORT */
	uint16_t container_port;      /* CLAIM_PORT */
	struct cnet_ip host_ip;	      /* CLAIM_PORT; none: any of the container's family */
	struct cnet_prefix container; /* CLAIM_PORT: the length means nothing */
};

struct claims {
	VEC(struct claim) list;
};

void cnet__claims_free(struct claims *claims);

#define CLAIMS_AUTO __attribute__((cleanup(cnet__claims_free))) struct claims

/* 0 or -ENOMEM. */
int cnet__claims_add(struct claims *claims, const struct claim *claim,
		     struct cnet_error *err) CNET_NODISCARD;

/* Writes a claim: "tcp/8080=10.1.2.3:80", "masq=10.1.2.3/24". text: CNET__NFT_COMMENT bytes */
void cnet__claim_format(const struct claim *claim, char *text);
/* 0; -EBADMSG: not such a text. */
int cnet__claim_parse(const char *text, struct claim *ret, struct cnet_error *err) CNET_NODISCARD;

/*
 * The elements that claims become, sorted. A conditional port is two: in a map hp* where it leads
 * to, and in a map cd* the chain through which it goes first.
 * @chains:  that chain for IPv4 and for IPv6
 * @comment: of each: whose it is
 */
int cnet__claims_elements(const struct claims *claims, const char *const chains[2],
			  const char *comment, struct cnet__elements *ret,
			  struct cnet_error *err) CNET_NODISCARD;

/* "host port tcp 8080 at 192.0.2.1", "address 10.1.2.3". text: CNET__NFT_COMMENT bytes */
const char *cnet__element_describe(const struct cnet__element *e, char *text);
/* Is it an element of a map of ports? */
bool cnet__element_is_port(const struct cnet__element *e);
/* Is it a port's element that says where its conditions are? */
bool cnet__element_is_conditional(const struct cnet__element *e);
/* The element in a map hp* that belongs to one in a map cd*, or the reverse: set and key alone. */
struct cnet__element cnet__element_partner(const struct cnet__element *e);
/* The container's address: of ports the host's, or none. */
struct cnet_ip cnet__element_ip(const struct cnet__element *e);

/* "tcp", "udp", "sctp", or NULL. */
const char *cnet__protocol_name(uint8_t protocol);

#endif
