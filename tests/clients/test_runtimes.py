# SPDX-License-Identifier: LGPL-2.1-or-later
"""
bridge, host-local and portmap driven by cnitool and by cnet, ours and the reference's, at every
version. cnitool with the reference's plugins is the control: what it shows is what clients expect.
"""

import concurrent.futures
import os
import pathlib

import pytest

from forms import PORTS, V4, VERSIONS, bridge, chain, cnitool_id, expected, host_local, plain, portmap

RUNTIMES = ["cnitool", "cnet"]
SIDES = ["ours", "theirs"]
CHECKED = ["0.4.0", "1.0.0", "1.1.0"]
OTHER_PORTS = {"portMappings": [{"hostPort": 8081, "containerPort": 80, "protocol": "tcp"}]}
ADDRESSES = pathlib.Path("/var/lib/cni/networks/lan")


class Mixed:
    """Plugins of one side, and those that it does not have of the other."""

    def __init__(self, first, second):
        self.folder = f"{first.folder}:{second.folder}"
        self.env = {**first.env, **second.env}


@pytest.fixture
def mixed(ours, theirs):
    return Mixed(ours, theirs)


@pytest.fixture(params=RUNTIMES)
def runtime(request, runtimes):
    return runtimes[request.param]


@pytest.fixture(params=SIDES)
def plugins(request, sides):
    return sides[request.param]


def cached(box, network="lan", ifname="eth0"):
    return pathlib.Path(f"/var/lib/cni/results/{network}-{cnitool_id(box)}-{ifname}")


def allocated():
    return sorted(f for f in os.listdir(ADDRESSES) if f != "lock" and not f.startswith("last_reserved_ip."))


@pytest.mark.parametrize("version", VERSIONS)
def test_add_and_del(runtime, plugins, version, host, container, outside, network, leftovers):
    network(chain(version))
    first, box = container(), container()
    runtime("add", "lan", first, plugins, cap=OTHER_PORTS).ok()
    before = leftovers()
    empty = box.snapshot()

    result = runtime("add", "lan", box, plugins, cap=PORTS).ok()

    assert plain(result) == expected(version, plugins, box, octet=3)
    assert box.addresses("eth0") == ["10.88.0.3/24", "fd00:88::3/64"]
    assert box.ping("10.88.0.1") and box.ping("fd00:88::1")
    assert box.ping("192.0.2.2") and box.ping("2001:db8:0:2::2")
    box.serve(80)
    assert outside.connect("192.0.2.1", 8080) == "192.0.2.2"
    assert outside.connect("2001:db8:0:2::1", 8080) == "2001:db8:0:2::2"
    box.stop()
    assert cached(box).exists()

    assert runtime("del", "lan", box, plugins, cap=PORTS).ok() is None
    assert leftovers() == before
    assert box.snapshot() == empty
    assert outside.connect("192.0.2.1", 8080, seconds=0.5) is None
    assert not cached(box).exists()
    assert runtime("del", "lan", box, plugins, cap=PORTS).ok() is None


@pytest.mark.parametrize("version", VERSIONS)
def test_check(runtime, plugins, version, container, network):
    network(chain(version))
    box = container()
    runtime("add", "lan", box, plugins, cap=PORTS).ok()
    outcome = runtime("check", "lan", box, plugins, cap=PORTS)
    if version not in CHECKED:
        assert outcome.status != 0
        assert version in outcome.stderr and "CHECK" in outcome.stderr
        return
    assert outcome.ok() is None
    box.run("ip", "route", "del", "default")
    broken = runtime("check", "lan", box, plugins, cap=PORTS)
    assert broken.status != 0 and broken.stderr


@pytest.mark.parametrize("version", CHECKED)
def test_check_after_another_plugin_has_tuned(runtime, mixed, version, container, network):
    """The reference's tuning, chained after bridge, changes what bridge said of the interface."""
    tuning = {"type": "tuning", "mac": "02:00:00:00:77:01", "mtu": 1350, "promisc": True}
    network(chain(version, bridge(), tuning, portmap()))
    box = container()
    result = runtime("add", "lan", box, mixed, cap=PORTS).ok()
    assert result["interfaces"][2]["mac"] == box.link("eth0")["address"] == "02:00:00:00:77:01"
    assert runtime("check", "lan", box, mixed, cap=PORTS).ok() is None
    assert runtime("del", "lan", box, mixed, cap=PORTS).ok() is None
    assert box.link("eth0") is None and allocated() == []


