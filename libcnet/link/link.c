/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links of any kind: get, list, delete; what a snapshot holds. */

#include "link/link.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/vec.h"
#include "netns/netns.h"

/* Counters are read by nobody here, and are the larger part of an answer. */
static void skip_statistics(struct cnet__msg *m)
{
	cnet__msg_u32(m, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

static void encode(struct cnet__msg *m, int type, unsigned int ifindex, const char *name)
{
	const struct ifinfomsg header = { .ifi_index = name == NULL ? (int)ifindex : 0 };

	cnet__msg_init(m, type, 0, &header, sizeof(header));
	if (name != NULL)
		cnet__msg_string(m, IFLA_IFNAME, name);
}

void cnet__link_encode_get(struct cnet__msg *m, unsigned int ifindex, const char *name)
{
	encode(m, RTM_GETLINK, ifindex, name);
	skip_statistics(m);
}

void cnet__link_encode_delete(struct cnet__msg *m, unsigned int ifindex, const char *name)
{
	encode(m, RTM_DELLINK, ifindex, name);
}

static int prefix(struct cnet_error *err, int code, unsigned int ifindex, const char *name)
{
	if (name != NULL)
		return cnet_error_prefix(err, code, "link \"%s\"", name);

	return cnet_error_prefix(err, code, "link %u", ifindex);
}

/* To the kernel number 0 means "by name"; there is no such link. */
static int check_subject(unsigned int ifindex, const char *name, struct cnet_error *err)
{
	if (name != NULL)
		return cnet_link_name_check(name, err);
	if (ifindex == 0 || ifindex > INT32_MAX)
		return cnet_error_set(err, ENODEV, "%s", strerror(ENODEV));

	return 0;
}

static int read_link(const struct nlmsghdr *answer, void *arg, struct cnet_error *err)
{
	return cnet__link_decode(answer, arg, err);
}

int cnet__link_read(struct cnet_netns *ns, unsigned int ifindex, const char *name,
		    struct cnet_link *link, struct cnet_error *err)
{
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	r = check_subject(ifindex, name, err);
	if (r < 0)
		return r;
	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	*link = (struct cnet_link){ 0 };
	cnet__link_encode_get(&m, ifindex, name);
	r = cnet__nl_get(nl, &m, read_link, link, err);
	if (r == 0 && link->ifindex == 0)
		r = cnet_error_set(err, EBADMSG, "the kernel gave no answer");

	return r;
}

int cnet__link_copy(const struct cnet_link *link, struct cnet_link **ret, struct cnet_error *err)
{
	struct cnet_link *copy = malloc(sizeof(*copy));

	if (copy == NULL)
		return cnet_error_set(err, ENOMEM, "link \"%s\": out of memory", link->name);

	*copy = *link;
	*ret = copy;
	return 0;
}

static int get(struct cnet_netns *ns, unsigned int ifindex, const char *name,
	       struct cnet_link **ret, struct cnet_error *err)
{
	struct cnet_link link;
	int r;

	r = cnet__link_read(ns, ifindex, name, &link, err);
	if (r < 0)
		return prefix(err, r, ifindex, name);

	return cnet__link_copy(&link, ret, err);
}

int cnet_link_get(struct cnet_netns *ns, const char *name, struct cnet_link **ret,
		  struct cnet_error *err)
{
	return get(ns, 0, name, ret, err);
}

int cnet_link_get_index(struct cnet_netns *ns, unsigned int ifindex, struct cnet_link **ret,
			struct cnet_error *err)
{
	return get(ns, ifindex, NULL, ret, err);
}

typedef VEC(struct cnet_link *) links;

static int append(const struct nlmsghdr *answer, void *arg, struct cnet_error *err)
{
	struct cnet_link link, *copy = NULL;
	links *list = arg;
	int r;

	r = cnet__link_decode(answer, &link, err);
	if (r < 0)
		return r;
	if (vec_reserve(list, 1) < 0)
		return cnet_error_set(err, ENOMEM, "links: out of memory");
	r = cnet__link_copy(&link, &copy, err);
	if (r < 0)
		return r;

	vec_push(list, copy);
	return 0;
}

static void clear(void *arg)
{
	links *list = arg;

	while (list->count > 0)
		free(list->items[--list->count]);
}

int cnet_link_list(struct cnet_netns *ns, struct cnet_link ***ret, size_t *count,
		   struct cnet_error *err)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	links list = { 0 };
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	cnet__msg_init(&m, RTM_GETLINK, NLM_F_DUMP, &header, sizeof(header));
	skip_statistics(&m);
	r = cnet__nl_dump(nl, &m, append, clear, &list, err);
	if (r < 0) {
		cnet_link_list_free(list.items, list.count);
		return cnet_error_prefix(err, r, "list links");
	}

	*ret = list.items;
	*count = list.count;
	return 0;
}

void cnet_link_list_free(struct cnet_link **list, size_t count)
{
	while (count > 0)
		free(list[--count]);
	free(list);
}

void cnet_link_free(struct cnet_link *link)
{
	free(link);
}

static int delete_link(struct cnet_netns *ns, unsigned int ifindex, const char *name,
		       struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	cnet__link_encode_delete(&m, ifindex, name);
	r = cnet__nl_transact(nl, &m, &why);
	if (r == 0 || r == -ENODEV)
		return 0;

	cnet_error_set(err, -r, "delete: %s%s",
		       r == -EOPNOTSUPP ? "not a kind of link that can be deleted: " : "",
		       why.message);
	return prefix(err, r, ifindex, name);
}

int cnet_link_delete(struct cnet_netns *ns, const char *name, struct cnet_error *err)
{
	int r;

	r = cnet_link_name_check(name, err);
	if (r < 0)
		return r;

	return delete_link(ns, 0, name, err);
}

int cnet_link_delete_index(struct cnet_netns *ns, unsigned int ifindex, struct cnet_error *err)
{
	if (ifindex == 0 || ifindex > INT32_MAX)
		return 0; /* no link has such a number; to the kernel 0 would be "by name" */

	return delete_link(ns, ifindex, NULL, err);
}

unsigned int cnet_link_ifindex(const struct cnet_link *link)
{
	return link->ifindex;
}

const char *cnet_link_name(const struct cnet_link *link)
{
	return link->name;
}

const char *cnet_link_kind(const struct cnet_link *link)
{
	return link->kind;
}

const char *cnet_link_alias(const struct cnet_link *link)
{
	return link->alias;
}

struct cnet_mac cnet_link_mac(const struct cnet_link *link)
{
	return link->mac;
}

unsigned int cnet_link_mtu(const struct cnet_link *link)
{
	return link->mtu;
}

unsigned int cnet_link_master(const struct cnet_link *link)
{
	return link->master;
}

unsigned int cnet_link_parent(const struct cnet_link *link)
{
	return link->parent;
}

unsigned int cnet_link_flags(const struct cnet_link *link)
{
	return link->flags;
}

int cnet_link_is_up(const struct cnet_link *link)
{
	return (link->flags & IFF_UP) != 0;
}

unsigned int cnet_link_operstate(const struct cnet_link *link)
{
	return link->operstate;
}

int cnet_link_port_hairpin(const struct cnet_link *link)
{
	return link->hairpin;
}

int cnet_link_port_isolated(const struct cnet_link *link)
{
	return link->isolated;
}
