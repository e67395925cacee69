# SPDX-License-Identifier: LGPL-2.1-or-later
"""bridge: DEL, GC and failed ADDs leave nothing of the attachment, and touch nothing of others."""

import pathlib
import subprocess

import pytest

CONF = {
    "cniVersion": "1.1.0", "name": "net", "type": "bridge", "bridge": "br0", "isGateway": True, "ipMasq": True,
    "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.1.2.0/24"}], [{"subnet": "fd00:1::/64"}]]},
}


@pytest.fixture
def neighbour(plugin, container, snapshot):
    """Another container, whose presence is what must stay; its snapshot is the clean state."""
    box = container("neighbour")
    plugin("bridge", "ADD", CONF, container="neighbour", netns=box).ok()
    return box


def forget_last(state):
    """What host-local remembers of the last address changes with each allocation."""
    state["files"] = {k: v for k, v in state["files"].items() if "/last_reserved_ip." not in k}
    return state


@pytest.fixture
def clean(neighbour, snapshot):
    return forget_last(snapshot())


def remove_pin(box):
    subprocess.run(["umount", box.path], check=True)


GONE = {
    "namespace there": lambda box: box.path,
    "no namespace named": lambda box: None,
    "empty namespace": lambda box: "",
    "path gone": lambda box: box.delete() or box.path,
    "path an ordinary file": lambda box: remove_pin(box) or box.path,
    "link gone": lambda box: box.run("ip", "link", "delete", "eth0") and box.path,
}


@pytest.mark.parametrize("what", GONE)
def test_del_cleans_and_succeeds_twice(plugin, container, snapshot, clean, what):
    box = container()
    plugin("bridge", "ADD", CONF, netns=box).ok()
    netns = GONE[what](box)
    for _ in range(3):
        out = plugin("bridge", "DEL", CONF, netns=netns)
        assert out.ok() is None and out.stdout == ""
    assert forget_last(snapshot()) == clean


@pytest.mark.parametrize("what", ["namespace there", "no namespace named", "path gone", "path an ordinary file"])
def test_del_without_add(plugin, container, snapshot, clean, what):
    plugin("bridge", "DEL", CONF, netns=GONE[what](container())).ok()
    assert forget_last(snapshot()) == clean


def test_del_after_the_configuration_changed(plugin, container, snapshot, clean):
    box = container()
    plugin("bridge", "ADD", CONF, netns=box).ok()
    other = {"cniVersion": "1.1.0", "name": "net", "type": "bridge", "bridge": "br7", "mtu": -5, "vlan": 3,
             "ipam": {"type": "host-local", "subnet": "10.99.0.0/24"}}
    plugin("bridge", "DEL", other, netns=None).ok()
    assert forget_last(snapshot()) == clean


def test_del_after_the_rules_were_flushed(plugin, host, container):
    box = container()
    plugin("bridge", "ADD", CONF, netns=box).ok()
    host.run("nft", "flush", "ruleset")
    plugin("bridge", "DEL", CONF, netns=box).ok()
    assert box.link("eth0") is None
    plugin("bridge", "ADD", CONF, netns=box).ok()
    assert "masquerade" in host.nft_text()


def test_del_of_one_interface_leaves_the_other(plugin, host, container, snapshot):
    box = container()
    plugin("bridge", "ADD", CONF, netns=box, ifname="eth0").ok()
    before = forget_last(snapshot()), snapshot(box, files=False)
    plugin("bridge", "ADD", CONF, netns=box, ifname="eth1").ok()
    plugin("bridge", "DEL", CONF, netns=None, ifname="eth1").ok()
    assert (forget_last(snapshot()), snapshot(box, files=False)) == before


def test_failed_add_of_another_network_leaves_the_interface(plugin, host, container, snapshot):
    box = container()
    plugin("bridge", "ADD", CONF, netns=box).ok()
    before = snapshot(), snapshot(box)
    other = CONF | {"name": "other"}
    plugin("bridge", "ADD", other, netns=box).fails(text="eth0")
    plugin("bridge", "DEL", other, netns=box).ok()
    assert (snapshot(), snapshot(box)) == before
    plugin("bridge", "DEL", CONF, netns=box).ok()
    assert not [link for link in host.ip("link") if link.get("master") == "br0"]


def test_del_of_what_the_reference_made(plugin, host, container):
    """Another name on the host, no alias: found inside the container."""
    box = container()
    host.run("ip", "link", "add", "veth12345678", "type", "veth", "peer", "name", "eth0", "netns", box.path)
    plugin("bridge", "DEL", CONF, netns=box).ok()
    assert box.link("eth0") is None and host.link("veth12345678") is None


def test_del_leaves_interfaces_of_other_kinds(plugin, host, container):
    box = container()
    box.run("ip", "link", "add", "eth0", "type", "bridge")
    plugin("bridge", "DEL", CONF, netns=box).ok()
    assert box.link("eth0") is not None


def test_link_of_the_same_name_with_another_alias_stays(plugin, host, container):
    box = container()
    plugin("bridge", "ADD", CONF, netns=box).ok()
    port = [link for link in host.ip("link") if link.get("ifalias") == "net/box/eth0"][0]["ifname"]
    host.run("ip", "link", "set", port, "alias", "somebody else's")
    plugin("bridge", "DEL", CONF, netns=None).ok()
    assert host.link(port) is not None


