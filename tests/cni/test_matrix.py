# SPDX-License-Identifier: LGPL-2.1-or-later
"""
DEL in every state in which runtimes call it: it succeeds, and nothing is left.

Each plugin is a row, each state a column; in every cell DEL answers nothing, twice, takes away what
is the plugin's, and leaves all else as it was, a neighbour's above all.
"""

import dataclasses
import os
import subprocess

import pytest

from lab.net import wait_for

NET = {"cniVersion": "1.1.0", "name": "net"}
IPAM = {"type": "host-local", "ranges": [[{"subnet": "10.1.2.0/24"}], [{"subnet": "fd00:1::/64"}]]}
BRIDGE = {**NET, "type": "bridge", "bridge": "br0", "isGateway": True, "ipMasq": True, "ipam": IPAM}


def portmap(first):
    """Maps of all protocols, to any address and to one, in both families, and with conditions."""
    return {**NET, "type": "portmap", "conditionsV4": ["ip", "saddr", "!=", "192.0.2.9"], "runtimeConfig": {
        "portMappings": [
            {"hostPort": first, "containerPort": 80, "protocol": "tcp"},
            {"hostPort": first, "containerPort": 53, "protocol": "udp"},
            {"hostPort": first + 1, "containerPort": 80, "protocol": "tcp", "hostIP": "127.0.0.1"},
            {"hostPort": first + 1, "containerPort": 80, "protocol": "sctp", "hostIP": "::"},
        ]}}


@dataclasses.dataclass
class Row:
    """A plugin, the parts of a snapshot that it changes, and whether it stands on bridge's result."""

    conf: dict
    owns: tuple
    ifname: str = "eth0"
    chained: bool = False


EVERYTHING = ("links", "routes", "rules", "neighbours", "nftables", "files", "box")
ROWS = {
    "bridge": Row(BRIDGE, EVERYTHING),
    "host-local": Row({**NET, "type": "host-local", "ipam": IPAM}, ("files",)),
    "portmap": Row(portmap(8080), ("nftables",), chained=True),
    "loopback": Row({**NET, "type": "loopback"}, ("box",), ifname="lo"),
}


class Cell:
    """A container, and the calls of one plugin for it."""

    def __init__(self, row, plugin, host, box):
        self.row, self.box, self.host = row, box, host
        self._plugin = plugin
        self.alive = True
        self.previous = None
        box.run("ip", "link", "set", "lo", "down")
        if ROWS[row].chained:
            self.previous = plugin("bridge", "ADD", BRIDGE, container=box.name, netns=box).ok()

    def call(self, command, netns, members=(), **how):
        conf = {**ROWS[self.row].conf, **({"prevResult": self.previous} if self.previous else {}), **dict(members)}
        return self._plugin(self.row, command, {k: v for k, v in conf.items() if v is not None},
                            container=self.box.name, ifname=ROWS[self.row].ifname, netns=netns, **how)

    def add(self, **how):
        return self.call("ADD", self.box, **how)

    def delete(self, netns, **how):
        return self.call("DEL", netns, **how)

    def end(self):
        """The namespace ends, and with it, some time later, its links."""
        self.box.delete()
        return self._ended()

    def unpin(self):
        """The path becomes what it is after a restart of the machine: an empty file."""
        subprocess.run(["umount", self.box.path], check=True)
        return self._ended()

    def _ended(self):
        self.alive = False
        wait_for(lambda: f"net/{self.box.name}/eth0" not in self.host.run("ip", "link").stdout, "the end of the link")
        return self.box.path


@pytest.fixture
def cell(plugin, host, container):
    """A neighbour that has everything, and cell(row) for a new container."""
    box = container("neighbour")
    result = plugin("bridge", "ADD", BRIDGE, container="neighbour", netns=box).ok()
    plugin("portmap", "ADD", {**portmap(9090), "prevResult": result}, container="neighbour", netns=box).ok()
    count = iter(range(1000))
    return lambda row: Cell(row, plugin, host, container(f"box{next(count)}"))


@pytest.fixture
def look(snapshot):
    """look(cell): everything, in parts. What host-local remembers of the last address does not count."""
    def take(cell):
        whole = snapshot()
        whole["files"] = {k: v for k, v in whole["files"].items() if "last_reserved_ip." not in k}
        whole["box"] = snapshot(cell.box, files=False) if cell.alive else None
        return whole

    return take


def compare(row, clean, dirty, after, what=""):
    """What is the plugin's is as before ADD; the rest is as before DEL."""
    for part in EVERYTHING:
        expected = clean if part in ROWS[row].owns and (part != "box" or dirty["box"]) else dirty
        assert after[part] == expected[part], f"{part} {what}"


