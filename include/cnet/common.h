/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every header of libcnet needs: export marks, option structs, cleanup. */
#ifndef CNET_COMMON_H
#define CNET_COMMON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CNET_BEGIN_DECLS extern "C" {
#define CNET_END_DECLS	 }
#else
#define CNET_BEGIN_DECLS
#define CNET_END_DECLS
#endif

#define CNET_API	      __attribute__((visibility("default")))
#define CNET_NODISCARD	      __attribute__((warn_unused_result))
#define CNET_FORMAT(fmt, arg) __attribute__((format(printf, fmt, arg)))

/**
 * CNET_OPTS() - an options struct, filled in at the call
 * @type: name of the struct, without the word struct
 * @...:  designated initialisers, at least one; pass NULL for "all defaults"
 *
 * Sets the member `size`, by which a library newer or older than the caller
 * knows what the caller's struct holds. Members that the library does not know
 * must be zero, else the call fails with -E2BIG.
 */
#define CNET_OPTS(type, ...) (&(const struct type){ .size = sizeof(struct type), __VA_ARGS__ })

/**
 * CNET_AUTO() - declare a handle that is released when it goes out of scope
 * @type: cnet_link, cnet_netns, cnet_txn ...
 *
 * Use: CNET_AUTO(cnet_netns) *ns = NULL;
 * Declare a namespace before the transactions that use it: variables are
 * released in the reverse order of their declaration.
 */
#define CNET_AUTO(type) __attribute__((cleanup(type##_auto))) struct type

#endif
