/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Permanent neighbours. */

#include "neigh/neigh.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>

#include "base/auto.h"
#include "netns/netns.h"

struct undo {
	struct cnet_netns *ns;
	unsigned int ifindex;
	struct cnet_ip ip;
	struct cnet__neigh old; /* put back if it was permanent too */
};

void cnet__neigh_encode(struct cnet__msg *m, int type, int flags, unsigned int ifindex,
			const struct cnet_ip *ip, const struct cnet_mac *mac)
{
	const struct ndmsg header = {
		.ndm_family = (uint8_t)ip->family,
		.ndm_ifindex = (int)ifindex,
		.ndm_state = mac != NULL ? NUD_PERMANENT : 0,
	};

	cnet__msg_init(m, type, flags, &header, sizeof(header));
	cnet__msg_ip(m, NDA_DST, ip);
	if (mac != NULL)
		cnet__msg_mac(m, NDA_LLADDR, mac);
}

int cnet__neigh_decode(const struct nlmsghdr *answer, struct cnet__neigh *neigh,
		       struct cnet_error *err)
{
	const struct ndmsg *header = nlmsg_data(answer);
	struct nlattr *tb[NDA_MAX + 1], *mac;

	*neigh = (struct cnet__neigh){ 0 };
	if (answer->nlmsg_type != RTM_NEWNEIGH || !nlmsg_valid_hdr(answer, sizeof(*header)) ||
	    nla_parse(tb, NDA_MAX, nlmsg_attrdata(answer, sizeof(*header)),
		      nlmsg_attrlen(answer, sizeof(*header)), NULL) < 0)
		return cnet_error_set(err, EBADMSG, "the kernel's answer is malformed");

	neigh->state = header->ndm_state;
	mac = tb[NDA_LLADDR];
	if (mac != NULL && nla_len(mac) == sizeof(neigh->mac.bytes)) {
		memcpy(neigh->mac.bytes, nla_data(mac), sizeof(neigh->mac.bytes));
		neigh->mac.set = 1;
	}

	return 0;
}

static int decode(const struct nlmsghdr *answer, void *arg, struct cnet_error *err)
{
	return cnet__neigh_decode(answer, arg, err);
}

/* 0; -ENOENT: there is none. */
static int get(struct cnet_netns *ns, unsigned int ifindex, const struct cnet_ip *ip,
	       struct cnet__neigh *ret, struct cnet_error *err)
{
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	cnet__neigh_encode(&m, RTM_GETNEIGH, 0, ifindex, ip, NULL);
	return cnet__nl_get(nl, &m, decode, ret, err);
}

static int transact(struct cnet_netns *ns, int type, int flags, unsigned int ifindex,
		    const struct cnet_ip *ip, const struct cnet_mac *mac, struct cnet_error *err)
{
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	cnet__neigh_encode(&m, type, flags, ifindex, ip, mac);
	return cnet__nl_transact(nl, &m, err);
}

static int name_neigh(struct cnet_error *err, int code, const char *what, unsigned int ifindex,
		      const struct cnet_ip *ip)
{
	char text[CNET_IP_TEXT];

	return cnet_error_prefix(err, code, "link %u: %s neighbour \"%s\"", ifindex, what,
				 cnet_ip_format(ip, text));
}

static int write_permanent(struct cnet_netns *ns, unsigned int ifindex, const struct cnet_ip *ip,
			   const struct cnet_mac *mac, struct cnet_error *err)
{
	return transact(ns, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, ifindex, ip, mac, err);
}

static int undo(void *arg, struct cnet_error *err)
{
	const struct undo *u = arg;
	struct cnet_error why = { 0 };
	int r;

	if ((u->old.state & NUD_PERMANENT) == 0)
		return cnet_neigh_remove(u->ns, u->ifindex, &u->ip, err);

	r = write_permanent(u->ns, u->ifindex, &u->ip, &u->old.mac, &why);
	if (r == 0 || r == -ENODEV)
		return 0;

	cnet_error_set(err, -r, "%s", why.message);
	return name_neigh(err, r, "restore", u->ifindex, &u->ip);
}

static int remember(struct undo *u, struct cnet_txn *txn, struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	int r;

	u->old.state = 0;
	if (txn == NULL)
		return 0;

	r = get(u->ns, u->ifindex, &u->ip, &u->old, &why);
	if (r < 0 && r != -ENOENT)
		return cnet_error_set(err, -r, "%s", why.message);

	return cnet_txn_reserve(txn, err);
}

/* What the kernel would refuse without words, or not refuse. */
static int check(const struct cnet_ip *ip, const struct cnet_mac *mac, struct cnet_error *err)
{
	if (ip->family == 0)
		return cnet_error_set(err, EINVAL, "no address");
	if (!mac->set)
		return cnet_error_set(err, EINVAL, "no MAC address");

	return 0;
}

static int add(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
	       const struct cnet_ip *ip, const struct cnet_mac *mac, struct cnet_error *err)
{
	AUTO_FREE struct undo *u = malloc(sizeof(*u));
	int r;

	if (u == NULL)
		return cnet_error_set(err, ENOMEM, "out of memory");
	*u = (struct undo){ .ns = ns, .ifindex = ifindex, .ip = *ip };

	r = check(ip, mac, err);
	if (r < 0)
		return r;
	r = remember(u, txn, err);
	if (r < 0)
		return r;
	r = write_permanent(ns, ifindex, ip, mac, err);
	if (r < 0)
		return r;

	cnet_txn_push(txn, undo, take(u), free);
	return 0;
}

int cnet_neigh_add(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
		   const struct cnet_ip *ip, const struct cnet_mac *mac, struct cnet_error *err)
{
	int r;

	r = add(ns, txn, ifindex, ip, mac, err);
	if (r < 0)
		return name_neigh(err, r, "add", ifindex, ip);

	return 0;
}

int cnet_neigh_remove(struct cnet_netns *ns, unsigned int ifindex, const struct cnet_ip *ip,
		      struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	int r;

	r = transact(ns, RTM_DELNEIGH, 0, ifindex, ip, NULL, &why);
	if (r == 0 || r == -ENOENT || r == -ENODEV)
		return 0;

	cnet_error_set(err, -r, "%s", why.message);
	return name_neigh(err, r, "remove", ifindex, ip);
}
