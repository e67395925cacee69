# SPDX-License-Identifier: LGPL-2.1-or-later
"""host-local: every key of its configuration, what it answers, and what it leaves in files."""

from concurrent import futures
import fcntl
import json
import os
import pathlib
import re
import subprocess

import pytest

FOLDER = pathlib.Path("/var/lib/cni/networks/net")


def conf(*sets, version="1.1.0", top=None, **ipam):
    """Range sets, each a list of ranges or a subnet; members of "ipam"; members beside it."""
    whole = {"cniVersion": version, "name": "net", "type": "bridge", "ipam": {"type": "host-local"}}
    if sets:
        whole["ipam"]["ranges"] = [[{"subnet": s}] if isinstance(s, str) else s for s in sets]
    whole["ipam"].update(ipam)
    whole.update(top or {})
    return whole


@pytest.fixture
def run(plugin):
    """run(command, conf, container="box", ...): as plugin(), of host-local."""
    def call(command, configuration, container="box", **rest):
        return plugin("host-local", command, configuration, container=container, netns="/nowhere", **rest)

    return call


@pytest.fixture
def add(run):
    """add(conf, ...): the addresses that it gives."""
    def call(*args, **rest):
        return [ip["address"] for ip in run("ADD", *args, **rest).ok()["ips"]]

    return call


def held(folder=FOLDER):
    """Who holds what, as {address: text}."""
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    return {n: (folder / n).read_bytes().decode() for n in names if n[0] in "123456789f"}


# ---- What it answers

def test_result(run):
    configuration = conf("10.1.2.0/24", "fd00::/64", routes=[
        {"dst": "0.0.0.0/0"}, {"dst": "192.168.0.0/16", "gw": "10.1.2.9", "mtu": 1400, "advmss": 1300,
                               "priority": 5, "table": 100, "scope": 253}])
    assert run("ADD", configuration).ok() == {
        "cniVersion": "1.1.0",
        "ips": [{"address": "10.1.2.2/24", "gateway": "10.1.2.1"},
                {"address": "fd00::2/64", "gateway": "fd00::1"}],
        "routes": [{"dst": "0.0.0.0/0"},
                   {"dst": "192.168.0.0/16", "gw": "10.1.2.9", "mtu": 1400, "advmss": 1300,
                    "priority": 5, "table": 100, "scope": 253}]}
    assert held() == {"10.1.2.2": "box\r\neth0", "fd00::2": "box\r\neth0"}
    assert (FOLDER / "last_reserved_ip.0").read_text() == "10.1.2.2"
    assert (FOLDER / "last_reserved_ip.1").read_text() == "fd00::2"


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0"])
def test_result_of_old_versions(run, version):
    assert run("ADD", conf("10.1.2.0/24", "fd00::/64", version=version)).ok() == {
        "cniVersion": version, "dns": {},
        "ip4": {"ip": "10.1.2.2/24", "gateway": "10.1.2.1"},
        "ip6": {"ip": "fd00::2/64", "gateway": "fd00::1"}}


def test_round_robin(run, add):
    configuration = conf("10.1.2.0/29")
    assert [add(configuration, f"c{i}") for i in range(3)] == [["10.1.2.2/29"], ["10.1.2.3/29"],
                                                              ["10.1.2.4/29"]]
    for i in range(3):
        run("DEL", configuration, f"c{i}").ok()
    assert [add(configuration, f"d{i}")[0] for i in range(5)] == [
        "10.1.2.5/29", "10.1.2.6/29", "10.1.2.2/29", "10.1.2.3/29", "10.1.2.4/29"]
    run("ADD", configuration, "e").fails(
        11, "failed to allocate for range 0: no IP addresses available in range set: 10.1.2.1-10.1.2.6")
    run("DEL", configuration, "d1").ok()
    assert add(configuration, "e") == ["10.1.2.6/29"]


def test_ranges_of_a_set_follow_one_another(add):
    configuration = conf([{"subnet": "10.1.2.0/24", "rangeStart": "10.1.2.5", "rangeEnd": "10.1.2.6"},
                          {"subnet": "10.1.3.0/24", "rangeStart": "10.1.3.1", "rangeEnd": "10.1.3.2",
                           "gateway": "10.1.3.2"}])
    assert [add(configuration, f"c{i}")[0] for i in range(3)] == [
        "10.1.2.5/24", "10.1.2.6/24", "10.1.3.1/24"]


