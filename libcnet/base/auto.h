/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Things that are released when they go out of scope. */
#ifndef CNET_BASE_AUTO_H
#define CNET_BASE_AUTO_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cnet__auto_free(void *p)
{
	free(*(void **)p);
}

static inline void cnet__auto_close(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

#define AUTO_FREE  __attribute__((cleanup(cnet__auto_free)))
#define AUTO_CLOSE __attribute__((cleanup(cnet__auto_close)))

/* take(p) yields the pointer and forgets it, handing ownership over; take_fd() likewise. */
#define take(p)                             \
	({                                  \
		__typeof__(p) taken_ = (p); \
		(p) = NULL;                 \
		taken_;                     \
	})

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* A status that is thrown away on purpose; say why at each use. */
static inline void ignore(int status)
{
	(void)status;
}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
