# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Fixtures for the tests of programs (tests/cni, tests/clients).

The whole run moves into network and mount namespaces of its own, with /run, /var/lib/cni and
/etc/cni empty; each test that asks for `host` gets a fresh namespace that plays the host.
"""

import os
import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
sys.dont_write_bytecode = True

from lab import cni, net, private, tap  # noqa: E402  (the path comes first)

STATE = ["/run/cni", "/run/cnet", "/run/libcnet", "/var/lib/cni", "/etc/cni"]
_outside = None


def pytest_addoption(parser):
    parser.addoption("--tap", action="store_true", help="report in TAP")


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    global _outside
    if config.option.collectonly:
        return
    if config.option.tap:
        config.pluginmanager.unregister(config.pluginmanager.getplugin("terminalreporter"))
        config.pluginmanager.register(tap.Tap(), "tap")
    _outside = private.enter()


@pytest.fixture(scope="session", autouse=True)
def nothing_left_outside():
    """At the very end the machine's own namespaces must be as they were."""
    yield
    left = _outside.leftovers()
    assert not left, f"left outside, or changed there: {left}"


@pytest.fixture(scope="session")
def build():
    return cni.Build()


def _empty_state():
    for directory in STATE:
        if os.path.isdir(directory):
            for entry in pathlib.Path(directory).iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()


@pytest.fixture
def namespace():
    """namespace(name): a fresh network namespace that ends with the test."""
    made = []

    def make(name):
        made.append(net.Namespace(name))
        return made[-1]

    yield make
    for ns in reversed(made):
        ns.delete()


@pytest.fixture
def host(namespace):
    """A namespace that plays the host, with all state folders empty."""
    _empty_state()
    yield namespace("host")
    _empty_state()


@pytest.fixture
def container(namespace):
    """container(): another network namespace, as a runtime makes for a container."""
    count = 0

    def make(name=None):
        nonlocal count
        count += 1
        return namespace(name or f"box{count}")

    return make


@pytest.fixture
def outside(namespace, host):
    """
    A namespace beyond the host, on a wire of its own. It has no route to any container, so that
    only what is masqueraded gets an answer.

        outside 192.0.2.2 ---- up0 192.0.2.1 host
    """
    ns = namespace("outside")
    net.connect(host, "up0", ns, "wire0",
                [("192.0.2.1/24", "192.0.2.2/24"), ("2001:db8:0:2::1/64", "2001:db8:0:2::2/64")])
    host.run("ip", "route", "add", "default", "via", "192.0.2.2")
    host.run("ip", "-6", "route", "add", "default", "via", "2001:db8:0:2::2")
    return ns


@pytest.fixture
def plugin(host, build, request):
    """
    plugin(name, command, conf, netns=box, ...): runs build/plugins/bin/NAME on the host.

    conf:         the configuration, a dict or text
    netns:        a Namespace, a path, "" or None (not set)
    fail_request: the n-th netlink request of each process fails; count_file: one line for each
    kill_at:      the program dies just before its n-th change of the system
    before:       a command to put before the program's, such as one of lab.trace
    """
    def run(name, command, conf="", container="box", ifname="eth0", netns=None, args=None, path=None,
            env=None, on=None, fail_request=None, count_file=None, stdin=None, before=(), kill_at=None):
        netns = netns.path if isinstance(netns, net.Namespace) else netns
        path = str(build.plugins) if path is None else path
        whole = cni.plugin_environment(command, container, ifname, netns, args, path)
        whole.update(build.preload(fail_request, count_file, kill_at))
        whole.update(env or {})
        executable = build.plugins / name if "/" not in name else name
        whole_input = cni.as_input(conf) if stdin is None else stdin
        return cni.execute(on or host, [*before, executable], whole, whole_input)

    return run


@pytest.fixture
def cnet(host, build):
    """cnet(*args, env={}): runs the command on the host; networks are in /etc/cni/net.d."""
    def run(*args, env=None, on=None, stdin=b"", fail_request=None, count_file=None, before=(), kill_at=None):
        whole = {"CNI_PATH": str(build.plugins)}
        whole.update(build.preload(fail_request, count_file, kill_at))
        whole.update(env or {})
        return cni.execute(on or host, [*before, build.cnet, *args], whole, stdin)

    return run


@pytest.fixture
def network():
    """network(conf, file=None): writes a configuration to /etc/cni/net.d; returns its path."""
    def write(conf, file=None, directory="/etc/cni/net.d"):
        os.makedirs(directory, exist_ok=True)
        name = file or f"{conf['name']}.{'conflist' if 'plugins' in conf else 'conf'}"
        path = pathlib.Path(directory) / name
        path.write_bytes(cni.as_input(conf))
        return path

    return write


def state_files():
    """Every file of the state folders and what it holds."""
    files = {}
    for directory in STATE:
        for path in sorted(pathlib.Path(directory).rglob("*")):
            if path.is_file():
                files[str(path)] = path.read_text(errors="replace")
    return files


@pytest.fixture
def snapshot(host):
    """snapshot(ns=host): all that an attachment could leave there, to compare with ==."""
    def take(ns=None, files=True):
        whole = (ns or host).snapshot()
        if files:
            whole["files"] = state_files()
        return whole

    return take
