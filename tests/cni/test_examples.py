# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs of examples/, which the documents show."""

import pytest

from lab import net


@pytest.fixture
def link_mtu(build, plugin):
    """link_mtu(command, previous, **members): runs build/examples/link-mtu."""
    def run(command, previous, netns, **members):
        conf = {"cniVersion": "1.0.0", "name": "net", "type": "link-mtu", **members}
        if previous is not None:
            conf["prevResult"] = previous
        return plugin(str(build.path / "examples" / "link-mtu"), command, conf, netns=netns)

    return run


@pytest.fixture
def attached(host, container):
    """A container with an interface, and what the plugin that made it would have answered."""
    box = container()
    net.connect(host, "veth0", box, "eth0", [("10.1.2.1/24", "10.1.2.2/24")])
    return box, {
        "cniVersion": "1.0.0",
        "interfaces": [{"name": "eth0", "mac": box.link("eth0")["address"], "sandbox": box.path}],
        "ips": [{"interface": 0, "address": "10.1.2.2/24", "gateway": "10.1.2.1"}],
    }


def test_link_mtu(link_mtu, attached):
    box, previous = attached
    assert link_mtu("ADD", previous, box, MTU=1280).ok() == previous
    assert box.link("eth0")["mtu"] == 1280
    link_mtu("CHECK", previous, box, mtu=1280).ok()
    link_mtu("CHECK", previous, box, mtu=1281).fails(text="eth0: its MTU is 1280")
    link_mtu("DEL", previous, box, mtu=1280).ok()


def test_link_mtu_has_a_default(link_mtu, attached):
    box, previous = attached
    link_mtu("ADD", previous, box).ok()
    assert box.link("eth0")["mtu"] == 1400


@pytest.mark.parametrize("mtu", [0, 67, 65536, -1, "1400", 1400.5])
def test_link_mtu_refuses_values(link_mtu, attached, mtu):
    box, previous = attached
    link_mtu("ADD", previous, box, mtu=mtu).fails(code=7, text="mtu")
    assert box.link("eth0")["mtu"] == 1500


def test_link_mtu_is_chained(link_mtu, attached):
    link_mtu("ADD", None, attached[0], mtu=1280).fails(code=7, text="must follow")
