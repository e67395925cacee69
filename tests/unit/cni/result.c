/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/result.h"

#include <errno.h>

#include "base/auto.h"
#include "cni/json.h"
#include "harness/test.h"

static struct cnet_cni_result *create(void)
{
	struct cnet_cni_result *result = NULL;
	struct cnet_error err = { 0 };

	OK(cnet__result_create(&result, &err));
	return result;
}

static struct cnet_cni_result *filled(void)
{
	const char *const servers[] = { "10.0.0.1", "10.0.0.2", NULL };
	const struct cnet_cni_interface eth0 = { .name = "eth0", .mac = "m", .mtu = 9 };
	const struct cnet_cni_interface br0 = { .name = "br0", .sandbox = "/n" };
	const struct cnet_cni_dns dns = { .nameservers = servers, .domain = "d" };
	const struct cnet_cni_route route = { .priority = 7 };
	struct cnet_cni_ip ip = { .interface = 1 };
	struct cnet_cni_result *result = create();
	struct cnet_error err = { 0 };
	int32_t index = -1;

	OK(cnet_cni_result_add_interface(result, &br0, NULL, &err));
	OK(cnet_cni_result_add_interface(result, &eth0, &index, &err));
	INTEGERS_EQUAL(index, 1);
	OK(cnet_cni_result_add_ip(result, &ip, &err));
	OK(cnet_cni_result_add_route(result, &route, &err));
	OK(cnet_cni_result_set_dns(result, &dns, &err));
	return result;
}

TEST(what_is_put_in_is_copied)
{
	CNET_AUTO(cnet_cni_result) *result = create();
	struct cnet_cni_interface interface = { 0 };
	struct cnet_error err = { 0 };
	char name[] = "eth0";
	size_t count;

	interface.name = name;
	OK(cnet_cni_result_add_interface(result, &interface, NULL, &err));
	name[0] = 'x';
	STRINGS_EQUAL(cnet_cni_result_interfaces(result, &count)->name, "eth0");
	INTEGERS_EQUAL(count, 1);
}

TEST(a_copy_is_equal_and_independent)
{
	CNET_AUTO(cnet_cni_result) *from = filled(), *to = create();
	const struct cnet_cni_interface *interfaces;
	const struct cnet_cni_dns *dns;
	struct cnet_error err = { 0 };
	size_t count;

	OK(cnet_cni_result_copy(to, from, &err));
	cnet__result_free(take(from));

	interfaces = cnet_cni_result_interfaces(to, &count);
	INTEGERS_EQUAL(count, 2);
	STRINGS_EQUAL(interfaces[0].sandbox, "/n");
	CHECK(interfaces[0].mac == NULL);
	STRINGS_EQUAL(interfaces[1].name, "eth0");
	INTEGERS_EQUAL(interfaces[1].mtu, 9);
	INTEGERS_EQUAL(cnet_cni_result_ips(to, &count)->interface, 1);
	INTEGERS_EQUAL(count, 1);
	INTEGERS_EQUAL(cnet_cni_result_routes(to, &count)->priority, 7);
	INTEGERS_EQUAL(count, 1);
	dns = cnet_cni_result_dns(to);
	STRINGS_EQUAL(dns->nameservers[1], "10.0.0.2");
	CHECK(dns->nameservers[2] == NULL && dns->search == NULL && dns->options == NULL);
	STRINGS_EQUAL(dns->domain, "d");
}

TEST(name_servers_are_replaced_whole)
{
	CNET_AUTO(cnet_cni_result) *result = filled();
	const struct cnet_cni_dns none = { .domain = "" };
	struct cnet_error err = { 0 };

	CHECK(cnet__dns_given(cnet_cni_result_dns(result)));
	OK(cnet_cni_result_set_dns(result, &none, &err));
	CHECK(cnet_cni_result_dns(result)->nameservers == NULL);
	CHECK(!cnet__dns_given(cnet_cni_result_dns(result)));
}

TEST(nothing_is_freed_where_there_is_nothing)
{
	cnet__result_free(NULL);
	cnet__result_free(create());
}

static int copy_once(struct cnet_cni_result *from, struct cnet_error *err)
{
	CNET_AUTO(cnet_cni_result) *to = NULL;
	size_t count;
	int r;

	r = cnet__result_create(&to, err);
	if (r == 0)
		r = cnet_cni_result_copy(to, from, err);
	if (r < 0 && to != NULL)
		CHECK(cnet_cni_result_interfaces(to, &count) == NULL && count == 0);
	return r;
}

TEST(out_of_memory)
{
	CNET_AUTO(cnet_cni_result) *from = filled();
	struct cnet_error err = { 0 };

	OUT_OF_MEMORY(copy_once(from, &err), );
}
