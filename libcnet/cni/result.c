/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results in memory, independent of the specification's version. */

#include "cni/result.h"

#include <errno.h>

#include "base/auto.h"

int cnet__result_create(struct cnet_cni_result **ret, struct cnet_error *err)
{
	struct cnet_cni_result *result = calloc(1, sizeof(*result));

	if (result == NULL)
		return cnet_error_set(err, ENOMEM, "result: out of memory");

	*ret = result;
	return 0;
}

static void clear(struct cnet_cni_result *result)
{
	free(result->interfaces.items);
	free(result->ips.items);
	free(result->routes.items);
	cnet__arena_free(&result->arena);
	*result = (struct cnet_cni_result){ 0 };
}

void cnet__result_free(struct cnet_cni_result *result)
{
	if (result == NULL)
		return;

	clear(result);
	free(result);
}

static int copy_text(struct cnet_cni_result *result, const char **text)
{
	if (*text == NULL)
		return 0;

	*text = cnet__arena_text(&result->arena, *text);
	return *text != NULL ? 0 : -ENOMEM;
}

int cnet_cni_result_add_interface(struct cnet_cni_result *result,
				  const struct cnet_cni_interface *interface, int32_t *ret,
				  struct cnet_error *err)
{
	struct cnet_cni_interface copy = *interface;

	if (vec_reserve(&result->interfaces, 1) < 0 || copy_text(result, &copy.name) < 0 ||
	    copy_text(result, &copy.mac) < 0 || copy_text(result, &copy.sandbox) < 0 ||
	    copy_text(result, &copy.socket_path) < 0 || copy_text(result, &copy.pci_id) < 0)
		return cnet_error_set(err, ENOMEM, "result: out of memory");

	if (ret != NULL)
		*ret = (int32_t)result->interfaces.count;
	vec_push(&result->interfaces, copy);
	return 0;
}

int cnet_cni_result_add_ip(struct cnet_cni_result *result, const struct cnet_cni_ip *ip,
			   struct cnet_error *err)
{
	if (vec_reserve(&result->ips, 1) < 0)
		return cnet_error_set(err, ENOMEM, "result: out of memory");

	vec_push(&result->ips, *ip);
	return 0;
}

int cnet_cni_result_add_route(struct cnet_cni_result *result, const struct cnet_cni_route *route,
			      struct cnet_error *err)
{
	if (vec_reserve(&result->routes, 1) < 0)
		return cnet_error_set(err, ENOMEM, "result: out of memory");

	vec_push(&result->routes, *route);
	return 0;
}

static int copy_list(struct cnet_cni_result *result, const char *const **list)
{
	size_t count = 0;
	size_t i;
	const char **copy;

	if (*list == NULL)
		return 0;

	while ((*list)[count] != NULL)
		count++;
	copy = cnet__arena_alloc(&result->arena, count + 1, sizeof(*copy));
	if (copy == NULL)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		copy[i] = (*list)[i];
		if (copy_text(result, &copy[i]) < 0)
			return -ENOMEM;
	}

	*list = copy;
	return 0;
}

int cnet_cni_result_set_dns(struct cnet_cni_result *result, const struct cnet_cni_dns *dns,
			    struct cnet_error *err)
{
	struct cnet_cni_dns copy = *dns;

	if (copy_list(result, &copy.nameservers) < 0 || copy_list(result, &copy.search) < 0 ||
	    copy_list(result, &copy.options) < 0 || copy_text(result, &copy.domain) < 0)
		return cnet_error_set(err, ENOMEM, "result: out of memory");

	result->dns = copy;
	return 0;
}

struct cnet_cni_interface *cnet_cni_result_interfaces(struct cnet_cni_result *result, size_t *count)
{
	*count = result->interfaces.count;
	return result->interfaces.items;
}

struct cnet_cni_ip *cnet_cni_result_ips(struct cnet_cni_result *result, size_t *count)
{
	*count = result->ips.count;
	return result->ips.items;
}

struct cnet_cni_route *cnet_cni_result_routes(struct cnet_cni_result *result, size_t *count)
{
	*count = result->routes.count;
	return result->routes.items;
}

const struct cnet_cni_dns *cnet_cni_result_dns(const struct cnet_cni_result *result)
{
	return &result->dns;
}

int cnet__dns_given(const struct cnet_cni_dns *dns)
{
	return (dns->nameservers != NULL && dns->nameservers[0] != NULL) ||
	       (dns->search != NULL && dns->search[0] != NULL) ||
	       (dns->options != NULL && dns->options[0] != NULL) ||
	       (dns->domain != NULL && *dns->domain != '\0');
}

static int copy_all(struct cnet_cni_result *to, const struct cnet_cni_result *from,
		    struct cnet_error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < from->interfaces.count; i++)
		r = cnet_cni_result_add_interface(to, &from->interfaces.items[i], NULL, err);
	for (i = 0; r == 0 && i < from->ips.count; i++)
		r = cnet_cni_result_add_ip(to, &from->ips.items[i], err);
	for (i = 0; r == 0 && i < from->routes.count; i++)
		r = cnet_cni_result_add_route(to, &from->routes.items[i], err);

	return r < 0 ? r : cnet_cni_result_set_dns(to, &from->dns, err);
}

int cnet_cni_result_copy(struct cnet_cni_result *to, struct cnet_cni_result *from,
			 struct cnet_error *err)
{
	int r = copy_all(to, from, err);

	if (r < 0)
		clear(to);
	return r;
}
