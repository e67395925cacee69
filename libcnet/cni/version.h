/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Versions of the CNI specification. */
#ifndef CNET_CNI_VERSION_H
#define CNET_CNI_VERSION_H

#include <stddef.h>

/* Those that we speak, oldest first, ended by NULL; the last before it is the newest. */
extern const char *const cnet__versions[];

#define CNET__VERSION_NEWEST "1.1.0"

struct cnet__version {
	unsigned int major, minor, patch;
};

/* One of those that we speak? 1 or 0. "" is not: it means 0.1.0, which the caller puts in. */
int cnet__version_known(const char *text);

/* Reads "major", "major.minor" or "major.minor.patch". 0, -EINVAL. */
int cnet__version_parse(const char *text, struct cnet__version *ret);

/* Negative, 0 or positive. */
int cnet__version_compare(const struct cnet__version *a, const struct cnet__version *b);

/* 1 or 0; 0 for what is no version. */
int cnet__version_at_least(const char *text, unsigned int major, unsigned int minor);

enum { CNET__VERSION_LIST = 96 };

/*
 * The versions from a minimum (NULL: all) on, oldest first, each within these quotes and parted by
 * a separator of at most two bytes. The text has CNET__VERSION_LIST bytes.
 */
void cnet__version_list(const char *minimum, const char *quote, const char *separator, char *text);

/* Is it one that we speak, and not older than the minimum (NULL: any)? 1 or 0 */
int cnet__version_served(const char *text, const char *minimum);

#endif
