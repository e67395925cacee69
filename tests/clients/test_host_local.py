# SPDX-License-Identifier: LGPL-2.1-or-later
"""host-local of either side continues what the other has left, and leaves the same files."""

import concurrent.futures
import fcntl
import pathlib
import re

import pytest

from forms import VERSIONS, host_local, single

STATE = pathlib.Path("/var/lib/cni/networks/lan")
SMALL = host_local("10.9.0.0/29")  # .1 is the gateway; .2 to .6 are given out
DUAL = host_local("10.9.0.0/29", "fd00:9::/64")
# The last pair is the control: what the reference does alone.
PAIRS = [("ours", "theirs"), ("theirs", "ours"), ("theirs", "theirs")]


@pytest.fixture(params=PAIRS, ids=lambda pair: f"{pair[0]}-then-{pair[1]}")
def pair(request, sides):
    return [Ipam(sides[name]) for name in request.param]


class Ipam:
    """host-local of one side."""

    def __init__(self, plugins):
        self.plugins = plugins

    def call(self, command, ipam, container, ifname="eth0", version="1.1.0", **more):
        args = more.pop("cni_args", None)
        conf = single({"type": "host-local", "ipam": ipam}, version, **more)
        return self.plugins("host-local", command, conf, container=container, ifname=ifname,
                            netns="/run/netns/none", args=args)

    def add(self, ipam, container, **more):
        """The addresses given out, without their lengths."""
        result = self.call("ADD", ipam, container, **more).ok()
        return [ip["address"].split("/")[0] for ip in result["ips"]]

    def delete(self, ipam, container, **more):
        assert self.call("DEL", ipam, container, **more).ok() is None


def owners():
    """Which address is whose, by the files."""
    return {path.name: path.read_bytes() for path in STATE.iterdir()
            if path.name != "lock" and not path.name.startswith("last_reserved_ip.")}


def everything(folder):
    """All files with modes and contents, and the folder's mode; the lock's mode apart."""
    files = {path.name: (oct(path.stat().st_mode), path.read_bytes()) for path in folder.iterdir()}
    lock, content = files["lock"]
    files["lock"] = content
    return (oct(folder.stat().st_mode), files), lock


def test_second_goes_on_where_the_first_stopped(pair):
    first, second = pair
    assert first.add(DUAL, "a") == ["10.9.0.2", "fd00:9::2"]
    assert first.add(DUAL, "b") == ["10.9.0.3", "fd00:9::3"]
    first.delete(DUAL, "b")
    # .3 is free again, but round robin goes on.
    assert second.add(DUAL, "c") == ["10.9.0.4", "fd00:9::4"]
    assert first.add(DUAL, "d") == ["10.9.0.5", "fd00:9::5"]
    assert owners() == {
        "10.9.0.2": b"a\r\neth0", "fd00:9::2": b"a\r\neth0",
        "10.9.0.4": b"c\r\neth0", "fd00:9::4": b"c\r\neth0",
        "10.9.0.5": b"d\r\neth0", "fd00:9::5": b"d\r\neth0",
    }


def test_second_wraps_round_to_what_the_first_freed(pair):
    first, second = pair
    given = [first.add(SMALL, name) for name in "abcde"]
    assert given == [[f"10.9.0.{n}"] for n in (2, 3, 4, 5, 6)]
    first.delete(SMALL, "c")
    assert second.add(SMALL, "f") == ["10.9.0.4"]
    error = second.call("ADD", SMALL, "g").fails()
    assert "no IP addresses available in range set: 10.9.0.1-10.9.0.6" in error["msg"]
    assert len(owners()) == 5


def test_second_frees_what_the_first_gave(pair):
    first, second = pair
    first.add(DUAL, "a")
    first.add(DUAL, "a", ifname="eth1")
    first.add(DUAL, "b")
    second.delete(DUAL, "a")
    assert owners() == {"10.9.0.3": b"a\r\neth1", "fd00:9::3": b"a\r\neth1",
                        "10.9.0.4": b"b\r\neth0", "fd00:9::4": b"b\r\neth0"}
    second.delete(DUAL, "a")
    second.delete(DUAL, "a", ifname="eth1")
    second.delete(DUAL, "b")
    assert owners() == {}


