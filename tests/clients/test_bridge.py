# SPDX-License-Identifier: LGPL-2.1-or-later
"""
bridge beside the reference's: what either leaves in the kernel, compared whole, and attachments
that one makes and the other checks and removes.
"""

import pathlib
import re

import pytest

from forms import host_local, plain, single
from lab import net

V4, V6 = "10.88.0.0/24", "fd00:88::/64"
MAC = "02:00:00:00:88:01"
DEFAULT = [{"dst": "0.0.0.0/0"}]


def bridge(*subnets, routes=None, **more):
    conf = {"type": "bridge", "bridge": "cni0", **more}
    if subnets:
        conf["ipam"] = host_local(*subnets, **({"routes": routes} if routes else {}))
    return conf


# ---- what is in the kernel

def has(conf, family=None):
    """Does ipam give addresses (of this family)?"""
    subnets = [r[0]["subnet"] for r in conf.get("ipam", {}).get("ranges", [])]
    return any(family is None or (":" in subnet) == (family == 6) for subnet in subnets)


# Every configuration's kernel state must equal the reference's, but for these: a path in state(),
# what it is with the reference and with us, where that must be seen, and why.
DIFFERENCES = [
    ("/host/link PORT/ifalias", None, "lan/box/IFNAME", lambda conf: True,
     "says whose link it is, so that DEL and GC find it by name and touch no other"),
    ("/host/link PORT/txqlen", None, 1000, lambda conf: True,
     "the kernel's default; the reference sends a 0 that nobody set, and a qdisc added later drops"),
    ("/container/sysctl IFNAME/ipv6.accept_dad", "0", "1", lambda conf: has(conf) and not has(conf, 6),
     "written only where IPv6 addresses are given"),
    (r"/container/link IFNAME/addr_info/\d/nodad", None, True,
     lambda conf: has(conf, 6) and not conf.get("enabledad"),
     "not probed by the address' own flag too, which holds whatever the sysctl of all links is"),
    (r"/host/link cni0/addr_info/\d/nodad", None, True,
     lambda conf: has(conf, 6) and conf.get("isGateway", conf.get("isDefaultGateway")) and not conf.get("enabledad"),
     "a gateway that answers at once, not after a second of probing"),
]


def unexpected(found, conf, ifname):
    """Lines of what is not in the table, or is in it and was not found."""
    table = {re.compile(path.replace("IFNAME", ifname)): (theirs, ours.replace("IFNAME", ifname) if
             isinstance(ours, str) else ours, when(conf)) for path, theirs, ours, when, _ in DIFFERENCES}
    listed = {path: pattern for path in found for pattern in table if pattern.fullmatch(path)}
    lines = [f"{path}: {value[0]!r} with theirs, {value[1]!r} with ours" for path, value in found.items()
             if path not in listed or table[listed[path]] != (*value, True)]
    return lines + [f"not found: {pattern.pattern}" for pattern, (_, _, expected) in table.items()
                    if expected and pattern not in listed.values()]


def sysctls(ns, name):
    """All of a link's keys that can be read."""
    def read():
        values = {}
        for family in ("ipv4", "ipv6"):
            for path in pathlib.Path(f"/proc/sys/net/{family}/conf/{name}").iterdir():
                if path.name != "stable_secret":
                    values[f"{family}.{path.name}"] = path.read_text().strip()
        return values

    return ns.call(read)


def part(ns, names):
    """One namespace: links and their sysctls, routes, rules, under names that do not differ."""
    whole = ns.snapshot()
    queues = {link["ifname"]: link.get("txqlen") for link in ns.ip("link")}
    flat = {}
    for link in whole["links"]:
        name = names.get(link["ifname"], link["ifname"])
        flat[f"link {name}"] = {**link, "txqlen": queues[link["ifname"]]}
        flat[f"sysctl {name}"] = sysctls(ns, link["ifname"])
    for name in ("all", "default"):
        flat[f"sysctl {name}"] = sysctls(ns, name)
    flat["sysctl"] = {"ip_forward": ns.sysctl("net.ipv4.ip_forward")}
    for route in whole["routes"]:
        key = (f"route {route['dst']} dev {names.get(route.get('dev'), route.get('dev'))} "
               f"table {route.get('table', 'main')} type {route.get('type', 'unicast')}")
        flat[key] = route
    for kind in ("rules", "neighbours"):
        flat[kind] = dict(enumerate(whole[kind]))
    return flat


