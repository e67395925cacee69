/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DEL of an attachment, for whoever needs it. */
#ifndef CNET_RUNTIME_DETACH_H
#define CNET_RUNTIME_DETACH_H

#include "runtime/chain.h"

/*
 * Calls DEL of all plugins, last first, with chain->kept.result as prevResult, and forgets the
 * attachment once all have succeeded. 0; the errors of all that failed.
 */
int cnet__detach(const struct chain *chain, struct cnet_error *err) CNET_NODISCARD;

#endif
