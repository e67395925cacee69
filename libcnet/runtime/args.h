/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CNI_ARGS, as the text that plugins get and as the pairs that libcni keeps. */
#ifndef CNET_RUNTIME_ARGS_H
#define CNET_RUNTIME_ARGS_H

#include <jansson.h>

#include <cnet/error.h>

/*
 * "KEY=VALUE;KEY=VALUE" (or NULL) to [["KEY", "VALUE"], ...]. *ret is to be released.
 * 0; -EINVAL: it is not of that form; -ENOMEM.
 */
int cnet__args_split(const char *text, json_t **ret, struct cnet_error *err) CNET_NODISCARD;

/* The other way; *ret is to be freed, and NULL where there are no pairs. 0; -ENOMEM. */
int cnet__args_join(const json_t *pairs, char **ret, struct cnet_error *err) CNET_NODISCARD;

#endif