def link_local(flat):
    """Addresses made from MACs differ; only that they are there is compared."""
    def text(value):
        return "LINK-LOCAL" if isinstance(value, str) and value.startswith("fe80::") and value != "fe80::/64" else value

    renamed = {}
    for key, value in flat.items():
        words = [text(word) for word in key.split(" ")]
        renamed[" ".join(words)] = {k: text(v) for k, v in value.items()}
        for address in value.get("addr_info", []):
            address["local"] = text(address["local"])
    return renamed


def flatten(value, path=""):
    if path.endswith("/flags"):
        # The carrier follows by itself, sooner or later.
        return {path: " ".join(sorted({*value} - {"NO-CARRIER", "LOWER_UP", "M-DOWN"}))}
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in flatten(item, f"{path}/{key}").items()}
    if isinstance(value, list):
        return flatten(dict(enumerate(value)), path)
    return {path: value}


def state(host, box):
    """Every fact about both namespaces that is not of one run: a path and its value."""
    net.wait_for(lambda: not host.ip("-6", "address", "show", "tentative")
                 and not box.ip("-6", "address", "show", "tentative"), "addresses to settle")
    ports = [link["ifname"] for link in host.ip("link") if link.get("master") == "cni0"]
    names = {ports[0]: "PORT"}
    whole = {"host": link_local(part(host, names)), "container": link_local(part(box, {}))}
    return {path: names.get(value, value) for path, value in flatten(plain(whole)).items()}


def difference(theirs, ours):
    return {path: (theirs.get(path), ours.get(path)) for path in sorted({*theirs, *ours})
            if theirs.get(path) != ours.get(path)}


def foreign_bridge(host):
    host.run("ip", "link", "add", "cni0", "mtu", "1400", "type", "bridge")
    host.run("ip", "address", "add", "10.88.0.1/24", "dev", "cni0")


def other_address(host):
    foreign_bridge(host)
    host.run("ip", "address", "add", "10.88.0.9/24", "dev", "cni0")
    host.run("ip", "-6", "address", "add", "fd00:88::9/64", "dev", "cni0", "nodad")


def forwarding(host):
    host.sysctl("net.ipv4.ip_forward", 1)
    host.sysctl("net.ipv6.conf.all.forwarding", 1)


KERNEL = {
    "no gateway": (bridge(V4), {}),
    "no gateway, v6": (bridge(V6), {}),
    "gateway": (bridge(V4, isGateway=True), {}),
    "gateway, both": (bridge(V4, V6, isGateway=True), {}),
    "default gateway": (bridge(V4, V6, isDefaultGateway=True), {}),
    "default route of ipam": (bridge(V4, isGateway=True, routes=DEFAULT), {}),
    "default route of both": (bridge(V4, isDefaultGateway=True,
                                     routes=[{"dst": "0.0.0.0/0", "gw": "10.88.0.1"}]), {}),
    "routes": (bridge(V4, V6, isGateway=True, routes=[
        {"dst": "10.1.0.0/16"}, {"dst": "10.2.0.0/16", "gw": "10.88.0.77"},
        {"dst": "fd00:1::/32"}, {"dst": "fd00:2::/32", "gw": "fd00:88::77"}]), {}),
    "route attributes": (bridge(V4, V6, isGateway=True, routes=[
        {"dst": "10.1.0.0/16", "priority": 7}, {"dst": "10.2.0.0/16", "table": 100},
        {"dst": "fd00:1::/32", "priority": 7}, {"dst": "fd00:2::/32", "table": 100}]), {}),
    "two addresses": (bridge(V4, "10.89.0.0/24"), {}),
    "hairpin": (bridge(V4, hairpinMode=True), {}),
    "promiscuous": (bridge(V4, promiscMode=True), {}),
    "isolated": (bridge(V4, portIsolation=True), {}),
    "mtu": (bridge(V4, mtu=1400), {}),
    "dad": (bridge(V6, isGateway=True, enabledad=True), {}),
    "layer two": (bridge(), {}),
    "layer two, down": (bridge(disableContainerInterface=True), {}),
    "mac": (bridge(V4, args={"cni": {"mac": MAC}}), {}),
    "another name": (bridge(V4), {"ifname": "net0"}),
    "bridge is there": (bridge(V4, isGateway=True, mtu=1300), {"before": foreign_bridge}),
    "address forced": (bridge(V4, V6, isGateway=True, forceAddress=True), {"before": other_address}),
    "forwards already": (bridge(V4, V6, isGateway=True), {"before": forwarding}),
    "no ipv6 in the container": (bridge(V4), {"inside": {"net.ipv6.conf.all.disable_ipv6": 1,
                                                          "net.ipv6.conf.default.disable_ipv6": 1}}),
    "ipv6 against the container's wish": (bridge(V6), {"inside": {"net.ipv6.conf.all.disable_ipv6": 1,
                                                                  "net.ipv6.conf.default.disable_ipv6": 1}}),
}


