/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Telling a link that an address is ours.
 *
 * ARP needs a packet socket, whose closing waits for an RCU grace period (packet_release()), some
 * ten milliseconds. An ICMPv6 socket does not wait: so IPv6 takes that.
 */

#include "neigh/neigh.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <cnet/link.h>

#include "base/auto.h"
#include "netns/netns.h"

/* RFC 826; RFC 5227, section 3: sender and target address are ours, the target's MAC is empty. */
void cnet__announce_arp(uint8_t *packet, const struct cnet_ip *ip, const struct cnet_mac *mac)
{
	static const uint8_t request[8] = { 0, 1, ETH_P_IP >> 8, ETH_P_IP & 0xff, 6, 4, 0, 1 };

	memset(packet, 0, CNET__ARP_SIZE);
	memcpy(packet, request, sizeof(request));
	memcpy(packet + 8, mac->bytes, sizeof(mac->bytes));
	memcpy(packet + 14, ip->bytes, 4);
	memcpy(packet + 24, ip->bytes, 4);
}

/* RFC 4861, sections 4.4 and 7.2.6: unsolicited, overriding what was known. */
void cnet__announce_advertisement(uint8_t *packet, const struct cnet_ip *ip,
				  const struct cnet_mac *mac)
{
	memset(packet, 0, CNET__ADVERTISEMENT_SIZE);
	packet[0] = ND_NEIGHBOR_ADVERT;
	packet[4] = 0x20; /* override */
	memcpy(packet + 8, ip->bytes, 16);
	packet[24] = ND_OPT_TARGET_LINKADDR;
	packet[25] = 1; /* in units of eight bytes */
	memcpy(packet + 26, mac->bytes, sizeof(mac->bytes));
}

static int send_arp(struct cnet_netns *ns, unsigned int ifindex, const struct cnet_ip *ip,
		    const struct cnet_mac *mac, struct cnet_error *err)
{
	const struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = (int)ifindex,
		.sll_halen = 6,
		.sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};
	uint8_t packet[CNET__ARP_SIZE];
	AUTO_CLOSE int fd = -1;
	int r;

	r = cnet__netns_socket(ns, AF_PACKET, SOCK_DGRAM, 0, &fd, err);
	if (r < 0)
		return r;

	cnet__announce_arp(packet, ip, mac);
	if (sendto(fd, packet, sizeof(packet), 0, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return cnet_error_set(err, errno, "%s", strerror(errno));

	return 0;
}

/*
 * Hop limit 255 proves to the receiver that no router has passed it on. FREEBIND: the address may
 * still be tentative, or not be there yet.
 */
static int set_options(int fd)
{
	const int hops = 255, on = 1;

	if (setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on)) < 0)
		return -errno;

	return 0;
}

static int send_from(int fd, unsigned int ifindex, const struct cnet_ip *ip, const uint8_t *packet)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
				   .sin6_addr = IN6ADDR_ANY_INIT,
				   .sin6_scope_id = ifindex };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = { .room = { 0 } };
	struct in6_pktinfo from = { .ipi6_ifindex = ifindex };
	struct iovec data = { .iov_base = (void *)(uintptr_t)packet,
			      .iov_len = CNET__ADVERTISEMENT_SIZE };
	const struct msghdr message = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	to.sin6_addr.s6_addr[0] = 0xff; /* ff02::1, all nodes */
	to.sin6_addr.s6_addr[1] = 0x02;
	to.sin6_addr.s6_addr[15] = 0x01;
	memcpy(&from.ipi6_addr, ip->bytes, sizeof(from.ipi6_addr));
	control.header.cmsg_level = IPPROTO_IPV6;
	control.header.cmsg_type = IPV6_PKTINFO;
	control.header.cmsg_len = CMSG_LEN(sizeof(from));
	memcpy(CMSG_DATA(&control.header), &from, sizeof(from));

	return sendmsg(fd, &message, 0) < 0 ? -errno : 0;
}

