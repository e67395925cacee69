/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connections that the kernel tracks.
 *
 * The kernel selects (CTA_FILTER, since Linux 5.8; before, it shows all), we look at each flow that
 * it shows, and delete those that are meant one by one, by all of their addresses and their number:
 * nothing else can be hit. The kernel's own deletion by filter could not tell which destinations
 * are the host's.
 */

#include "nft/conntrack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>

#include "netns/netns.h"
#include "nft/attr.h"

/* CTA_FILTER_F_* in net/netfilter/nf_internals.h, which is not exported. */
enum { FILTER_PROTOCOL = 1 << 3, FILTER_DESTINATION_PORT = 1 << 5 };

static unsigned int type_of(unsigned int command)
{
	return NFNL_SUBSYS_CTNETLINK << 8 | command;
}

static void put_filter(struct nlmsghdr *h, uint16_t port)
{
	struct nlattr *tuple = mnl_attr_nest_start(h, CTA_TUPLE_ORIG);
	struct nlattr *protocol = mnl_attr_nest_start(h, CTA_TUPLE_PROTO);
	struct nlattr *filter;

	mnl_attr_put_u8(h, CTA_PROTO_NUM, IPPROTO_UDP);
	if (port != 0)
		mnl_attr_put_u16(h, CTA_PROTO_DST_PORT, htons(port));
	mnl_attr_nest_end(h, protocol);
	mnl_attr_nest_end(h, tuple);

	filter = mnl_attr_nest_start(h, CTA_FILTER);
	mnl_attr_put_u32(h, CTA_FILTER_ORIG_FLAGS,
			 FILTER_PROTOCOL | (port != 0 ? FILTER_DESTINATION_PORT : 0U));
	mnl_attr_nest_end(h, filter);
}

/* One direction of a flow. */
struct tuple {
	struct cnet_ip source, destination;
	uint16_t source_port, destination_port;
	uint8_t protocol;
};

static void read_ip(const struct nlattr *a, struct cnet_ip *ip, uint32_t family, uint16_t size)
{
	if (mnl_attr_get_payload_len(a) != size)
		return;

	ip->family = family;
	memcpy(ip->bytes, mnl_attr_get_payload(a), size);
}

static void read_addresses(const struct nlattr *nest, struct tuple *t)
{
	const struct nlattr *a;

	cnet__attr_for_each_nested (a, nest) {
		switch (mnl_attr_get_type(a)) {
		case CTA_IP_V4_SRC:
			read_ip(a, &t->source, AF_INET, 4);
			break;
		case CTA_IP_V4_DST:
			read_ip(a, &t->destination, AF_INET, 4);
			break;
		case CTA_IP_V6_SRC:
			read_ip(a, &t->source, AF_INET6, 16);
			break;
		case CTA_IP_V6_DST:
			read_ip(a, &t->destination, AF_INET6, 16);
			break;
		default:
			break;
		}
	}
}

static void read_protocol(const struct nlattr *nest, struct tuple *t)
{
	const struct nlattr *a;

	cnet__attr_for_each_nested (a, nest) {
		const uint16_t length = mnl_attr_get_payload_len(a);

		if (mnl_attr_get_type(a) == CTA_PROTO_NUM && length == 1)
			t->protocol = mnl_attr_get_u8(a);
		if (mnl_attr_get_type(a) == CTA_PROTO_SRC_PORT && length == 2)
			t->source_port = ntohs(mnl_attr_get_u16(a));
		if (mnl_attr_get_type(a) == CTA_PROTO_DST_PORT && length == 2)
			t->destination_port = ntohs(mnl_attr_get_u16(a));
	}
}

static struct tuple read_tuple(const struct nlattr *nest)
{
	struct tuple t = { 0 };
	const struct nlattr *a;

	cnet__attr_for_each_nested (a, nest) {
		if (mnl_attr_get_type(a) == CTA_TUPLE_IP)
			read_addresses(a, &t);
		if (mnl_attr_get_type(a) == CTA_TUPLE_PROTO)
			read_protocol(a, &t);
	}

	return t;
}

struct forgetting {
	uint8_t family;
	uint16_t port;
	cnet__flow_fn *fn;
	void *arg;
	struct cnet__batch deletions;
};