def test_order_of_the_sets(run):
    configuration = conf("10.1.2.0/24", subnet="10.1.1.0/24", rangeStart="10.1.1.9", gateway="10.1.1.254",
                         top={"runtimeConfig": {"ipRanges": [[{"subnet": "10.1.0.0/24"}]]}})
    assert [(ip["address"], ip["gateway"]) for ip in run("ADD", configuration).ok()["ips"]] == [
        ("10.1.0.2/24", "10.1.0.1"), ("10.1.1.9/24", "10.1.1.254"), ("10.1.2.2/24", "10.1.2.1")]


def test_name_servers(run, tmp_path):
    file = tmp_path / "resolv.conf"
    file.write_text("nameserver 192.0.2.1\nsearch a.example b.example\noptions ndots:5\ndomain c.example\n")
    (tmp_path / "link").symlink_to(file)
    assert run("ADD", conf("10.1.2.0/24", resolvConf=str(tmp_path / "link"))).ok()["dns"] == {
        "nameservers": ["192.0.2.1"], "search": ["a.example", "b.example"], "options": ["ndots:5"],
        "domain": "c.example"}
    file.unlink()
    run("ADD", conf("10.1.3.0/24", resolvConf=str(file)), "other").fails(7, "resolvConf")
    assert list(held()) == ["10.1.2.2"]


def test_folder(run, tmp_path):
    configuration = conf("10.1.2.0/24", dataDir=str(tmp_path / "a" / "b"))
    run("ADD", configuration).ok()
    assert held(tmp_path / "a" / "b" / "net") == {"10.1.2.2": "box\r\neth0"}
    assert not FOLDER.exists()
    run("DEL", configuration).ok()
    assert held(tmp_path / "a" / "b" / "net") == {}
    run("ADD", conf("10.1.2.0/24", dataDir="")).ok()
    assert held() == {"10.1.2.2": "box\r\neth0"}


# ---- Addresses asked for

@pytest.mark.parametrize("form", ["10.1.2.77", "10.1.2.77/24", "10.1.2.77/8", "::ffff:10.1.2.77"])
@pytest.mark.parametrize("source", ["CNI_ARGS", "args", "runtimeConfig"])
def test_requested(run, add, source, form):
    args, top = None, {}
    if source == "CNI_ARGS":
        args = f"IgnoreUnknown=1;K8S_POD_NAME=x;IP={form}"
    elif source == "args":
        top = {"args": {"cni": {"ips": [form]}}}
    else:
        top = {"runtimeConfig": {"ips": [form]}}
    configuration = conf("10.1.2.0/24", top=top)
    assert add(configuration, args=args) == ["10.1.2.77/24"]
    run("ADD", configuration, "other", args=args).fails(
        11, "requested IP address 10.1.2.77 is not available in range set 10.1.2.1-10.1.2.254")
    assert add(conf("10.1.2.0/24"), "third") == ["10.1.2.78/24"]


def test_requested_of_several_sets(add):
    top = {"args": {"cni": {"ips": ["fd00::77", "10.1.2.9"]}}, "runtimeConfig": {"ips": ["10.1.2.9"]}}
    assert add(conf("10.1.2.0/24", "10.1.3.0/24", "fd00::/64", top=top)) == [
        "10.1.2.9/24", "10.1.3.2/24", "fd00::77/64"]


@pytest.mark.parametrize("ips,text", [
    (["10.1.9.9"], "failed to allocate all requested IPs: 10.1.9.9"),
    (["10.1.2.9", "10.1.2.10"], "failed to allocate all requested IPs: 10.1.2.10"),
    (["10.1.2.1"], "failed to allocate for range 0: requested ip 10.1.2.1 is subnet's gateway"),
    (["10.1.2.0"], "failed to allocate all requested IPs: 10.1.2.0"),
    (["10.1.2"], 'cannot understand ip: "10.1.2"'),
    (["10.1.2.3/33"], "cannot understand ip"),
    ([""], "cannot understand ip"),
    ([7], "ips"),
])
def test_requested_in_vain(run, ips, text):
    run("ADD", conf("10.1.2.0/24", top={"runtimeConfig": {"ips": ips}})).fails(7, text)
    assert not FOLDER.exists()


@pytest.mark.parametrize("args", ["IP=x", "IP=", "IP=10.1.2.3/x", "ODD=1"])
def test_args_refused(run, args):
    run("ADD", conf("10.1.2.0/24"), args=args).fails(4)
    assert not FOLDER.exists()


