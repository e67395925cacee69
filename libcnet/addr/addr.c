/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of links. */

#include "addr/addr.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "base/opts.h"
#include "base/vec.h"
#include "netns/netns.h"

struct undo {
	struct cnet_netns *ns;
	unsigned int ifindex;
	struct cnet_prefix prefix;
};

/* A network of two (RFC 3021) or one has no broadcast address. */
static bool has_broadcast(const struct cnet_prefix *prefix)
{
	return prefix->ip.family == AF_INET && prefix->length < 31;
}

/*
 * IPv4 wants its own address (local) and that of the other end, which is the same on a network. The
 * broadcast address is what SIOCGIFBRDADDR answers; the kernel does not work it out by itself.
 */
void cnet__addr_encode(struct cnet__msg *m, int type, int flags, unsigned int ifindex,
		       const struct cnet_prefix *prefix, const struct cnet_addr_opts *opts)
{
	const struct ifaddrmsg header = {
		.ifa_family = (uint8_t)prefix->ip.family,
		.ifa_prefixlen = (uint8_t)prefix->length,
		.ifa_scope = opts != NULL ? (uint8_t)opts->scope : 0,
		.ifa_index = ifindex,
	};

	cnet__msg_init(m, type, flags, &header, sizeof(header));
	cnet__msg_ip(m, IFA_LOCAL, &prefix->ip);
	cnet__msg_ip(m, IFA_ADDRESS, &prefix->ip);
	if (type == RTM_NEWADDR && has_broadcast(prefix)) {
		const struct cnet_ip last = cnet_prefix_last(prefix);

		cnet__msg_ip(m, IFA_BROADCAST, &last);
	}
	if (opts != NULL && opts->flags != 0)
		cnet__msg_u32(m, IFA_FLAGS, opts->flags);
}

static int transact(struct cnet_netns *ns, struct cnet__msg *m, struct cnet_error *err)
{
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	return cnet__nl_transact(nl, m, err);
}

/* A prefix that the header of the message would silently cut. */
static int check(const struct cnet_prefix *prefix, struct cnet_error *err)
{
	if (prefix->ip.family == 0)
		return cnet_error_set(err, EINVAL, "no address");
	if (prefix->length > cnet_ip_bits(&prefix->ip))
		return cnet_error_set(err, EINVAL, "prefix length %u: too long", prefix->length);

	return 0;
}

static int prefix_error(struct cnet_error *err, int code, const char *what, unsigned int ifindex,
			const struct cnet_prefix *prefix)
{
	char text[CNET_PREFIX_TEXT];

	return cnet_error_prefix(err, code, "link %u: %s address \"%s\"", ifindex, what,
				 cnet_prefix_format(prefix, text));
}

static int undo(void *arg, struct cnet_error *err)
{
	const struct undo *u = arg;

	return cnet_addr_remove(u->ns, u->ifindex, &u->prefix, err);
}

static int add(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
	       const struct cnet_prefix *prefix, const struct cnet_addr_opts *theirs,
	       struct cnet_error *err)
{
	AUTO_FREE struct undo *u = malloc(sizeof(*u));
	struct cnet_addr_opts opts;
	CNET__MSG_AUTO m = { 0 };
	int r;

	if (u == NULL)
		return cnet_error_set(err, ENOMEM, "out of memory");
	r = check(prefix, err);
	if (r < 0)
		return r;
	r = cnet__opts_copy(&opts, sizeof(opts), theirs, err);
	if (r < 0)
		return r;
	if (opts.scope > UINT8_MAX)
		return cnet_error_set(err, EINVAL, "no such scope: %u", opts.scope);
	r = cnet_txn_reserve(txn, err);
	if (r < 0)
		return r;

	cnet__addr_encode(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, prefix, &opts);
	r = transact(ns, &m, err);
	if (r < 0)
		return r;

	*u = (struct undo){ .ns = ns, .ifindex = ifindex, .prefix = *prefix };
	cnet_txn_push(txn, undo, take(u), free);
	return 0;
}

int cnet_addr_add(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
		  const struct cnet_prefix *prefix, const struct cnet_addr_opts *opts,
		  struct cnet_error *err)
{
	int r;

	r = add(ns, txn, ifindex, prefix, opts, err);
	if (r < 0)
		return prefix_error(err, r, "add", ifindex, prefix);

	return 0;
}

