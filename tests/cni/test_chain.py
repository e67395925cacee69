# SPDX-License-Identifier: LGPL-2.1-or-later
"""bridge, host-local and portmap as one network, through the command cnet, and what packets see of it."""

import json
import os
import pathlib
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import net

SUBNETS = [[{"subnet": "10.1.2.0/24"}], [{"subnet": "fd00:1:2::/64"}]]
HOST4, HOST6 = "192.0.2.1", "2001:db8:0:2::1"
OUTSIDE4, OUTSIDE6 = "192.0.2.2", "2001:db8:0:2::2"
GATEWAY4, GATEWAY6 = "10.1.2.1", "fd00:1:2::1"


def lan(name="net", bridge="br0", subnets=None, version="1.1.0", portmap=(), **members):
    """A network of bridge with host-local, and portmap."""
    first = {"type": "bridge", "bridge": bridge, "isDefaultGateway": True, "ipMasq": True,
             "ipam": {"type": "host-local", "ranges": subnets or SUBNETS}, **members}
    return {"cniVersion": version, "name": name, "plugins": [
        first, {"type": "portmap", "capabilities": {"portMappings": True}, **dict(portmap)}]}


def ports(*maps):
    """Port mappings from "host port:container port/protocol[@host address]"."""
    listed = []
    for text in maps:
        text, _, address = text.partition("@")
        text, _, protocol = text.partition("/")
        host, _, container = text.partition(":")
        listed.append({"hostPort": int(host), "containerPort": int(container), "protocol": protocol or "tcp",
                       **({"hostIP": address} if address else {})})
    return ["--cap", json.dumps({"portMappings": listed})]


WEB = ports("8080:80", "8080:80/udp")


class Town:
    """Containers on networks of the host, and what cnet does for them."""

    def __init__(self, cnet, container):
        self._cnet, self._container = cnet, container
        self.boxes = []

    def box(self, name):
        """A container that serves on port 80; it is on no network yet."""
        box = self._container(name)
        box.servers = [box.serve(80), box.serve(80, udp=True)]
        self.boxes.append(box)
        return box

    def call(self, verb, box, *args, network="net", ifname="eth0", path=None, **how):
        return self._cnet(verb, network, path or box.path, "--container-id", box.name, "--ifname", ifname, *args, **how)

    def add(self, box, *args, **how):
        box = self.box(box) if isinstance(box, str) else box
        box.result = self.call("add", box, *args, **how).ok()
        return box

    def refuse(self, box, *args, **how):
        """An ADD that must fail; what it said."""
        done = self.call("add", box, *args, **how)
        assert done.status == 1 and done.stdout == "", str(done)
        return done.stderr

    def remove(self, box, *args, **how):
        done = self.call("del", box, *args, **how)
        assert done.status == 0 and done.stdout == "", str(done)

    def answering(self, client, address, port=8080, **how):
        """The container that answers on a port, by TCP and UDP alike; None if none does."""
        before = [[len(server.seen) for server in box.servers] for box in self.boxes]
        if silent(client, address, port, seconds=0.5, **how):
            return None
        found = [box for box, counts in zip(self.boxes, before)
                 if [len(server.seen) - count for server, count in zip(box.servers, counts)] == [1, 1]]
        assert len(found) == 1
        return found[0]

    def check(self, box, *args, **how):
        """What CHECK complains of; empty if all is well."""
        done = self.call("check", box, *args, **how)
        assert done.stdout == "" and (done.status == 0) == (done.stderr == ""), str(done)
        return done.stderr


@pytest.fixture
def town(cnet, container, network):
    network(lan())
    return Town(cnet, container)


@pytest.fixture
def look(snapshot):
    """look(box...): all of the host and of these containers; host-local's last address does not count."""
    def take(*boxes):
        whole = snapshot()
        whole["files"] = {k: v for k, v in whole["files"].items()
                          if "last_reserved_ip." not in k and not k.startswith("/etc/")}
        return [whole] + [snapshot(box, files=False) for box in boxes]

    return take


def seen(client, address, port=8080, **how):
    """At which address the server sees the client, by TCP and UDP alike."""
    tcp, udp = (client.connect(address, port, udp=is_udp, **how) for is_udp in (False, True))
    assert tcp == udp, f"{address}: TCP {tcp}, UDP {udp}"
    return tcp


