# SPDX-License-Identifier: LGPL-2.1-or-later
"""What plugins answer, beside the reference's: results of every version, errors, VERSION, about."""

import json
import re

import pytest

from forms import VERSIONS, bridge, host_local, plain, portmap, single

PLUGINS = ["bridge", "host-local", "loopback", "portmap"]


@pytest.fixture
def both(ours, theirs):
    """both(run): run(plugins) with either side; what ours gives, what theirs gives."""
    return lambda run: (run(ours), run(theirs))


BRIDGES = {
    "gateway": {},
    "default gateway": {"isDefaultGateway": True, "ipam": host_local("10.88.0.0/24", "fd00:88::/64")},
    "layer two": {"ipam": {}, "isGateway": False},
    "own dns": {"dns": {"nameservers": ["192.0.2.53"], "search": ["a.example", "b.example"], "domain": "c.example",
                        "options": ["ndots:1"]}},
    "route attributes": {"ipam": host_local("10.88.0.0/24", routes=[
        {"dst": "10.1.0.0/16", "mtu": 1400, "advmss": 1360, "priority": 7, "scope": 0}])},
    "gateway of its own": {"ipam": host_local({"subnet": "10.88.0.0/24", "gateway": "10.88.0.254"}, "fd00:88::/64")},
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("what", BRIDGES)
def test_bridge(both, what, version, namespace, tmp_path):
    def run(plugins):
        conf = single(bridge(ipMasq=False, **BRIDGES[what]), version)
        if conf["ipam"]:
            conf["ipam"] = {**conf["ipam"], "dataDir": str(tmp_path / plugins.name)}
        box = namespace(f"{plugins.name}-box")
        outcome = plugins("bridge", "ADD", conf, netns=box, on=namespace(f"{plugins.name}-host"))
        # An old result cannot say that there is no address.
        if what == "layer two" and version < "0.3.0":
            return outcome.status
        return json.loads(json.dumps(plain(outcome.ok())).replace(box.path, "NETNS"))

    mine, reference = both(run)
    if version >= "1.1.0":
        # The reference has not filled in yet what 1.1.0 knows of interfaces.
        reference["interfaces"][2]["mtu"] = 1500
    assert mine == reference


@pytest.mark.parametrize("version", VERSIONS)
def test_loopback(both, container, version):
    box = container()
    mine, reference = both(lambda plugins: plugins("loopback", "ADD", single({"type": "loopback"}, version),
                                                   ifname="lo", netns=box).ok())
    if version >= "1.0.0":
        assert mine == reference
    elif version >= "0.3.0":
        # The reference labels a result of 1.0.0 with the older version.
        for ip, number in zip(reference["ips"], "46"):
            ip["version"] = number
        assert mine == {**reference, "dns": {}}
    else:
        assert mine == {"cniVersion": version, "ip4": {"ip": "127.0.0.1/8"}, "ip6": {"ip": "::1/128"}, "dns": {}}


def test_loopback_of_either_side(sides, container):
    for first, second in (("ours", "theirs"), ("theirs", "ours")):
        box, conf = container(), single({"type": "loopback"})
        box.run("ip", "link", "set", "lo", "down")
        given = {**conf, "prevResult": sides[first]("loopback", "ADD", conf, ifname="lo", netns=box).ok()}
        sides[second]("loopback", "CHECK", given, ifname="lo", netns=box).ok()
        sides[second]("loopback", "DEL", given, ifname="lo", netns=box).ok()
        assert "UP" not in box.link("lo")["flags"]
        sides[second]("loopback", "CHECK", given, ifname="lo", netns=box).fails()


def previous(version, netns):
    """A result of every member that the version knows."""
    if version < "0.3.0":
        return {"cniVersion": version, "ip4": {"ip": "10.88.0.2/24", "gateway": "10.88.0.1",
                                                  "routes": [{"dst": "0.0.0.0/0"}]},
                "ip6": {"ip": "fd00:88::2/64", "routes": [{"dst": "::/0", "gw": "fd00:88::1"}]},
                "dns": {"nameservers": ["192.0.2.53"]}}
    number = {"version": "4"} if version < "1.0.0" else {}
    result = {
        "cniVersion": version,
        "interfaces": [{"name": "cni0", "mac": "02:00:00:00:00:01"},
                       {"name": "eth0", "mac": "02:00:00:00:00:02", "sandbox": netns.path}],
        "ips": [{"interface": 1, "address": "10.88.0.2/24", "gateway": "10.88.0.1", **number}],
        "routes": [{"dst": "0.0.0.0/0"}, {"dst": "10.1.2.3/16", "gw": "10.88.0.9"}],
        "dns": {"nameservers": ["192.0.2.53"], "search": ["a.example"], "options": ["ndots:1"]},
    }
    if version >= "1.1.0":
        result["interfaces"][1].update(mtu=1400, socketPath="/run/s", pciID="0000:00:1f.6")
        result["routes"][1].update(mtu=1400, advmss=1360, priority=7, table=0, scope=253)
    return result


@pytest.mark.parametrize("kind", ["portmap", "loopback"])
@pytest.mark.parametrize("version", VERSIONS)
def test_previous_result_goes_through(both, container, kind, version):
    """portmap without ports and loopback hand on what they are given."""
    box = container()
    conf = portmap() if kind == "portmap" else {"type": "loopback"}
    whole = single(conf, version, prevResult=previous(version, box))
    mine, reference = both(lambda plugins: plugins(kind, "ADD", whole, netns=box).ok())
    assert mine == reference == previous(version, box)


# ---- errors

BOX = object()  # stands for the container's namespace

CALL = {"command": "ADD", "container": "box", "ifname": "eth0", "netns": BOX}
GOOD = single(bridge(ipMasq=False))

ERRORS = {
    "lower case": (4, {"command": "add"}, GOOD),
    "no such verb": (4, {"command": "UPDATE"}, GOOD),
    "no container": (4, {"container": None}, GOOD),
    "empty container": (4, {"container": ""}, GOOD),
    "space in the container": (4, {"container": "a b"}, GOOD),
    "container begins badly": (4, {"container": "-a"}, GOOD),
    "no namespace": (4, {"netns": None}, GOOD),
    "no interface": (4, {"ifname": None}, GOOD),
    "long interface": (4, {"ifname": "x" * 16}, GOOD),
    "slash in the interface": (4, {"ifname": "a/b"}, GOOD),
    "colon in the interface": (4, {"ifname": "a:b"}, GOOD),
    "space in the interface": (4, {"ifname": "a b"}, GOOD),
    "interface is a dot": (4, {"ifname": "."}, GOOD),
    "interface is two dots": (4, {"ifname": ".."}, GOOD),
    "no path": (4, {"path": ""}, GOOD),
    "nothing at all": (4, {"container": None, "ifname": None, "netns": None}, GOOD),
    "DEL without a container": (4, {"command": "DEL", "container": None}, GOOD),
    "CHECK without a namespace": (4, {"command": "CHECK", "netns": None}, GOOD),
    "GC without a path": (4, {"command": "GC", "path": ""}, GOOD),
    "empty configuration": (6, {}, ""),
    "half a configuration": (6, {}, '{"cniVersion": "1.1.0"'),
    "an array": (6, {}, "[]"),
    "text": (6, {}, '"bridge"'),
    "more after it": (6, {}, '{"cniVersion": "1.1.0", "name": "lan"} {}'),
    "no name": (7, {}, {k: v for k, v in GOOD.items() if k != "name"}),
    "empty name": (7, {}, {**GOOD, "name": ""}),
    "space in the name": (7, {}, {**GOOD, "name": "a b"}),
    "slash in the name": (7, {}, {**GOOD, "name": "a/b"}),
    "version of the future": (1, {}, {**GOOD, "cniVersion": "9.9.9"}),
    "version between": (1, {}, {**GOOD, "cniVersion": "0.3.2"}),
    "DEL of the future": (1, {"command": "DEL"}, {**GOOD, "cniVersion": "9.9.9"}),
    "CHECK too early": (1, {"command": "CHECK"}, {**GOOD, "cniVersion": "0.3.1"}),
    "GC too early": (1, {"command": "GC"}, {**GOOD, "cniVersion": "1.0.0"}),
    "STATUS too early": (1, {"command": "STATUS"}, {**GOOD, "cniVersion": "1.0.0"}),
}


@pytest.mark.parametrize("what", ERRORS)
def test_error_code(sides, what, container, snapshot):
    """Where the reference has the specification's code; theirs is the control."""
    code, call, conf = ERRORS[what]
    call = {**CALL, **call}
    box = container()
    if call["netns"] is BOX:
        call["netns"] = box
    command = call.pop("command")
    before = snapshot()
    for name in PLUGINS:
        given = {**conf, "type": name} if isinstance(conf, dict) else conf
        answers = {side: call_of(name, command, given, **call).fails()["code"] for side, call_of in sides.items()}
        assert answers == {"ours": code, "theirs": code}, name
    assert snapshot() == before


@pytest.mark.parametrize("name", PLUGINS)
def test_missing_variables_are_all_named(both, name):
    mine, reference = both(lambda plugins: plugins(name, "ADD", GOOD, container=None, ifname=None, netns=None,
                                                   path="").fails(4)["msg"])
    names = re.findall("CNI_[A-Z]+", reference)
    assert len(names) == 4 and re.findall("CNI_[A-Z]+", mine) == names


@pytest.mark.parametrize("command", ["ADD", "DEL"])
@pytest.mark.parametrize("name", ["bridge", "loopback"])
def test_own_namespace_is_refused_before_anything_is_done(ours, host, name, command, snapshot):
    """The reference answers code 8 after the work, behind the result; ours before."""
    before = snapshot()
    ours(name, command, {**GOOD, "type": name}, netns=host.path).fails(8)
    assert snapshot() == before


# ---- what plugins say of themselves

@pytest.mark.parametrize("name", PLUGINS)
@pytest.mark.parametrize("conf", ["", "{}", '{"cniVersion": "0.4.0"}', "nonsense"])
def test_version(both, name, conf):
    mine, reference = both(lambda plugins: plugins(name, "VERSION", conf, container=None, ifname=None).ok())
    assert mine == reference == {"cniVersion": "1.1.0", "supportedVersions": VERSIONS}


@pytest.mark.parametrize("name", PLUGINS)
def test_about(both, name):
    """nerdctl reads the first line and wants at least v1.1.0."""
    def run(plugins):
        outcome = plugins(name, None, "", container=None, ifname=None, path=None)
        outcome.ok()
        return outcome.stdout, outcome.stderr.splitlines()

    (silent, mine), (_, reference) = both(run)
    assert silent == ""
    assert reference[0] == f"CNI {name} plugin version unknown"
    number = re.fullmatch(rf"CNI {name} plugin v(\d+)\.(\d+)\.\d+", mine[0])
    assert (int(number[1]), int(number[2])) >= (1, 1)
    assert mine[1:] == reference[1:] == ["CNI protocol versions supported: " + ", ".join(VERSIONS)]


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_text_is_the_same_to_the_byte(both, tmp_path, version):
    """Order of members, indentation and what follows the last brace, for those who compare text."""
    ipam = host_local("10.9.0.0/24", "fd00:9::/64", routes=[{"dst": "0.0.0.0/0", "gw": "10.9.0.1", "mtu": 1400}])

    def run(plugins):
        conf = {"type": "host-local", "ipam": {**ipam, "dataDir": str(tmp_path / plugins.name)}}
        outcome = plugins("host-local", "ADD", single(conf, version), netns="/run/netns/none")
        outcome.ok()
        return outcome.stdout

    mine, reference = both(run)
    assert mine == reference
