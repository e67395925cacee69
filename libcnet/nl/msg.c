/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A netlink message under construction, with an error latch. */

#include "nl/msg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/bug.h"

void cnet__msg_init(struct cnet__msg *m, int type, int flags, const void *header, size_t length)
{
	*m = (struct cnet__msg){ .msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | flags) };

	if (m->msg == NULL ||
	    nlmsg_append(m->msg, (void *)(uintptr_t)header, length, NLMSG_ALIGNTO) < 0)
		m->error = ENOMEM;
}

void cnet__msg_header(struct cnet__msg *m, const void *header, size_t length)
{
	if (m->error == 0 &&
	    nlmsg_append(m->msg, (void *)(uintptr_t)header, length, NLMSG_ALIGNTO) < 0)
		m->error = EMSGSIZE;
}

void cnet__msg_data(struct cnet__msg *m, int attribute, const void *data, size_t length)
{
	if (m->error == 0 && nla_put(m->msg, attribute, (int)length, data) < 0)
		m->error = EMSGSIZE;
}

void cnet__msg_flag(struct cnet__msg *m, int attribute)
{
	cnet__msg_data(m, attribute, NULL, 0);
}

void cnet__msg_u8(struct cnet__msg *m, int attribute, uint8_t value)
{
	cnet__msg_data(m, attribute, &value, sizeof(value));
}

void cnet__msg_u16(struct cnet__msg *m, int attribute, uint16_t value)
{
	cnet__msg_data(m, attribute, &value, sizeof(value));
}

void cnet__msg_be16(struct cnet__msg *m, int attribute, uint16_t value)
{
	cnet__msg_u16(m, attribute, htons(value));
}

void cnet__msg_u32(struct cnet__msg *m, int attribute, uint32_t value)
{
	cnet__msg_data(m, attribute, &value, sizeof(value));
}

void cnet__msg_string(struct cnet__msg *m, int attribute, const char *value)
{
	cnet__msg_data(m, attribute, value, strlen(value) + 1);
}

void cnet__msg_ip(struct cnet__msg *m, int attribute, const struct cnet_ip *ip)
{
	if (ip->family != 0)
		cnet__msg_data(m, attribute, ip->bytes, cnet_ip_bits(ip) / 8);
}

void cnet__msg_mac(struct cnet__msg *m, int attribute, const struct cnet_mac *mac)
{
	if (mac->set)
		cnet__msg_data(m, attribute, mac->bytes, sizeof(mac->bytes));
}

void cnet__msg_nest(struct cnet__msg *m, int attribute)
{
	bug_on(m->depth == CNET__MSG_DEPTH);

	m->nests[m->depth] = m->error == 0 ? nla_nest_start(m->msg, attribute) : NULL;
	if (m->nests[m->depth++] == NULL && m->error == 0)
		m->error = EMSGSIZE;
}

void cnet__msg_end(struct cnet__msg *m)
{
	bug_on(m->depth == 0);

	m->depth--;
	if (m->error == 0)
		nla_nest_end(m->msg, m->nests[m->depth]);
}
