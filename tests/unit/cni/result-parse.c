/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/result.h"

#include <errno.h>

#include "base/auto.h"
#include "cni/json.h"
#include "harness/test.h"

static void parse_fails(const char *text, const char *version, int code, const char *message)
{
	struct cnet_cni_result *result = NULL;
	struct cnet_error err = { 0 };
	json_auto_t *json = NULL;

	OK(cnet__json_parse(text, strlen(text), &json, &err));
	INTEGERS_EQUAL(cnet__result_parse(json, version, &result, &err), -code);
	INTEGERS_EQUAL(err.code, code);
	STRINGS_EQUAL(err.message, message);
	CHECK(result == NULL);
}

TEST(malformed)
{
	parse_fails("{\"cniVersion\":\"9.9.9\"}", "1.0.0", CNET_CNI_EVERSION,
		    "unsupported CNI result version \"9.9.9\"");
	parse_fails("{}", "9", CNET_CNI_EVERSION, "unsupported CNI result version \"9\"");
	parse_fails("{\"ips\":[{\"address\":\"10.0.0.1/8\"},{}]}", "1.0.0", CNET_CNI_ECONFIG,
		    "\"ips[1].address\": missing");
	parse_fails("{\"ips\":[{\"address\":\"10.0.0.1\"}]}", "1.0.0", CNET_CNI_ECONFIG,
		    "\"ips[0].address\": not in \"address/length\" form: \"10.0.0.1\"");
	parse_fails("{\"interfaces\":[{}],\"ips\":[{\"address\":\"10.0.0.1/8\",\"interface\":1}]}",
		    "1.0.0", CNET_CNI_ECONFIG,
		    "\"ips[0].interface\": 1: there are only 1 interfaces");
	parse_fails("{\"interfaces\":[{}],\"ips\":[{\"address\":\"10.0.0.1/8\",\"interface\":-1}]}",
		    "1.0.0", CNET_CNI_ECONFIG,
		    "\"ips[0].interface\": not between 0 and 2147483647: -1");
	parse_fails("{\"routes\":[{}]}", "1.0.0", CNET_CNI_ECONFIG, "\"routes[0].dst\": missing");
	parse_fails("{\"ip4\":{}}", "0.2.0", CNET_CNI_ECONFIG, "\"ip4.ip\": missing");
	parse_fails("{\"ip6\":{}}", "0.2.0", CNET_CNI_ECONFIG, "\"ip6.ip\": missing");
	parse_fails("{\"ip4\":{\"ip\":\"10.0.0.1/8\",\"routes\":[{}]}}", "0.2.0", CNET_CNI_ECONFIG,
		    "\"ip4.routes[0].dst\": missing");
	parse_fails("{\"ip6\":{\"ip\":\"10.0.0.1/8\",\"routes\":[{}]}}", "0.2.0", CNET_CNI_ECONFIG,
		    "\"ip6.routes[0].dst\": missing");
	parse_fails("{\"dns\":7}", "1.0.0", CNET_CNI_ECONFIG, "\"dns\": not an object: 7");
}

static struct cnet_cni_result *parse(const char *text, const char *version)
{
	struct cnet_cni_result *result = NULL;
	struct cnet_error err = { 0 };
	json_auto_t *json = NULL;

	OK(cnet__json_parse(text, strlen(text), &json, &err));
	OK(cnet__result_parse(json, version, &result, &err));
	return result;
}