def test_second_checks_what_the_first_gave(pair):
    first, second = pair
    given = first.call("ADD", DUAL, "a").ok()
    assert second.call("CHECK", DUAL, "a", prevResult=given).ok() is None
    second.call("CHECK", DUAL, "b", prevResult=given).fails()
    first.delete(DUAL, "a")
    second.call("CHECK", DUAL, "a", prevResult=given).fails()


def test_second_refuses_a_second_address_for_the_same_interface(pair):
    first, second = pair
    first.add(SMALL, "a")
    error = second.call("ADD", SMALL, "a").fails()
    assert "duplicate allocation is not allowed" in error["msg"]


REQUESTS = {
    "CNI_ARGS": {"cni_args": "IP=10.9.0.5"},
    "args.cni": {"args": {"cni": {"ips": ["10.9.0.5"]}}},
    "runtimeConfig": {"runtimeConfig": {"ips": ["10.9.0.5/24"]}},
}


@pytest.mark.parametrize("how", REQUESTS)
def test_address_asked_for(pair, how):
    first, second = pair
    assert first.add(SMALL, "a", **REQUESTS[how]) == ["10.9.0.5"]
    error = second.call("ADD", SMALL, "b", **REQUESTS[how]).fails()
    assert "requested IP address 10.9.0.5 is not available" in error["msg"]
    assert owners() == {"10.9.0.5": b"a\r\neth0"}
    second.delete(SMALL, "a")
    assert second.add(SMALL, "b", **REQUESTS[how]) == ["10.9.0.5"]
    # What was asked for moves the place where round robin goes on.
    assert first.add(SMALL, "c") == ["10.9.0.6"]


def test_ranges_from_the_runtime_come_first(pair):
    first, second = pair
    more = {"runtimeConfig": {"ipRanges": [[{"subnet": "10.7.0.0/24"}]]}}
    assert first.add(SMALL, "a", **more) == ["10.7.0.2", "10.9.0.2"]
    assert second.add(SMALL, "b", **more) == ["10.7.0.3", "10.9.0.3"]
    # DEL goes by the owner, whatever the ranges are now.
    second.delete(SMALL, "a")
    assert owners() == {"10.7.0.3": b"b\r\neth0", "10.9.0.3": b"b\r\neth0"}


def test_second_frees_the_format_before_interfaces(pair):
    """Versions before 0.8 wrote no interface's name."""
    first, second = pair
    first.add(SMALL, "a")
    (STATE / "10.9.0.4").write_bytes(b"old")
    given = {"cniVersion": "1.1.0", "ips": [{"address": "10.9.0.4/29"}]}
    assert second.call("CHECK", SMALL, "old", prevResult=given).ok() is None
    second.delete(SMALL, "old")
    assert owners() == {"10.9.0.2": b"a\r\neth0"}


RANGES = {
    "gateway in the middle": host_local({"subnet": "10.9.0.0/29", "gateway": "10.9.0.3"}),
    "gateway outside": host_local({"subnet": "10.9.0.0/29", "gateway": "10.10.0.1"}),
    "start and end": host_local({"subnet": "10.9.0.0/24", "rangeStart": "10.9.0.254", "rangeEnd": "10.9.0.254"}),
    "start": host_local({"subnet": "10.9.0.0/24", "rangeStart": "10.9.0.252"}),
    "end in v6": host_local({"subnet": "fd00:9::/126"}),
    "single old form": {"type": "host-local", "subnet": "10.9.0.0/29", "rangeStart": "10.9.0.5", "gateway": "10.9.0.6"},
    "set of three": {"type": "host-local", "ranges": [[
        {"subnet": "10.9.0.0/30"}, {"subnet": "10.9.1.0/30"}, {"subnet": "10.9.2.0/30", "gateway": "10.9.2.2"}]]},
}


FULL = re.compile("no IP addresses available in range set: .*")