def silent(client, address, port=8080, seconds=0.4, **how):
    return seen(client, address, port, seconds=seconds, **how) is None


# ---- packets


@pytest.mark.parametrize("bridged", ["0", "1"], ids=["routed", "bridge-nf-call"])
def test_published_ports_answer_from_every_side(town, network, host, outside, bridged):
    """bridge-nf-call-iptables shows bridged packets to nf_tables as well, as where Docker runs."""
    if os.path.exists("/proc/sys/net/bridge/bridge-nf-call-iptables"):
        host.sysctl("net.bridge.bridge-nf-call-iptables", bridged)
        host.sysctl("net.bridge.bridge-nf-call-ip6tables", bridged)
    elif bridged == "1":
        pytest.skip("the kernel has no br_netfilter")
    network(lan("far", "br1", [[{"subnet": "10.9.9.0/24"}], [{"subnet": "fd00:9:9::/64"}]]))
    box, sibling, stranger = town.add("box", *WEB), town.add("sibling"), town.add("stranger", network="far")

    assert seen(outside, HOST4) == OUTSIDE4, "whoever comes from outside keeps the address"
    assert seen(outside, HOST6) == OUTSIDE6
    # In the host's own output, and from 127.0.0.1, which no container could answer.
    assert seen(host, HOST4) == HOST4
    assert seen(host, HOST6) == HOST6
    assert seen(host, GATEWAY4) == GATEWAY4
    assert seen(host, "127.0.0.1") == GATEWAY4
    assert seen(host, "127.9.9.9") == GATEWAY4
    # Answers of a sibling would go past the host: hence translated.
    for client in (sibling, box):
        assert seen(client, HOST4) == GATEWAY4, client.name
        assert seen(client, GATEWAY4) == GATEWAY4, client.name
        assert seen(client, HOST6) == GATEWAY6, client.name
        assert seen(client, GATEWAY6) == GATEWAY6, client.name
    # Masqueraded as whatever leaves its network.
    assert seen(stranger, HOST4) == GATEWAY4
    assert seen(stranger, HOST6) == GATEWAY6

    town.remove(box)
    for client, address in ((outside, HOST4), (outside, HOST6), (host, "127.0.0.1"), (sibling, GATEWAY4)):
        assert silent(client, address), client.name


def test_first_container_answers_over_ipv6_at_once(town, host, outside):
    """Duplicate address detection of the new bridge would keep the host from asking for the container."""
    box = town.add("box", *WEB)
    assert outside.connect(HOST6, 8080, udp=True, seconds=0.5) == OUTSIDE6
    addresses = host.ip("-6", "address", "show", "dev", "br0")[0]["addr_info"]
    assert not [address for address in addresses if address.get("tentative")]
    assert box.servers[1].seen == [OUTSIDE6]


def test_masquerading(town, host, outside):
    box, sibling = town.add("box"), town.add("sibling")
    outside.serve(80)
    outside.serve(80, udp=True)

    assert seen(box, OUTSIDE4, 80) == HOST4
    assert seen(box, OUTSIDE6, 80) == HOST6
    assert seen(sibling, "10.1.2.2", 80) == "10.1.2.3", "the own network is not masqueraded"
    assert seen(sibling, "fd00:1:2::2", 80) == "fd00:1:2::3"
    town.remove(box)
    assert seen(sibling, OUTSIDE4, 80) == HOST4, "a neighbour's end does not matter"


def test_transit_is_not_captured(town, host, outside, namespace):
    """CVE-2025-67499: the port of another machine is not the host's, whoever asks."""
    beyond = namespace("beyond")
    net.connect(host, "up1", beyond, "wire1",
                [("198.51.100.1/24", "198.51.100.2/24"), ("2001:db8:99::1/64", "2001:db8:99::2/64")])
    beyond.run("ip", "route", "add", "default", "via", "198.51.100.1")
    beyond.run("ip", "-6", "route", "add", "default", "via", "2001:db8:99::1")
    outside.run("ip", "route", "add", "198.51.100.0/24", "via", HOST4)
    outside.run("ip", "-6", "route", "add", "2001:db8:99::/64", "via", HOST6)
    beyond.serve(8080)
    beyond.serve(8080, udp=True)
    box = town.add("box", *WEB)
    assert outside.ping("198.51.100.2") and outside.ping("2001:db8:99::2"), "wires that are new take their time"

    for client, source4, source6 in ((outside, OUTSIDE4, OUTSIDE6), (box, "198.51.100.1", "2001:db8:99::1")):
        assert seen(client, "198.51.100.2") == source4, client.name
        assert seen(client, "2001:db8:99::2") == source6, client.name
    assert seen(host, "198.51.100.2") == "198.51.100.1"
    assert seen(outside, HOST4) == OUTSIDE4, "while the host's own port is the container's"


