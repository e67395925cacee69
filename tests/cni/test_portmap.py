# SPDX-License-Identifier: LGPL-2.1-or-later
"""portmap: every key of its configuration, with packets; refusals; CHECK, DEL, GC and STATUS."""

import pytest

BRIDGE = {
    "cniVersion": "1.1.0", "name": "net", "type": "bridge", "bridge": "br0", "isGateway": True, "hairpinMode": True,
    "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.1.2.0/24"}], [{"subnet": "fd00:1:2::/64"}]],
             "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]},
}
WEB = [{"hostPort": 8080, "containerPort": 80, "protocol": proto} for proto in ("tcp", "udp")]


def conf(previous=None, mappings=WEB, version="1.1.0", **members):
    whole = {"cniVersion": version, "name": "net", "type": "portmap", "runtimeConfig": {"portMappings": mappings}}
    if mappings is None:
        del whole["runtimeConfig"]
    if previous is not None:
        whole["prevResult"] = previous
    whole.update(members)
    return whole


@pytest.fixture
def host(host):
    """A router looks for no IPv6 neighbour before its own link-local address has been found free."""
    host.sysctl("net.ipv6.conf.default.accept_dad", 0)
    return host


@pytest.fixture
def attach(plugin, container):
    """attach(name): a container on the bridge with servers on port 80; portmap() is called for it."""
    def make(name="box"):
        box = container(name)
        box.result = plugin("bridge", "ADD", BRIDGE, container=name, netns=box).ok()
        box.serve(80)
        box.serve(80, udp=True)
        box.portmap = lambda command, config=None, **kw: plugin(
            "portmap", command, conf(box.result) if config is None else config,
            **{"container": name, "netns": box, **kw})
        return box

    return make


def answers(client, address, port=8080):
    """At which address a server sees us, by TCP and by UDP, which must agree."""
    tcp, udp = (client.connect(address, port, udp=is_udp, seconds=2) for is_udp in (False, True))
    assert tcp == udp
    return tcp


def silent(client, address, port=8080):
    return all(client.connect(address, port, udp=is_udp, seconds=0.5) is None for is_udp in (False, True))


def test_published(attach, host, outside):
    box, other = attach("box"), attach("other")
    assert box.portmap("ADD").ok() == box.result
    outside.run("ip", "route", "add", "10.1.2.0/24", "via", "192.0.2.1")

    assert answers(outside, "192.0.2.1") == "192.0.2.2"
    assert answers(outside, "2001:db8:0:2::1") == "2001:db8:0:2::2"
    assert answers(host, "192.0.2.1") == "192.0.2.1"
    assert answers(host, "127.0.0.1") == "10.1.2.1"
    assert answers(box, "10.1.2.1") == "10.1.2.1"
    assert answers(other, "192.0.2.1") == "10.1.2.1"
    assert box.portmap("CHECK").ok() is None

    for _ in range(2):
        assert box.portmap("DEL").ok() is None
    assert silent(outside, "192.0.2.1")
    assert silent(host, "127.0.0.1")


def test_without_mappings_prev_result_passes(attach, snapshot):
    box = attach()
    before = snapshot()
    for mappings in (None, []):
        assert box.portmap("ADD", conf(box.result, mappings)).ok() == box.result
        assert box.portmap("CHECK", conf(box.result, mappings)).ok() is None
    assert snapshot() == before


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"])
def test_every_version(plugin, container, host, version):
    box = container()
    box.serve(80)
    result = plugin("bridge", "ADD", dict(BRIDGE, cniVersion=version), netns=box).ok()
    assert plugin("portmap", "ADD", conf(result, WEB, version), netns=box).ok() == result
    assert host.connect("127.0.0.1", 8080) == "10.1.2.1"
    if version >= "0.4.0":
        plugin("portmap", "CHECK", conf(result, WEB, version), netns=box).ok()
    plugin("portmap", "DEL", conf(result, WEB, version), netns=box).ok()
    assert host.connect("127.0.0.1", 8080, seconds=0.5) is None


def test_members_match_in_any_case(attach, host):
    box = attach()
    mappings = [{"HostPort": 8080, "ContainerPort": 80, "Protocol": "TCP", "HostIP": ""}]
    config = conf(box.result, None, RuntimeConfig={"PortMappings": mappings})
    box.portmap("ADD", config).ok()
    assert host.connect("127.0.0.1", 8080) == "10.1.2.1"


