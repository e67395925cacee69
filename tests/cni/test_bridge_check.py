# SPDX-License-Identifier: LGPL-2.1-or-later
"""bridge CHECK: it passes on what ADD made, and fails when anything of it is taken away."""

import pytest

CONF = {
    "cniVersion": "1.0.0", "name": "net", "type": "bridge", "bridge": "br0", "isGateway": True, "ipMasq": True,
    "ipam": {"type": "host-local", "subnet": "10.1.2.0/24", "routes": [{"dst": "0.0.0.0/0"}]},
}


@pytest.fixture
def attached(plugin, host, container):
    """A container with its result, and check() for it."""
    box = container()
    box.result = plugin("bridge", "ADD", CONF, netns=box).ok()
    box.port = box.result["interfaces"][1]["name"]
    box.check = lambda **members: plugin("bridge", "CHECK", dict(CONF, prevResult=box.result, **members), netns=box)
    assert box.check().ok() is None
    return box


TAKEN = {
    "link": (lambda host, box: box.run("ip", "link", "delete", "eth0"), "eth0"),
    "name": (lambda host, box: box.run("ip", "link", "set", "eth0", "down", "name", "eth9"), "eth0"),
    "up": (lambda host, box: box.run("ip", "link", "set", "eth0", "down"), "is down"),
    "host's end up": (lambda host, box: host.run("ip", "link", "set", box.port, "down"), "is down"),
    "bridge up": (lambda host, box: host.run("ip", "link", "set", "br0", "down"), "is down"),
    "master": (lambda host, box: host.run("ip", "link", "set", box.port, "nomaster"), "not in bridge"),
    "bridge": (lambda host, box: host.run("ip", "link", "delete", "br0"), "br0"),
    "mac": (lambda host, box: box.run("ip", "link", "set", "eth0", "address", "02:00:00:00:00:99"), "MAC"),
    "address": (lambda host, box: box.run("ip", "address", "replace", "10.1.2.77/24", "dev", "eth0")
                and box.run("ip", "address", "delete", "10.1.2.2/24", "dev", "eth0"), "10.1.2.2/24"),
    "route": (lambda host, box: box.run("ip", "route", "delete", "default"), "0.0.0.0/0"),
    "gateway address": (lambda host, box: host.run("ip", "address", "delete", "10.1.2.1/24", "dev", "br0"), "10.1.2.1"),
    "forwarding": (lambda host, box: host.sysctl("net.ipv4.ip_forward", 0), "ip_forward"),
    "isolation": (lambda host, box: host.run("ip", "link", "set", box.port, "type", "bridge_slave", "isolated", "on"),
                  "isolation"),
    "masquerade": (lambda host, box: host.run("nft", "flush", "ruleset"), ""),
    "masquerade's element": (lambda host, box: host.run("nft", "flush", "set", "inet", "cnet", "mq4"), ""),
}


def test_passes_where_the_runtime_writes_what_is_empty(attached):
    for interface in attached.result["interfaces"]:
        interface.setdefault("sandbox", "")
    attached.check().ok()


@pytest.mark.parametrize("what", TAKEN)
def test_fails_without(attached, host, what):
    take, text = TAKEN[what]
    take(host, attached)
    attached.check().fails(text=text)


def test_fails_without_the_allocation(attached):
    import pathlib
    pathlib.Path("/var/lib/cni/networks/net/10.1.2.2").unlink()
    attached.check().fails()


@pytest.mark.parametrize("members, text", [
    ({"hairpinMode": True}, "hairpin"), ({"portIsolation": True}, "isolation"), ({"promiscMode": True}, "promiscuous"),
])
def test_fails_where_the_configuration_wants_more(attached, members, text):
    attached.check(**members).fails(text=text)


def test_passes_after_changes_by_chained_plugins(attached, host):
    """tuning changes MAC (and the result), MTU and promiscuity."""
    attached.run("ip", "link", "set", "eth0", "mtu", "1300", "promisc", "on")
    attached.run("ip", "link", "set", "eth0", "address", "02:00:00:00:00:99")
    attached.result["interfaces"][2]["mac"] = "02:00:00:00:00:99"
    attached.check().ok()


def test_passes_while_the_bridge_is_captured(attached, host):
    from lab.net import wait_for
    host.start("tcpdump", "-n", "-i", "br0")
    wait_for(lambda: host.link("br0").get("promiscuity", 0) > 0, "tcpdump")
    attached.check().ok()


def test_without_ipam(plugin, container):
    box = container()
    conf = {"cniVersion": "1.0.0", "name": "net", "type": "bridge", "bridge": "br0"}
    result = plugin("bridge", "ADD", conf, netns=box).ok()
    plugin("bridge", "CHECK", dict(conf, prevResult=result), netns=box).ok()
    plugin("bridge", "CHECK", conf, netns=box).fails(7, "prevResult")


def test_dual_stack(plugin, host, container):
    box = container()
    conf = dict(CONF, isDefaultGateway=True,
                ipam={"type": "host-local", "ranges": [[{"subnet": "10.1.2.0/24"}], [{"subnet": "fd00:1::/64"}]]})
    result = plugin("bridge", "ADD", conf, netns=box).ok()
    plugin("bridge", "CHECK", dict(conf, prevResult=result), netns=box).ok()
    box.run("ip", "-6", "address", "delete", "fd00:1::2/64", "dev", "eth0")
    plugin("bridge", "CHECK", dict(conf, prevResult=result), netns=box).fails(text="fd00:1::2/64")