def test_one_address_of_the_host(town, host, outside):
    host.run("ip", "address", "add", "192.0.2.9/24", "dev", "up0")
    one, other = town.add("one", *WEB), town.add("other", *ports("8080:80@192.0.2.9", "8080:80/udp@192.0.2.9"))

    assert town.answering(outside, HOST4) is one
    assert town.answering(outside, "192.0.2.9") is other
    assert town.answering(host, "127.0.0.1") is one
    town.remove(one)
    assert town.answering(outside, HOST4) is None
    assert town.answering(outside, "192.0.2.9") is other


def test_loopback_address_of_the_host(town, host, outside):
    """Published for the host alone, also where frames are made by hand (moby 45610)."""
    box = town.add("box", *ports("8080:80@127.0.0.1", "8080:80/udp@127.0.0.1", "8081:80"))
    assert town.answering(host, "127.0.0.1") is box
    assert silent(host, HOST4) and silent(outside, HOST4)
    mac = host.link("up0")["address"]
    assert syn(outside, "wire0", mac, OUTSIDE4, HOST4, 8081), "the frame is a good one"
    assert not syn(outside, "wire0", mac, OUTSIDE4, "127.0.0.1", 8080)


# ---- what route_localnet must not open


def syn(box, interface, mac, source, target, port):
    """Sends a TCP SYN as a raw frame; does any SYN+ACK come back?"""
    def checksum(data):
        data += b"\0" * (len(data) % 2)
        total = sum(struct.unpack(f"!{len(data) // 2}H", data))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        return struct.pack("!H", ~total & 0xffff)

    addresses = socket.inet_aton(source) + socket.inet_aton(target)
    tcp = struct.pack("!HHIIBBHHH", 40001, port, 1, 0, 5 << 4, 2, 1024, 0, 0)
    tcp = tcp[:16] + checksum(addresses + struct.pack("!BBH", 0, 6, len(tcp)) + tcp) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + addresses
    ip = ip[:10] + checksum(ip) + ip[12:]
    own = bytes.fromhex(box.link(interface)["address"].replace(":", ""))
    frame = bytes.fromhex(mac.replace(":", "")) + own + b"\x08\x00" + ip + tcp

    def exchange():
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as sock:
            sock.bind((interface, 0))
            sock.settimeout(0.5)
            sock.send(frame)
            try:
                while True:
                    answer = sock.recv(2048)
                    if answer[23] == 6 and answer[14 + 20 + 13] == 0x12 and answer[36:38] == struct.pack("!H", 40001):
                        return True
            except TimeoutError:
                return False

    return box.call(exchange)


def test_services_of_the_host_stay_out_of_reach(town, host, outside):
    """CVE-2020-8558: published ports need route_localnet, which alone would open 127.0.0.1 to containers."""
    box = town.add("box", *WEB)
    host.serve(9999, address="127.0.0.1")
    host.serve(9998, address=GATEWAY4)
    mac = host.link("br0")["address"]
    assert host.connect("127.0.0.1", 9999) and seen(host, "127.0.0.1")
    assert host.sysctl("net.ipv4.conf.br0.route_localnet") == "1", "or there would be nothing to guard"

    assert syn(box, "eth0", mac, "10.1.2.2", GATEWAY4, 9998), "the frame is a good one"
    assert not syn(box, "eth0", mac, "10.1.2.2", "127.0.0.1", 9999)
    assert not syn(outside, "wire0", host.link("up0")["address"], OUTSIDE4, "127.0.0.1", 9999)
    # Without our guard it would be answered: the test can see what it looks for.
    host.run("nft", "flush", "chain", "inet", "cnet", "guard")
    assert syn(box, "eth0", mac, "10.1.2.2", "127.0.0.1", 9999)


