# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command line of cnet: operands, options, environment, where plugins are found."""

import hashlib
import json
import os
import pathlib
import shutil

import pytest

SCRIPT = """#!/bin/sh
cat > /dev/null
test "$CNI_COMMAND" = ADD || exit 0
printf '{"dns": {"domain": "%s"}}' "$0|$CNI_CONTAINERID|$CNI_IFNAME|$CNI_NETNS|$CNI_ARGS|$CNI_PATH"
"""

CONF = {"cniVersion": "1.0.0", "name": "net", "plugins": [{"type": "fake"}]}
FIELDS = ["program", "container", "ifname", "netns", "args", "path"]


@pytest.fixture
def folder(tmp_path):
    """A folder with the plugin "fake"."""
    return make_plugin(tmp_path / "bin")


def make_plugin(directory):
    directory.mkdir(parents=True)
    (directory / "fake").write_text(SCRIPT)
    (directory / "fake").chmod(0o755)
    return directory


def seen(outcome):
    """What the plugin was given."""
    return dict(zip(FIELDS, outcome.ok()["dns"]["domain"].split("|")))


def identifier(path):
    """As cnitool makes it."""
    return "cnitool-" + hashlib.sha512(path.encode()).hexdigest()[:20]


def usage(outcome, text):
    assert outcome.status == 2 and outcome.stdout == "" and text in outcome.stderr, str(outcome)


@pytest.mark.parametrize("operand, path", [
    ("box", "/run/netns/box"),
    ("/run/netns/box", "/run/netns/box"),
    ("/var/run/netns/box", "/var/run/netns/box"),
    ("//proc/./7/x/../ns/net/", "/proc/7/ns/net"),
    ("/../..", "/"),
    ("./box", "{cwd}/box"),
    ("../up/box", "{parent}/up/box"),
])
def test_namespace_and_identifier(cnet, folder, network, operand, path):
    network(CONF)
    path = path.format(cwd=os.getcwd(), parent=os.path.dirname(os.getcwd())).replace("//", "/")
    given = seen(cnet("add", "net", operand, env={"CNI_PATH": str(folder)}))
    assert given["netns"] == path
    assert given["container"] == identifier(path)


def test_defaults(cnet, folder, network):
    network(CONF)
    given = seen(cnet("add", "net", "box", env={"CNI_PATH": str(folder)}))
    assert given["ifname"] == "eth0" and given["args"] == ""
    assert os.listdir("/var/lib/cni/results") == [f"net-{identifier('/run/netns/box')}-eth0"]


def test_environment(cnet, folder, network, tmp_path):
    network(CONF, directory=tmp_path / "net.d")
    env = {"NETCONFPATH": tmp_path / "net.d", "CNI_PATH": folder, "CNI_ARGS": "A=b;C=d", "CNI_IFNAME": "net7",
           "CAP_ARGS": "{}"}
    given = seen(cnet("add", "net", "box", env=env))
    assert given["ifname"] == "net7" and given["args"] == "A=b;C=d"


def test_empty_variables_count_as_unset(cnet, folder, network):
    network(CONF)
    env = {"NETCONFPATH": "", "CNI_PATH": folder, "CNI_ARGS": "", "CNI_IFNAME": "", "CAP_ARGS": ""}
    assert seen(cnet("add", "net", "box", env=env))["ifname"] == "eth0"


def test_options_win(cnet, folder, network, tmp_path):
    network(CONF, directory=tmp_path / "net.d")
    env = {"NETCONFPATH": "/nonexistent", "CNI_PATH": "/nonexistent", "CNI_ARGS": "A=b", "CNI_IFNAME": "net7",
           "CAP_ARGS": "nonsense"}
    given = seen(cnet("add", "--conf-dir", tmp_path / "net.d", f"--path={folder}", "net", "--args", "X=y", "box",
                      "--container-id", "me", "-i", "net8", "--cap", "{}", "--cache-dir", tmp_path / "kept", env=env))
    assert given == {**given, "container": "me", "ifname": "net8", "netns": "/run/netns/box", "args": "X=y"}
    assert os.listdir(tmp_path / "kept" / "results") == ["net-me-net8"]
    assert not os.path.exists("/var/lib/cni/results")


def test_bad_values(cnet, folder, network):
    network(CONF)
    for args, text in [(["--args", "A"], "not KEY=VALUE"),
                       (["--cap", "["], "capability arguments: JSON"),
                       (["--container-id", "a/b"], 'container ID "a/b"'),
                       (["--ifname", "a-name-that-is-too-long"], "interface name")]:
        outcome = cnet("add", "net", "box", *args, env={"CNI_PATH": str(folder)})
        assert outcome.status == 1 and outcome.stdout == "" and text in outcome.stderr, str(outcome)