int cnet_addr_remove(struct cnet_netns *ns, unsigned int ifindex, const struct cnet_prefix *prefix,
		     struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	CNET__MSG_AUTO m = { 0 };
	int r;

	r = check(prefix, &why);
	if (r == 0) {
		cnet__addr_encode(&m, RTM_DELADDR, 0, ifindex, prefix, NULL);
		r = transact(ns, &m, &why);
	}
	/* ENODEV is also said of a link that has lost its IPv4 or IPv6 altogether. */
	if (r == 0 || r == -EADDRNOTAVAIL || r == -ENODEV)
		return 0;

	cnet_error_set(err, -r, "%s", why.message);
	return prefix_error(err, r, "remove", ifindex, prefix);
}

static const struct nla_policy policy[IFA_MAX + 1] = {
	[IFA_ADDRESS] = { .minlen = 4, .maxlen = 16 },
	[IFA_LOCAL] = { .minlen = 4, .maxlen = 16 },
	[IFA_FLAGS] = { .type = NLA_U32 },
};

static int decode(const struct nlmsghdr *answer, struct cnet_addr *addr)
{
	struct nlattr *tb[IFA_MAX + 1], *own;
	const struct ifaddrmsg *header = nlmsg_data(answer);
	struct cnet_ip *ip = &addr->prefix.ip;

	*addr = (struct cnet_addr){ 0 };
	if (!nlmsg_valid_hdr(answer, sizeof(*header)))
		return -EBADMSG;
	ip->family = header->ifa_family;
	if (cnet_ip_bits(ip) == 0)
		return 0;

	if (nla_parse(tb, IFA_MAX, nlmsg_attrdata(answer, sizeof(*header)),
		      nlmsg_attrlen(answer, sizeof(*header)), policy) < 0)
		return -EBADMSG;
	own = tb[IFA_LOCAL] != NULL ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (own == NULL || (unsigned int)nla_len(own) != cnet_ip_bits(ip) / 8 ||
	    header->ifa_prefixlen > cnet_ip_bits(ip))
		return -EBADMSG;

	memcpy(ip->bytes, nla_data(own), (size_t)nla_len(own));
	addr->prefix.length = header->ifa_prefixlen;
	addr->ifindex = header->ifa_index;
	addr->scope = header->ifa_scope;
	/* The header has room for eight flags; there are more. */
	addr->flags = tb[IFA_FLAGS] != NULL ? nla_get_u32(tb[IFA_FLAGS]) : header->ifa_flags;
	return 1;
}

int cnet__addr_decode(const struct nlmsghdr *answer, struct cnet_addr *addr, struct cnet_error *err)
{
	int r = answer->nlmsg_type == RTM_NEWADDR ? decode(answer, addr) : -EBADMSG;

	if (r < 0)
		return cnet_error_set(err, EBADMSG, "the kernel's answer is malformed");

	return r;
}

struct listing {
	unsigned int ifindex;
	VEC(struct cnet_addr) list;
};

static int append(const struct nlmsghdr *answer, void *arg, struct cnet_error *err)
{
	struct cnet_addr addr = { 0 };
	struct listing *l = arg;
	int r;

	r = cnet__addr_decode(answer, &addr, err);
	/* Kernels without strict checking (before Linux 4.20) do not filter by link. */
	if (r <= 0 || (l->ifindex != 0 && addr.ifindex != l->ifindex))
		return r < 0 ? r : 0;

	if (vec_reserve(&l->list, 1) < 0)
		return cnet_error_set(err, ENOMEM, "out of memory");
	vec_push(&l->list, addr);
	return 0;
}

static void clear(void *arg)
{
	((struct listing *)arg)->list.count = 0;
}

static int list(struct cnet_netns *ns, struct listing *l, struct cnet_error *err)
{
	/* Of all families, which the kernel goes through by number: IPv4 (2) before IPv6 (10). */
	const struct ifaddrmsg header = { .ifa_family = AF_UNSPEC, .ifa_index = l->ifindex };
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	cnet__msg_init(&m, RTM_GETADDR, NLM_F_DUMP, &header, sizeof(header));
	return cnet__nl_dump(nl, &m, append, clear, l, err);
}

int cnet_addr_list(struct cnet_netns *ns, unsigned int ifindex, struct cnet_addr **ret,
		   size_t *count, struct cnet_error *err)
{
	struct listing l = { .ifindex = ifindex };
	int r;

	r = list(ns, &l, err);
	if (r < 0) {
		free(l.list.items);
		return ifindex != 0 ? cnet_error_prefix(err, r, "link %u: list addresses", ifindex)
				    : cnet_error_prefix(err, r, "list addresses");
	}

	*ret = l.list.items;
	*count = l.list.count;
	return 0;
}