def test_rules_of_the_administrator_come_first(town, host, outside):
    """CVE-2019-9946: what is dropped before translation stays dropped, though a port is published."""
    town.add("box", *WEB)
    assert seen(outside, HOST4) == OUTSIDE4
    host.run("nft", "add table inet admin; add chain inet admin in { type filter hook prerouting priority -150; };"
             " add rule inet admin in meta l4proto { tcp, udp } th dport 8080 drop")
    assert silent(outside, HOST4)
    town.add("other", *ports("8081:80", "8081:80/udp"))
    assert silent(outside, HOST4), "nor does another ADD change the order"
    assert seen(outside, HOST4, 8081) == OUTSIDE4


# ---- who holds a port


def test_port_of_another_container(town, look, host, outside):
    """Refused, the holder named, and nothing left of bridge and host-local, which had succeeded."""
    holder, late = town.add("holder", *WEB), town.box("late")
    before = look(holder, late)

    complaint = town.refuse(late, *ports("9090:80", "8080:80"))

    assert "net/holder/eth0" in complaint and "8080" in complaint
    assert look(holder, late) == before
    assert town.answering(outside, HOST4) is holder
    town.remove(holder)
    town.add(late, *ports("9090:80", "8080:80", "8080:80/udp"))
    assert town.answering(outside, HOST4) is late


def test_second_network_of_a_container_takes_over(town, network, look, outside):
    """go-cni gives each network of a container the same list of ports."""
    network(lan("second", "br1", [[{"subnet": "10.9.9.0/24"}], [{"subnet": "fd00:9:9::/64"}]], isDefaultGateway=False,
                isGateway=True))
    town.add("neighbour", *ports("9090:80"))
    town.add("cousin", network="second")
    box = town.box("box")
    before = look(box)
    town.add(box, *WEB)
    town.add(box, *WEB, network="second", ifname="eth1")
    assert town.check(box, *WEB) == "" == town.check(box, *WEB, network="second", ifname="eth1")
    assert town.answering(outside, HOST4) is box
    refused = town.refuse(town.box("late"), *WEB)
    assert "net/box/eth0" in refused

    town.remove(box)
    box.run("ip", "route", "add", "default", "via", "10.9.9.1")
    box.run("ip", "-6", "route", "add", "default", "via", "fd00:9:9::1")
    assert town.answering(outside, HOST4) is box
    assert town.answering(outside, HOST6) is box
    assert town.check(box, *WEB, network="second", ifname="eth1") == ""
    assert "second/box/eth1" in town.refuse(town.box("later"), *WEB)
    town.remove(box, network="second", ifname="eth1")
    assert silent(outside, HOST4)
    assert look(box) == before


def test_repeated_add(town, look, outside):
    """A runtime's mistake, answered with an error, and the attachment goes on as it was."""
    box = town.add("box", *WEB)
    before = look(box)
    assert "eth0" in town.refuse(box, *WEB)
    assert look(box) == before
    assert town.answering(outside, HOST4) is box
    assert town.check(box, *WEB) == ""


def test_two_interfaces_on_one_network(town, look, outside):
    box = town.add("box", *WEB)
    before = look(box)
    town.add(box, *ports("9090:80", "9090:80/udp"), ifname="eth1")
    assert town.check(box, *WEB) == "" == town.check(box, *ports("9090:80", "9090:80/udp"), ifname="eth1")
    town.remove(box, ifname="eth1")
    assert look(box) == before
    assert town.answering(outside, HOST4) is box and silent(outside, HOST4, 9090)


# ---- UDP


def entries(host, *args):
    """The connections that the kernel knows, by identifier."""
    text = host.run("conntrack", "-L", "-o", "id", *args).stdout
    return {line.rsplit("id=", 1)[1].strip(): line for line in text.splitlines() if "id=" in line}


def flow(client, address=HOST4, port=8080):
    """A datagram of one and the same flow; was it answered?"""
    return client.connect(address, port, source_port=5000, udp=True, seconds=0.5) is not None


