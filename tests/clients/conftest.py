# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Fixtures of the suite "clients": programs of others beside ours.

Two sets of plugins, `ours` and `theirs` (the reference), and two runtimes, `cnet` and cnitool,
all called the same way, so that a test says only which it means. Everything runs on `host`.
"""

import json
import os
import pathlib

import pytest

from lab import cni, net


CARRIER = {"NO-CARRIER", "LOWER_UP", "M-DOWN", "linkdown", "dead"}


class Plugins:
    """
    A folder of plugins and how to call one of them. The reference's run the program nft, so only
    they have a PATH.
    """

    def __init__(self, name, folder, plugin, env=None):
        self.name = name
        self.folder = folder
        self.env = env or {}
        self._plugin = plugin

    def __call__(self, name, command, conf="", **kwargs):
        kwargs.setdefault("path", str(self.folder))
        kwargs["env"] = {**self.env, **kwargs.get("env", {})}
        return self._plugin(str(self.folder / name), command, conf, **kwargs)


class Runtime:
    """cnitool or cnet; both take cnitool's environment."""

    def __init__(self, name, program, host):
        self.name = name
        self.program = program
        self.host = host

    def __call__(self, verb, network, netns, plugins, cap=None, args=None, ifname=None,
                 more=()):
        env = {
            "CNI_PATH": plugins.folder,
            "CAP_ARGS": cap and json.dumps(cap),
            "CNI_ARGS": args,
            "CNI_IFNAME": ifname,
            **plugins.env,
        }
        netns = netns.path if isinstance(netns, net.Namespace) else netns
        words = [verb, network, netns]
        if self.name == "cnet" and verb in ("gc", "status"):
            words.pop()  # cnitool insists on a namespace where none is needed
        return cni.execute(self.host, [self.program, *words, *more], env)


@pytest.fixture(scope="session")
def clients():
    """Where tests/clients/install has put the programs: CNET_CLIENTS, ./build/clients unless given."""
    root = pathlib.Path(__file__).resolve().parents[2]
    folder = pathlib.Path(os.environ.get("CNET_CLIENTS", root / "build" / "clients")).resolve()
    assert (folder / "installed").exists(), f"first run tests/clients/install {folder}"
    return folder


@pytest.fixture
def ours(build, plugin):
    return Plugins("ours", build.plugins, plugin)


@pytest.fixture
def theirs(clients, plugin):
    return Plugins("theirs", clients / "plugins", plugin, {"PATH": os.environ["PATH"]})


@pytest.fixture
def leftovers(host, snapshot):
    """
    leftovers(): what a deletion must restore, to compare with ==. Not the place where host-local
    stopped, which is meant to stay, and not what our host-local noted of an allocation that the
    reference has released: a second link to a file, void without the first. The carrier follows
    what it depends on by itself, sooner or later.
    """
    def is_left(path):
        return "/last_reserved_ip." not in path and ("/.cnet/" not in path or os.stat(path).st_nlink > 1)

    host.sysctl("net.ipv6.conf.default.accept_dad", 0)  # link-local addresses of ports settle at once

    def take():
        net.wait_for(lambda: not host.ip("-6", "address", "show", "tentative"), "addresses to settle")
        whole = snapshot()
        whole["files"] = {k: v for k, v in whole["files"].items() if is_left(k)}
        for entry in whole["links"] + whole["routes"]:
            entry["flags"] = [flag for flag in entry["flags"] if flag not in CARRIER]
        return whole

    return take


@pytest.fixture
def sides(ours, theirs):
    """Either set of plugins by its name, for parametrized tests."""
    return {"ours": ours, "theirs": theirs}


@pytest.fixture
def runtimes(host, build, clients):
    """Either runtime by its name."""
    return {
        "cnet": Runtime("cnet", build.cnet, host),
        "cnitool": Runtime("cnitool", clients / "bin" / "cnitool", host),
    }
