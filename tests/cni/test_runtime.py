# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Chains, run by the command with plugins that are scripts: what they are given, in which order, and
what is kept.
"""

import base64
import json
import os
import pathlib

import pytest

KEPT = pathlib.Path("/var/lib/cni/results")
IPS = {"ips": [{"address": "10.1.0.2/24"}]}


class Fakes:
    """Plugins that write down how they were called and answer what the test says."""

    SCRIPT = """#!/bin/sh
cat > {folder}/in
n=$(ls {folder}/calls | wc -l)
{{ echo "$CNI_COMMAND {name} $CNI_CONTAINERID $CNI_IFNAME $CNI_NETNS $CNI_ARGS"; cat {folder}/in; }} \\
    > {folder}/calls/$(printf %03d $n)
if test -e {folder}/fail/{name}.$CNI_COMMAND; then cat {folder}/fail/{name}.$CNI_COMMAND; exit 1; fi
cat {folder}/answer/{name}.$CNI_COMMAND 2>/dev/null
exit 0
"""

    def __init__(self, folder):
        self.folder = folder
        self.bin = folder / "bin"
        for name in ("bin", "calls", "answer", "fail"):
            (folder / name).mkdir()

    def make(self, *names, result=None):
        for name in names:
            path = self.bin / name
            path.write_text(self.SCRIPT.format(folder=self.folder, name=name))
            path.chmod(0o755)
            self.answer(name, "ADD", IPS if result is None else result)

    def answer(self, name, verb, value):
        (self.folder / "answer" / f"{name}.{verb}").write_text(json.dumps(value))

    def fail(self, name, verb, code=7, msg="will not", **more):
        (self.folder / "fail" / f"{name}.{verb}").write_text(json.dumps({"code": code, "msg": msg, **more}))

    def mend(self):
        for path in (self.folder / "fail").iterdir():
            path.unlink()

    def calls(self):
        """[(verb, name, variables, configuration)] since the last call."""
        found = []
        for path in sorted((self.folder / "calls").iterdir()):
            first, _, rest = path.read_text().partition("\n")
            verb, name, *variables = first.split(" ")
            found.append((verb, name, variables, json.loads(rest)))
            path.unlink()
        return found

    def order(self):
        return [f"{verb} {name}" for verb, name, _, _ in self.calls()]


@pytest.fixture
def fakes(tmp_path):
    made = Fakes(tmp_path)
    made.make("one", "two", "three")
    return made


@pytest.fixture
def run(cnet, fakes):
    def call(*args, **env):
        return cnet(*args, env={"CNI_PATH": str(fakes.bin), **env})

    return call


def conf(version="1.1.0", types=("one", "two", "three"), **members):
    return {"cniVersion": version, "name": "net", **members, "plugins": [{"type": t} for t in types]}


def kept():
    return sorted(p.name for p in KEPT.iterdir()) if KEPT.is_dir() else []


def complaint(outcome, *texts, status=1):
    assert outcome.status == status and outcome.stdout == "", str(outcome)
    for text in texts:
        assert text in outcome.stderr, str(outcome)


def test_add_goes_forwards_and_hands_results_on(run, fakes, network):
    network(conf())
    fakes.answer("two", "ADD", {"ips": [{"address": "10.1.0.3/24"}]})
    fakes.answer("three", "ADD", {"interfaces": [{"name": "eth0"}], "ips": [{"address": "10.1.0.4/24"}]})

    result = run("add", "net", "/run/netns/box").ok()

    assert result == {"cniVersion": "1.1.0", "interfaces": [{"name": "eth0"}],
                      "ips": [{"address": "10.1.0.4/24"}]}
    calls = fakes.calls()
    assert [name for _, name, _, _ in calls] == ["one", "two", "three"]
    assert "prevResult" not in calls[0][3]
    assert calls[1][3]["prevResult"]["ips"][0]["address"] == "10.1.0.2/24"
    assert calls[2][3]["prevResult"]["ips"][0]["address"] == "10.1.0.3/24"
    assert all(c[3]["name"] == "net" and c[3]["cniVersion"] == "1.1.0" for c in calls)


def test_what_add_keeps_is_libcnis(run, fakes, network):
    network(conf())
    args = ["--container-id", "abc", "--args", "IgnoreUnknown=1;K8S_POD_NAME=p",
            "--cap", '{"portMappings": [{"hostPort": 8080}]}']
    run("add", "net", "/run/netns/box", *args).ok()

    path = KEPT / "net-abc-eth0"
    assert path.stat().st_mode & 0o7777 == 0o600 and KEPT.stat().st_mode & 0o7777 == 0o700
    document = json.loads(path.read_text())
    config = json.loads(base64.b64decode(document.pop("config")))
    assert config == conf()
    assert document == {
        "kind": "cniCacheV1", "containerId": "abc", "ifName": "eth0", "networkName": "net",
        "netns": "/run/netns/box", "cniArgs": [["IgnoreUnknown", "1"], ["K8S_POD_NAME", "p"]],
        "capabilityArgs": {"portMappings": [{"hostPort": 8080}]}, "result": {"cniVersion": "1.1.0", **IPS},
    }


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"])
def test_results_are_in_the_networks_version(run, fakes, network, version):
    network(conf(version, ["one", "two"]))
    fakes.answer("one", "ADD", {"cniVersion": "1.0.0", **IPS})
    fakes.answer("two", "ADD", {"cniVersion": "0.4.0", "ips": [{"version": "4", "address": "10.1.0.9/24"}]})

    result = run("add", "net", "/run/netns/box").ok()

    previous = fakes.calls()[1][3]["prevResult"]
    assert previous["cniVersion"] == result["cniVersion"] == version
    if version < "0.3.0":
        assert previous["ip4"]["ip"] == "10.1.0.2/24" and result["ip4"]["ip"] == "10.1.0.9/24"
    else:
        assert previous["ips"][0]["address"] == "10.1.0.2/24"
        assert ("version" in result["ips"][0]) == (version < "1.0.0")


def test_failed_add_leaves_nothing(run, fakes, network):
    network(conf())
    fakes.fail("two", "ADD", code=11, msg="come back", details="at noon")

    complaint(run("add", "net", "/run/netns/box"),
              'plugin type="two" name="net" failed (add): come back; at noon', "CNI code 11: try again later")
    assert fakes.order() == ["ADD one", "ADD two", "DEL three", "DEL two", "DEL one"]
    assert kept() == []


def test_second_add_does_not_cost_the_first_its_life(run, fakes, network):
    network(conf())
    run("add", "net", "/run/netns/box").ok()
    fakes.calls()
    fakes.fail("one", "ADD", msg="eth0 exists")

    complaint(run("add", "net", "/run/netns/box"), "eth0 exists")
    assert fakes.order() == ["ADD one"]
    assert len(kept()) == 1


def test_del_goes_backwards_with_what_add_was_given(run, fakes, network):
    network({**conf(), "plugins": [{"type": "one", "capabilities": {"mac": True}}, {"type": "two"}]})
    run("add", "net", "/run/netns/box", "--args", "A=b", "--cap", '{"mac": "02:00:00:00:00:07"}').ok()
    fakes.calls()

    assert run("del", "net", "/run/netns/box").ok() is None
    calls = fakes.calls()
    assert [name for _, name, _, _ in calls] == ["two", "one"]
    assert all(c[2][3] == "A=b" and c[3]["prevResult"]["ips"] == IPS["ips"] for c in calls)
    assert calls[1][3]["runtimeConfig"] == {"mac": "02:00:00:00:00:07"}
    assert kept() == []

    run("del", "net", "/run/netns/box").ok()
    assert all("prevResult" not in c[3] for c in fakes.calls())


def test_del_goes_on_past_failures(run, fakes, network):
    network(conf())
    run("add", "net", "/run/netns/box").ok()
    fakes.calls()
    fakes.fail("three", "DEL", msg="no three")
    fakes.fail("one", "DEL", msg="no one")

    complaint(run("del", "net", "/run/netns/box"), 'type="three" name="net" failed (delete): no three; '
              'plugin type="one" name="net" failed (delete): no one')
    assert fakes.order() == ["DEL three", "DEL two", "DEL one"]
    assert len(kept()) == 1

    fakes.mend()
    run("del", "net", "/run/netns/box").ok()
    assert all("prevResult" in c[3] for c in fakes.calls())
    assert kept() == []


def test_capabilities_reach_who_declares_them(run, fakes, network):
    network({"cniVersion": "1.0.0", "name": "net", "plugins": [
        {"type": "one", "capabilities": {"portMappings": True, "mac": False}},
        {"type": "two", "capabilities": {"dns": True}},
        {"type": "three"}]})

    run("add", "net", "/run/netns/box", CAP_ARGS='{"portMappings": [{"HostPort": 1}], "mac": "x"}').ok()
    assert [c[3].get("runtimeConfig") for c in fakes.calls()] == [{"portMappings": [{"HostPort": 1}]}, None, None]


def test_configuration_passes_unchanged(run, fakes, network):
    text = ('{"cniVersion": "1.0.0", "name": "net", "plugins": [{"type": "one", "z": 9007199254740993, "a": 0.5,'
            ' "args": {"cni": {"ips": ["10.1.0.7"]}}, "deep": {"b": [null, true, {"name": "inner"}], "a": "\u00fc<>&"}}]}')
    network({**json.loads(text), "name": "net"}, file="net.conflist")
    pathlib.Path("/etc/cni/net.d/net.conflist").write_text(text)

    run("add", "net", "/run/netns/box").ok()
    config = fakes.calls()[0][3]
    assert list(config) == ["type", "z", "a", "args", "deep", "name", "cniVersion"]
    del config["name"], config["cniVersion"]
    assert config == json.loads(text)["plugins"][0]


def test_check(run, fakes, network):
    network(conf("0.4.0"))
    complaint(run("check", "net", "/run/netns/box"), "no result of an ADD", "CNI code 3: container unknown")
    run("add", "net", "/run/netns/box").ok()
    fakes.calls()

    run("check", "net", "/run/netns/box").ok()
    calls = fakes.calls()
    assert [f"{c[0]} {c[1]}" for c in calls] == ["CHECK one", "CHECK two", "CHECK three"]
    assert all(c[3]["prevResult"]["ips"][0]["address"] == "10.1.0.2/24" for c in calls)

    fakes.fail("two", "CHECK", msg="address gone")
    complaint(run("check", "net", "/run/netns/box"), 'plugin type="two" name="net" failed (check): address gone')
    assert fakes.order() == ["CHECK one", "CHECK two"]

    network(conf("0.4.0", disableCheck="TRUE"))
    run("check", "net", "/run/netns/box").ok()
    network(conf("0.3.1"))
    complaint(run("check", "net", "/run/netns/box"), "does not support the CHECK command", "CNI code 1")
    assert fakes.order() == []


def test_gc(run, fakes, network):
    network(conf())
    network({**conf(), "name": "other"})
    for name, container in [("net", "lives"), ("net", "stale"), ("other", "stale")]:
        run("add", name, f"/run/netns/{container}", "--container-id", container, "--args", "A=b").ok()
    fakes.calls()

    run("gc", "net", "--valid", "lives/eth0", "--valid", "unheard-of/net1").ok()
    calls = fakes.calls()
    assert [f"{c[0]} {c[1]}" for c in calls] == ["DEL three", "DEL two", "DEL one", "GC one", "GC two", "GC three"]
    assert calls[0][2] == ["stale", "eth0", "/run/netns/stale", "A=b"]
    assert calls[3][2] == ["", "", "", ""]
    valid = [{"containerID": "lives", "ifname": "eth0"}, {"containerID": "unheard-of", "ifname": "net1"}]
    assert calls[3][3]["cni.dev/valid-attachments"] == calls[3][3]["cni.dev/attachments"] == valid
    assert kept() == ["net-lives-eth0", "other-stale-eth0"]

    run("gc", "net", "--all").ok()
    assert fakes.calls()[-1][3]["cni.dev/valid-attachments"] == []
    assert kept() == ["other-stale-eth0"]


def test_gc_goes_on_past_failures(run, fakes, network):
    network(conf())
    run("add", "net", "/run/netns/box", "--container-id", "stale").ok()
    fakes.calls()
    fakes.fail("three", "DEL", msg="no del")
    fakes.fail("one", "GC", msg="no gc")

    complaint(run("gc", "net", "--all"), 'stale attachment stale/eth0: plugin type="three" name="net" failed '
              '(delete): no del; plugin type="one" name="net" failed (gc): no gc')
    assert fakes.order() == ["DEL three", "DEL two", "DEL one", "GC one", "GC two", "GC three"]
    assert kept() == ["net-stale-eth0"]


def test_gc_switched_off(run, fakes, network):
    network(conf(disableGC=True))
    run("add", "net", "/run/netns/box").ok()
    fakes.calls()
    run("gc", "net", "--all").ok()
    assert fakes.order() == [] and len(kept()) == 1


def test_status(run, fakes, network):
    network(conf())
    run("status", "net").ok()
    assert fakes.order() == ["STATUS one", "STATUS two", "STATUS three"]

    fakes.fail("two", "STATUS", code=50, msg="pool is empty")
    complaint(run("status", "net"), 'plugin type="two" name="net" failed (status): pool is empty',
              "CNI code 50: plugin not available")
    assert fakes.order() == ["STATUS one", "STATUS two"]

    network(conf("1.0.0"))
    run("status", "net").ok()
    assert fakes.order() == []


def test_version(run, fakes, network):
    network(conf("1.0.0"))
    for name in ("one", "two", "three"):
        fakes.answer(name, "VERSION", {"cniVersion": "1.0.0", "supportedVersions": ["0.4.0", "1.0.0"]})
    outcome = run("version", "net")
    assert outcome.status == 0 and outcome.stdout == "1.0.0\n"

    network(conf("1.1.0"))
    complaint(run("version", "net"), 'plugin type="one" name="net" does not support config version "1.1.0"',
              "CNI code 1")


@pytest.mark.parametrize("missing", ["one", "two", "three"])
def test_missing_plugin_begins_nothing(run, fakes, network, missing):
    network(conf())
    os.unlink(fakes.bin / missing)
    complaint(run("add", "net", "/run/netns/box"), f'failed to find plugin "{missing}" in path', "CNI code 7")
    assert fakes.order() == []


def test_plugin_that_says_nothing(run, fakes, network):
    network(conf(types=["one"]))
    (fakes.bin / "one").write_text("#!/bin/sh\ncat > /dev/null\necho 'oh dear' >&2\nexit 3\n")
    complaint(run("add", "net", "/run/netns/box"), "oh dear\n", 'failed (add): netplugin failed: "oh dear')


def test_plugin_folder(run, fakes, network):
    network({"cniVersion": "1.1.0", "name": "net", "plugins": [{"type": "one"}]})
    network({"type": "three"}, file="20-three.conf", directory="/etc/cni/net.d/net")
    network({"type": "two"}, file="10-two.conf", directory="/etc/cni/net.d/net")
    run("add", "net", "/run/netns/box").ok()
    assert fakes.order() == ["ADD one", "ADD two", "ADD three"]

    # What is kept names them all, for whoever tears the attachment down by it.
    document = json.loads(next(KEPT.iterdir()).read_text())
    types = [p["type"] for p in json.loads(base64.b64decode(document["config"]))["plugins"]]
    assert types == ["one", "two", "three"]


def test_single_plugin(run, fakes, network):
    network({"cniVersion": "0.4.0", "name": "net", "type": "two", "mtu": 1400}, file="10-net.conf")
    run("add", "net", "/run/netns/box").ok()
    (call,) = fakes.calls()
    assert call[3] == {"cniVersion": "0.4.0", "name": "net", "type": "two", "mtu": 1400}


def test_configuration_that_is_wrong(run, network):
    network(b'{"name": "net", ', file="10-net.conflist")
    complaint(run("add", "net", "/run/netns/box"), "/etc/cni/net.d/10-net.conflist: JSON: line 1", "CNI code 6")
    network({"name": "net", "plugins": [{"type": "one"}, {"typ": "two"}]}, file="10-net.conflist")
    complaint(run("add", "net", "/run/netns/box"), '10-net.conflist: "plugins"[1]: "type" is missing', "CNI code 7")