# ---- a failing ADD


def test_every_failing_request_is_rolled_back(plugin, host, container, snapshot, clean):
    """Request n fails, for every n until none does; the neighbour's state is the clean one."""
    box = container()
    empty = snapshot(box, files=False)
    n = 0
    while True:
        n += 1
        out = plugin("bridge", "ADD", CONF, netns=box, fail_request=n)
        if out.status == 0:
            break
        out.fails()
        assert (forget_last(snapshot()), snapshot(box, files=False)["links"]) == (clean, empty["links"]), f"request {n}"
        assert n < 100
    assert n > 8, "the requests were not counted"
    plugin("bridge", "DEL", CONF, netns=box).ok()
    assert forget_last(snapshot()) == clean


def test_first_add_on_a_host_fails_at_every_step(plugin, host, container, snapshot):
    """Then the bridge may stay, as a neighbour may stand on it already, but nothing else does."""
    box = container()
    n = 0
    while True:
        n += 1
        out = plugin("bridge", "ADD", CONF, netns=box, fail_request=n)
        if out.status == 0:
            break
        assert box.link("eth0") is None, f"request {n}"
        assert not [link for link in host.ip("link") if "ifalias" in link], f"request {n}"
        assert not list(pathlib.Path("/var/lib/cni/networks").glob("net/10.*")), f"request {n}"
        assert n < 100
    assert box.ping("10.1.2.1")


def test_failing_adds_leave_a_running_neighbour_working(plugin, host, container, neighbour, outside):
    box = container()
    outside.serve(80)
    neighbour.run("ip", "route", "add", "default", "via", "10.1.2.1")
    for n in range(1, 100):
        if plugin("bridge", "ADD", CONF, netns=box, fail_request=n).status == 0:
            break
        assert neighbour.connect("192.0.2.2", 80) == "192.0.2.1", f"request {n}"


def test_result_that_cannot_be_written_is_rolled_back(plugin, host, container, snapshot, clean, build):
    box = container()
    script = f'exec {build.plugins}/bridge > /dev/full'
    from lab import cni
    env = cni.plugin_environment("ADD", "box", "eth0", box.path, None, str(build.plugins))
    out = cni.execute(host, ["/bin/sh", "-c", script], env, cni.as_input(CONF))
    assert out.status != 0
    assert box.link("eth0") is None
    assert forget_last(snapshot()) == clean


# ---- GC


def gc(valid):
    return dict(CONF, **{"cni.dev/valid-attachments": valid})


def three(plugin, container):
    boxes = {}
    for name in ("a", "b", "c"):
        boxes[name] = container(name)
        plugin("bridge", "ADD", CONF, container=name, netns=boxes[name]).ok()
    return boxes


def owners(host):
    return sorted(link["ifalias"] for link in host.ip("link") if "ifalias" in link)


def allocations():
    return sorted(p.read_text().split()[0] for p in pathlib.Path("/var/lib/cni/networks/net").glob("10.*"))


def test_gc_frees_exactly_what_is_not_valid(plugin, host, container, snapshot):
    boxes = three(plugin, container)
    other = dict(CONF, name="other", bridge="br1", ipam={"type": "host-local", "subnet": "10.7.0.0/24"})
    plugin("bridge", "ADD", other, container="x", netns=container("x")).ok()
    plugin("bridge", "GC", gc([{"containerID": "b", "ifname": "eth0"}])).ok()
    assert owners(host) == ["net/b/eth0", "other/x/eth0"]
    assert allocations() == ["b"]
    text = host.nft_text()
    assert "net/b/eth0" in text and "other/x/eth0" in text
    assert "net/a/eth0" not in text and "net/c/eth0" not in text
    assert boxes["a"].link("eth0") is None and boxes["b"].ping("10.1.2.1")


def test_gc_with_an_empty_list_frees_all(plugin, host, container):
    three(plugin, container)
    plugin("bridge", "GC", gc([])).ok()
    assert owners(host) == [] and allocations() == [] and "net/a/eth0" not in host.nft_text()


@pytest.mark.parametrize("conf", [CONF, gc(None)])
def test_gc_without_a_list_does_nothing(plugin, host, container, snapshot, conf):
    three(plugin, container)
    before = snapshot()
    plugin("bridge", "GC", conf).ok()
    assert snapshot() == before


def test_gc_knows_the_interface(plugin, host, container):
    box = container()
    plugin("bridge", "ADD", CONF, netns=box, ifname="eth0").ok()
    plugin("bridge", "ADD", CONF, netns=box, ifname="eth1").ok()
    plugin("bridge", "GC", gc([{"containerID": "box", "ifname": "eth1"}])).ok()
    assert owners(host) == ["net/box/eth1"]


def test_gc_leaves_links_of_other_programs(plugin, host):
    host.run("ip", "link", "add", "veth0", "type", "veth", "peer", "name", "wire0")
    host.run("ip", "link", "set", "wire0", "alias", "net/x/eth0")
    plugin("bridge", "GC", gc([])).ok()
    assert host.link("wire0") is not None