static int send_advertisement(struct cnet_netns *ns, unsigned int ifindex, const struct cnet_ip *ip,
			      const struct cnet_mac *mac, struct cnet_error *err)
{
	uint8_t packet[CNET__ADVERTISEMENT_SIZE];
	AUTO_CLOSE int fd = -1;
	int r;

	r = cnet__netns_socket(ns, AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, &fd, err);
	if (r < 0)
		return r;

	cnet__announce_advertisement(packet, ip, mac);
	r = set_options(fd);
	if (r == 0)
		r = send_from(fd, ifindex, ip, packet);

	return r < 0 ? cnet_error_set(err, -r, "%s", strerror(-r)) : 0;
}

/* The two kinds of socket name the same trouble differently (ENXIO, ENETUNREACH ...). */
static int explain(struct cnet_netns *ns, unsigned int ifindex, int code, struct cnet_error *err)
{
	CNET_AUTO(cnet_link) *link = NULL;
	int r;

	if (code == -EPERM)
		return code;
	r = cnet_link_get_index(ns, ifindex, &link, NULL);
	if (r == -ENODEV)
		return cnet_error_set(err, ENODEV, "%s", strerror(ENODEV));
	if (r == 0 && !cnet_link_is_up(link))
		return cnet_error_set(err, ENETDOWN, "%s", strerror(ENETDOWN));

	return code;
}

/*
 * Where arp_notify is set, the kernel announces on NETDEV_CHANGEADDR, which it also sends when the
 * address is set to what it is (inetdev_event(), dev_set_mac_address()).
 */
static int announce_link(struct cnet_netns *ns, unsigned int ifindex, const struct cnet_mac *mac,
			 struct cnet_error *err)
{
	const struct ifinfomsg header = { .ifi_index = (int)ifindex };
	CNET__MSG_AUTO notify = { 0 };
	struct cnet__nl *nl;
	int r;

	r = cnet__netns_route(ns, &nl, err);
	if (r < 0)
		return r;

	/* A request of its own, as do_setlink() sets the address before all else. */
	cnet__msg_init(&notify, RTM_SETLINK, 0, &header, sizeof(header));
	cnet__msg_nest(&notify, IFLA_AF_SPEC);
	cnet__msg_nest(&notify, AF_INET);
	cnet__msg_nest(&notify, IFLA_INET_CONF);
	cnet__msg_u32(&notify, IPV4_DEVCONF_ARP_NOTIFY, 1);
	cnet__msg_end(&notify);
	cnet__msg_end(&notify);
	cnet__msg_end(&notify);
	r = cnet__nl_transact(nl, &notify, err);
	if (r < 0)
		return r;

	return cnet_link_set_mac(ns, NULL, ifindex, mac, err);
}

int cnet_neigh_announce_link(struct cnet_netns *ns, unsigned int ifindex,
			     const struct cnet_mac *mac, struct cnet_error *err)
{
	int r;

	if (ifindex == 0) /* to the kernel: by name */
		r = cnet_error_set(err, ENODEV, "%s", strerror(ENODEV));
	else
		r = announce_link(ns, ifindex, mac, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "link %u: announce its addresses", ifindex);

	return 0;
}

int cnet_neigh_announce(struct cnet_netns *ns, unsigned int ifindex, const struct cnet_ip *ip,
			const struct cnet_mac *mac, struct cnet_error *err)
{
	char text[CNET_IP_TEXT];
	int r;

	if (!mac->set || ip->family == 0)
		r = cnet_error_set(err, EINVAL, "no address");
	else if (ifindex == 0) /* to an ICMPv6 socket: whichever link */
		r = cnet_error_set(err, ENODEV, "%s", strerror(ENODEV));
	else if (ip->family == AF_INET)
		r = send_arp(ns, ifindex, ip, mac, err);
	else
		r = send_advertisement(ns, ifindex, ip, mac, err);
	if (r < 0) {
		r = explain(ns, ifindex, r, err);
		return cnet_error_prefix(err, r, "link %u: announce \"%s\"", ifindex,
					 cnet_ip_format(ip, text));
	}

	return 0;
}
