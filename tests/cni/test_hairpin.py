# SPDX-License-Identifier: LGPL-2.1-or-later
"""portmap: a container reaches its own published port, whether or not br_netfilter is in force."""

import json

import pytest

PORTS = json.dumps({"portMappings": [{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}]})


def conflist(bridge=None, portmap=None):
    ipam = {"type": "host-local", "ranges": [[{"subnet": "10.1.2.0/24"}], [{"subnet": "fd00:1::/64"}]]}
    return {
        "cniVersion": "1.0.0", "name": "net", "plugins": [
            {"type": "bridge", "bridge": "br0", "isDefaultGateway": True, "ipMasq": True, "ipam": ipam, **(bridge or {})},
            {"type": "portmap", "capabilities": {"portMappings": True}, **(portmap or {})},
        ]}


def filtered(host, on):
    for family in ("iptables", "ip6tables"):
        host.sysctl(f"net.bridge.bridge-nf-call-{family}", on)


def port(host):
    return [link for link in host.ip("link") if link.get("master") == "br0"][0]


@pytest.mark.parametrize("on, bridge", [
    (0, {}), (0, {"hairpinMode": True}), (0, {"promiscMode": True}), (1, {}), (1, {"hairpinMode": True}),
])
def test_a_container_reaches_itself(cnet, network, host, container, outside, on, bridge):
    filtered(host, on)
    box = container()
    network(conflist(bridge))
    cnet("add", "net", box.path, "--cap", PORTS).ok()
    box.serve(80)
    assert box.connect("192.0.2.1", 8080) == "10.1.2.1"
    assert box.connect("2001:db8:0:2::1", 8080) == "fd00:1::1"
    assert cnet("check", "net", box.path, "--cap", PORTS).status == 0


def test_the_port_is_changed_only_where_it_must_be(cnet, network, host, container):
    box = container()
    filtered(host, 0)
    network(conflist({"portIsolation": True}))
    cnet("add", "net", box.path, "--cap", PORTS).ok()
    assert port(host)["linkinfo"]["info_slave_data"]["hairpin"] is False
    cnet("del", "net", box.path, "--cap", PORTS).ok()
    filtered(host, 1)
    cnet("add", "net", box.path).ok()
    assert port(host)["linkinfo"]["info_slave_data"]["hairpin"] is False, "nothing is published"
    cnet("del", "net", box.path).ok()
    cnet("add", "net", box.path, "--cap", PORTS).ok()
    data = port(host)["linkinfo"]["info_slave_data"]
    assert data["hairpin"] is True and data["isolated"] is True
    cnet("del", "net", box.path, "--cap", PORTS).ok()
    host.run("ip", "link", "set", "br0", "promisc", "on")
    cnet("add", "net", box.path, "--cap", PORTS).ok()
    assert port(host)["linkinfo"]["info_slave_data"]["hairpin"] is False, "packets would come twice"
    cnet("del", "net", box.path, "--cap", PORTS).ok()
    host.run("ip", "link", "set", "br0", "promisc", "off")
    network(conflist(portmap={"snat": False}))
    cnet("add", "net", box.path, "--cap", PORTS).ok()
    assert port(host)["linkinfo"]["info_slave_data"]["hairpin"] is False
