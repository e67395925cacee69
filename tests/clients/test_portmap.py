# SPDX-License-Identifier: LGPL-2.1-or-later
"""
portmap beside the reference's nftables backend: who reaches a published port, and under which
address the container sees them.
"""

import contextlib

import pytest

from forms import bridge, host_local, portmap, single

OUTSIDE4, OUTSIDE6 = "192.0.2.1", "2001:db8:0:2::1"


def mapping(host=8080, container=80, protocol="tcp", **more):
    return {"hostPort": host, "containerPort": container, "protocol": protocol, **more}


CONFS = {
    "default": ({}, mapping()),
    "udp": ({}, mapping(protocol="udp")),
    "no snat": ({"snat": False}, mapping()),
    "masqAll": ({"masqAll": True}, mapping()),
    "hostIP": ({}, mapping(hostIP=OUTSIDE4)),
    "hostIP v6": ({}, mapping(hostIP=OUTSIDE6)),
    "hostIP loopback": ({}, mapping(hostIP="127.0.0.1")),
    "hostIP any": ({}, mapping(hostIP="0.0.0.0")),
    "hostIP any v6": ({}, mapping(hostIP="::")),
    "condition met": ({"conditionsV4": ["ip", "saddr", "192.0.2.0/24"]}, mapping()),
    "condition not met": ({"conditionsV4": ["ip", "saddr", "198.51.100.0/24"],
                           "conditionsV6": ["ip6", "saddr", "2001:db8:ff::/48"]}, mapping()),
    "capital letters": ({}, {"HostPort": 8080, "ContainerPort": 80, "Protocol": "tcp", "HostIP": ""}),
}

# From where, to which address.
PROBES = {
    "outside": ("outside", OUTSIDE4), "outside, v6": ("outside", OUTSIDE6),
    "host": ("host", OUTSIDE4), "host, v6": ("host", OUTSIDE6),
    "host, loopback": ("host", "127.0.0.1"), "host, bridge's address": ("host", "10.88.0.1"),
    "sibling": ("sibling", OUTSIDE4), "sibling, v6": ("sibling", OUTSIDE6),
    "sibling, bridge's address": ("sibling", "10.88.0.1"),
    "itself": ("box", OUTSIDE4), "itself, v6": ("box", OUTSIDE6),
    "outside, another port": ("outside", OUTSIDE4, 8081),
}

GATEWAY = {"sibling": "10.88.0.1", "sibling, bridge's address": "10.88.0.1", "sibling, v6": "fd00:88::1"}


def siblings(conf, *probes):
    """Siblings that the reference's answers miss: they go round the host, and come from a stranger."""
    return {(conf, probe): (None, GATEWAY[probe]) for probe in probes or GATEWAY}


# (configuration, probe): what the container sees with the reference, and with us. Besides siblings:
# masqAll of 1.9.1 masquerades nothing with nftables, as its rule asks for the source 0.0.0.0.
DIFFERENCES = {
    **siblings("default"), **siblings("udp"), **siblings("capital letters"), **siblings("masqAll"),
    **siblings("hostIP", "sibling"), **siblings("hostIP v6", "sibling, v6"),
    **siblings("hostIP any", "sibling", "sibling, bridge's address"),
    **siblings("hostIP any v6", "sibling, v6"), **siblings("condition met", "sibling, v6"),
    ("masqAll", "outside"): ("192.0.2.2", "10.88.0.1"),
    ("masqAll", "outside, v6"): ("2001:db8:0:2::2", "fd00:88::1"),
    ("masqAll", "host"): ("192.0.2.1", "10.88.0.1"),
    ("masqAll", "host, v6"): ("2001:db8:0:2::1", "fd00:88::1"),
}


def frames_are_packets(host, value):
    """Does the module br_netfilter, if it is there, show IP's rules what only crosses a bridge?"""
    for what in ("iptables", "ip6tables"):
        with contextlib.suppress(FileNotFoundError):
            host.sysctl(f"net.bridge.bridge-nf-call-{what}", value)


def see(places, conf, probe):
    """The address that the container sees, or None."""
    place, address, *port = PROBES[probe]
    return places[place].connect(address, *(port or [8080]), udp=CONFS[conf][1].get("protocol") == "udp",
                                 seconds=0.25)


@pytest.mark.parametrize("what", CONFS)
def test_who_reaches_a_published_port(ours, theirs, what, host, container, outside, tmp_path):
    more, ports = CONFS[what]
    frames_are_packets(host, 0)
    host.sysctl("net.ipv6.conf.default.accept_dad", 0)  # else the reference's gateway is not there yet
    ipam = host_local("10.88.0.0/24", "fd00:88::/64", routes=[{"dst": "0.0.0.0/0"}, {"dst": "::/0"}])

    def run(plugins):
        places = {"host": host, "outside": outside, "box": container(), "sibling": container()}
        main = single(bridge(ipMasq=False, hairpinMode=True, ipam={**ipam, "dataDir": str(tmp_path / plugins.name)}))
        chained = single(portmap(**more), runtimeConfig={"portMappings": [ports]})
        results = {}
        for name in ("box", "sibling"):
            results[name] = plugins("bridge", "ADD", main, container=name, netns=places[name]).ok()
        plugins("portmap", "ADD", {**chained, "prevResult": results["box"]}, netns=places["box"]).ok()
        places["box"].serve(80, udp=ports.get("protocol") == "udp")
        seen = {probe: see(places, what, probe) for probe in PROBES}
        plugins("portmap", "DEL", chained, netns=places["box"]).ok()
        assert see(places, what, "outside") is None
        for name in ("box", "sibling"):
            plugins("bridge", "DEL", main, container=name, netns=places[name]).ok()
        return seen

    reference, mine = run(theirs), run(ours)
    found = {probe: (reference[probe], mine[probe]) for probe in PROBES if reference[probe] != mine[probe]}
    expected = {probe: (a, b) for (conf, probe), (a, b) in DIFFERENCES.items() if conf == what}
    assert found == expected


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_rules_of_the_other_side_are_left_to_it(sides, first, host, container, outside):
    """The maker's own DEL, after the other's and without a namespace, still finds them."""
    maker = sides[first]
    other = sides["theirs" if first == "ours" else "ours"]
    witness, box = container(), container()
    main, chained = single(bridge(ipMasq=False)), single(portmap(), runtimeConfig={"portMappings": [mapping()]})
    other_port = {**chained, "runtimeConfig": {"portMappings": [mapping(host=8081)]}}
    for name, ns, conf in (("witness", witness, other_port), ("box", box, None)):
        result = maker("bridge", "ADD", main, container=name, netns=ns).ok()
        if conf:
            maker("portmap", "ADD", {**conf, "prevResult": result}, container=name, netns=ns).ok()
    before = host.nft()
    maker("portmap", "ADD", {**chained, "prevResult": result}, netns=box).ok()
    box.serve(80)
    other("portmap", "DEL", {**chained, "prevResult": result}, netns=box).ok()
    assert outside.connect("192.0.2.1", 8080) == "192.0.2.2"
    maker("portmap", "DEL", chained, netns="").ok()
    assert host.nft() == before
    assert outside.connect("192.0.2.1", 8080, seconds=0.5) is None
