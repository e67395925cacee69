/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network namespaces. See docs/namespaces.md. */
#ifndef CNET_NETNS_H
#define CNET_NETNS_H

#include <sys/types.h>

#include <cnet/error.h>
#include <cnet/txn.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_netns - a network namespace that can be talked to
 *
 * A handle holds the namespace open and carries the netlink sockets that were
 * opened inside it. Every primitive takes the handle of the namespace that it
 * acts on as its first argument; none of them looks at, or changes, the
 * namespace of the calling thread.
 *
 * One handle serves one thread at a time. Different handles, even of one
 * namespace, are independent.
 */
struct cnet_netns;

/**
 * cnet_netns_open() - open a namespace
 * @path: a namespace file such as /run/netns/blue or /proc/PID/ns/net; NULL:
 *        the namespace that the calling thread is in
 * @ret:  the handle, to be released by cnet_netns_close()
 * @err:  see struct cnet_error
 *
 * Return: 0; -ENOENT: no such path; -EINVAL: the path is no network namespace;
 * -EPERM, -EMFILE, -ENOMEM.
 */
CNET_API int cnet_netns_open(const char *path, struct cnet_netns **ret,
			     struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_netns_open_pid() - open the namespace that a process is in
 * @pid: a process
 * @ret: the handle, to be released by cnet_netns_close()
 * @err: see struct cnet_error
 *
 * Return: 0; -ESRCH: no such process; otherwise as cnet_netns_open().
 */
CNET_API int cnet_netns_open_pid(pid_t pid, struct cnet_netns **ret,
				 struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_netns_create() - create a namespace that nothing but the handle holds
 * @ret: the handle; the namespace ends with it unless it is pinned or in use
 * @err: see struct cnet_error
 *
 * Its loopback link is down.
 *
 * Return: 0; -EPERM: CAP_SYS_ADMIN is missing; -ENOSPC, -ENOMEM.
 */
CNET_API int cnet_netns_create(struct cnet_netns **ret, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_netns_pin() - keep a namespace alive under a path
 * @ns:   the namespace
 * @txn:  records the removal; may be NULL
 * @path: must not exist; its directory must
 * @err:  see struct cnet_error
 *
 * The namespace file is mounted on @path, as ip-netns(8) does.
 *
 * Return: 0; -EEXIST; -EPERM; what open() and mount() give.
 */
CNET_API int cnet_netns_pin(struct cnet_netns *ns, struct cnet_txn *txn, const char *path,
			    struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_netns_delete() - remove the path that pins a namespace
 * @path: from cnet_netns_pin() or ip-netns(8); absent is success
 * @err:  see struct cnet_error
 *
 * The namespace ends once nothing else holds it.
 *
 * Return: 0; -EINVAL: a file that is no namespace and has content or is none of ours;
 * what umount() and unlink() give.
 */
CNET_API int cnet_netns_delete(const char *path, struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_netns_list() - names of the namespaces pinned in a directory
 * @directory: such as /run/netns; absent: none
 * @ret:       array of @count names, sorted; free each name, then the array
 * @count:     how many
 * @err:       see struct cnet_error
 *
 * Files in it that are no namespaces are left out.
 *
 * Return: 0, -ENOMEM, or what opening the directory gives.
 */
CNET_API int cnet_netns_list(const char *directory, char ***ret, size_t *count,
			     struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_netns_call() - call a function inside a namespace
 * @ns:  the namespace
 * @fn:  called on a thread of its own that is inside @ns and ends afterwards;
 *       returns 0 or a negative code with @err set
 * @arg: handed to @fn
 * @err: see struct cnet_error
 *
 * The calling thread waits, and never changes its own namespace.
 *
 * Return: what @fn returned; -EPERM, -EAGAIN where the thread could not be made or
 * could not enter.
 */
CNET_API int cnet_netns_call(struct cnet_netns *ns, int (*fn)(void *arg, struct cnet_error *err),
			     void *arg, struct cnet_error *err) CNET_NODISCARD;

/** cnet_netns_equal() - are two handles of the same namespace? 1 or 0 */
CNET_API int cnet_netns_equal(const struct cnet_netns *a, const struct cnet_netns *b);

/**
 * cnet_netns_close() - release a handle and its sockets
 * @ns: may be NULL
 */
CNET_API void cnet_netns_close(struct cnet_netns *ns);

static inline void cnet_netns_auto(struct cnet_netns **ns)
{
	cnet_netns_close(*ns);
}

CNET_END_DECLS

#endif