@pytest.mark.parametrize("what", RANGES)
def test_the_same_addresses_in_the_same_order_to_the_last(ours, theirs, what, tmp_path):
    """Until the range is full, with holes in between; then files and errors are the same as well."""
    def run(plugins):
        ipam = {**RANGES[what], "dataDir": str(tmp_path / plugins.name)}
        side = Ipam(plugins)
        seen = []
        for number in range(12):
            outcome = side.call("ADD", ipam, f"c{number}")
            seen.append(outcome.json["ips"] if outcome.status == 0 else FULL.search(outcome.json["msg"])[0])
            if number % 3 == 1:
                side.delete(ipam, f"c{number - 1}")
        return seen, everything(tmp_path / plugins.name / "lan")[0]

    mine, reference = run(ours), run(theirs)
    assert isinstance(reference[0][-2], str), "the range was never full"
    assert mine == reference


def test_files_are_the_same(ours, theirs, tmp_path):
    """Byte for byte, with modes: addresses of both families, a requested one, a deletion."""
    def run(plugins):
        ipam = {**host_local("10.9.0.0/24", "fd00:9:0:0:1::/80"), "dataDir": str(tmp_path / plugins.name)}
        side = Ipam(plugins)
        side.add(ipam, "a")
        side.add(ipam, "a", ifname="net1")
        side.add(ipam, "b", cni_args="IP=10.9.0.100")
        side.add(ipam, "c", args={"cni": {"ips": ["fd00:9:0:0:1:0:0:00ff"]}})
        side.delete(ipam, "b")
        return everything(tmp_path / plugins.name / "lan")

    (mode, files), lock = run(theirs)
    # Nothing executes a lock.
    assert run(ours) == ((mode, files), "0o100600") and lock == "0o100750"
    assert sorted(files) == ["10.9.0.101", "10.9.0.2", "10.9.0.3", "fd00:9::1:0:0:2", "fd00:9::1:0:0:3",
                             "fd00:9::1:0:0:ff", "last_reserved_ip.0", "last_reserved_ip.1", "lock"]


RESULTS = {
    "plain": host_local("10.9.0.0/24"),
    "dual": host_local("10.9.0.0/24", "fd00:9::/64"),
    "routes": host_local("10.9.0.0/24", routes=[
        {"dst": "0.0.0.0/0"}, {"dst": "10.1.2.3/16", "gw": "10.9.0.77"}, {"dst": "fd00::1/8", "gw": "FD00:0::5"}]),
    "route attributes": host_local("10.9.0.0/24", routes=[
        {"dst": "10.1.0.0/16", "mtu": 1400, "advmss": 1360, "priority": 7, "table": 0, "scope": 253},
        {"dst": "10.2.0.0/16", "table": 100, "scope": 0, "priority": 0}]),
    "no gateway given, v6": host_local({"subnet": "FD00:9::/64", "rangeStart": "fd00:9::00ff"}),
    "v4-mapped start": host_local({"subnet": "10.9.0.0/24", "rangeStart": "::ffff:10.9.0.9"}),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("what", RESULTS)
def test_result(ours, theirs, what, version, tmp_path):
    def run(plugins):
        ipam = {**RESULTS[what], "dataDir": str(tmp_path / plugins.name)}
        return Ipam(plugins).call("ADD", ipam, "a", version=version).ok()

    assert run(ours) == run(theirs)


RESOLV_CONF = """\
# a comment
; another
domain example.org
search a.example b.example
search c.example
nameserver 192.0.2.53
nameserver\t2001:db8::53
options ndots:3 timeout:1
options rotate
sortlist 10.0.0.0
"""


@pytest.mark.parametrize("text", [RESOLV_CONF, "", "nameserver\nsearch\n", "nameserver 192.0.2.1 trailing\n"],
                         ids=["full", "empty", "words missing", "trailing"])
@pytest.mark.parametrize("version", ["0.4.0", "1.1.0"])
def test_resolv_conf(ours, theirs, tmp_path, text, version):
    path = tmp_path / "resolv.conf"
    path.write_text(text)

    def run(plugins):
        ipam = {**SMALL, "resolvConf": str(path), "dataDir": str(tmp_path / plugins.name)}
        outcome = Ipam(plugins).call("ADD", ipam, "a", version=version)
        return outcome.status, outcome.json

    assert run(ours) == run(theirs)


def test_both_at_once_give_no_address_twice(ours, theirs):
    """They lock the same file in the same way."""
    ipam = host_local("10.9.0.0/24")
    sides = [Ipam(ours), Ipam(theirs)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda n: sides[n % 2].add(ipam, f"c{n}")[0], range(60)))
    assert len(set(given)) == 60
    assert owners() == {address: f"c{n}\r\neth0".encode() for n, address in enumerate(given)}