@pytest.mark.parametrize("what", KERNEL)
def test_kernel_state(ours, theirs, namespace, host, tmp_path, what):
    conf, how = KERNEL[what]

    def run(plugins):
        mine, box = namespace(f"{plugins.name}-host"), namespace(f"{plugins.name}-box")
        # Link-local addresses settle soon; those that the plugin sees to are what is compared.
        mine.sysctl("net.ipv6.conf.default.accept_dad", 0)
        if not conf.get("enabledad"):
            box.sysctl("net.ipv6.conf.default.dad_transmits", 0)
            box.sysctl("net.ipv6.conf.default.router_solicitation_delay", 0)
        how.get("before", lambda _: None)(mine)
        for key, value in how.get("inside", {}).items():
            box.sysctl(key, value)
        whole = single(conf)
        if "ipam" in conf:
            whole["ipam"] = {**conf["ipam"], "dataDir": str(tmp_path / plugins.name)}
        plugins("bridge", "ADD", whole, netns=box, ifname=how.get("ifname", "eth0"), on=mine).ok()
        return state(mine, box)

    lines = unexpected(difference(run(theirs), run(ours)), conf, how.get("ifname", "eth0"))
    assert not lines, "\n".join(lines)


# ---- one side after the other

PAIRS = [("ours", "theirs"), ("theirs", "ours"), ("theirs", "theirs")]
CROSSED = {
    "gateway, both": bridge(V4, V6, isGateway=True, isDefaultGateway=True),
    "promiscuous": bridge(V4, promiscMode=True),
    "hairpin, isolated": bridge(V4, hairpinMode=True, portIsolation=True, mtu=1400),
    "routes": bridge(V4, routes=[{"dst": "10.1.0.0/16"}, {"dst": "10.2.0.0/16", "priority": 5}]),
    "mac": bridge(V4, runtimeConfig={"mac": MAC}),
}


@pytest.fixture(params=PAIRS, ids=lambda pair: f"{pair[0]}-then-{pair[1]}")
def pair(request, sides):
    return [sides[name] for name in request.param]


@pytest.mark.parametrize("what, version", [(what, "1.1.0") for what in CROSSED]
                         + [("gateway, both", "0.4.0"), ("gateway, both", "1.0.0")])
def test_second_checks_and_removes_what_the_first_made(pair, what, version, container, leftovers):
    first, second = pair
    witness, box = container(), container()
    conf = single(CROSSED[what], version)
    other = {k: v for k, v in conf.items() if k != "runtimeConfig"}
    first("bridge", "ADD", other, container="witness", netns=witness).ok()
    before, empty = leftovers(), box.snapshot()

    result = first("bridge", "ADD", conf, netns=box).ok()
    given = {**conf, "prevResult": result}
    assert second("bridge", "CHECK", given, netns=box).ok() is None
    box.run("ip", "address", "del", "10.88.0.3/24", "dev", "eth0")
    second("bridge", "CHECK", given, netns=box).fails()

    assert second("bridge", "DEL", given, netns=box).ok() is None
    assert leftovers() == before
    assert box.snapshot() == empty
    assert second("bridge", "DEL", conf, netns=box).ok() is None


