/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing one property of a link, and changing it back.
 *
 * Each property is a constant table entry that compares it in two snapshots and writes it from
 * one. So the change and its inverse are the same code: the change writes what is wanted, the
 * inverse writes what was read before.
 */

#include <cnet/link.h>

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/auto.h"
#include "link/link.h"
#include "netns/netns.h"

struct property {
	uint32_t flag; /* IFF_*: the property is this bit of the header */
	int (*equal)(const struct cnet_link *a, const struct cnet_link *b);
	void (*encode)(struct cnet__msg *m, const struct cnet_link *link);
};

struct undo {
	struct cnet_netns *ns;
	const struct property *property;
	struct cnet_link old;
};

static int write_property(struct cnet_netns *ns, const struct property *property,
			  const struct cnet_link *link, struct cnet_error *err)
{
	const struct ifinfomsg header = {
		.ifi_index = (int)link->ifindex,
		.ifi_flags = link->flags & property->flag,
		.ifi_change = property->flag,
	};
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	/* Number 0 would have the kernel look for a name. */
	if (link->ifindex == 0 || link->ifindex > INT32_MAX)
		return cnet_error_set(err, ENODEV, "%s", strerror(ENODEV));
	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	cnet__msg_init(&m, RTM_SETLINK, 0, &header, sizeof(header));
	if (property->encode != NULL)
		property->encode(&m, link);

	return cnet__nl_transact(nl, &m, err);
}

static int undo(void *arg, struct cnet_error *err)
{
	const struct undo *u = arg;
	struct cnet_error why = { 0 };
	int r;

	r = write_property(u->ns, u->property, &u->old, &why);
	if (r < 0 && r != -ENODEV)
		return cnet_error_set(err, -r, "link \"%s\": restore: %s", u->old.name,
				      why.message);

	return 0;
}

static int is_equal(const struct property *property, const struct cnet_link *a,
		    const struct cnet_link *b)
{
	if (property->flag != 0)
		return ((a->flags ^ b->flags) & property->flag) == 0;

	return property->equal(a, b);
}

static int change(struct cnet_netns *ns, struct cnet_txn *txn, const struct property *property,
		  const struct cnet_link *wanted, struct cnet_error *err)
{
	AUTO_FREE struct undo *u = NULL;
	int r;

	if (txn == NULL)
		return write_property(ns, property, wanted, err);

	u = malloc(sizeof(*u));
	if (u == NULL)
		return cnet_error_set(err, ENOMEM, "out of memory");
	u->ns = ns;
	u->property = property;
	r = cnet__link_read(ns, wanted->ifindex, NULL, &u->old, err);
	if (r < 0)
		return r;
	if (is_equal(property, &u->old, wanted))
		return 0; /* an inverse undoes only what was done here */
	r = cnet_txn_reserve(txn, err);
	if (r < 0)
		return r;

	r = write_property(ns, property, wanted, err);
	if (r < 0)
		return r;

	cnet_txn_push(txn, undo, take(u), free);
	return 0;
}

static int equal_name(const struct cnet_link *a, const struct cnet_link *b)
{
	return strcmp(a->name, b->name) == 0;
}

static void encode_name(struct cnet__msg *m, const struct cnet_link *link)
{
	cnet__msg_string(m, IFLA_IFNAME, link->name);
}

int cnet_link_rename(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
		     const char *name, struct cnet_error *err)
{
	static const struct property property = { .equal = equal_name, .encode = encode_name };
	struct cnet_link wanted = { .ifindex = ifindex };
	int r;

	r = cnet_link_name_check(name, err);
	if (r == 0) {
		memcpy(wanted.name, name, strlen(name) + 1); /* its length has just been checked */
		r = change(ns, txn, &property, &wanted, err);
	}
	if (r < 0)
		return cnet_error_prefix(err, r, "link %u: rename to \"%s\"", ifindex, name);

	return 0;
}

int cnet_link_set_up(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex, int up,
		     struct cnet_error *err)
{
	static const struct property property = { .flag = IFF_UP };
	const struct cnet_link wanted = { .ifindex = ifindex, .flags = up ? IFF_UP : 0 };
	int r;

	r = change(ns, txn, &property, &wanted, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "link %u: set %s", ifindex, up ? "up" : "down");

	return 0;
}

int cnet_link_set_promiscuous(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			      int promiscuous, struct cnet_error *err)
{
	static const struct property property = { .flag = IFF_PROMISC };
	const struct cnet_link wanted = { .ifindex = ifindex,
					  .flags = promiscuous ? IFF_PROMISC : 0 };
	int r;

	r = change(ns, txn, &property, &wanted, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "link %u: set promiscuous mode %s", ifindex,
					 promiscuous ? "on" : "off");

	return 0;
}