def test_neighbours_learn_what_tuning_has_changed(runtime, plugins, theirs, host, container, network):
    """An address changes hands, and the new owner's MAC is set after bridge has announced it."""
    plugins = Mixed(plugins, theirs)
    boxes = [container() for _ in range(3)]

    def attach(box, mac, address):
        network(chain("1.1.0", bridge(), {"type": "tuning", "mac": mac}))
        runtime("add", "lan", box, plugins, args=f"IP={address};IgnoreUnknown=1").ok()

    attach(boxes[0], "02:00:00:00:77:01", "10.88.0.8")  # else the bridge loses its carrier and forgets
    attach(boxes[1], "02:00:00:00:77:02", "10.88.0.9")
    assert host.ping("10.88.0.9")
    runtime("del", "lan", boxes[1], plugins, args="IP=10.88.0.9;IgnoreUnknown=1").ok()
    attach(boxes[2], "02:00:00:00:77:03", "10.88.0.9")
    assert host.ip("neighbour", "show", "10.88.0.9")[0]["lladdr"] == "02:00:00:00:77:03"
    assert host.run("ping", "-n", "-c1", "-W1", "10.88.0.9", check=False).returncode == 0


def test_arguments_and_interfaces(runtime, plugins, container, network):
    """CNI_ARGS, CNI_IFNAME: two attachments of one container to one network."""
    network(chain("1.1.0"))
    box = container()
    one = runtime("add", "lan", box, plugins, args="IP=10.88.0.77;IgnoreUnknown=1;K8S_POD_NAME=web", cap=PORTS).ok()
    runtime("add", "lan", box, plugins, ifname="net1").ok()
    assert one["ips"][0]["address"] == "10.88.0.77/24"
    assert box.addresses("net1")[0] == "10.88.0.78/24"
    assert cached(box).exists() and cached(box, ifname="net1").exists()
    assert runtime("del", "lan", box, plugins, ifname="net1").ok() is None
    assert box.link("net1") is None and box.link("eth0")
    assert cached(box).exists() and not cached(box, ifname="net1").exists()


def test_network_of_a_single_plugin(runtime, plugins, container, network):
    network({"cniVersion": "0.3.1", "name": "old", "type": "bridge", "bridge": "br7",
             "ipam": host_local("10.7.0.0/24")}, file="10-old.conf")
    box = container()
    result = runtime("add", "old", box, plugins).ok()
    assert result["interfaces"][0]["name"] == "br7" and result["ips"][0]["address"] == "10.7.0.2/24"
    assert runtime("del", "old", box, plugins).ok() is None
    assert box.link("eth0") is None


def test_network_with_a_choice_of_versions(runtime, plugins, container, network):
    network(chain("0.3.1", cniVersions=["0.3.1", "0.4.0", "1.0.0", "9.0.0"]))
    box = container()
    assert plain(runtime("add", "lan", box, plugins, cap=PORTS).ok()) == expected("1.0.0", plugins, box)


def test_failure_names_the_plugin_and_says_why(runtime, plugins, container, network):
    network(chain("1.1.0", bridge(hairpinMode=True, promiscMode=True), portmap()))
    outcome = runtime("add", "lan", container(), plugins)
    assert outcome.status != 0 and 'type="bridge"' in outcome.stderr
    assert "cannot set hairpin mode and promiscuous mode at the same time" in outcome.stderr


def test_cnet_rolls_back_a_chain_of_either_side(runtimes, plugins, theirs, container, network, leftovers):
    """The last plugin, the reference's tuning, fails. cnitool leaves the rest to its caller."""
    network(chain("1.1.0", name="good"))
    bad = {"type": "tuning", "sysctl": {"net.ipv4.no_such_key": "1"}}
    network(chain("1.1.0", bridge(), portmap(), bad))
    first, box = container(), container()
    plugins = Mixed(plugins, theirs)
    runtimes["cnet"]("add", "good", first, plugins, cap=PORTS).ok()
    before, empty = leftovers(), box.snapshot()
    outcome = runtimes["cnet"]("add", "lan", box, plugins, cap=OTHER_PORTS)
    assert outcome.status != 0 and 'type="tuning"' in outcome.stderr and "no_such_key" in outcome.stderr
    assert box.snapshot() == empty
    after = leftovers()
    after["files"].pop("/var/lib/cni/networks/lan/lock", None)
    assert after == before


def test_del_after_the_namespace_is_gone(runtime, ours, container, network, leftovers):
    """As after a reboot. The reference leaves its masquerading behind."""
    network(chain("1.1.0"))
    first, box = container(), container()
    runtime("add", "lan", first, ours, cap=OTHER_PORTS).ok()
    before = leftovers()
    runtime("add", "lan", box, ours, cap=PORTS).ok()
    box.delete()
    assert runtime("del", "lan", box, ours, cap=PORTS).ok() is None
    assert leftovers() == before


