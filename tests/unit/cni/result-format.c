/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cni/result.h"

#include <errno.h>

#include "base/auto.h"
#include "cni/json.h"
#include "harness/test.h"

static struct cnet_cni_result *parse(const char *text, const char *version)
{
	struct cnet_cni_result *result = NULL;
	struct cnet_error err = { 0 };
	json_auto_t *json = NULL;

	OK(cnet__json_parse(text, strlen(text), &json, &err));
	OK(cnet__result_parse(json, version, &result, &err));
	return result;
}

static void converts(const char *text, const char *version, const char *expected)
{
	CNET_AUTO(cnet_cni_result) *result = parse(text, version);
	struct cnet_error err = { 0 };
	AUTO_FREE char *formatted = NULL;
	json_auto_t *json = NULL;

	OK(cnet__result_format(result, version, &json, &err));
	OK(cnet__json_format(json, 0, &formatted, &err));
	STRINGS_EQUAL(formatted, expected);
}

#define TEXT_1_1                                                                                  \
	"{\"cniVersion\":\"1.1.0\",\"dns\":{\"domain\":\"d\",\"nameservers\":[\"10.0.0.1\"],"     \
	"\"options\":[\"o\"],\"search\":[\"s\"]},\"interfaces\":[{\"mac\":\"02:00:00:00:00:01\"," \
	"\"mtu\":1400,\"name\":\"eth0\",\"pciID\":\"0\",\"sandbox\":\"/n\",\"socketPath\":\"/s\"" \
	"},{\"name\":\"br\"}],\"ips\":[{\"address\":\"10.1.0.5/16\",\"gateway\":\"10.1.0.1\","    \
	"\"interface\":0},{\"address\":\"fd00::5/64\"},{\"address\":\"10.2.0.5/16\"}],\"routes\"" \
	":[{\"advmss\":1,\"dst\":\"0.0.0.0/0\",\"gw\":\"10.1.0.1\",\"mtu\":2,\"priority\":3,"     \
	"\"scope\":0,\"table\":0},{\"dst\":\"fd01::1/64\"},{\"dst\":\"10.9.0.1/16\"}]}"

TEST(newest_to_every_version)
{
	converts(TEXT_1_1, "1.1.0", TEXT_1_1);
	converts(TEXT_1_1, "1.0.0",
		 "{\"cniVersion\":\"1.0.0\",\"dns\":{\"domain\":\"d\",\"nameservers\":[\"10.0.0."
		 "1\"],"
		 "\"options\":[\"o\"],\"search\":[\"s\"]},\"interfaces\":[{\"mac\":"
		 "\"02:00:00:00:00:01\",\"mtu\":1400,\"name\":\"eth0\",\"pciID\":\"0\",\"sandbox\":"
		 "\"/n\",\"socketPath\":\"/s\"},{\"name\":\"br\"}],\"ips\":[{\"address\":"
		 "\"10.1.0.5/16\",\"gateway\":\"10.1.0.1\",\"interface\":0},{\"address\":"
		 "\"fd00::5/64\"},{\"address\":\"10.2.0.5/16\"}],\"routes\":[{\"advmss\":1,\"dst\":"
		 "\"0.0.0.0/"
		 "0\",\"gw\":\"10.1.0.1\",\"mtu\":2,\"priority\":3,\"scope\":0,\"table\":0},"
		 "{\"dst\":\"fd01::1/64\"},{\"dst\":\"10.9.0.1/16\"}]}");
}

static void converts_to_0_3(const char *version)
{
	AUTO_FREE char *expected = NULL;

	CHECK(asprintf(
		      &expected,
		      "{\"cniVersion\":\"%s\",\"dns\":{\"domain\":\"d\",\"nameservers\":["
		      "\"10.0.0.1\"],\"options\":[\"o\"],\"search\":[\"s\"]},\"interfaces\":[{"
		      "\"mac\":\"02:00:00:00:00:01\",\"name\":\"eth0\",\"sandbox\":\"/n\"},{"
		      "\"name\":\"br\"}],\"ips\":[{\"address\":\"10.1.0.5/16\",\"gateway\":"
		      "\"10.1.0.1\",\"interface\":0,\"version\":\"4\"},{\"address\":\"fd00::5/64\","
		      "\"version\":\"6\"},{\"address\":\"10.2.0.5/16\",\"version\":\"4\"}],"
		      "\"routes\":[{\"advmss\":1,\"dst\":\"0.0.0.0/0\",\"gw\":\"10.1.0.1\",\"mtu\":"
		      "2,\"priority\":3,\"scope\":0,\"table\":0},{\"dst\":\"fd01::1/64\"},{\"dst\":"
		      "\"10.9.0.1/16\"}]}",
		      version) > 0);
	converts(TEXT_1_1, version, expected);
}

TEST(newest_to_0_3_and_0_4)
{
	converts_to_0_3("0.3.0");
	converts_to_0_3("0.3.1");
	converts_to_0_3("0.4.0");
}

#define TEXT_0_2                                                                                  \
	"\"dns\":{\"domain\":\"d\",\"nameservers\":[\"10.0.0.1\"],\"options\":[\"o\"],\"search\"" \
	":[\"s\"]},\"ip4\":{\"gateway\":\"10.1.0.1\",\"ip\":\"10.1.0.5/16\",\"routes\":[{\"dst\"" \
	":\"0.0.0.0/0\",\"gw\":\"10.1.0.1\"},{\"dst\":\"10.9.0.1/16\"}]},\"ip6\":{\"ip\":"        \
	"\"fd00::5/64\",\"routes\":[{\"dst\":\"fd01::1/64\"}]}}"