TEST(every_member)
{
	CNET_AUTO(cnet_cni_result) *result = parse(
		"{\"interfaces\":[{\"NAME\":\"eth0\",\"mac\":\"m\",\"sandbox\":\"/n\",\"mtu\":9,"
		"\"socketPath\":\"/s\",\"pciID\":\"p\"},{}],\"ips\":[{\"address\":\"10.1.0.5/16\","
		"\"gateway\":\"10.1.0.1\",\"interface\":1},{\"address\":\"fd00::5/"
		"64\"}],\"routes\":[{"
		"\"dst\":\"0.0.0.0/0\",\"gw\":\"10.1.0.1\",\"mtu\":1,\"advmss\":2,\"priority\":3,"
		"\"table\":4,\"scope\":253},{\"dst\":\"10.0.0.1/8\",\"table\":0},{\"dst\":\"::/0\","
		"\"scope\":0}],\"dns\":{\"nameservers\":[\"a\"],\"search\":[\"b\"],\"options\":["
		"\"c\"],"
		"\"domain\":\"d\"}}",
		"1.1.0");
	const struct cnet_cni_dns *dns = cnet_cni_result_dns(result);
	const struct cnet_cni_interface *interfaces;
	const struct cnet_cni_route *routes;
	const struct cnet_cni_ip *ips;
	char text[CNET_PREFIX_TEXT];
	size_t count;

	interfaces = cnet_cni_result_interfaces(result, &count);
	INTEGERS_EQUAL(count, 2);
	STRINGS_EQUAL(interfaces[0].name, "eth0");
	STRINGS_EQUAL(interfaces[0].mac, "m");
	STRINGS_EQUAL(interfaces[0].sandbox, "/n");
	STRINGS_EQUAL(interfaces[0].socket_path, "/s");
	STRINGS_EQUAL(interfaces[0].pci_id, "p");
	INTEGERS_EQUAL(interfaces[0].mtu, 9);
	STRINGS_EQUAL(interfaces[1].name, "");
	CHECK(interfaces[1].mac == NULL && interfaces[1].sandbox == NULL);

	ips = cnet_cni_result_ips(result, &count);
	INTEGERS_EQUAL(count, 2);
	STRINGS_EQUAL(cnet_prefix_format(&ips[0].address, text), "10.1.0.5/16");
	STRINGS_EQUAL(cnet_ip_format(&ips[0].gateway, text), "10.1.0.1");
	INTEGERS_EQUAL(ips[0].interface, 1);
	INTEGERS_EQUAL(ips[1].interface, -1);
	INTEGERS_EQUAL(ips[1].gateway.family, 0);

	routes = cnet_cni_result_routes(result, &count);
	INTEGERS_EQUAL(count, 3);
	STRINGS_EQUAL(cnet_prefix_format(&routes[0].destination, text), "0.0.0.0/0");
	STRINGS_EQUAL(cnet_ip_format(&routes[0].gateway, text), "10.1.0.1");
	CHECK(routes[0].mtu == 1 && routes[0].advmss == 2 && routes[0].priority == 3);
	CHECK(routes[0].table == 4 && routes[0].scope == 253);
	INTEGERS_EQUAL(routes[0].given, CNET_CNI_ROUTE_TABLE | CNET_CNI_ROUTE_SCOPE);
	STRINGS_EQUAL(cnet_prefix_format(&routes[1].destination, text), "10.0.0.1/8");
	INTEGERS_EQUAL(routes[1].given, CNET_CNI_ROUTE_TABLE);
	INTEGERS_EQUAL(routes[2].given, CNET_CNI_ROUTE_SCOPE);

	STRINGS_EQUAL(dns->nameservers[0], "a");
	STRINGS_EQUAL(dns->search[0], "b");
	STRINGS_EQUAL(dns->options[0], "c");
	STRINGS_EQUAL(dns->domain, "d");
}

TEST(empty_texts_say_nothing)
{
	CNET_AUTO(cnet_cni_result) *result =
		parse("{\"interfaces\":[{\"name\":\"br0\",\"mac\":\"\",\"sandbox\":\"\","
		      "\"socketPath\":\"\",\"pciID\":\"\"}]}",
		      "1.1.0");
	const struct cnet_cni_interface *interfaces;
	size_t count;

	interfaces = cnet_cni_result_interfaces(result, &count);
	INTEGERS_EQUAL(count, 1);
	CHECK(interfaces->mac == NULL && interfaces->sandbox == NULL);
	CHECK(interfaces->socket_path == NULL && interfaces->pci_id == NULL);
}

TEST(indices_mean_nothing_without_interfaces)
{
	CNET_AUTO(cnet_cni_result) *result =
		parse("{\"ips\":[{\"address\":\"10.1.0.5/16\",\"interface\":99}]}", "0.3.1");
	size_t count;

	INTEGERS_EQUAL(cnet_cni_result_ips(result, &count)->interface, -1);
}

TEST(out_of_memory)
{
	static const char *const texts[] = {
		"{\"interfaces\": [{\"name\": \"x\"}], \"ips\": [{\"address\": \"10.0.0.1/8\"}],"
		" \"routes\": [{\"dst\": \"0.0.0.0/0\"}], \"dns\": {\"search\": [\"a\"]}}",
		"{\"cniVersion\": \"0.2.0\", \"ip4\": {\"ip\": \"10.0.0.1/8\", \"routes\": [{"
		"\"dst\": \"0.0.0.0/0\"}]}, \"ip6\": {\"ip\": \"fd00::1/64\", \"routes\": [{"
		"\"dst\": \"::/0\"}]}}",
	};
	struct cnet_error err = { 0 };
	size_t i;

	for (i = 0; i < 2; i++) {
		CNET_AUTO(cnet_cni_result) *result = NULL;
		json_auto_t *json = json_loads(texts[i], 0, NULL);

		OUT_OF_MEMORY(cnet__result_parse(json, "1.1.0", &result, &err),
			      CHECK(result == NULL));
	}
}