/* What identifies an entry is sent back as it came. */
static void add_deletion(struct forgetting *fg, const struct nlmsghdr *entry, uint32_t family)
{
	struct nlmsghdr *h = cnet__batch_begin(&fg->deletions, type_of(IPCTNL_MSG_CT_DELETE),
					       NLM_F_ACK, (uint8_t)family);
	const struct nlattr *a;

	if (h == NULL)
		return;

	cnet__attr_for_each (a, entry) {
		const uint16_t type = mnl_attr_get_type(a);

		if (type == CTA_TUPLE_ORIG)
			mnl_attr_put(h, CTA_TUPLE_ORIG | NLA_F_NESTED, mnl_attr_get_payload_len(a),
				     mnl_attr_get_payload(a));
		else if (type == CTA_ID || type == CTA_ZONE)
			mnl_attr_put(h, type, mnl_attr_get_payload_len(a), mnl_attr_get_payload(a));
	}
	cnet__batch_end(&fg->deletions, "forget a flow");
}

static int on_entry(const struct nlmsghdr *answer, size_t index, void *arg, struct cnet_error *err)
{
	struct forgetting *fg = arg;
	struct tuple original = { 0 }, reply = { 0 };
	struct cnet__flow flow;
	const struct nlattr *a;
	int r;

	(void)index;
	cnet__attr_for_each (a, answer) {
		if (mnl_attr_get_type(a) == CTA_TUPLE_ORIG)
			original = read_tuple(a);
		if (mnl_attr_get_type(a) == CTA_TUPLE_REPLY)
			reply = read_tuple(a);
	}
	if (original.protocol != IPPROTO_UDP ||
	    (fg->family != AF_UNSPEC && original.destination.family != fg->family) ||
	    (fg->port != 0 && original.destination_port != fg->port))
		return 0;

	flow = (struct cnet__flow){ .destination = original.destination,
				    .destination_port = original.destination_port,
				    .answerer = reply.source,
				    .answerer_port = reply.source_port };
	r = fg->fn(&flow, fg->arg, err);
	if (r > 0)
		add_deletion(fg, answer, flow.destination.family);

	return r < 0 ? r : 0;
}

static void reset(void *arg)
{
	struct forgetting *fg = arg;

	cnet__batch_free(&fg->deletions);
}

static int list(struct cnet__nfnl *nfnl, struct forgetting *fg, bool filtered,
		struct cnet_error *err)
{
	CNET__BATCH_AUTO b = { 0 };
	struct nlmsghdr *h =
		cnet__batch_begin(&b, type_of(IPCTNL_MSG_CT_GET), NLM_F_DUMP, fg->family);

	if (h != NULL && filtered)
		put_filter(h, fg->port);
	cnet__batch_end(&b, "list flows");
	return cnet__nfnl_dump(nfnl, &b, on_entry, reset, fg, err);
}

/* What nfnetlink answers to what it does not know: EINVAL stands for an unknown subsystem too. */
static bool is_unknown(int r)
{
	return r == -EINVAL || r == -EOPNOTSUPP;
}

int cnet__conntrack_forget_udp(struct cnet_netns *ns, unsigned int family, uint16_t port,
			       cnet__flow_fn *fn, void *arg, struct cnet_error *err)
{
	struct forgetting fg = { .family = (uint8_t)family, .port = port, .fn = fn, .arg = arg };
	struct cnet_error why = { 0 };
	struct cnet__nfnl *nfnl;
	int r;

	r = cnet__netns_netfilter(ns, &nfnl, err);
	if (r < 0)
		return r;

	r = list(nfnl, &fg, true, &why);
	if (is_unknown(r))
		r = list(nfnl, &fg, false, &why);
	if (is_unknown(r))
		r = 0; /* a kernel without ctnetlink: there is no way to make it forget */
	if (r == 0)
		r = cnet__nfnl_request(nfnl, &fg.deletions, NULL, NULL, &why);
	cnet__batch_free(&fg.deletions);

	return r < 0 ? cnet_error_set(err, -r, "conntrack: %s", why.message) : 0;
}
