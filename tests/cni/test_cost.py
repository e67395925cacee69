# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an ADD and a DEL cost does not depend on how many containers there are."""

import pytest

from lab import trace

pytestmark = pytest.mark.traced

FEW, MANY = 10, 1000
# No container but the crowd's has these many; identifiers are of one length, so that texts are too.
NETWORK = {
    "cniVersion": "1.1.0", "name": "lan",
    "plugins": [
        {"type": "bridge", "bridge": "cni0", "isDefaultGateway": True, "ipMasq": True,
         "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.20.0.0/16", "rangeStart": "10.20.100.100"}]]}},
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ],
}


def ports(number):
    return f'{{"portMappings": [{{"hostPort": {20000 + number}, "containerPort": 80, "protocol": "tcp"}}]}}'


@pytest.fixture
def crowd(cnet, container, network):
    """crowd(n): attaches containers until there are n; one namespace stands for all of them."""
    network(NETWORK)
    box = container("crowd")
    count = 0

    def grow(wanted):
        nonlocal count
        while count < wanted:
            cnet("add", "lan", box.path, "--container-id", f"crowd{count:04}", "--ifname", f"e{count}",
                 "--cap", ports(count)).ok()
            # Quiet, or each broadcast of the next ones would be copied to all that are there.
            box.run("ip", "link", "set", f"e{count}", "down")
            count += 1

    return grow


@pytest.fixture
def measure(cnet, container, tmp_path):
    box = container("measured")

    def run(verb, name, number):
        file = tmp_path / f"{verb}-{name}"
        cnet(verb, "lan", box.path, "--container-id", name, "--cap", ports(number),
             before=trace.counting(file)).ok()
        return trace.cost(file)

    return run


def test_cost_is_the_same_beside_ten_and_a_thousand(crowd, measure):
    costs = {}
    for size, name in ((FEW, "measured0001"), (MANY, "measured0002")):
        crowd(size)
        costs[size] = [measure(verb, name, 9999 - size) for verb in ("add", "del")]

    for few, many in zip(costs[FEW], costs[MANY]):
        assert few.requests > 5 and few.received > 100, "nothing was counted"
        assert many.processes == few.processes
        assert many.requests == few.requests
        # Names and numbers of links may differ by a digit.
        assert abs(many.received - few.received) <= 64, f"{few} {many}"


def test_processes(crowd, measure):
    """cnet starts two plugins for each verb; host-local runs inside bridge."""
    crowd(1)
    assert measure("add", "measured0001", 9999).processes == 3  # cnet, bridge, portmap
    assert measure("del", "measured0001", 9999).processes == 3