def test_args_of_the_delegating_plugin(add):
    assert add(conf("10.1.2.0/24"), args="MAC=02:00:00:00:00:01;IP=10.1.2.9") == ["10.1.2.9/24"]


# ---- Configurations refused

REFUSED = [
    (conf(), "no IP ranges specified"),
    (conf(ranges=[]), "no IP ranges specified"),
    (conf([]), "invalid range set 0: empty range set"),
    (conf("10.1.2.0/24", "10.1.3.1/24"), "invalid range set 1: Network has host bits set"),
    (conf("10.1.2.0/31"), "Network 10.1.2.0/31 too small to allocate from"),
    (conf("fd00::/127"), "Network fd00::/127 too small to allocate from"),
    (conf("::ffff:10.0.0.0/120"), "IPNet IP and Mask version mismatch"),
    (conf("10.1.2.0"), 'invalid CIDR address: "10.1.2.0"'),
    (conf(""), "invalid CIDR address"),
    (conf(subnet=""), "invalid CIDR address"),
    (conf([{}]), "range without a subnet"),
    (conf([{"subnet": "10.1.2.0/24"}, {"subnet": "fd00::/64"}]), "mixed address families"),
    (conf([{"subnet": "10.1.2.0/24", "rangeStart": "10.1.3.1"}]), "not in network 10.1.2.0/24"),
    (conf([{"subnet": "10.1.2.0/24", "rangeEnd": "10.1.3.1"}]), "not in network 10.1.2.0/24"),
    (conf([{"subnet": "10.1.2.0/24", "rangeStart": "10.1.2.9", "rangeEnd": "10.1.2.8"}]), "not in network"),
    (conf([{"subnet": "10.1.2.0/24", "rangeStart": "x"}]), "rangeStart"),
    (conf([{"subnet": "10.1.2.0/24", "gateway": 7}]), "gateway"),
    (conf([{"subnet": "10.1.2.0/24"}, {"subnet": "10.1.0.0/16"}]),
     "subnets 10.1.2.1-10.1.2.254 and 10.1.0.1-10.1.255.254 overlap"),
    (conf("10.1.2.0/24", "fd00::/64", "10.1.0.0/16"), "range set 0 overlaps with 2"),
    (conf("10.1.2.0/24", "10.1.3.0/24", version="0.2.0"),
     "CNI version 0.2.0 does not support more than 1 address per family"),
    (conf("10.1.2.0/24", ranges="x"), "ranges"),
    (conf(ranges=[{"subnet": "10.1.2.0/24"}]), "ranges[0]"),
    (conf("10.1.2.0/24", routes=[{}]), "ipam.routes[0].dst"),
    (conf("10.1.2.0/24", routes=[{"dst": "10.0.0.0"}]), "ipam.routes[0].dst"),
    (conf("10.1.2.0/24", routes=[{"dst": "10.0.0.0/8", "scope": 256}]), "ipam.routes[0].scope"),
    (conf("10.1.2.0/24", dataDir=7), "ipam.dataDir"),
    (conf("10.1.2.0/24", dataDir="/etc/passwd/x"), None),
    ({"cniVersion": "1.0.0", "name": "net", "type": "x"}, "IPAM config missing 'ipam' key"),
]


@pytest.mark.parametrize("configuration,text", REFUSED, ids=lambda v: v if isinstance(v, str) else "")
def test_refused(run, snapshot, configuration, text):
    before = snapshot()
    run("ADD", configuration).fails(7 if text else None, text)
    assert snapshot() == before
    assert not FOLDER.exists()


def test_names_match_without_regard_to_case(add):
    assert add(conf([{"SUBNET": "10.1.2.0/24", "rangestart": "10.1.2.9"}])) == ["10.1.2.9/24"]


def test_null_is_absent(add):
    assert add(conf("10.1.2.0/24", subnet=None, gateway=None, routes=None, dataDir=None, resolvConf=None,
                    top={"runtimeConfig": {"ips": None, "ipRanges": None}, "args": None})) == ["10.1.2.2/24"]


# ---- All or nothing

def test_what_a_failed_add_took_is_free_again(run):
    full = conf("10.1.3.0/30")
    run("ADD", full, "first").ok()
    both = conf("10.1.2.0/24", "10.1.3.0/30", "fd00::/64")
    run("ADD", both).fails(11, "failed to allocate for range 1")
    assert list(held()) == ["10.1.3.2"]


