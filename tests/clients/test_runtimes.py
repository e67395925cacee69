# SPDX-License-Identifier: LGPL-2.1-or-later
"""
bridge, host-local and portmap driven by cnitool and by cnet, ours and the reference's, at every
version. cnitool with the reference's plugins is the control: what it shows is what clients expect.
"""

import pytest

from forms import PORTS, VERSIONS, chain, expected, plain

RUNTIMES = ["cnitool"]
SIDES = ["theirs"]
OTHER_PORTS = {"portMappings": [{"hostPort": 8081, "containerPort": 80, "protocol": "tcp"}]}


@pytest.fixture(params=RUNTIMES)
def runtime(request, runtimes):
    return runtimes[request.param]


@pytest.fixture(params=SIDES)
def plugins(request, sides):
    return sides[request.param]


@pytest.mark.parametrize("version", VERSIONS)
def test_add_and_del(runtime, plugins, version, host, container, outside, network, leftovers):
    network(chain(version))
    first, box = container(), container()
    runtime("add", "lan", first, plugins, cap=OTHER_PORTS).ok()
    before = leftovers()
    empty = box.snapshot()

    result = runtime("add", "lan", box, plugins, cap=PORTS).ok()

    assert plain(result) == expected(version, box, octet=3)
    assert box.addresses("eth0") == ["10.88.0.3/24", "fd00:88::3/64"]
    assert box.ping("10.88.0.1") and box.ping("fd00:88::1")
    assert box.ping("192.0.2.2") and box.ping("2001:db8:0:2::2")
    box.serve(80)
    assert outside.connect("192.0.2.1", 8080) == "192.0.2.2"
    assert outside.connect("2001:db8:0:2::1", 8080) == "2001:db8:0:2::2"
    box.stop()

    done = runtime("del", "lan", box, plugins, cap=PORTS)
    assert done.ok() is None
    assert leftovers() == before
    assert box.snapshot() == empty
    assert outside.connect("192.0.2.1", 8080, seconds=0.5) is None