@pytest.mark.parametrize("address", [HOST4, HOST6])
def test_flow_of_datagrams_follows_at_once(town, host, outside, address):
    """The kernel would go on sending it where it went before, as long as the client does not pause."""
    first = town.add("first", *ports("9090:80/udp"))
    assert flow(outside, address, 9090)
    other = entries(host, "-p", "udp", "--orig-port-dst", "9090", "-f", "ipv6" if ":" in address else "ipv4")
    assert other
    own = host.serve(8080, udp=True)

    assert flow(outside, address) and len(own.seen) == 1
    second = town.add("second", *WEB)
    assert flow(outside, address) and len(second.servers[1].seen) == 1, "ADD"
    town.remove(second)
    assert flow(outside, address) and len(own.seen) == 2, "DEL"
    town.add(second, *ports("7070:80/udp"))
    third = town.add("third", *WEB)
    assert flow(outside, address) and len(third.servers[1].seen) == 1

    # What belongs to others is not touched.
    assert other.keys() <= entries(host, "-p", "udp").keys()
    assert len(first.servers[1].seen) == 1


def test_flow_of_datagrams_follows_a_takeover(town, network, outside):
    network(lan("second", "br1", [[{"subnet": "10.9.9.0/24"}]], isDefaultGateway=False, isGateway=True))
    box = town.add("box", *WEB)
    town.add(box, *WEB, network="second", ifname="eth1")
    assert flow(outside)
    town.remove(box)
    box.run("ip", "route", "add", "default", "via", "10.9.9.1")
    assert flow(outside)


# ---- conditions, members, families, versions


def test_conditions(town, network, host, outside):
    """Of this network's attachments alone; outside asks from two addresses."""
    outside.run("ip", "address", "add", "192.0.2.3/24", "dev", "wire0")
    network(lan("picky", "br1", [[{"subnet": "10.9.9.0/24"}]],
                portmap={"conditionsV4": ["ip saddr", "!=", "192.0.2.3", "iifname", "{ up0, lo }"]}))
    picky, open_to_all = town.add("picky", *WEB, network="picky"), town.add("open", *ports("9090:80", "9090:80/udp"))
    assert town.answering(outside, HOST4, source="192.0.2.2") is picky
    assert town.answering(outside, HOST4, source="192.0.2.3") is None
    assert town.answering(open_to_all, HOST4) is None, "by another interface"
    assert town.answering(outside, HOST4, 9090, source="192.0.2.3") is open_to_all
    assert town.check(picky, *WEB, network="picky") == ""
    town.remove(picky, network="picky")
    assert "c4-" not in host.nft_text()


def test_members_as_go_cni_writes_them(town, outside):
    maps = [{"HostPort": 8080, "ContainerPort": 80, "Protocol": p, "HostIP": ""} for p in ("tcp", "udp")]
    box = town.add("box", "--cap", json.dumps({"portMappings": maps}))
    assert town.answering(outside, HOST4) is box


def test_one_family(town, network, host, outside):
    network(lan("four", "br4", [[{"subnet": "10.4.4.0/24"}]]))
    network(lan("six", "br6", [[{"subnet": "fd00:6:6::/64"}]]))
    four, six = town.add("four", *WEB, network="four"), town.add("six", *ports("9090:80", "9090:80/udp"), network="six")
    assert town.answering(outside, HOST4) is four and silent(outside, HOST6)
    assert town.answering(outside, HOST6, 9090) is six and silent(outside, HOST4, 9090)
    assert town.check(four, *WEB, network="four") == ""
    assert town.check(six, *ports("9090:80", "9090:80/udp"), network="six") == ""


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"])
def test_every_version(town, network, look, outside, version):
    town.add("neighbour", *ports("9090:80"))
    network(lan(version=version))
    box = town.box("box")
    before = look(box)
    town.add(box, *WEB)
    assert box.result["cniVersion"] == version and "10.1.2.3" in json.dumps(box.result)
    assert town.answering(outside, HOST4) is box
    if version >= "0.4.0":
        assert town.check(box, *WEB) == ""
    town.remove(box)
    assert look(box) == before


# ---- SCTP, by hand: not every kernel speaks it