def test_usage(cnet):
    usage(cnet(), "usage: cnet VERB")
    usage(cnet("frobnicate"), 'no verb "frobnicate"')
    usage(cnet("add"), "usage: cnet add NETWORK NETNS")
    usage(cnet("add", "net"), "usage: cnet add NETWORK NETNS")
    usage(cnet("add", "net", "box", "more"), "usage: cnet add NETWORK NETNS")
    usage(cnet("add", "net", ""), "usage: cnet add NETWORK NETNS")
    usage(cnet("status", "net", "box"), "usage: cnet status NETWORK")
    usage(cnet("add", "net", "box", "--bogus"), 'no option "--bogus"')
    usage(cnet("add", "net", "box", "--all"), 'no option "--all"')
    usage(cnet("status", "net", "-i", "eth0"), 'cnet status has no option "-i"')
    usage(cnet("add", "net", "box", "--path"), 'option "--path" wants a value')


def test_gc_refuses_to_guess(cnet, folder, network):
    network(CONF)
    usage(cnet("gc", "net"), "--valid")
    usage(cnet("gc", "net", "--all", "--valid", "a/eth0"), "--all")
    usage(cnet("gc", "net", "--valid", "a"), "not ID/IFNAME")
    usage(cnet("gc", "net", "--valid", "a/b/c"), "interface name")
    cnet("gc", "net", "--all", env={"CNI_PATH": str(folder)}).ok()


def test_help_and_version(cnet):
    whole = cnet("--help")
    assert whole.status == 0 and whole.stderr == ""
    for verb in ("add", "check", "del", "gc", "status", "version"):
        assert f"cnet {verb}" in whole.stdout
        own = cnet(verb, "--help")
        assert own.status == 0 and own.stdout.startswith(f"usage: cnet {verb} NETWORK") and own.stderr == ""
        assert ("--ifname" in own.stdout) == (verb in ("add", "check", "del"))
        assert ("--valid" in own.stdout) == (verb == "gc")
    assert cnet("--version").stdout.startswith("cnet 1.")


def test_no_such_network(cnet, network):
    outcome = cnet("add", "net", "box")
    assert outcome.status == 1 and 'network "net": folder "/etc/cni/net.d"' in outcome.stderr
    network({**CONF, "name": "other"})
    outcome = cnet("add", "net", "box")
    assert outcome.status == 1 and 'no network "net" in "/etc/cni/net.d"' in outcome.stderr


def test_output_that_cannot_be_written(cnet, build, folder, host, network):
    network(CONF)
    done = host.run("sh", "-c", f"CNI_PATH={folder} {build.cnet} add net box >/dev/full", check=False)
    assert done.returncode == 1 and "standard output: No space left" in done.stderr


def test_started_with_children_ignored(cnet, folder, network):
    network(CONF)
    cnet("add", "net", "box", env={"CNI_PATH": folder}, before=["/usr/bin/env", "--ignore-signal=CHLD"]).ok()


def test_plugins_of_the_build(cnet, build, network):
    network({**CONF, "plugins": [{"type": "nonexistent"}]})
    outcome = cnet("add", "net", "box", env={"CNI_PATH": ""})
    path = outcome.stderr.split("in path [")[1].split("]")[0].split(":")
    assert path[-2:] == ["/opt/cni/bin", "/usr/lib/cni"] and len(path) == 3
    if build.plugins.is_dir():
        assert path[0] == str(build.plugins)


def options(build):
    return {o["name"]: o["value"] for o in json.loads((build.path / "meson-info/intro-buildoptions.json").read_text())}


def test_plugins_of_an_installation(build, host, network, tmp_path):
    """Whatever the folder that everything was installed below, and whatever it was called later."""
    network(CONF)
    o = options(build)
    below = tmp_path / "dest"
    bindir = below / os.path.join(o["prefix"], o["bindir"]).lstrip("/")
    plugins = below / os.path.join(o["prefix"], o["plugindir"] or os.path.join(o["libexecdir"], "cni")).lstrip("/")
    bindir.mkdir(parents=True)
    shutil.copy(build.cnet, bindir / "cnet")
    make_plugin(plugins)

    for name in ("dest", "moved"):
        where = tmp_path / name
        if name == "moved":
            below.rename(where)
        program = where / (bindir / "cnet").relative_to(below)
        done = host.run("env", f"LD_LIBRARY_PATH={build.path / 'libcnet'}", "CNI_PATH=", str(program), "add", "net", name)
        given = json.loads(done.stdout)["dns"]["domain"].split("|")
        assert given[0] == str(where / (plugins / "fake").relative_to(below))
