/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* veth-pair - make a network namespace, wired to this one: veth-pair [/run/netns/blue] */

#include <stdio.h>

#include <cnet/cnet.h>

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/run/netns/blue";
	CNET_AUTO(cnet_netns) *host = NULL, *box = NULL;
	CNET_AUTO(cnet_txn) *txn = NULL;
	CNET_AUTO(cnet_link) *link = NULL;
	struct cnet_prefix address;
	struct cnet_error err = { 0 };

	if (cnet_prefix_parse("192.0.2.2/24", &address, &err) < 0 ||
	    cnet_netns_open(NULL, &host, &err) < 0 || cnet_netns_create(&box, &err) < 0 ||
	    cnet_txn_open(&txn, &err) < 0 || cnet_netns_pin(box, txn, path, &err) < 0 ||
	    cnet_veth_create(host, txn, "veth-blue", NULL, "eth0",
			     CNET_OPTS(cnet_link_opts, .netns = box, .mtu = 1400), NULL, &link,
			     &err) < 0 ||
	    cnet_addr_add(box, txn, cnet_link_ifindex(link), &address, NULL, &err) < 0 ||
	    cnet_link_set_up(box, txn, cnet_link_ifindex(link), 1, &err) < 0) {
		fprintf(stderr, "veth-pair: %s\n", err.message);
		return 1; /* what was done is undone, last first */
	}

	cnet_txn_commit(txn); /* what was done stays */
	printf("%s in %s has 192.0.2.2/24\n", cnet_link_name(link), path);
	return 0;
}