def test_result_that_cannot_be_told_is_taken_back(run, build, host):
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(
            host.enter_command("/usr/bin/env", "-i", "CNI_COMMAND=ADD", "CNI_CONTAINERID=box", "CNI_IFNAME=eth0",
                               "CNI_NETNS=/nowhere", "CNI_PATH=/", str(build.plugins / "host-local")),
            input=json.dumps(conf("10.1.2.0/24", "fd00::/64")).encode(), stdout=full, stderr=subprocess.PIPE,
            check=False)
    assert done.returncode != 0
    assert held() == {}
    assert FOLDER.is_dir()


def test_second_add_is_refused_and_takes_nothing(run):
    configuration = conf("10.1.2.0/24", "fd00::/64")
    run("ADD", configuration).ok()
    before = held()
    run("ADD", configuration).fails(text="10.1.2.2 has been allocated to box, duplicate allocation is not allowed")
    assert held() == before
    run("ADD", configuration, ifname="eth1").ok()
    assert len(held()) == 4


def gone(files):
    """What a snapshot holds but the places where round robin goes on."""
    return {name: text for name, text in files.items() if "/last_reserved_ip." not in name}


@pytest.mark.parametrize("command", ["ADD", "DEL"])
def test_killed_anywhere(run, snapshot, command):
    configuration = conf("10.1.2.0/24", "fd00::/64")
    run("ADD", configuration, "other").ok()
    before = gone(snapshot()["files"])
    for n in range(1, 100):
        if command == "DEL":
            run("ADD", configuration).ok()
        survived = run(command, configuration, kill_at=n).status == 0
        run("DEL", configuration).ok()
        assert gone(snapshot()["files"]) == before, n
        if survived:
            break
    assert 4 < n < 99
    run("ADD", configuration).ok()


ERRORS = {"openat": "EMFILE", "newfstatat": "EIO", "read": "EIO", "write": "ENOSPC", "linkat": "ENOSPC",
          "unlinkat": "EROFS", "renameat": "EIO", "mkdirat": "ENOSPC", "getdents64": "EIO", "flock": "ENOLCK"}


def calls(file):
    """(system call, how many of it there were before) of each that follows the first look at the state."""
    seen, reached, found = {}, False, []
    for line in file.read_text(errors="replace").splitlines():
        match = re.match(r"\d+ +(\w+)\(", line)
        if not match:
            continue
        reached = reached or "/var/lib/cni" in line
        name = match[1]
        if reached and name in ERRORS:
            found.append((name, seen.get(name, 0)))
        seen[name] = seen.get(name, 0) + 1
    return found


@pytest.mark.traced
@pytest.mark.parametrize("command", ["ADD", "DEL"])
def test_any_call_may_fail(run, snapshot, tmp_path, command):
    """What succeeds has done it all, what fails has said so and taken nothing; a second try works."""
    configuration = conf("10.1.2.0/24", "fd00::/64")
    trace = tmp_path / "trace"

    def prepare():
        if command == "DEL":
            run("ADD", configuration).ok()

    run("ADD", configuration, "other").ok()
    before = gone(snapshot()["files"])
    prepare()
    run(command, configuration, before=["strace", "-f", "-qq", "-o", trace]).ok()
    run("DEL", configuration).ok()
    for call, earlier in calls(trace):
        prepare()
        outcome = run(command, configuration, before=[
            "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
            f"inject={call}:error={ERRORS[call]}:when={earlier + 1}"])
        mine = [a for a, text in held().items() if text.startswith("box")]
        if outcome.status == 0:
            assert len(mine) == (2 if command == "ADD" else 0), (call, earlier)
        else:
            outcome.fails()
            assert command == "DEL" or not mine, (call, earlier, str(outcome))
        run("DEL", configuration).ok()
        assert gone(snapshot()["files"]) == before, (call, earlier)


# ---- DEL

def test_del_needs_no_ranges(run):
    run("ADD", conf("10.1.2.0/24", "fd00::/64")).ok()
    run("ADD", conf("10.1.2.0/24"), ifname="eth1").ok()
    run("ADD", conf("10.1.2.0/24"), "other").ok()
    for wrong in (conf("10.1.2.1/24"), conf(), conf("10.1.2.0/24")):
        assert run("DEL", wrong).ok() is None
        assert held() == {"10.1.2.3": "box\r\neth1", "10.1.2.4": "other\r\neth0"}


def test_del_of_nothing_makes_nothing(run):
    run("DEL", conf("10.1.2.0/24")).ok()
    assert os.listdir("/var/lib/cni") == []