def test_many_at_once(runtimes, sides, host, container, network):
    """Both runtimes and both sides' plugins on one network, started together."""
    network(chain("1.1.0"))
    boxes = [container() for _ in range(12)]

    def attach(number):
        runtime, plugins = runtimes[RUNTIMES[number % 2]], sides[SIDES[number // 2 % 2]]
        return runtime("add", "lan", boxes[number], plugins).ok()["ips"][0]["address"].split("/")[0]

    with concurrent.futures.ThreadPoolExecutor(len(boxes)) as pool:
        given = list(pool.map(attach, range(len(boxes))))
    assert sorted(given) == sorted(V4.format(n) for n in range(2, 14))
    assert host.addresses("cni0") == ["10.88.0.1/24", "fd00:88::1/64"]
    for address in given:
        assert host.ping(address)


# ---- STATUS and GC

def test_status(runtime, plugins, container, network):
    network(chain("1.1.0"))
    assert runtime("status", "lan", container(), plugins).ok() is None


def test_status_of_a_full_range(runtime, ours, container, network):
    """The reference's host-local has no STATUS: only ours says code 50."""
    ipam = host_local({"subnet": "10.88.0.0/24", "rangeStart": "10.88.0.9", "rangeEnd": "10.88.0.9"})
    network(chain("1.1.0", bridge(ipam=ipam)))
    box = container()
    assert runtime("status", "lan", box, ours).ok() is None
    runtime("add", "lan", box, ours).ok()
    outcome = runtime("status", "lan", box, ours)
    assert outcome.status != 0 and "10.88.0.9-10.88.0.9" in outcome.stderr
    if runtime.name == "cnet":
        assert "CNI code 50" in outcome.stderr


def test_status_before_there_was_one(runtime, plugins, container, network):
    """Nothing is asked, whatever the state."""
    network(chain("1.0.0", bridge(ipam={"type": "no-such-plugin"})))
    assert runtime("status", "lan", container(), plugins).ok() is None


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_gc_of_everything_kept(runtime, plugins, version, host, container, network, leftovers):
    """
    cnitool's gc names no attachment: libcni deletes all that have a kept result, with the arguments
    that were kept, and calls GC without a list. cnet asks for --all to do so.
    """
    network(chain(version))
    other = chain(version, bridge(ipam=host_local("10.77.0.0/24"), bridge="cni1"), name="other")
    network(other)
    stays, one, two = container(), container(), container()
    runtime("add", "other", stays, plugins).ok()
    # Shared things, which stay, are made.
    runtime("add", "lan", one, plugins, cap=PORTS).ok()
    runtime("del", "lan", one, plugins, cap=PORTS).ok()
    before = leftovers()
    inside = [box.snapshot() for box in (one, two)]
    runtime("add", "lan", one, plugins, cap=PORTS).ok()
    runtime("add", "lan", two, plugins, cap=OTHER_PORTS, ifname="net0").ok()

    assert collect(runtime, "lan", one, plugins).ok() is None

    assert leftovers() == before
    assert [box.snapshot() for box in (one, two)] == inside
    assert stays.ping("10.77.0.1")


def collect(runtime, name, box, plugins, valid=None):
    if runtime.name == "cnitool":
        return runtime("gc", name, box, plugins)
    words = ["--all"] if valid is None else [w for v in valid for w in ("--valid", v)]
    return runtime("gc", name, box, plugins, more=words)


def test_cnet_gc_keeps_what_is_named(runtimes, plugins, host, container, network, leftovers, outside):
    """Attachments that either runtime made, by plugins of either side."""
    network(chain("1.1.0"))
    boxes = [container() for _ in range(4)]
    caps = [{"portMappings": [{"hostPort": 8080 + n, "containerPort": 80, "protocol": "tcp"}]} for n in range(4)]
    for n, box in enumerate(boxes):
        runtimes[RUNTIMES[n % 2]]("add", "lan", box, plugins, cap=caps[n]).ok()
    keep = boxes[:2]

    collect(runtimes["cnet"], "lan", boxes[0], plugins, [f"{cnitool_id(box)}/eth0" for box in keep]).ok()

    assert [cached(box).exists() for box in boxes] == [True, True, False, False]
    assert [box.link("eth0") is not None for box in boxes] == [True, True, False, False]
    assert allocated() == ["10.88.0.2", "10.88.0.3", "fd00:88::2", "fd00:88::3"]
    for n, box in enumerate(boxes):
        box.serve(80)
        assert outside.connect("192.0.2.1", 8080 + n, seconds=1) == ("192.0.2.2" if box in keep else None)
    for n, box in enumerate(keep):
        assert runtimes[RUNTIMES[n]]("check", "lan", box, plugins, cap=caps[n]).ok() is None


def test_gc_finds_what_was_never_kept(runtimes, ours, theirs, container, network, host):
    """An attachment without a kept result, as after a crash: our plugins know it, the reference's do not."""
    network(chain("1.1.0"))
    one, two = container(), container()
    for box in (one, two):
        runtimes["cnitool"]("add", "lan", box, ours, cap=PORTS if box is one else OTHER_PORTS).ok()
    for box in (one, two):
        cached(box).unlink()
    collect(runtimes["cnet"], "lan", one, theirs, [f"{cnitool_id(one)}/eth0"]).ok()
    assert len(allocated()) == 4
    collect(runtimes["cnitool"], "lan", one, ours).ok()  # GC without a list frees nothing
    assert len(allocated()) == 4
    collect(runtimes["cnet"], "lan", one, ours, [f"{cnitool_id(one)}/eth0"]).ok()
    assert allocated() == ["10.88.0.2", "fd00:88::2"]
    assert one.link("eth0") and two.link("eth0") is None
    assert len([link for link in host.ip("link") if link.get("master") == "cni0"]) == 1
