/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Elements: written, looked up, listed, deleted. */

#include "nft/set.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>

#include "harness/test.h"
#include "nft/table.h"

static const struct cnet__nft_set ports = { "ports",
					    { CNET__NFT_PROTOCOL, CNET__NFT_PORT },
					    { CNET__NFT_IPV4, CNET__NFT_PORT } };
static const struct cnet__nft_set ways = { "ways",
					   { CNET__NFT_PROTOCOL, CNET__NFT_PORT },
					   { CNET__NFT_VERDICT } };

static struct cnet__element element(const char *set, uint16_t port)
{
	const uint8_t tcp = 6;
	struct cnet__element e = { 0 };

	port = htons(port);
	snprintf(e.set, sizeof(e.set), "%s", set);
	cnet__element_key(&e, &tcp, sizeof(tcp));
	cnet__element_key(&e, &port, sizeof(port));
	return e;
}

static void make(struct cnet_netns *ns, struct cnet__element e[2])
{
	const uint16_t port = htons(80);
	CNET__BATCH_AUTO b = { 0 };
	struct cnet_error err = { 0 };

	e[0] = element("ports", 8080);
	cnet__element_data(&e[0], "\x0a\x01\x02\x03", 4);
	cnet__element_data(&e[0], &port, sizeof(port));
	memset(e[0].comment, 'c', CNET__NFT_COMMENT - 1);
	e[1] = element("ways", 8080);
	strcpy(e[1].chain, "chain");

	cnet__nft_add_table(&b, "x");
	cnet__nft_add_set(&b, &ports, true);
	cnet__nft_add_set(&b, &ways, true);
	cnet__nft_add_chain(&b, "chain", NULL);
	cnet__nft_add_elements(&b, e, 2);
	OK(cnet__nft_commit(ns, &b, 0, &err));
}

TEST_NETNS(are_found_as_they_were_written)
{
	struct cnet__element made[2], found[3];
	struct cnet_error err = { 0 };
	char *list;

	make(t->host, made);
	list = test_output(t->host, NULL, "nft list ruleset");
	CONTAINS(list, "elements = { tcp . 8080 comment \"cccc");
	CONTAINS(list, " : 10.1.2.3 . 80 }");
	CONTAINS(list, "elements = { tcp . 8080 : goto chain }");
	free(list);

	found[0] = element("ports", 8080);
	found[1] = element("ways", 8080);
	found[2] = element("ways", 8081);
	OK(cnet__nft_get_elements(t->host, found, 3, &err));
	CHECK(found[0].present && found[1].present && !found[2].present);
	STRINGS_EQUAL(found[0].comment, made[0].comment);
	INTEGERS_EQUAL(found[0].data_size, 8);
	CHECK(memcmp(found[0].data, made[0].data, 8) == 0);
	STRINGS_EQUAL(found[1].chain, "chain");
	STRINGS_EQUAL(found[1].comment, "");
}

TEST_NETNS(are_exclusive)
{
	CNET__BATCH_AUTO b = { 0 };
	struct cnet__element made[2];
	struct cnet_error err = { 0 };

	make(t->host, made);
	cnet__nft_add_elements(&b, made, 1);
	FAILS_WITH(EEXIST, "add to set ports", cnet__nft_commit(t->host, &b, 0, &err));
	/* replaced in one transaction */
	made[0].data[0] = 172;
	cnet__nft_delete_elements(&b, made, 2);
	cnet__nft_add_elements(&b, made, 1);
	OK(cnet__nft_commit(t->host, &b, 0, &err));
	OK(cnet__nft_get_elements(t->host, made, 2, &err));
	CHECK(made[0].present && made[0].data[0] == 172 && !made[1].present);
	cnet__nft_delete_elements(&b, made + 1, 1);
	FAILS_WITH(ENOENT, "delete from set ways", cnet__nft_commit(t->host, &b, 0, &err));
}

TEST_NETNS(listed)
{
	struct cnet__elements all = { 0 };
	struct cnet__element made[2];
	struct cnet_error err = { 0 };

	OK(cnet__nft_list_elements(t->host, "ports", &all, &err));
	INTEGERS_EQUAL(all.list.count, 0);

	make(t->host, made);
	OK(cnet__nft_list_elements(t->host, "ports", &all, &err));
	INTEGERS_EQUAL(all.list.count, 1);
	CHECK(cnet__element_compare(&all.list.items[0], &made[0]) == 0);
	STRINGS_EQUAL(all.list.items[0].comment, made[0].comment);
	cnet__elements_free(&all);
}

TEST_NETNS(no_message_is_longer_than_an_attribute_can_be)
{
	struct cnet__elements list = { 0 };
	CNET__BATCH_AUTO b = { 0 };
	size_t i, total = 0;

	for (i = 0; i < 3000; i++) {
		struct cnet__element e = element("ports", (uint16_t)(i + 1));

		memset(e.comment, 'c', CNET__NFT_COMMENT - 1);
		CHECK(cnet__elements_add(&list, &e, NULL) == 0);
	}
	cnet__nft_add_elements(&b, list.list.items, list.list.count);
	CHECK(b.error == 0 && b.steps.count > 5);
	for (i = 0; i < b.steps.count; i++) {
		const struct nlmsghdr *h = (void *)(b.data + b.steps.items[i].offset);

		CHECK(h->nlmsg_len <= CNET__NFNL_MESSAGE);
		total += h->nlmsg_len;
	}
	INTEGERS_EQUAL(total, b.used);
	cnet__elements_free(&list);
}