def test_del_takes_old_files(run):
    FOLDER.mkdir(parents=True)
    (FOLDER / "10.1.2.7").write_text("box\n")
    (FOLDER / "10.1.2.8").write_text("box2")
    run("DEL", conf("10.1.2.0/24")).ok()
    assert list(held()) == ["10.1.2.8"]


# ---- CHECK, GC, STATUS

def test_check(run):
    configuration = conf("10.1.2.0/24", "fd00::/64")
    run("ADD", configuration, "other").ok()
    result = run("ADD", configuration).ok()
    again = {**configuration, "prevResult": result}
    run("CHECK", again).ok()

    taken = (FOLDER / "fd00::3").read_bytes()
    (FOLDER / "fd00::3").unlink()
    run("CHECK", again).fails(text="host-local: fd00::3 is not allocated to container box")
    (FOLDER / "fd00::3").write_text("other\r\neth0")
    run("CHECK", again).fails(text="fd00::3")
    (FOLDER / "fd00::3").write_bytes(taken)
    run("CHECK", again).ok()
    run("DEL", configuration).ok()
    run("CHECK", again).fails(text="host-local: Failed to find address added by container box")


def test_check_of_an_old_file(run):
    configuration = conf("10.1.2.0/24")
    FOLDER.mkdir(parents=True)
    (FOLDER / "10.1.2.7").write_text("box")
    again = {**configuration, "prevResult": {"cniVersion": "1.1.0", "ips": [
        {"address": "10.1.2.7/24"}, {"address": "192.0.2.1/24"}]}}
    run("CHECK", again).ok()
    assert sorted(os.listdir(FOLDER)) == ["10.1.2.7"]


def valid(*attachments):
    return {"cni.dev/valid-attachments": [{"containerID": c, "ifname": i} for c, i in attachments]}


def test_gc(run):
    configuration = conf("10.1.2.0/24")
    for container in ("a", "b", "c"):
        run("ADD", configuration, container).ok()
    run("ADD", configuration, "a", ifname="eth1").ok()
    (FOLDER / "10.1.2.50").write_text("c")
    (FOLDER / "10.1.2.51").write_text("d")
    (FOLDER / "10.1.2.52").write_text("")
    other = {**configuration, "name": "net2"}
    run("ADD", other, "x").ok()

    run("GC", {**configuration, **valid(("a", "eth0"), ("c", "eth0"))}).ok()
    assert list(held()) == ["10.1.2.2", "10.1.2.4", "10.1.2.50"]
    run("GC", configuration).ok()
    assert len(held()) == 3
    run("GC", {**configuration, **valid()}).ok()
    assert held() == {}
    assert sorted(os.listdir(FOLDER)) == ["last_reserved_ip.0", "lock"]
    assert len(held(FOLDER.parent / "net2")) == 1


def test_gc_of_nothing_makes_nothing(run):
    run("GC", {**conf("10.1.2.0/24"), **valid()}).ok()
    assert os.listdir("/var/lib/cni") == []


def test_status(run):
    configuration = conf("10.1.2.0/30", "fd00::/64")
    run("STATUS", configuration).ok()
    assert os.listdir("/var/lib/cni") == []
    run("ADD", configuration).ok()
    run("STATUS", configuration).fails(50, "no IP addresses available in range set: 10.1.2.1-10.1.2.2")
    run("DEL", configuration).ok()
    run("STATUS", configuration).ok()
    run("STATUS", conf()).ok()
    run("STATUS", conf("10.1.2.1/24")).fails(7)
    FOLDER.joinpath("lock").unlink()
    FOLDER.joinpath("lock").mkdir()
    run("STATUS", configuration).fails(50)
    run("STATUS", conf("10.1.2.0/24", dataDir="/etc/passwd/x")).fails(50, "/etc/passwd")


# ---- Another boot

@pytest.fixture
def boot(host):
    """boot(digit): the kernel tells another boot_id from here on."""
    path = "/proc/sys/kernel/random/boot_id"
    file = pathlib.Path("/run/boot_id")
    mounted = False

    def set_boot(digit):
        nonlocal mounted
        file.write_text("-".join([digit * 8, digit * 4, digit * 4, digit * 4, digit * 12]) + "\n")
        if not mounted:
            subprocess.run(["mount", "--bind", file, path], check=True)
            mounted = True

    yield set_boot
    if mounted:
        subprocess.run(["umount", path], check=True)


