/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error object of CNI: written for a runtime, read from a delegate. */
#ifndef CNET_CNI_FAULT_H
#define CNET_CNI_FAULT_H

#include <jansson.h>

#include <cnet/error.h>

enum {
	CNET__FAULT_ERRNO = 100,    /* plus an errno value, where the specification has no code */
	CNET__FAULT_INTERNAL = 999, /* what the reference says where it has no code */
};

/* The object's number for a (positive) code of struct cnet_error; see enum cnet_cni_code. */
int cnet__fault_number(int code);

/* Writes the object; version may be NULL or "", details NULL. 0, -ENOMEM. */
int cnet__fault_format(const char *version, int number, const char *msg, const char *details,
		       char **ret, struct cnet_error *err) CNET_NODISCARD;

/*
 * Reads the object from what a plugin printed before it failed. Returns the (negative) code that
 * err was given; a text that is no such object is an error as well, and quoted.
 */
int cnet__fault_parse(const char *text, size_t length, struct cnet_error *err) CNET_NODISCARD;

#endif