def test_containers_of_both_sides_on_one_bridge(ours, theirs, host, container):
    a, b, c = container(), container(), container()
    conf = single(bridge(V4, V6, isGateway=True))
    theirs("bridge", "ADD", conf, container="a", netns=a).ok()
    ours("bridge", "ADD", conf, container="b", netns=b).ok()
    theirs("bridge", "ADD", conf, container="c", netns=c).ok()
    for address in ("10.88.0.1", "10.88.0.2", "10.88.0.4", "fd00:88::1", "fd00:88::2", "fd00:88::4"):
        assert b.ping(address)
    assert host.addresses("cni0") == ["10.88.0.1/24", "fd00:88::1/64"]
    assert len([link for link in host.ip("link") if link.get("master") == "cni0"]) == 3


def test_existing_interface_is_an_error_of_either(pair, container, snapshot):
    first, second = pair
    box = container()
    conf = single(bridge(V4))
    first("bridge", "ADD", conf, netns=box).ok()
    inside = box.snapshot()
    second("bridge", "ADD", conf, container="other", netns=box).fails()
    assert box.snapshot() == inside


@pytest.mark.parametrize("ipam", ["ours", "theirs"])
@pytest.mark.parametrize("main", ["ours", "theirs"])
def test_delegate_of_the_other_side(sides, main, ipam, container, leftovers):
    """bridge of one side, host-local of the other, found through CNI_PATH."""
    call, path = sides[main], str(sides[ipam].folder)
    witness, box = container(), container()
    conf = single(bridge(V4, V6, isDefaultGateway=True))
    call("bridge", "ADD", conf, container="witness", netns=witness, path=path).ok()
    before = leftovers()
    result = call("bridge", "ADD", conf, netns=box, path=path).ok()
    assert [ip["address"] for ip in result["ips"]] == ["10.88.0.3/24", "fd00:88::3/64"]
    given = {**conf, "prevResult": result}
    assert call("bridge", "CHECK", given, netns=box, path=path).ok() is None
    assert call("bridge", "STATUS", conf, netns=box, path=path).ok() is None
    assert call("bridge", "DEL", given, netns=box, path=path).ok() is None
    assert leftovers() == before


@pytest.mark.parametrize("version", ["0.4.0", "1.1.0"])
def test_static_addresses_from_their_ipam(pair, theirs, version, container):
    """static is theirs alone; our bridge runs it as a program."""
    first, second = pair
    box = container()
    conf = single(bridge(isGateway=True), version)
    conf["ipam"] = {"type": "static", "routes": DEFAULT,
                    "addresses": [{"address": "10.88.0.7/24", "gateway": "10.88.0.1"}, {"address": "fd00:88::7/64"}]}
    path = str(theirs.folder)
    result = first("bridge", "ADD", conf, netns=box, path=path).ok()
    assert box.addresses("eth0") == ["10.88.0.7/24", "fd00:88::7/64"]
    given = {**conf, "prevResult": result}
    assert second("bridge", "CHECK", given, netns=box, path=path).ok() is None
    assert second("bridge", "DEL", given, netns=box, path=path).ok() is None
    assert box.link("eth0") is None


def test_rules_of_the_other_side_are_left_to_it(pair, host, container, outside):
    """
    Neither side knows the other's masquerading: after the other's DEL the maker's own, which may be
    repeated without a namespace, still finds and removes it.
    """
    first, second = pair
    witness, box = container(), container()
    conf = single(bridge(V4, isDefaultGateway=True, ipMasq=True, ipMasqBackend="nftables"))
    first("bridge", "ADD", conf, container="witness", netns=witness).ok()
    before = host.nft()
    result = first("bridge", "ADD", conf, netns=box).ok()
    assert box.ping("192.0.2.2")
    second("bridge", "DEL", {**conf, "prevResult": result}, netns=box).ok()
    if first is not second:
        assert host.nft() != before
        first("bridge", "DEL", {**conf, "prevResult": result}, netns=box).ok()
    assert host.nft() == before
    assert witness.ping("192.0.2.2")