def init_of_sctp(source_port, port):
    def crc32c(data):
        crc = 0xffffffff
        for byte in data:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
        return struct.pack("<I", crc ^ 0xffffffff)

    chunk = struct.pack("!BBHIIHHI", 1, 0, 20, 7, 65535, 1, 1, 1)
    head = struct.pack("!HHI", source_port, port, 0)
    return head + crc32c(head + bytes(4) + chunk) + chunk


def test_sctp(town, outside):
    box = town.add("box", *ports("8080:99/sctp"))

    def listening():
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        sock.bind(("eth0", 0x0800))
        sock.settimeout(3)
        return sock

    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, 132) as sock:
            sock.sendto(init_of_sctp(5000, 8080), (HOST4, 0))

    with box.call(listening) as sock:
        outside.call(send)
        while True:
            packet = sock.recv(2048)
            if packet[9] == 132:
                break
    assert socket.inet_ntoa(packet[12:16]) == OUTSIDE4 and socket.inet_ntoa(packet[16:20]) == "10.1.2.2"
    assert struct.unpack("!HH", packet[20:24]) == (5000, 99)


# ---- CHECK

TAKEN = {
    "link": ("box", "ip link delete eth0", "eth0"),
    "up": ("box", "ip link set eth0 down", "is down"),
    "master": ("host", "ip link set {port} nomaster", "not in bridge"),
    "address": ("box", "ip address delete 10.1.2.2/24 dev eth0", "10.1.2.2/24"),
    "address of IPv6": ("box", "ip address delete fd00:1:2::2/64 dev eth0", "fd00:1:2::2/64"),
    "route": ("box", "ip route delete default", "0.0.0.0/0"),
    "gateway's address": ("host", "ip address delete 10.1.2.1/24 dev br0", "10.1.2.1"),
    "port flags": ("host", "ip link set {port} type bridge_slave isolated on", "isolation"),
    "forwarding": ("host", "sysctl -qw net.ipv4.ip_forward=0", "ip_forward"),
    "masquerade": ("host", "nft flush set inet cnet mq4", "10.1.2.2"),
    "port map": ("host", "nft flush map inet cnet hp4", "8080"),
    "port map of IPv6": ("host", "nft flush map inet cnet hp6", "8080"),
    "clients on 127.0.0.1": ("host", "nft flush set inet cnet hs4", "10.1.2.2"),
    "guard": ("host", "nft flush chain inet cnet guard", "guard"),
    "rules": ("host", "nft flush ruleset", ""),
    "allocation": ("host", "rm /var/lib/cni/networks/net/10.1.2.2", "10.1.2.2"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_check_misses(town, host, what):
    where, command, text = TAKEN[what]
    box = town.add("box", *WEB)
    port = box.result["interfaces"][1]["name"]
    assert town.check(box, *WEB) == ""
    (host if where == "host" else box).run(*command.format(port=port).split())
    complaint = town.check(box, *WEB)
    assert complaint and text in complaint


def test_check_does_not_mind_others(town, host):
    box, other = town.add("box", *WEB), town.add("other", *ports("9090:80"))
    for gone in ("nft delete element inet cnet hp4 {tcp.9090}", "nft delete element inet cnet mq4 {10.1.2.3}"):
        host.run("sh", "-c", gone.replace("{", "'{ ").replace("}", " }'").replace("tcp.", "tcp . "))
    assert town.check(box, *WEB) == "" and town.check(other, *ports("9090:80")) != ""


# What tuning does, in few words: it changes the link and tells so.
TUNING = """#!/usr/bin/python3
import json, os, subprocess, sys
conf = json.load(sys.stdin)
if os.environ["CNI_COMMAND"] == "ADD":
    for change in (["address", "02:00:00:00:00:99"], ["mtu", "1400"], ["promisc", "on"]):
        subprocess.run(["nsenter", "--net=" + os.environ["CNI_NETNS"], "ip", "link", "set", "eth0", *change], check=True)
    result = conf["prevResult"]
    for interface in result["interfaces"]:
        if interface["name"] == "eth0":
            interface["mac"] = "02:00:00:00:00:99"
    json.dump(result, sys.stdout)
if os.environ["CNI_COMMAND"] == "VERSION":
    print('{"cniVersion": "1.1.0", "supportedVersions": ["1.1.0"]}')
"""


def test_check_passes_after_tuning_and_while_the_bridge_is_captured(town, network, host, build, outside, tmp_path):
    (tmp_path / "tune").write_text(TUNING)
    (tmp_path / "tune").chmod(0o755)
    conf = lan()
    conf["plugins"].append({"type": "tune"})
    network(conf)
    env = {"CNI_PATH": f"{build.plugins}:{tmp_path}", "PATH": os.environ["PATH"]}
    box = town.add("box", *WEB, env=env)
    link = box.link("eth0")
    assert (link["address"], link["mtu"], "PROMISC" in link["flags"]) == ("02:00:00:00:00:99", 1400, True)
    host.start("tcpdump", "-n", "-i", "br0")
    net.wait_for(lambda: host.link("br0").get("promiscuity", 0) > 0, "tcpdump")

    assert town.check(box, *WEB, env=env) == ""
    assert town.answering(outside, HOST4) is box
    town.remove(box, env=env)


# ---- GC and STATUS

RESULTS = pathlib.Path("/var/lib/cni/results")


@pytest.mark.parametrize("kept", [True, False], ids=["results kept", "results lost"])
def test_gc(town, cnet, network, look, host, outside, kept):
    """Without kept results no DEL comes first: it is all done by the plugins' own GC."""
    network(lan("other", "br1", [[{"subnet": "10.9.9.0/24"}]]))
    town.add("others", *ports("7070:80", "7070:80/udp"), network="other")
    valid = town.add("valid", *WEB)
    before = look(valid)
    lost, gone = town.add("lost", *ports("9090:80", "9091:80/udp")), town.add("gone", *ports("9092:80/sctp"))
    town.add(valid, *ports("9093:80"), ifname="eth1")
    gone.delete()
    if not kept:
        for path in RESULTS.iterdir():
            path.unlink()
        before[0]["files"] = {k: v for k, v in before[0]["files"].items() if not k.startswith(str(RESULTS))}

    assert cnet("gc", "net").status == 2, "it must be said what is valid"
    for _ in range(2):
        cnet("gc", "net", "--valid", "valid/eth0").ok()
        net.wait_for(lambda: lost.link("eth0") is None, "the end of the link")
        assert look(valid) == before
    assert town.answering(outside, HOST4) is valid

    cnet("gc", "net", "--all").ok()
    assert silent(outside, HOST4) and valid.link("eth0") is None
    assert [link.get("ifalias") for link in host.ip("link") if "ifalias" in link] == ["other/others/eth0"]
    text = host.nft_text()
    assert "net/" not in text and "other/others/eth0" in text
    names = {p.name for p in pathlib.Path("/var/lib/cni/networks/net").iterdir()}
    assert not [name for name in names if name.startswith(("10.", "fd"))]
    assert town.answering(outside, HOST4, 7070).name == "others"


def test_status(town, cnet, network):
    cnet("status", "net").ok()
    network(lan("small", "br1", [[{"subnet": "10.9.9.0/30"}]]))
    cnet("status", "small").ok()
    town.add("box", network="small")
    exhausted = cnet("status", "small")
    assert exhausted.status == 1 and "CNI code 50" in exhausted.stderr and "10.9.9.1-10.9.9.2" in exhausted.stderr
    assert "CNI code 11" in town.refuse(town.box("late"), network="small")
    cnet("status", "net").ok()
    pathlib.Path("/var/lib/cni/networks/net").write_text("no folder")
    unusable = cnet("status", "net")
    assert unusable.status == 1 and "CNI code 50" in unusable.stderr


# ---- when somebody flushes the ruleset


def test_flushed_ruleset(town, cnet, host, outside):
    old, box = town.add("old", *ports("9090:80", "9090:80/udp")), town.add("box", *WEB)
    host.run("nft", "flush", "ruleset")
    assert town.check(box, *WEB) != ""
    town.remove(box, *WEB)
    town.remove(box, *WEB)
    town.add(box, *WEB)
    assert town.answering(outside, HOST4) is box and town.check(box, *WEB) == ""
    assert town.answering(host, "127.0.0.1") is box
    town.remove(old)
    host.run("nft", "flush", "ruleset")
    cnet("gc", "net", "--valid", "box/eth0").ok()
    cnet("gc", "net", "--all").ok()


# ---- DEL


@pytest.mark.parametrize("state", ["there", "gone", "a file", "result lost", "configuration changed"])
def test_del_of_the_whole(town, network, look, host, state):
    town.add("neighbour", *ports("9090:80"))
    box = town.box("box")
    before = look()
    town.add(box, *WEB)
    path = box.path
    if state in ("gone", "a file"):
        box.delete()
    if state == "a file":
        pathlib.Path(path).write_text("")
    if state == "result lost":
        next(RESULTS.glob("net-box-*")).unlink()
    if state == "configuration changed":
        network(lan(bridge="br7", subnets=[[{"subnet": "10.77.0.0/24"}]], ipMasq=False))
    for _ in range(2):
        town.remove(box, path=path)
    assert look() == before
    if state == "a file":
        os.unlink(path)


# ---- ADD that fails, at every step, in every plugin


@pytest.fixture
def harmed(build, tmp_path):
    """harmed(plugin, **how): CNI_PATH in which ADD of one plugin fails as told; all else is as it was."""
    def make(name, **how):
        env = " ".join(f"{k}='{v}'" for k, v in build.preload(how.get("fail_request"), None, how.get("kill_at")).items())
        wrapper = tmp_path / name
        wrapper.write_text(f'#!/bin/sh\n[ "$CNI_COMMAND" = ADD ] && export {env}\nexec {build.plugins / name}\n')
        wrapper.chmod(0o755)
        return {"CNI_PATH": f"{tmp_path}:{build.plugins}"}

    return make


@pytest.mark.parametrize("how", ["fail_request", "kill_at"])
@pytest.mark.parametrize("plugin", ["bridge", "portmap"])
def test_every_failing_step_is_rolled_back(town, look, outside, harmed, plugin, how):
    neighbour, box = town.add("neighbour", *ports("9090:80", "9090:80/udp")), town.box("box")
    before = look(box)
    for number in range(1, 200):
        done = town.call("add", box, *WEB, env=harmed(plugin, **{how: number}))
        if done.status == 0:
            break
        assert done.stdout == "" and "cnet: " in done.stderr, str(done)
        assert look(box) == before, f"step {number}"
        assert neighbour.servers[0].seen == []
        assert outside.connect(HOST4, 9090) == OUTSIDE4, f"step {number}"
        neighbour.servers[0].seen.clear()
    assert number > 2, "nothing failed"
    assert town.answering(outside, HOST4) is box
    town.remove(box)
    assert look(box) == before


@pytest.mark.parametrize("plugin", ["bridge", "portmap"])
def test_failing_first_add_while_a_second_one_runs(town, host, outside, harmed, plugin):
    """Both make bridge and tables, which neither had found; what one takes back the other needs not."""
    loser, winner = town.box("loser"), town.box("winner")
    for number in range(1, 200):
        results = {}
        env = harmed(plugin, fail_request=number)
        thread = threading.Thread(target=lambda: results.update(loser=town.call("add", loser, *WEB, env=env)))
        thread.start()
        town.add(winner, *ports("9090:80", "9090:80/udp"))
        thread.join()
        assert town.answering(outside, HOST4, 9090) is winner, f"step {number}"
        assert town.check(winner, *ports("9090:80", "9090:80/udp")) == "", f"step {number}"
        town.remove(winner)
        if results["loser"].status == 0:
            break
        host.run("ip", "link", "delete", "br0")
        host.run("nft", "flush", "ruleset")
    assert town.answering(outside, HOST4) is loser


def test_many_at_once(town, look, outside):
    town.add("neighbour", *WEB)
    boxes = [town.box(f"box{i}") for i in range(16)]
    before = look(*boxes)

    def maps(box):
        return ports(f"{9000 + boxes.index(box)}:80", f"{9000 + boxes.index(box)}:80/udp")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda box: town.add(box, *maps(box)), boxes))
        assert len({ip["address"] for box in boxes for ip in box.result["ips"]}) == 2 * len(boxes)
        for i, box in enumerate(boxes):
            assert town.answering(outside, HOST4, 9000 + i) is box
        assert list(pool.map(lambda box: town.check(box, *maps(box)), boxes)) == [""] * len(boxes)
        list(pool.map(town.remove, boxes))
    assert look(*boxes) == before
