# SPDX-License-Identifier: LGPL-2.1-or-later
"""The harness itself: what the other tests rely on."""

import os

import pytest

from lab import cni, net


def test_run_is_private(host):
    assert host.run("ip", "-o", "link").stdout.count("\n") == 1
    assert os.listdir("/var/lib/cni") == [] and os.listdir("/etc/cni") == []
    assert os.listdir("/run/netns") == ["host"]


def test_namespace_ends_with_its_test(namespace):
    ns = namespace("short")
    assert os.path.exists(ns.path)
    ns.delete()
    assert not os.path.exists(ns.path)


def test_call_acts_inside_and_strands_nobody(host, container):
    box = container()
    before = os.stat("/proc/thread-self/ns/net").st_ino

    inside = box.call(lambda: os.stat("/proc/thread-self/ns/net").st_ino)

    assert inside == os.stat(box.path).st_ino != before
    assert os.stat("/proc/thread-self/ns/net").st_ino == before
    with pytest.raises(ZeroDivisionError):
        box.call(lambda: 1 // 0)


def test_failing_command_fails_the_test(host):
    with pytest.raises(AssertionError, match="exit status"):
        host.run("ip", "link", "delete", "nosuch")


def test_outside_answers_host_in_both_families(host, outside):
    assert host.ping("192.0.2.2")
    assert host.ping("2001:db8:0:2::2")
    assert not host.ping("192.0.2.77", seconds=0.5)


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
def test_server_tells_the_address_it_sees(host, outside, udp):
    server = outside.serve(8080, udp=udp)

    assert host.connect("192.0.2.2", 8080, udp=udp) == "192.0.2.1"
    assert host.connect("2001:db8:0:2::2", 8080, udp=udp) == "2001:db8:0:2::1"
    assert host.connect("192.0.2.2", 8081, udp=udp, seconds=0.3) is None
    assert [a.removeprefix("::ffff:") for a in server.seen] == ["192.0.2.1", "2001:db8:0:2::1"]


def test_server_on_one_address_only(host):
    host.serve(7000, address="127.0.0.1")
    assert host.connect("127.0.0.1", 7000) == "127.0.0.1"
    assert host.connect("::1", 7000, seconds=0.3) is None


def test_sysctl_is_of_the_namespace(host, container):
    box = container()
    host.sysctl("net.ipv4.ip_forward", 1)
    assert host.sysctl("net.ipv4.ip_forward") == "1"
    assert box.sysctl("net.ipv4.ip_forward") == "0"


CHANGES = [
    ("ip", "link", "add", "br0", "type", "bridge"),
    ("ip", "address", "add", "10.9.9.9/24", "dev", "lo"),
    ("ip", "route", "add", "10.8.0.0/16", "dev", "lo"),
    ("ip", "rule", "add", "from", "10.1.1.1", "lookup", "100"),
    ("ip", "neighbour", "add", "127.0.0.9", "lladdr", "02:00:00:00:00:01", "dev", "lo"),
    ("nft", "add", "table", "inet", "odd"),
    ("ip", "link", "set", "lo", "mtu", "1400"),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: " ".join(c[:3]))
def test_snapshot_sees(host, snapshot, change):
    before = snapshot()
    assert snapshot() == before
    host.run(*change)
    assert snapshot() != before


def test_snapshot_sees_files(host, snapshot):
    before = snapshot()
    with open("/var/lib/cni/left", "w", encoding="ascii") as file:
        file.write("x")
    assert snapshot() != before


def test_snapshot_does_not_depend_on_indexes(host, container, snapshot):
    box = container()
    net.connect(host, "a0", box, "b0", [("10.1.0.1/24", "10.1.0.2/24")])
    host.run("ip", "link", "set", "a0", "address", "02:00:00:00:00:0a", "addrgenmode", "none")
    host.run("ip", "link", "set", "a0", "down")
    before = snapshot()
    host.run("ip", "link", "delete", "a0")
    net.connect(host, "a0", box, "b0", [("10.1.0.1/24", "10.1.0.2/24")])
    host.run("ip", "link", "set", "a0", "address", "02:00:00:00:00:0a", "addrgenmode", "none")
    host.run("ip", "link", "set", "a0", "down")
    assert snapshot() == before


SHOW = '#!/bin/sh\n/usr/bin/env; /bin/cat; [ "$CNI_COMMAND" != DEL ] || exit 3\n'


def test_plugin_gets_exactly_its_environment(host, container, plugin, tmp_path):
    show = tmp_path / "show"
    show.write_text(SHOW)
    show.chmod(0o755)
    box = container()

    shown = plugin(str(show), "ADD", {"name": "n"}, netns=box, args="A=b", path="/nowhere")

    lines = shown.stdout.splitlines()
    assert shown.status == 0
    assert lines[-1] == '{"name": "n"}'
    assert {line for line in lines if line.startswith("CNI_")} == {
        "CNI_COMMAND=ADD", "CNI_CONTAINERID=box", "CNI_IFNAME=eth0", f"CNI_NETNS={box.path}",
        "CNI_ARGS=A=b", "CNI_PATH=/nowhere"}
    assert not any(line.startswith("PATH=/usr") for line in lines)
    assert plugin(str(show), "DEL", "", container=None, netns="").status == 3


def test_outcome_checks():
    good = cni.Outcome("x", 0, '{"cniVersion": "1.1.0"}', "")
    bad = cni.Outcome("x", 1, '{"code": 7, "msg": "no such mode"}', "")

    assert good.ok() == {"cniVersion": "1.1.0"}
    assert bad.fails(7, "mode")["code"] == 7
    for wrong in (bad.ok, good.fails, lambda: bad.fails(11), lambda: bad.fails(7, "odd"),
                  cni.Outcome("x", 1, "", "").fails):
        with pytest.raises(AssertionError):
            wrong()


def test_sanitizer_report_fails_the_test(host, plugin, tmp_path):
    broken = tmp_path / "broken"
    broken.write_text('#!/bin/sh\necho "a.c:1: runtime error: overflow" >&2\n')
    broken.chmod(0o755)
    with pytest.raises(AssertionError, match="runtime error"):
        plugin(str(broken), "ADD")


def test_wait_for_is_bounded():
    assert net.wait_for(lambda: 5, "nothing") == 5
    with pytest.raises(AssertionError, match="waited"):
        net.wait_for(lambda: False, "rain", seconds=0.05)