def held(cell):
    """The path goes, but something else holds the namespace, so that the links stay."""
    fd = os.open(cell.box.path, os.O_RDONLY | os.O_CLOEXEC)
    cell.alive = False
    cell.box.delete()
    cell.box.delete = lambda: os.close(fd)
    return cell.box.path


# What happens between ADD and DEL: returns the namespace that DEL is given; members: of its configuration.
COLUMNS = {
    "namespace there": (lambda cell: cell.box, {}),
    "no namespace": (lambda cell: None, {}),
    "empty namespace": (lambda cell: "", {}),
    "path gone": (Cell.end, {}),
    "path gone, namespace not": (held, {}),
    "folder of the path gone": (lambda cell: cell.end() and "/run/nowhere/box", {}),
    "path an ordinary file": (Cell.unpin, {}),
    "path a folder": (lambda cell: cell.end() and "/run", {}),
    "link gone": (lambda cell: cell.box.run("ip", "link", "delete", "eth0", check=False) and cell.box, {}),
    "no prevResult": (lambda cell: cell.box, {"prevResult": None}),
    "no prevResult, path gone": (Cell.end, {"prevResult": None}),
    "no runtimeConfig": (lambda cell: cell.box, {"runtimeConfig": None}),
    "hardly any configuration": (lambda cell: None, {"prevResult": None, "runtimeConfig": None, "bridge": None,
                                                     "isGateway": None, "ipMasq": None, "conditionsV4": None}),
    "bad configuration": (lambda cell: cell.box, {"prevResult": {"cniVersion": "1.1.0", "ips": []}, "mtu": -5,
                                                  "runtimeConfig": {"portMappings": [{"hostPort": -1}]},
                                                  "conditionsV4": ["-s", "10.0.0.0/8"]}),
}
LEAVES_LO_UP = {"no namespace", "empty namespace", "hardly any configuration", "folder of the path gone"}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", ROWS)
def test_del(cell, look, row, column):
    change, members = COLUMNS[column]
    there = cell(row)
    clean = look(there)
    there.add().ok()
    netns = change(there)
    dirty = look(there)
    assert any(dirty[part] != clean[part] for part in ROWS[row].owns), "ADD did nothing"

    for again in ("first", "second", "third"):
        outcome = there.delete(netns, members=members)
        assert outcome.ok() is None and outcome.stdout == ""
        # lo is the container's own: nothing of the host's knows of it.
        expected = dirty if row == "loopback" and column in LEAVES_LO_UP else clean
        compare(row, expected, dirty, look(there), again)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", ROWS)
def test_del_without_add(cell, look, row, column):
    change, members = COLUMNS[column]
    there = cell(row)
    netns = change(there)
    clean = look(there)
    assert there.delete(netns, members=members).ok() is None
    assert look(there) == clean


@pytest.mark.parametrize("row", ROWS)
def test_del_after_a_restart_of_the_machine(cell, look, namespace, row):
    """Links and rules have gone, files have not, and what was the path is anything."""
    there = cell(row)
    clean = look(there)["files"]
    there.add().ok()
    reborn = namespace("reborn")
    empty = reborn.snapshot()
    assert there.delete(there.unpin(), on=reborn).ok() is None
    assert look(there)["files"] == clean
    assert reborn.snapshot() == empty


# ---- killed at every change

# Where the namespace plays no part, one state of it is enough.
KILLED = [(row, column) for row in ROWS for column in ("namespace there", "no namespace", "path gone")
          if column == "namespace there" or row in ("bridge", "portmap")]


def sweep(cell, look, row, column, attempt):
    """attempt(cell, n) is killed at change n, for every n until it is not; then DEL cleans up."""
    there = cell(row)
    clean = look(there)
    for number in range(1, 200):
        netns, status = attempt(there, COLUMNS[column][0], number)
        assert status in (0, -9, 137), f"change {number}"
        dirty = clean if ROWS[row].owns == EVERYTHING and there.alive else look(there)
        assert there.delete(netns).ok() is None, f"change {number}"
        compare(row, clean, dirty, look(there), f"change {number}")
        if status == 0:
            assert number > 2, "it was hardly killed"
            return
        if not there.alive:
            there = cell(row)
            clean = look(there)
    raise AssertionError("it was killed for ever")


@pytest.mark.parametrize("row, column", KILLED)
def test_del_after_a_killed_add(cell, look, row, column):
    def attempt(there, change, number):
        status = there.add(kill_at=number).status
        return change(there), status

    sweep(cell, look, row, column, attempt)


@pytest.mark.parametrize("row, column", KILLED)
def test_del_after_a_killed_del(cell, look, row, column):
    def attempt(there, change, number):
        there.add().ok()
        netns = change(there)
        return netns, there.delete(netns, kill_at=number).status

    sweep(cell, look, row, column, attempt)
