# SPDX-License-Identifier: LGPL-2.1-or-later
"""Results kept by cnitool and by cnet: the same files, found and used by the other."""

import base64
import json
import pathlib

import pytest

from forms import PORTS, VERSIONS, chain, cnitool_id, plain

RESULTS = pathlib.Path("/var/lib/cni/results")
PAIRS = [("cnitool", "cnet"), ("cnet", "cnitool")]


@pytest.fixture(params=["ours", "theirs"])
def plugins(request, sides):
    return sides[request.param]


@pytest.fixture(params=PAIRS, ids=lambda pair: f"{pair[0]}-then-{pair[1]}")
def pair(request, runtimes):
    return [runtimes[name] for name in request.param]


def only_file():
    files = list(RESULTS.iterdir())
    assert len(files) == 1
    return files[0]


@pytest.mark.parametrize("version", ["0.1.0", "0.3.1", "0.4.0", "1.1.0"])
def test_add_by_one_del_by_the_other(pair, plugins, version, container, network, leftovers):
    first, second = pair
    network(chain(version))
    witness, box = container(), container()
    first("add", "lan", witness, plugins, cap={"portMappings": [{**PORTS["portMappings"][0], "hostPort": 1}]}).ok()
    before, empty = leftovers(), box.snapshot()
    first("add", "lan", box, plugins, cap=PORTS).ok()
    assert second("del", "lan", box, plugins, cap=PORTS).ok() is None
    assert leftovers() == before
    assert box.snapshot() == empty


@pytest.mark.parametrize("version", ["0.4.0", "1.0.0", "1.1.0"])
def test_add_by_one_check_by_the_other(pair, plugins, version, container, network):
    first, second = pair
    network(chain(version))
    box = container()
    first("add", "lan", box, plugins, cap=PORTS).ok()
    assert second("check", "lan", box, plugins, cap=PORTS).ok() is None
    # The result that was kept is what it is checked against.
    kept = only_file()
    text = json.loads(kept.read_text())
    text["result"]["ips"][0]["address"] = "10.88.0.200/24"
    kept.write_text(json.dumps(text))
    assert second("check", "lan", box, plugins, cap=PORTS).status != 0
    kept.unlink()
    assert second("check", "lan", box, plugins, cap=PORTS).status != 0


ADDS = {
    "nothing": {},
    "capabilities": {"cap": PORTS},
    "undeclared capability": {"cap": {**PORTS, "bandwidth": {"ingressRate": 1}}},
    "arguments": {"args": "IP=10.88.0.9;IgnoreUnknown=true;K8S_POD_NAME=a"},
    "interface": {"ifname": "net1", "cap": PORTS},
}


@pytest.mark.parametrize("what, version", [("capabilities", version) for version in VERSIONS]
                         + [(what, "1.1.0") for what in ADDS if what != "capabilities"])
def test_files_are_the_same(runtimes, theirs, what, version, container, network):
    """Name, modes, members and values, for the same attachment."""
    network(chain(version))
    box = container()
    seen = {}
    for name, runtime in runtimes.items():
        runtime("add", "lan", box, theirs, **ADDS[what]).ok()
        path = only_file()
        kept = json.loads(path.read_text())
        config = base64.b64decode(kept.pop("config"))
        seen[name] = (path.name, oct(path.stat().st_mode), oct(RESULTS.stat().st_mode), json.loads(config),
                      no_octets(plain(kept)))
        runtime("del", "lan", box, theirs, **ADDS[what]).ok()
    assert seen["cnet"] == seen["cnitool"]
    assert seen["cnet"][0] == f"lan-{cnitool_id(box)}-{ADDS[what].get('ifname', 'eth0')}"


def no_octets(kept):
    """The two attachments get one address after the other."""
    return json.loads(json.dumps(kept).replace("10.88.0.3/", "10.88.0.2/").replace("fd00:88::3/", "fd00:88::2/"))


def test_config_is_kept_whole(runtimes, theirs, container, network):
    """Members that nobody knows as well."""
    conf = {**chain("1.1.0"), "unknown": [1, 2.5, {"\u00e4": None}], "big": 9007199254740993}
    network(conf)
    box = container()
    for runtime in runtimes.values():
        runtime("add", "lan", box, theirs).ok()
        assert json.loads(base64.b64decode(json.loads(only_file().read_text())["config"])) == conf, runtime.name
        runtime("del", "lan", box, theirs).ok()


def test_del_with_the_capabilities_that_were_kept(pair, plugins, container, network, outside):
    """cnet needs no CAP_ARGS again; cnitool does, as its users know."""
    first, second = pair
    network(chain("1.1.0"))
    box = container()
    first("add", "lan", box, plugins, cap=PORTS).ok()
    second("del", "lan", box, plugins, cap=PORTS if second.name == "cnitool" else None).ok()
    other = container()
    first("add", "lan", other, plugins, cap=PORTS).ok()
    other.serve(80)
    assert outside.connect("192.0.2.1", 8080) == "192.0.2.2"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "other"}'])
def test_broken_file_does_not_hinder_del(runtimes, theirs, container, network, text):
    network(chain("1.1.0"))
    for runtime in runtimes.values():
        box = container()
        runtime("add", "lan", box, theirs).ok()
        only_file().write_text(text)
        assert runtime("del", "lan", box, theirs).ok() is None, runtime.name
        assert list(RESULTS.iterdir()) == [] and box.link("eth0") is None