static int equal_mtu(const struct cnet_link *a, const struct cnet_link *b)
{
	return a->mtu == b->mtu;
}

static void encode_mtu(struct cnet__msg *m, const struct cnet_link *link)
{
	cnet__msg_u32(m, IFLA_MTU, link->mtu);
}

int cnet_link_set_mtu(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
		      unsigned int mtu, struct cnet_error *err)
{
	static const struct property property = { .equal = equal_mtu, .encode = encode_mtu };
	const struct cnet_link wanted = { .ifindex = ifindex, .mtu = mtu };
	int r;

	r = change(ns, txn, &property, &wanted, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "link %u: set MTU %u", ifindex, mtu);

	return 0;
}

static int equal_mac(const struct cnet_link *a, const struct cnet_link *b)
{
	return cnet_mac_equal(&a->mac, &b->mac);
}

static void encode_mac(struct cnet__msg *m, const struct cnet_link *link)
{
	cnet__msg_mac(m, IFLA_ADDRESS, &link->mac);
}

int cnet_link_set_mac(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
		      const struct cnet_mac *mac, struct cnet_error *err)
{
	static const struct property property = { .equal = equal_mac, .encode = encode_mac };
	const struct cnet_link wanted = { .ifindex = ifindex, .mac = *mac };
	char text[CNET_MAC_TEXT];
	int r;

	/* Without an address the request would succeed and do nothing. */
	if (!mac->set)
		r = cnet_error_set(err, EADDRNOTAVAIL, "no address");
	else
		r = change(ns, txn, &property, &wanted, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "link %u: set MAC address \"%s\"", ifindex,
					 cnet_mac_format(mac, text));

	return 0;
}

static int equal_master(const struct cnet_link *a, const struct cnet_link *b)
{
	return a->master == b->master;
}

static void encode_master(struct cnet__msg *m, const struct cnet_link *link)
{
	cnet__msg_u32(m, IFLA_MASTER, link->master);
}

int cnet__link_explain_master(struct cnet_netns *ns, unsigned int master, int code,
			      struct cnet_error *err)
{
	struct cnet_link link;

	if (master == 0 || (code != -EINVAL && code != -EOPNOTSUPP))
		return code;
	if (cnet__link_read(ns, master, NULL, &link, NULL) == -ENODEV)
		return cnet_error_set(err, ENODEV, "master %u: %s", master, strerror(ENODEV));
	if (code == -EOPNOTSUPP && strcmp(link.kind, "bridge") != 0)
		return cnet_error_prefix(err, code, "master \"%s\" is no bridge", link.name);

	return code;
}

int cnet_link_set_master(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			 unsigned int master, struct cnet_error *err)
{
	static const struct property property = { .equal = equal_master, .encode = encode_master };
	const struct cnet_link wanted = { .ifindex = ifindex, .master = master };
	int r;

	r = change(ns, txn, &property, &wanted, err);
	if (r < 0) {
		r = cnet__link_explain_master(ns, master, r, err);
		return cnet_error_prefix(err, r, "link %u: set master %u", ifindex, master);
	}

	return 0;
}

int cnet__link_alias_check(const char *alias, struct cnet_error *err)
{
	if (strlen(alias) >= CNET__LINK_ALIAS)
		return cnet_error_set(err, EINVAL, "alias \"%s\": longer than %d bytes", alias,
				      CNET__LINK_ALIAS - 1);

	return 0;
}

static int equal_alias(const struct cnet_link *a, const struct cnet_link *b)
{
	return strcmp(a->alias, b->alias) == 0;
}

/* Without its end: an attribute of no bytes is what removes an alias (dev_set_alias()). */
static void encode_alias(struct cnet__msg *m, const struct cnet_link *link)
{
	cnet__msg_data(m, IFLA_IFALIAS, link->alias, strlen(link->alias));
}

int cnet_link_set_alias(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
			const char *alias, struct cnet_error *err)
{
	static const struct property property = { .equal = equal_alias, .encode = encode_alias };
	struct cnet_link wanted = { .ifindex = ifindex };
	int r;

	r = cnet__link_alias_check(alias, err);
	if (r == 0) {
		memcpy(wanted.alias, alias,
		       strlen(alias) + 1); /* its length has just been checked */
		r = change(ns, txn, &property, &wanted, err);
	}
	if (r < 0)
		return cnet_error_prefix(err, r, "link %u: set alias", ifindex);

	return 0;
}