def test_second_waits_for_the_lock_of_the_first(pair, tmp_path):
    """Whoever holds the lock holds up the other."""
    first, second = pair
    first.add(SMALL, "a")
    with open(STATE / "lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(second.add, SMALL, "b")
            with pytest.raises(concurrent.futures.TimeoutError):
                waiting.result(timeout=0.3)
            assert list(owners()) == ["10.9.0.2"]
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert waiting.result(timeout=10) == ["10.9.0.3"]


def gc(side, ipam, valid):
    more = {} if valid is None else {
        "cni.dev/valid-attachments": [{"containerID": c, "ifname": i} for c, i in valid]}
    return side.call("GC", ipam, None, ifname=None, **more)


def test_our_gc_frees_exactly_what_nobody_owns_of_either_side(ours, theirs):
    mine, reference = Ipam(ours), Ipam(theirs)
    mine.add(DUAL, "a")
    reference.add(DUAL, "b")
    reference.add(DUAL, "c")
    reference.add(DUAL, "c", ifname="eth1")
    (STATE / "10.9.0.6").write_bytes(b"old")
    before = owners()

    assert gc(mine, DUAL, None).ok() is None
    assert owners() == before
    assert gc(mine, DUAL, [("b", "eth0"), ("c", "eth1"), ("old", "eth0")]).ok() is None
    assert owners() == {"10.9.0.3": b"b\r\neth0", "fd00:9::3": b"b\r\neth0",
                        "10.9.0.5": b"c\r\neth1", "fd00:9::5": b"c\r\neth1", "10.9.0.6": b"old"}
    assert gc(mine, DUAL, []).ok() is None
    assert owners() == {}
    assert reference.add(DUAL, "d") == ["10.9.0.6", "fd00:9::6"]


# ---- another boot

def reboot():
    """What our host-local noted of this boot becomes another's."""
    (boot,) = pathlib.Path("/var/lib/cni/networks/.cnet/lan").iterdir()
    boot.rename(boot.with_name("00000000-0000-4000-8000-000000000000"))


def test_after_a_reboot_ours_are_free_and_theirs_are_not(ours, theirs):
    """We know the boot of our own allocations only; the reference's stay until somebody frees them."""
    mine, reference = Ipam(ours), Ipam(theirs)
    mine.add(SMALL, "a")
    for name in "bcd":
        reference.add(SMALL, name)
    mine.add(SMALL, "e")
    mine.call("ADD", SMALL, "f").fails()
    reboot()
    assert mine.add(SMALL, "f") == ["10.9.0.2"]
    assert mine.add(SMALL, "g") == ["10.9.0.6"]
    mine.call("ADD", SMALL, "h").fails()
    assert owners() == {"10.9.0.2": b"f\r\neth0", "10.9.0.3": b"b\r\neth0", "10.9.0.4": b"c\r\neth0",
                        "10.9.0.5": b"d\r\neth0", "10.9.0.6": b"g\r\neth0"}


def test_address_that_changed_sides_is_not_reclaimed(ours, theirs):
    """Ours of the last boot, released and given out again by the reference, even to the same container."""
    mine, reference = Ipam(ours), Ipam(theirs)
    asked = {"cni_args": "IP=10.9.0.3"}
    mine.add(SMALL, "a", **asked)
    mine.add(SMALL, "b")
    reference.delete(SMALL, "a")
    reference.add(SMALL, "a", **asked)
    reboot()
    assert mine.add(SMALL, "c") == ["10.9.0.4"]
    assert owners() == {"10.9.0.3": b"a\r\neth0", "10.9.0.4": b"c\r\neth0"}
