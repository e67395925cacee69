/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error object of CNI: written for a runtime, read from a delegate. */

#include "cni/fault.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <cnet/cni.h>

#include "base/auto.h"
#include "cni/json.h"

int cnet__fault_number(int code)
{
	if (code >= CNET_CNI_EBASE)
		return code - CNET_CNI_EBASE;

	switch (code) {
	case EAGAIN:
	case EBUSY:
		return CNET_CNI_EAGAIN - CNET_CNI_EBASE;
	case EIO:
	case ENOSPC:
	case EROFS:
	case EDQUOT:
	case EMFILE:
	case ENFILE:
		return CNET_CNI_EIO - CNET_CNI_EBASE;
	default:
		return CNET__FAULT_ERRNO + code;
	}
}

static int is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Bytes of the UTF-8 sequence at p, or 0 where it is none (RFC 3629, section 4). */
static size_t sequence(const char *p)
{
	const unsigned char a = (unsigned char)p[0], b = (unsigned char)p[1];
	size_t length = a < 0x80   ? 1
			: a < 0xc2 ? 0
			: a < 0xe0 ? 2
			: a < 0xf0 ? 3
			: a < 0xf5 ? 4
				   : 0;
	size_t i;

	for (i = 1; i < length; i++) {
		if (!is_continuation(p[i]))
			return 0;
	}
	if ((a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) || (a == 0xf0 && b < 0x90) ||
	    (a == 0xf4 && b > 0x8f))
		return 0;

	return length;
}

/*
 * A message may quote any bytes, or be cut within a character, and JSON holds only UTF-8: what is
 * none becomes '?'. To be freed.
 */
static char *repair(const char *text)
{
	char *copy = strdup(text);
	char *p;

	for (p = copy; p != NULL && *p != '\0';) {
		size_t length = sequence(p);

		if (length == 0)
			*p = '?';
		p += length != 0 ? length : 1;
	}

	return copy;
}

int cnet__fault_format(const char *version, int number, const char *msg, const char *details,
		       char **ret, struct cnet_error *err)
{
	AUTO_FREE char *text = repair(msg);
	AUTO_FREE char *more = repair(details != NULL ? details : "");
	AUTO_FREE char *spoken = repair(version != NULL ? version : "");
	json_auto_t *object = NULL;

	if (text != NULL && more != NULL && spoken != NULL)
		object = json_pack("{s:s*, s:i, s:s, s:s*}", "cniVersion",
				   *spoken != '\0' ? spoken : NULL, "code", number, "msg", text,
				   "details", *more != '\0' ? more : NULL);
	if (object == NULL)
		return cnet_error_set(err, ENOMEM, "error object: out of memory");

	return cnet__json_format(object, 4, ret, err);
}

int cnet__fault_parse(const char *text, size_t length, struct cnet_error *err)
{
	const int internal = CNET_CNI_EBASE + CNET__FAULT_INTERNAL;
	struct cnet_error why = { 0 };
	json_auto_t *object = NULL;
	const char *msg, *details;
	json_int_t number;

	if (cnet__json_parse(text, length, &object, &why) < 0)
		return cnet_error_set(err, internal,
				      "netplugin failed but error parsing its diagnostic message "
				      "\"%.200s\": %s",
				      text, why.message);

	msg = cnet__json_string(object, "msg");
	details = cnet__json_string(object, "details");
	if (msg == NULL || *msg == '\0')
		return cnet_error_set(err, internal,
				      "netplugin failed but error parsing its diagnostic message "
				      "\"%.200s\": no \"msg\"",
				      text);

	number = json_integer_value(cnet__json_get(object, "code"));
	if (number <= 0 || number > INT_MAX - CNET_CNI_EBASE)
		number = CNET__FAULT_INTERNAL;
	return cnet_error_set(err, CNET_CNI_EBASE + (int)number, "%s%s%s", msg,
			      details != NULL && *details != '\0' ? "; " : "",
			      details != NULL ? details : "");
}