TEST(newest_to_the_oldest)
{
	converts(TEXT_1_1, "0.2.0", "{\"cniVersion\":\"0.2.0\"," TEXT_0_2);
	converts(TEXT_1_1, "0.1.0", "{\"cniVersion\":\"0.1.0\"," TEXT_0_2);
}

TEST(oldest_to_all)
{
	const char *const rest =
		"\"dns\":{\"domain\":\"d\",\"nameservers\":[\"10.0.0.1\"],\"options\":[\"o\"],"
		"\"search\":[\"s\"]},\"ips\":[{\"address\":\"10.1.0.5/16\",\"gateway\":"
		"\"10.1.0.1\"},{\"address\":\"fd00::5/64\"}],\"routes\":[{\"dst\":\"0.0.0.0/0\","
		"\"gw\":\"10.1.0.1\"},{\"dst\":\"10.9.0.1/16\"},{\"dst\":\"fd01::1/64\"}]}";
	AUTO_FREE char *expected = NULL;

	CHECK(asprintf(&expected, "{\"cniVersion\":\"1.1.0\",%s", rest) > 0);
	converts("{\"cniVersion\":\"0.2.0\"," TEXT_0_2, "1.1.0", expected);
	converts("{\"cniVersion\":\"0.1.0\"," TEXT_0_2, "0.2.0",
		 "{\"cniVersion\":\"0.2.0\"," TEXT_0_2);
	converts("{" TEXT_0_2, "0.1.0", "{\"cniVersion\":\"0.1.0\"," TEXT_0_2);
}

TEST(one_family_without_routes)
{
	converts("{\"cniVersion\":\"0.2.0\",\"ip6\":{\"ip\":\"fd00::5/"
		 "64\",\"gateway\":\"fd00::1\"}}",
		 "0.2.0",
		 "{\"cniVersion\":\"0.2.0\",\"dns\":{},\"ip6\":{\"gateway\":\"fd00::1\",\"ip\":"
		 "\"fd00::5/64\"}}");
	converts("{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.0.0.1/8\"}]}", "0.2.0",
		 "{\"cniVersion\":\"0.2.0\",\"dns\":{},\"ip4\":{\"ip\":\"10.0.0.1/8\"}}");
}

TEST(empty_results)
{
	converts("{}", "1.1.0", "{\"cniVersion\":\"1.1.0\"}");
	converts("null", "0.4.0", "{\"cniVersion\":\"0.4.0\",\"dns\":{}}");
	converts("{\"cniVersion\":\"\",\"dns\":{\"nameservers\":[],\"search\":[],\"options\":[],"
		 "\"domain\":\"\"},\"interfaces\":[],\"ips\":[],\"routes\":[]}",
		 "1.0.0", "{\"cniVersion\":\"1.0.0\"}");
}

TEST(each_member_of_dns_makes_it_worth_writing)
{
	converts("{\"dns\":{\"nameservers\":[\"x\"]}}", "1.0.0",
		 "{\"cniVersion\":\"1.0.0\",\"dns\":{\"nameservers\":[\"x\"]}}");
	converts("{\"dns\":{\"search\":[\"x\"]}}", "1.0.0",
		 "{\"cniVersion\":\"1.0.0\",\"dns\":{\"search\":[\"x\"]}}");
	converts("{\"dns\":{\"options\":[\"x\"]}}", "1.0.0",
		 "{\"cniVersion\":\"1.0.0\",\"dns\":{\"options\":[\"x\"]}}");
	converts("{\"dns\":{\"domain\":\"x\"}}", "1.0.0",
		 "{\"cniVersion\":\"1.0.0\",\"dns\":{\"domain\":\"x\"}}");
}

TEST(addresses_as_go_prints_them)
{
	converts("{\"cniVersion\":\"0.3.1\",\"ips\":[{\"version\":\"6\",\"interface\":7,"
		 "\"address\":\"FD00:0::5/64\",\"gateway\":\"\"}]}",
		 "1.0.0", "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"fd00::5/64\"}]}");
}

TEST(what_cannot_be_written)
{
	CNET_AUTO(cnet_cni_result) *result = parse("{\"interfaces\":[{\"name\":\"x\"}]}", "1.0.0");
	struct cnet_error err = { 0 };
	json_t *json = NULL;

	FAILS_WITH(CNET_CNI_EVERSION, "cannot convert: no valid IP addresses",
		   cnet__result_format(result, "0.2.0", &json, &err));
	FAILS_WITH(CNET_CNI_EVERSION, "unsupported CNI result version \"9\"",
		   cnet__result_format(result, "9", &json, &err));
	CHECK(json == NULL);
}

TEST(bytes_that_are_no_text_are_written_all_the_same)
{
	const struct cnet_cni_interface interface = { .name = "eth\xff", .sandbox = "/n" };
	CNET_AUTO(cnet_cni_result) *result = parse("{}", "1.0.0");
	struct cnet_error err = { 0 };
	json_auto_t *json = NULL;
	int32_t i = -1;

	OK(cnet_cni_result_add_interface(result, &interface, &i, &err));
	INTEGERS_EQUAL(i, 0);
	OK(cnet__result_format(result, "1.0.0", &json, &err));
	STRINGS_EQUAL(
		cnet__json_string(json_array_get(cnet__json_get(json, "interfaces"), 0), "name"),
		"eth?");
}

TEST(out_of_memory)
{
	static const char *const versions[] = { "0.2.0", "0.4.0", "1.1.0" };
	CNET_AUTO(cnet_cni_result) *result = parse(TEXT_1_1, "1.1.0");
	struct cnet_error err = { 0 };
	size_t i;

	for (i = 0; i < 3; i++) {
		json_auto_t *json = NULL;

		OUT_OF_MEMORY(cnet__result_format(result, versions[i], &json, &err),
			      CHECK(json == NULL));
	}
}
