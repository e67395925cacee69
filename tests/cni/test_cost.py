# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ADD, CHECK and DEL cost does not depend on how many containers there are. Counted, not timed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import trace

pytestmark = pytest.mark.traced

FEW, MANY = 10, 1000  # a bridge has 1,023 ports
BRIDGE = {"type": "bridge", "bridge": "cni0", "isDefaultGateway": True, "ipMasq": True,
          "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.20.0.0/16"}], [{"subnet": "fd00:20::/64"}]]}}
PORTMAP = {"type": "portmap"}
NET = {"cniVersion": "1.1.0", "name": "lan"}


def mapped(number, *protocols):
    return {"portMappings": [{"hostPort": number, "containerPort": 80, "protocol": p} for p in protocols]}


@pytest.fixture
def crowd(plugin, container):
    """crowd(n): attaches containers until there are n; one namespace stands for all of them."""
    box = container("crowd")
    count = 0

    def attach(number):
        me = {"container": f"crowd{number:04}", "ifname": f"e{number}", "netns": box}
        result = plugin("bridge", "ADD", {**NET, **BRIDGE}, **me).ok()
        plugin("portmap", "ADD", {**NET, **PORTMAP, "prevResult": result, "runtimeConfig": mapped(10000 + number, "tcp")},
               **me).ok()
        # Quiet, or each broadcast of the next ones would be copied to all that are there.
        box.run("ip", "link", "set", f"e{number}", "down")

    def grow(wanted):
        nonlocal count
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(attach, range(count, wanted)))
        count = wanted

    return grow


@pytest.fixture
def measure(plugin, container, tmp_path):
    """measure(name): the cost of each plugin's verbs for a container; where it is gone for the last."""
    def run(name):
        box = container(name)
        costs = {}
        # Of one length always: addresses are part of texts that the kernel keeps.
        addresses = {"cni": {"ips": ["10.20.200.200", "fd00:20::9999"]}}
        conf = {"bridge": {**NET, **BRIDGE, "args": addresses},
                "portmap": {**NET, **PORTMAP, "runtimeConfig": mapped(9999, "tcp", "udp")}}

        def call(kind, verb, what=None):
            file = tmp_path / f"{name}-{kind}-{what or verb}"
            result = plugin(kind, verb, conf[kind], container=name, netns=box, before=trace.counting(file)).ok()
            costs[f"{kind} {what or verb}"] = trace.cost(file)
            if verb == "ADD":
                conf["bridge"]["prevResult"] = conf["portmap"]["prevResult"] = result

        for kind in conf:
            call(kind, "ADD")
            call(kind, "CHECK")
        for kind in reversed(conf):
            call(kind, "DEL")
            call(kind, "DEL", "DEL again")
        call("bridge", "ADD")
        call("portmap", "ADD")
        box.delete()
        call("portmap", "DEL", "DEL, namespace gone")
        call("bridge", "DEL", "DEL, namespace gone")
        return costs

    return run


def test_costs_the_same_beside_ten_and_a_thousand(crowd, measure, host):
    crowd(FEW)
    few = measure("measured0001")
    crowd(MANY)
    assert len([link for link in host.ip("link") if link.get("master") == "cni0"]) == MANY
    many = measure("measured0002")

    for what, cost in few.items():
        assert (cost.programs, cost.processes) == (1, 0), f"{what}: host-local runs inside bridge, and nothing else"
        assert cost.requests > 0 and cost.received > 0, f"{what}: nothing was counted"
    assert many == few


def test_command_starts_one_process_for_each_plugin(cnet, container, network, tmp_path):
    box = container()
    network({**NET, "plugins": [BRIDGE, PORTMAP]})
    for verb in ("add", "check", "del"):
        cnet(verb, "lan", box.path, before=trace.counting(tmp_path / verb)).ok()
        cost = trace.cost(tmp_path / verb)
        assert (cost.programs, cost.processes) == (3, 2), verb


def test_ports_are_few_messages(plugin, container, tmp_path):
    """However many ports, they are told in one batch, not one by one."""
    box = container()
    result = plugin("bridge", "ADD", {**NET, **BRIDGE}, netns=box).ok()
    costs = []
    for count in (1, 200):
        conf = {**NET, **PORTMAP, "prevResult": result, "runtimeConfig": {"portMappings": [
            {"hostPort": 1000 + i, "containerPort": 80, "protocol": "tcp"} for i in range(count)]}}
        plugin("portmap", "ADD", conf, netns=box, before=trace.counting(tmp_path / "trace")).ok()
        costs.append(trace.cost(tmp_path / "trace").requests)
        plugin("portmap", "DEL", conf, netns=box).ok()
    assert costs[1] <= costs[0] + 4
