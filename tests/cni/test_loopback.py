# SPDX-License-Identifier: LGPL-2.1-or-later
"""loopback: lo of the container, up and down."""

import json

import pytest

CONF = {"cniVersion": "1.0.0", "name": "cni-loopback", "type": "loopback"}


def is_up(box):
    return "UP" in json.loads(box.run("ip", "-j", "link", "show", "lo").stdout)[0]["flags"]


@pytest.fixture
def box(container):
    box = container()
    box.run("ip", "link", "set", "lo", "down")
    return box


@pytest.fixture
def loopback(plugin):
    return lambda command, box, conf=None, **kwargs: plugin("loopback", command, {**CONF, **(conf or {})},
                                                            netns=box, ifname="lo", **kwargs)


def test_add_check_del(loopback, box):
    result = loopback("ADD", box).ok()

    assert is_up(box)
    assert result == {
        "cniVersion": "1.0.0",
        "interfaces": [{"name": "lo", "mac": "00:00:00:00:00:00", "sandbox": box.path}],
        "ips": [{"address": "127.0.0.1/8", "interface": 0}, {"address": "::1/128", "interface": 0}],
    }
    loopback("CHECK", box, {"prevResult": result}).ok()
    loopback("DEL", box).ok()
    assert not is_up(box)
    loopback("CHECK", box, {"prevResult": result}).fails(text="lo is down")
    loopback("DEL", box).ok()


def test_as_containerd_calls_it(plugin, box):
    conf = {"cniVersion": "0.3.1", "name": "cni-loopback", "type": "loopback"}
    result = plugin("loopback", "ADD", conf, netns=box, ifname="lo",
                    args="IgnoreUnknown=1;K8S_POD_NAME=p").ok()
    assert [ip["version"] for ip in result["ips"]] == ["4", "6"] and result["dns"] == {}


def test_interface_name_does_not_matter(plugin, box):
    result = plugin("loopback", "ADD", CONF, netns=box, ifname="eth0").ok()
    assert is_up(box) and result["interfaces"][0]["name"] == "lo"


def test_previous_result_is_passed_on(loopback, box):
    previous = {"cniVersion": "1.0.0", "interfaces": [{"name": "x"}],
                "ips": [{"address": "10.0.0.1/8", "interface": 0}]}
    assert loopback("ADD", box, {"prevResult": previous}).ok() == previous
    assert is_up(box)


def test_only_loopback_addresses(loopback, box):
    box.run("ip", "address", "add", "10.0.0.1/8", "dev", "lo")
    loopback("ADD", box).fails(text="lo has an address that is no loopback address: 10.0.0.1/8")
    assert not is_up(box)


def test_extra_loopback_addresses(loopback, box):
    box.run("ip", "address", "add", "127.0.0.2/8", "dev", "lo")
    result = loopback("ADD", box).ok()
    assert len(result["ips"]) == 2


def test_up_already(loopback, box):
    box.run("ip", "link", "set", "lo", "up")
    loopback("ADD", box).ok()
    assert is_up(box)


@pytest.mark.parametrize("netns", ["", "/run/netns/gone", "/dev/null"])
def test_del_without_a_namespace(loopback, box, netns):
    loopback("DEL", netns).ok()


@pytest.mark.parametrize("fails", [1, 2, 3])
def test_rollback(loopback, box, snapshot, fails):
    before = snapshot(box)
    loopback("ADD", box, fail_request=fails).fails()
    assert snapshot(box) == before


def test_the_hosts_namespace(loopback, host):
    loopback("DEL", host).fails(8)
    assert is_up(host)
