/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* link-mtu - a chained CNI plugin: {"type": "link-mtu", "mtu": 1400} sets the interface's MTU */

#include <errno.h>

#include <cnet/cni.h>
#include <cnet/link.h>

static const struct cnet_cni_bounds mtus = { 68, 65535 };
static const struct cnet_cni_member members[] = {
	{ "mtu", CNET_CNI_INT, 0, &mtus }, /* at offset 0 of what cnet_cni_read() fills in */
	{ NULL, CNET_CNI_INT, 0, NULL },
};

/* What ADD and CHECK both begin with: the key, and the container's interface. */
static int look(struct cnet_cni_call *call, int64_t *mtu, struct cnet_netns **box,
		struct cnet_link **link, struct cnet_error *err)
{
	int r = cnet_cni_read(call, members, mtu, err);

	if (r == 0 && cnet_cni_previous(call) == NULL)
		r = cnet_error_set(err, CNET_CNI_ECONFIG, "link-mtu must follow another plugin");
	if (r == 0)
		r = cnet_cni_container(call, box, err);
	if (r == 0)
		r = cnet_link_get(*box, cnet_cni_ifname(call), link, err);
	return r;
}

static int add(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
	       struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_netns *box;
	int64_t mtu = 1400;
	int r = look(call, &mtu, &box, &link, err);

	if (r == 0)
		r = cnet_link_set_mtu(box, txn, cnet_link_ifindex(link), (unsigned int)mtu, err);
	if (r == 0)
		r = cnet_cni_result_copy(result, cnet_cni_previous(call), err);
	return r;
}

static int check(struct cnet_cni_call *call, struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_netns *box;
	int64_t mtu = 1400;
	int r = look(call, &mtu, &box, &link, err);

	if (r == 0 && cnet_link_mtu(link) != mtu)
		r = cnet_error_set(err, EINVAL, "%s: its MTU is %u", cnet_link_name(link),
				   cnet_link_mtu(link));
	return r;
}

int main(void)
{
	static const struct cnet_cni_plugin plugin = {
		.size = sizeof(plugin),
		.name = "link-mtu",
		.add = add,
		.check = check,
	};

	return cnet_cni_main(&plugin);
}
