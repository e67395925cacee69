/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings below /proc/sys/net, inside a namespace. */
#ifndef CNET_SYSCTL_H
#define CNET_SYSCTL_H

#include <cnet/netns.h>
#include <cnet/txn.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_sysctl - a setting and its value
 * @key:   path below /proc/sys with '/' between its parts, such as
 *         "net/ipv4/conf/eth0/arp_notify"; must lie below net/
 * @value: its text, without a line's end
 */
struct cnet_sysctl {
	const char *key;
	const char *value;
};

/**
 * cnet_sysctl_set() - write settings, in order
 * @ns:       where
 * @txn:      records the old values; may be NULL
 * @settings: array of @count
 * @count:    how many
 * @err:      see struct cnet_error
 *
 * A setting that has the value already is not written: it may be read-only.
 *
 * If one cannot be set, those before it are restored, with or without @txn.
 *
 * Return: 0; -ENOENT: no such setting; -EINVAL: the key lies outside net/, has a part
 * "..", or the kernel refuses the value, or something is mounted over it; -EROFS, -EACCES.
 */
CNET_API int cnet_sysctl_set(struct cnet_netns *ns, struct cnet_txn *txn,
			     const struct cnet_sysctl *settings, size_t count,
			     struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_sysctl_get() - read a setting
 * @ns:  where
 * @key: as in struct cnet_sysctl
 * @ret: its text without the line's end; to be freed
 * @err: see struct cnet_error
 *
 * Return: 0; -ENOENT, -EINVAL as above; -ENOMEM.
 */
CNET_API int cnet_sysctl_get(struct cnet_netns *ns, const char *key, char **ret,
			     struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
