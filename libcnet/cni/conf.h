/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON objects to structs, by a table of members. */
#ifndef CNET_CNI_CONF_H
#define CNET_CNI_CONF_H

#include <jansson.h>

#include <cnet/cni.h>

#include "cni/arena.h"

/*
 * Reads members of an object into a struct that holds the defaults. Strings belong to the object,
 * lists to the arena. 0; -CNET_CNI_ECONFIG: the message names the member with its indices, and its
 * value; -ENOMEM. After a failure some of the struct may have been set.
 */
int cnet__conf_read(const json_t *object, struct cnet__arena *arena,
		    const struct cnet_cni_member *members, void *place,
		    struct cnet_error *err) CNET_NODISCARD;

#endif