@pytest.mark.parametrize("members", [{"backend": "iptables"}, {"backend": "nftables"}, {"markMasqBit": 31}])
def test_keys_without_effect(attach, host, members):
    box = attach()
    box.portmap("ADD", conf(box.result, **members)).ok()
    assert answers(host, "127.0.0.1") == "10.1.2.1"


def test_snat_off(attach, host, outside):
    box = attach()
    box.portmap("ADD", conf(box.result, snat=False, masqAll=True)).ok()
    assert answers(outside, "192.0.2.1") == "192.0.2.2"
    assert silent(host, "127.0.0.1")
    assert silent(box, "192.0.2.1")


def test_masquerade_all(attach, host, outside):
    box = attach()
    box.portmap("ADD", conf(box.result, masqAll=True)).ok()
    assert answers(outside, "192.0.2.1") == "10.1.2.1"
    assert answers(outside, "2001:db8:0:2::1") == "fd00:1:2::1"
    assert answers(host, "127.0.0.1") == "10.1.2.1"
    box.portmap("CHECK", conf(box.result, masqAll=True)).ok()
    box.portmap("CHECK").fails(text="missing")


def test_host_address(attach, host, outside):
    box = attach()
    host.run("ip", "address", "add", "192.0.2.9/24", "dev", "up0")
    box.portmap("ADD", conf(box.result, [dict(m, hostIP="192.0.2.9") for m in WEB])).ok()
    assert answers(outside, "192.0.2.9") == "192.0.2.2"
    assert silent(outside, "192.0.2.1")
    assert silent(outside, "2001:db8:0:2::1")


@pytest.mark.parametrize("address, family", [("0.0.0.0", 4), ("::", 6), ("::ffff:192.0.2.1", 4)])
def test_host_address_chooses_the_family(attach, outside, address, family):
    box = attach()
    box.portmap("ADD", conf(box.result, [dict(m, hostIP=address) for m in WEB])).ok()
    if family == 4:
        assert answers(outside, "192.0.2.1") == "192.0.2.2"
        assert silent(outside, "2001:db8:0:2::1")
    else:
        assert answers(outside, "2001:db8:0:2::1") == "2001:db8:0:2::2"
        assert silent(outside, "192.0.2.1")


def test_conditions_are_for_their_attachment_only(attach, host, outside):
    box, other = attach("box"), attach("other")
    host.run("ip", "address", "add", "192.0.2.9/24", "dev", "up0")
    outside.run("ip", "address", "add", "192.0.2.3/24", "dev", "wire0")
    conditions = {"conditionsV4": ["ip", "saddr", "!=", "{ 192.0.2.2, 198.51.100.0/24 }"],
                  "conditionsV6": ["ip6 saddr 2001:db8:0:2::/64", "iifname", "up0"]}
    box.portmap("ADD", conf(box.result, **conditions)).ok()
    open_port = [dict(m, hostPort=9090) for m in WEB]
    other.portmap("ADD", conf(other.result, open_port)).ok()

    def from_address(source, address="192.0.2.1", port=8080):
        return outside.connect(address, port, source=source, seconds=0.7)

    assert from_address("192.0.2.2") is None
    assert from_address("192.0.2.3") == "192.0.2.3"
    assert from_address("2001:db8:0:2::2", "2001:db8:0:2::1") == "2001:db8:0:2::2"
    assert host.connect("2001:db8:0:2::1", 8080, seconds=0.5) is None
    assert from_address("192.0.2.2", port=9090) == "192.0.2.2"
    box.portmap("CHECK", conf(box.result, **conditions)).ok()

    # other conditions take their place, and none do too
    box.portmap("ADD", conf(box.result, conditionsV4=["saddr 192.0.2.2"])).ok()
    assert from_address("192.0.2.2") == "192.0.2.2"
    assert from_address("192.0.2.3") is None
    box.portmap("ADD").ok()
    assert from_address("192.0.2.3") == "192.0.2.3"
    assert "c4-" not in host.nft_text() and "c6-" not in host.nft_text()


