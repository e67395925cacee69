/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What went wrong. See docs/errors.md. */
#ifndef CNET_ERROR_H
#define CNET_ERROR_H

#include <cnet/common.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_error - what went wrong, for a program and for a person
 * @code:    a positive errno value, or one of enum cnet_cni_code (cnet/cni.h);
 *           0 while there is no error
 * @message: one line, most general context first, ending in the kernel's own
 *           explanation where it gave one
 *
 * The caller owns it, usually on the stack, initialised to zero; it holds no
 * resources and needs no release. Reporting an error never allocates, so it
 * cannot itself fail.
 *
 * Every function of libcnet that can fail returns 0 or a negative code and
 * takes such a struct as its last argument, which may be NULL. On failure
 * the value returned is -code, and nothing else of the caller's has changed;
 * on success the struct has not changed.
 */
struct cnet_error {
	int code;
	char message[508];
};

/**
 * cnet_error_set() - report an error
 * @err:    where; may be NULL
 * @code:   positive errno value
 * @format: one line in lower case without a full stop, naming the object
 *
 * Return: -code, so that reporting and returning are one statement.
 */
CNET_API int cnet_error_set(struct cnet_error *err, int code, const char *format, ...)
	CNET_FORMAT(3, 4);

/**
 * cnet_error_prefix() - put the context of a caller in front of an error
 * @err:    an error that has been set; may be NULL
 * @code:   the (negative) value that the failing call returned
 * @format: the context; ": " is put between it and the message
 *
 * Return: @code.
 */
CNET_API int cnet_error_prefix(struct cnet_error *err, int code, const char *format, ...)
	CNET_FORMAT(3, 4);

/**
 * cnet_error_append() - collect the errors of steps that do not stop each other
 * @err:   the collection; may be NULL; keeps the code of the first error
 * @other: the error to add, separated by "; "
 *
 * Return: -code of the collection.
 */
CNET_API int cnet_error_append(struct cnet_error *err, const struct cnet_error *other);

CNET_END_DECLS

#endif
