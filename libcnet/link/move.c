/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moving a link to another namespace, and back. */

#include <cnet/link.h>

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/auto.h"
#include "link/link.h"
#include "netns/netns.h"

/* Where a link is, where it came from, and what it was there. */
struct stay {
	struct cnet_netns *from, *at;
	struct cnet_link old;
	char name[CNET_LINK_NAME];
};

static int move(struct cnet_netns *from, unsigned int ifindex, struct cnet_netns *to,
		const char *name, unsigned int new_ifindex, struct cnet_error *err)
{
	const struct ifinfomsg header = { .ifi_index = (int)ifindex };
	CNET__MSG_AUTO m = { 0 };
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(from, &nl, err);
	if (r < 0)
		return r;

	cnet__msg_init(&m, RTM_SETLINK, 0, &header, sizeof(header));
	cnet__msg_u32(&m, IFLA_NET_NS_FD, (uint32_t)cnet__netns_fd(to));
	cnet__msg_string(&m, IFLA_IFNAME, name);
	if (new_ifindex != 0)
		cnet__msg_u32(&m, IFLA_NEW_IFINDEX, new_ifindex);

	return cnet__nl_transact(nl, &m, err);
}

/* Its old number and state belong to the way back; its addresses ended when it left. */
static int bring_back(const struct stay *stay, const char *name, struct cnet_error *err)
{
	struct cnet_link there;
	int r;

	r = cnet__link_read(stay->at, 0, name, &there, err);
	if (r < 0)
		return r;
	r = move(stay->at, there.ifindex, stay->from, stay->old.name, stay->old.ifindex, err);
	if (r < 0 || (stay->old.flags & IFF_UP) == 0)
		return r;

	return cnet_link_set_up(stay->from, NULL, stay->old.ifindex, 1, err);
}

static int undo(void *arg, struct cnet_error *err)
{
	const struct stay *stay = arg;
	struct cnet_error why = { 0 };
	int r;

	r = bring_back(stay, stay->name, &why);
	if (r < 0 && r != -ENODEV)
		return cnet_error_set(err, -r, "link \"%s\": move back: %s", stay->name,
				      why.message);

	return 0;
}

/*
 * The kernel moves first, under the old name where it can, and renames afterwards: a name that is
 * taken would be noticed when the link has already lost its addresses.
 */
static int check_name_is_free(const struct stay *stay, struct cnet_error *err)
{
	struct cnet_error why = { 0 };
	struct cnet_link other;
	int r;

	r = cnet__link_read(stay->at, 0, stay->name, &other, &why);
	if (r == -ENODEV)
		return 0;
	if (r < 0)
		return cnet_error_set(err, -r, "%s", why.message);
	if (cnet_netns_equal(stay->from, stay->at) && other.ifindex == stay->old.ifindex)
		return 0;

	return cnet_error_set(err, EEXIST, "the target has a link of this name");
}

/* For a name that was taken in the meantime: the link may have gone, under its old name. */
static void recover(const struct stay *stay)
{
	struct cnet_link still;

	if (cnet__link_read(stay->from, stay->old.ifindex, NULL, &still, NULL) == -ENODEV)
		ignore(bring_back(stay, stay->old.name, NULL)); /* the first error is reported */
}

static int move_there(const struct stay *stay, struct cnet_link *link, struct cnet_error *err)
{
	int r;

	r = check_name_is_free(stay, err);
	if (r < 0)
		return r;

	r = move(stay->from, stay->old.ifindex, stay->at, stay->name, 0, err);
	if (r < 0) {
		recover(stay);
		return r;
	}

	if (link == NULL)
		return 0;
	r = cnet__link_read(stay->at, 0, stay->name, link, err);
	if (r < 0)
		ignore(bring_back(stay, stay->name, NULL)); /* the first error is reported */

	return r;
}

static int prepare(struct cnet_txn *txn, unsigned int ifindex, const char *name, struct stay *stay,
		   struct cnet_link *ret, struct cnet_error *err)
{
	int r;

	r = cnet__link_read(stay->from, ifindex, NULL, &stay->old, err);
	if (r < 0)
		return r;
	if (name == NULL)
		name = stay->old.name;
	r = cnet_link_name_check(name, err);
	if (r < 0)
		return r;
	memcpy(stay->name, name, strlen(name) + 1); /* its length has just been checked */
	r = cnet_txn_reserve(txn, err);
	if (r < 0)
		return r;

	return move_there(stay, ret, err);
}

int cnet_link_move(struct cnet_netns *ns, struct cnet_txn *txn, unsigned int ifindex,
		   struct cnet_netns *target, const char *name, struct cnet_link **ret,
		   struct cnet_error *err)
{
	AUTO_FREE struct cnet_link *link = NULL;
	AUTO_FREE struct stay *stay = NULL;
	int r;

	stay = malloc(sizeof(*stay));
	link = malloc(sizeof(*link));
	if (stay == NULL || link == NULL)
		return cnet_error_set(err, ENOMEM, "link %u: move: out of memory", ifindex);
	stay->from = ns;
	stay->at = target;

	r = prepare(txn, ifindex, name, stay, ret != NULL ? link : NULL, err);
	if (r < 0 && name != NULL)
		return cnet_error_prefix(err, r, "link %u: move as \"%s\"", ifindex, name);
	if (r < 0)
		return cnet_error_prefix(err, r, "link %u: move", ifindex);

	cnet_txn_push(txn, undo, take(stay), free);
	if (ret != NULL)
		*ret = take(link);
	return 0;
}