PORT = {"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}

MALFORMED = {
    "host port 0": ([dict(PORT, hostPort=0)], {}, "hostPort"),
    "host port missing": ([{"containerPort": 80, "protocol": "tcp"}], {}, "hostPort"),
    "host port negative": ([dict(PORT, hostPort=-1)], {}, "-1"),
    "host port too large": ([dict(PORT, hostPort=65536)], {}, "65536"),
    "host port a text": ([dict(PORT, hostPort="8080")], {}, "hostPort"),
    "container port 0": ([dict(PORT, containerPort=0)], {}, "containerPort"),
    "container port missing": ([{"hostPort": 80, "protocol": "tcp"}], {}, "containerPort"),
    "container port too large": ([dict(PORT, containerPort=70000)], {}, "70000"),
    "protocol": ([dict(PORT, protocol="icmp")], {}, "icmp"),
    "protocol missing": ([{"hostPort": 1, "containerPort": 1}], {}, "protocol"),
    "host address": ([dict(PORT, hostIP="10.0.0.256")], {}, "10.0.0.256"),
    "host address a prefix": ([dict(PORT, hostIP="1.2.3.4/24")], {}, "1.2.3.4/24"),
    "host address with zeros": ([dict(PORT, hostIP="010.0.0.1")], {}, "010.0.0.1"),
    "two ways": ([PORT, dict(PORT, containerPort=81)], {}, "8080 leads to both"),
    "no list": ({"hostPort": 80}, {}, "portMappings"),
    "no object": ([80], {}, "portMappings"),
    "backend": ([PORT], {"backend": "ipvs"}, "ipvs"),
    "mark bit": ([PORT], {"markMasqBit": 32}, "32"),
    "negative mark bit": ([PORT], {"markMasqBit": -1}, "-1"),
    "mark chain": ([PORT], {"externalSetMarkChain": "KUBE-MARK-MASQ"}, "externalSetMarkChain"),
    "mark chain and bit": ([PORT], {"externalSetMarkChain": "X", "markMasqBit": 5}, "exclude"),
    "iptables condition": ([PORT], {"conditionsV4": ["-s", "10.0.0.0/8"]}, "-s"),
    "negated iptables condition": ([PORT], {"conditionsV6": ["!", "-s", "fd00::/8"]}, "!"),
    "condition": ([PORT], {"conditionsV4": ["ct", "state", "new"]}, "ct"),
    "condition's family": ([PORT], {"conditionsV6": ["ip saddr 10.0.0.1"]}, "conditionsV6"),
    "conditions a text": ([PORT], {"conditionsV4": "ip saddr 10.0.0.1"}, "conditionsV4"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_is_refused_by_add_and_check_alone(attach, host, snapshot, what):
    mappings, members, text = MALFORMED[what]
    box = attach()
    box.portmap("ADD").ok()
    before = snapshot()
    config = conf(box.result, mappings, **members)
    for command in ("ADD", "CHECK"):
        box.portmap(command, config).fails(7, text)
    assert snapshot() == before

    # it must not keep anybody from tidying up
    box.portmap("DEL", config).ok()
    assert silent(host, "127.0.0.1")
    box.portmap("ADD").ok()
    gc = dict(config, **{"cni.dev/valid-attachments": []})
    box.portmap("GC", gc).ok()
    assert silent(host, "127.0.0.1")


def test_the_same_map_twice_is_one(attach, host):
    box = attach()
    box.portmap("ADD", conf(box.result, [PORT, PORT])).ok()
    assert host.connect("127.0.0.1", 8080) == "10.1.2.1"


def test_needs_a_previous_result(plugin, container):
    box = container()
    plugin("portmap", "ADD", conf(), netns=box).fails(7, "prevResult")
    plugin("portmap", "ADD", conf(mappings=None), netns=box).fails(7, "prevResult")
    plugin("portmap", "DEL", conf(), netns=box).ok()


@pytest.mark.parametrize("interface, published", [(0, False), (1, False), (2, True), (3, False), (None, True)])
def test_which_address_is_the_containers(attach, host, interface, published):
    box = attach()
    for ip in box.result["ips"]:
        ip["interface"] = interface
        if interface is None:
            del ip["interface"]
    # 0 the bridge, 1 the host's end, 2 the container's, 3 another of the container's
    box.result["interfaces"].append({"name": "net1", "mac": "02:00:00:00:00:01", "sandbox": box.path})
    box.portmap("ADD", conf(box.result, version="1.0.0")).ok()
    assert (host.connect("127.0.0.1", 8080, seconds=0.5) is not None) == published


def test_a_port_of_another_container_is_refused(attach, host, snapshot):
    box, other = attach("box"), attach("other")
    box.portmap("ADD").ok()
    before = snapshot()
    other.portmap("ADD").fails(100 + 98, "net/box/eth0")
    assert snapshot() == before
    other.portmap("ADD", conf(other.result, [dict(PORT, hostPort=1), PORT])).fails(100 + 98, "tcp 8080")
    assert snapshot() == before
    box.portmap("ADD").ok()  # a repeated ADD is no conflict
    assert answers(host, "127.0.0.1") == "10.1.2.1"
    box.portmap("DEL").ok()
    other.portmap("ADD").ok()
    assert answers(host, "127.0.0.1") == "10.1.2.1"


def second_network(plugin, box):
    """The same container on another network, as go-cni attaches it, with the same list of ports."""
    bridge = dict(BRIDGE, name="net2", bridge="br1",
                  ipam={"type": "host-local", "ranges": [[{"subnet": "10.2.2.0/24"}]]})
    result = plugin("bridge", "ADD", bridge, ifname="eth1", netns=box).ok()
    return lambda command, **members: plugin("portmap", command, conf(result, name="net2", **members),
                                             ifname="eth1", netns=box)


@pytest.mark.parametrize("how", ["del", "gc", "add without ports"])
def test_a_port_of_the_same_container_is_handed_over(attach, plugin, host, outside, how):
    box = attach()
    second = second_network(plugin, box)
    box.portmap("ADD").ok()
    second("ADD").ok()
    second("CHECK").ok()
    box.portmap("CHECK").ok()
    assert answers(host, "127.0.0.1") == "10.1.2.1"
    assert "10.2.2.2 . 80" not in host.nft_text()

    if how == "del":
        box.portmap("DEL").ok()
    elif how == "gc":
        box.portmap("GC", conf(**{"cni.dev/valid-attachments": []})).ok()
    else:
        box.portmap("ADD", conf(box.result, [dict(PORT, hostPort=1)])).ok()
    assert answers(host, "127.0.0.1") == "10.2.2.1"
    second("CHECK").ok()
    second("DEL").ok()
    assert silent(host, "127.0.0.1")
    box.portmap("DEL").ok()
    assert "elements" not in host.nft_text()


def test_who_waits_may_leave_first(attach, plugin, host):
    box = attach()
    second = second_network(plugin, box)
    box.portmap("ADD").ok()
    second("ADD").ok()
    second("DEL").ok()
    assert answers(host, "127.0.0.1") == "10.1.2.1"
    box.portmap("CHECK").ok()
    box.portmap("DEL").ok()
    assert "elements" not in host.nft_text()


GONE = {
    "namespace there": lambda box: box.path,
    "no namespace named": lambda box: None,
    "empty namespace": lambda box: "",
    "path gone": lambda box: box.delete() or box.path,
    "path an ordinary file": lambda box: box.delete() or open(box.path, "w", encoding="ascii").close() or box.path,
}


@pytest.mark.parametrize("what", GONE)
def test_del_needs_only_the_names(attach, host, what):
    box = attach()
    box.portmap("ADD").ok()
    netns = GONE[what](box)
    for config in (conf(mappings=None), conf(mappings=None)):
        box.portmap("DEL", config, netns=netns).ok()
        assert "elements" not in host.nft_text()


def test_gc_keeps_the_valid(attach, host):
    box, other = attach("box"), attach("other")
    box.portmap("ADD").ok()
    other.portmap("ADD", conf(other.result, [dict(m, hostPort=9090) for m in WEB])).ok()
    valid = {"cni.dev/valid-attachments": [{"containerID": "other", "ifname": "eth0"}]}
    box.portmap("GC", conf(mappings=None, name="another", **{"cni.dev/valid-attachments": []})).ok()
    assert answers(host, "127.0.0.1") == "10.1.2.1"
    box.portmap("GC", conf(mappings=None, **valid)).ok()
    assert silent(host, "127.0.0.1")
    assert answers(host, "127.0.0.1", 9090) == "10.1.2.1"


def test_status(attach, host, plugin):
    plugin("portmap", "STATUS", conf()).ok()
    plugin("portmap", "STATUS", conf(backend="ipvs")).fails(7, "ipvs")
    plugin("portmap", "STATUS", conf(), before=["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"]).fails(
        50, "CAP_NET_ADMIN")


TAKEN = {
    "element": ("nft flush map inet cnet hp4", "8080"),
    "element of IPv6": ("nft flush map inet cnet hp6", "8080"),
    "another target": ("nft delete element inet cnet hp4 { tcp . 8080 }; "
                       "nft add element inet cnet hp4 '{ tcp . 8080 comment \"net/box/eth0\" : 10.1.2.9 . 80 }'",
                       "leads elsewhere"),
    "another holder": ("nft delete element inet cnet hp4 { tcp . 8080 }; "
                       "nft add element inet cnet hp4 '{ tcp . 8080 comment \"net/other/eth0\" : 10.1.2.2 . 80 }'",
                       "net/other/eth0"),
    "local clients": ("nft flush set inet cnet hs4", "10.1.2.2"),
    "siblings": ("nft flush set inet cnet sub4_24", "10.1.2.2"),
    "siblings' rule": ("nft flush chain inet cnet pubsub", "sub4_24"),
    "entrance": ("nft flush chain inet cnet prerouting", "prerouting"),
    "guard": ("nft flush chain inet cnet guard", "guard"),
    "ports' rules": ("nft flush chain inet cnet hostports6", "hostports6"),
    "owner": ("nft flush set inet cnet owner", "net/box/eth0"),
    "table": ("nft delete table inet cnet", "net/box/eth0"),
    "ruleset": ("nft flush ruleset", "net/box/eth0"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_check_misses(attach, host, what):
    take, text = TAKEN[what]
    box = attach()
    box.portmap("ADD").ok()
    box.portmap("CHECK").ok()
    host.run("sh", "-c", take)
    box.portmap("CHECK").fails(text=text)


def test_check_misses_conditions(attach, host):
    box = attach()
    config = conf(box.result, conditionsV4=["saddr 192.0.2.2"])
    box.portmap("ADD", config).ok()
    box.portmap("CHECK", config).ok()
    chain = [line.split()[1] for line in host.nft_text().splitlines() if line.startswith("\tchain c4-")][0]
    host.run("nft", "flush", "chain", "inet", "cnet", chain)
    box.portmap("CHECK", config).fails(text=chain)


def test_after_a_flushed_ruleset(attach, host):
    box = attach()
    box.portmap("ADD").ok()
    host.run("nft", "flush", "ruleset")
    box.portmap("DEL").ok()
    box.portmap("ADD").ok()
    assert answers(host, "127.0.0.1") == "10.1.2.1"
    box.portmap("CHECK").ok()


def test_every_failing_request_is_undone(attach, snapshot):
    box, other = attach("box"), attach("other")
    other.portmap("ADD", conf(other.result, [dict(PORT, hostPort=1)], conditionsV4=["saddr 192.0.2.2"])).ok()
    before = snapshot()
    n = 0
    while True:
        n += 1
        out = box.portmap("ADD", conf(box.result, conditionsV4=["saddr 192.0.2.2"]), fail_request=n)
        if out.status == 0:
            break
        out.fails()
        assert snapshot() == before, n
    assert n > 3
    box.portmap("DEL").ok()
    assert snapshot() == before


def test_killed_anywhere(attach, snapshot):
    box, other = attach("box"), attach("other")
    other.portmap("ADD", conf(other.result, [dict(PORT, hostPort=1)])).ok()
    before = snapshot()
    for command in ("ADD", "DEL"):
        n = 0
        while True:
            n += 1
            if command == "DEL":
                box.portmap("ADD").ok()
            if box.portmap(command, kill_at=n).status == 0:
                break
            box.portmap("DEL").ok()
            assert snapshot() == before, (command, n)
        box.portmap("DEL").ok()
        assert snapshot() == before


def test_a_thousand(attach, host):
    box = attach()
    mappings = [dict(PORT, hostPort=10000 + i) for i in range(1000)]
    box.portmap("ADD", conf(box.result, mappings)).ok()
    box.portmap("CHECK", conf(box.result, mappings)).ok()
    assert host.connect("127.0.0.1", 10000) == host.connect("127.0.0.1", 10999) == "10.1.2.1"
    text = host.nft_text()
    host.run("nft", "flush", "ruleset")
    host.run("nft", "-f", "-", input=text)
    assert host.nft_text() == text
    box.portmap("CHECK", conf(box.result, mappings)).ok()
    box.portmap("DEL").ok()
    assert "elements" not in host.nft_text()


def test_at_once(attach, host, plugin):
    """Many attachments add and remove at the same time, on a ruleset that must be made first."""
    import concurrent.futures

    box = attach()

    def live(i):
        mapped = conf(box.result, [dict(m, hostPort=2000 + i) for m in WEB])
        for _ in range(4):
            plugin("portmap", "ADD", mapped, container=f"c{i}", netns=box).ok()
            plugin("portmap", "CHECK", mapped, container=f"c{i}", netns=box).ok()
            plugin("portmap", "DEL", mapped, container=f"c{i}", netns=box).ok()

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(live, range(32)))
    assert "elements" not in host.nft_text()
