/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error object of CNI: written for a runtime, read from a delegate. */

#include "cni/fault.h"

#include <errno.h>
#include <limits.h>

#include <cnet/cni.h>

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

int cnet__fault_format(const char *version, int number, const char *msg, const char *details,
		       char **ret, struct cnet_error *err)
{
	json_auto_t *object = json_object();
	int r = 0;

	if (version != NULL && *version != '\0')
		r |= json_object_set_new(object, "cniVersion", cnet__json_text(version));
	r |= json_object_set_new(object, "code", json_integer(number));
	r |= json_object_set_new(object, "msg", cnet__json_text(msg));
	if (details != NULL && *details != '\0')
		r |= json_object_set_new(object, "details", cnet__json_text(details));
	if (r != 0)
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
