/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kit-plugin - a plugin as anybody would write one, of public headers alone
 *
 * Its whole effect is a file, so that tests see what was done, undone, and never begun.
 */

#include <cnet/cni.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct conf {
	const char *state; /* the file */
	const char *fail;  /* a message to fail with */
	int64_t mtu;
	struct cnet_mac mac;
};

static const struct cnet_cni_bounds mtu_bounds = { 68, 65535 };
static const struct cnet_cni_member members[] = {
	{ "state", CNET_CNI_STRING, offsetof(struct conf, state), NULL },
	{ "fail", CNET_CNI_STRING, offsetof(struct conf, fail), NULL },
	{ "mtu", CNET_CNI_INT, offsetof(struct conf, mtu), &mtu_bounds },
	{ "args.cni.mac", CNET_CNI_MAC, offsetof(struct conf, mac), NULL },
	{ "runtimeConfig.mac", CNET_CNI_MAC, offsetof(struct conf, mac), NULL },
	{ NULL, CNET_CNI_STRING, 0, NULL },
};

static int read_conf(struct cnet_cni_call *call, struct conf *conf, struct cnet_error *err)
{
	static const char *const arguments[] = { "MAC", NULL };
	int r;

	*conf = (struct conf){ .state = "/run/cni/kit-plugin" };
	r = cnet_cni_read(call, members, conf, err);
	return r < 0 ? r : cnet_cni_args_check(call, arguments, err);
}

static int remove_file(void *path, struct cnet_error *err)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return cnet_error_set(err, errno, "state \"%s\": %s", (char *)path,
				      strerror(errno));

	return 0;
}

static int make_file(struct cnet_txn *txn, const struct conf *conf, struct cnet_error *err)
{
	int fd, r;

	r = cnet_txn_reserve(txn, err);
	if (r < 0)
		return r;
	fd = open(conf->state, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return cnet_error_set(err, errno, "state \"%s\": %s", conf->state, strerror(errno));

	close(fd);
	cnet_txn_push(txn, remove_file, (void *)(uintptr_t)conf->state, NULL);
	return 0;
}

static int fill_result(struct cnet_cni_call *call, const struct conf *conf, struct cnet_txn *txn,
		       struct cnet_cni_result *result, struct cnet_error *err)
{
	char mac[CNET_MAC_TEXT];
	const struct cnet_cni_interface interface = {
		.name = cnet_cni_ifname(call),
		.mac = cnet_mac_format(&conf->mac, mac),
		.sandbox = cnet_cni_netns_path(call),
		.mtu = (uint32_t)conf->mtu,
	};
	int r;

	if (cnet_cni_previous(call) != NULL)
		return cnet_cni_result_copy(result, cnet_cni_previous(call), err);

	r = cnet_cni_result_add_interface(result, &interface, NULL, err);
	return r < 0 || !cnet_cni_has_ipam(call) ? r : cnet_cni_ipam_add(call, txn, result, err);
}

static int kit_add(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
		   struct cnet_error *err)
{
	struct conf conf;
	int r;

	r = read_conf(call, &conf, err);
	if (r == 0)
		r = make_file(txn, &conf, err);
	if (r == 0)
		r = fill_result(call, &conf, txn, result, err);
	if (r == 0 && conf.fail != NULL)
		r = cnet_error_set(err, EBUSY, "%s", conf.fail);

	return r;
}

static int kit_del(struct cnet_cni_call *call, struct cnet_error *err)
{
	struct cnet_netns *container = NULL;
	struct conf conf;
	int r;

	r = read_conf(call, &conf, err);
	if (r == 0)
		r = cnet_cni_container(call, &container, err);
	if (r == 0)
		r = remove_file((void *)(uintptr_t)conf.state, err);

	return r < 0 ? r : cnet_cni_ipam_del(call, err);
}

static int kit_check(struct cnet_cni_call *call, struct cnet_error *err)
{
	struct conf conf;
	int r;

	r = read_conf(call, &conf, err);
	if (r < 0)
		return r;
	if (access(conf.state, F_OK) < 0)
		return cnet_error_set(err, ENOENT, "state \"%s\" is gone", conf.state);

	return cnet_cni_ipam_check(call, err);
}

/* The file goes unless an attachment is valid. */
static int kit_gc(struct cnet_cni_call *call, struct cnet_error *err)
{
	struct conf conf;
	size_t count;
	int r;

	cnet_cni_valid_attachments(call, &count);
	r = read_conf(call, &conf, err);
	if (r == 0 && count == 0)
		r = remove_file((void *)(uintptr_t)conf.state, err);

	return r < 0 ? r : cnet_cni_ipam_gc(call, err);
}

int main(void)
{
	static const struct cnet_cni_plugin plugin = {
		.size = sizeof(plugin),
		.name = "kit-plugin",
		.add = kit_add,
		.del = kit_del,
		.check = kit_check,
		.gc = kit_gc,
		.status = cnet_cni_ipam_status,
	};

	return cnet_cni_main(&plugin);
}