def test_other_boot_s_addresses_are_given_out(run, add, boot):
    configuration = conf("10.1.2.0/29")
    boot("1")
    for i in range(4):
        run("ADD", configuration, f"c{i}").ok()
    (FOLDER / "10.1.2.6").write_text("reference\r\neth0")
    run("ADD", configuration, "more").fails(11)
    run("STATUS", configuration).fails(50)

    boot("2")
    run("STATUS", configuration).ok()
    assert len(held()) == 5
    assert add(configuration, "c0") == ["10.1.2.2/29"]
    assert held() == {"10.1.2.2": "c0\r\neth0", "10.1.2.6": "reference\r\neth0"}


def test_giving_back_what_another_boot_left_may_be_stopped_anywhere(run, boot):
    configuration = conf("10.1.2.0/24", "fd00::/64")
    for n in range(1, 100):
        boot("1")
        for i in range(3):
            run("ADD", configuration, f"c{i}").ok()
        boot("2")
        survived = run("ADD", configuration, "c0", kill_at=n).status == 0
        run("DEL", configuration, "c0").ok()
        run("ADD", configuration, "c0").ok()
        assert set(held().values()) == {"c0\r\neth0"} and len(held()) == 2, n
        run("DEL", configuration, "c0").ok()
        assert os.listdir("/var/lib/cni/networks/.cnet/net") == ["-".join("2" * k for k in (8, 4, 4, 4, 12))]
        if survived:
            break
    assert 20 < n < 99


def test_lock_that_nobody_gives_back(run):
    configuration = conf("10.1.2.0/24")
    run("ADD", configuration).ok()
    with open(FOLDER / "lock", encoding="ascii") as lock, futures.ThreadPoolExecutor() as pool:
        fcntl.flock(lock, fcntl.LOCK_EX)
        calls_ = [pool.submit(run, "ADD", configuration, "other"), pool.submit(run, "DEL", configuration)]
        for call in calls_:
            call.result().fails(11, "lock: locked by another process for 30 s")
        run("STATUS", configuration).ok()
    run("DEL", configuration).ok()
    assert held() == {}


# ---- Many at once, and large

def test_storm(run, host, build):
    count = 40
    configuration = json.dumps(conf("10.1.2.0/26", "fd00::/64")).encode()
    processes = []
    for i in range(count):
        processes.append(subprocess.Popen(
            host.enter_command("/usr/bin/env", "-i", "CNI_COMMAND=ADD", f"CNI_CONTAINERID=c{i}", "CNI_IFNAME=eth0",
                               "CNI_NETNS=/nowhere", "CNI_PATH=/", str(build.plugins / "host-local")),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    for process in processes:
        process.stdin.write(configuration)
        process.stdin.close()
    results = [json.loads(process.stdout.read()) for process in processes]
    assert [process.wait() for process in processes] == [0] * count
    addresses = [ip["address"].split("/")[0] for result in results for ip in result["ips"]]
    assert len(set(addresses)) == 2 * count
    assert sorted(addresses) == sorted(held())


def test_many_ranges(add):
    ranges = [{"subnet": f"10.{i // 256}.{i % 256}.0/24"} for i in range(5000)]
    assert add(conf(ranges[::-1])) == ["10.19.135.2/24"]
    assert len(add(conf(*[[r] for r in ranges]), "other")) == 5000


@pytest.mark.parametrize("ipam, runtime, member, value", [
    ({"subnet": "10.1.2.0/33"}, None, '"ipam.subnet": ', '"10.1.2.0/33"'),
    ({"subnet": "10.1.2.5/24"}, None, '"ipam.subnet": ', '"10.1.2.5/24"'),
    ({"ranges": [[{"subnet": "10.1.2.0/24", "rangeStart": "10.9.9.9"}]]}, None, '"ipam.ranges": ', "10.9.9.9"),
    ({"ranges": [[{"subnet": "10.1.2.0/24"}]]}, [[{"subnet": "10.1.2.0/32"}]],
     '"runtimeConfig.ipRanges", "ipam.ranges": ', "10.1.2.0/32"),
    ({}, None, '"ipam.ranges": ', "no IP ranges specified"),
])
def test_messages_name_the_member_and_the_value(plugin, ipam, runtime, member, value):
    whole = {"cniVersion": "1.0.0", "name": "net", "ipam": {"type": "host-local", **ipam}}
    if runtime:
        whole["runtimeConfig"] = {"ipRanges": runtime}
    error = plugin("host-local", "ADD", whole, netns="/proc/1/nowhere").fails(7, member)
    assert value in error["msg"]
