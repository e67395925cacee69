# SPDX-License-Identifier: LGPL-2.1-or-later
"""An ADD or a DEL that is killed, at each of its steps: the next DEL cleans up."""

import copy

import pytest

STEPS = 200  # more than an ADD has
PORTS = [{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"},
         {"hostPort": 5353, "containerPort": 53, "protocol": "udp"}]


def bridge():
    return {"cniVersion": "1.1.0", "name": "lan", "type": "bridge", "bridge": "cni0",
            "isDefaultGateway": True, "ipMasq": True,
            "ipam": {"type": "host-local",
                     "ranges": [[{"subnet": "10.20.0.0/24"}], [{"subnet": "fd20::/64"}]]}}


def portmap(result):
    return {"cniVersion": "1.1.0", "name": "lan", "type": "portmap",
            "runtimeConfig": {"portMappings": PORTS}, "prevResult": result}


def of_attachments(snapshot):
    """
    Without what is shared, and so stays: bridge, its address and routes, tables, search state; and
    without host-local's links of this boot, which mean nothing unless the allocation is there too.
    """
    kept = copy.deepcopy(snapshot)
    kept["links"] = [link for link in kept["links"] if link["ifname"] not in ("cni0", "lo")]
    kept["routes"] = [route for route in kept["routes"] if route.get("dev") != "cni0"]
    kept["nftables"] = [o["element"] if "element" in o else o for o in kept["nftables"]]
    kept["files"] = {path: text for path, text in kept["files"].items()
                     if not any(part in path for part in ("/lock", "last_reserved_ip.", "/.cnet/"))}
    return kept


@pytest.fixture
def neighbour(plugin, container, host):
    """Another container that is attached all the time; it makes what is shared, and must keep working."""
    box = container("neighbour")
    result = plugin("bridge", "ADD", bridge(), netns=box, container="neighbour").ok()
    ports = copy.deepcopy(portmap(result))
    ports["runtimeConfig"]["portMappings"] = [{"hostPort": 9090, "containerPort": 80, "protocol": "tcp"}]
    plugin("portmap", "ADD", ports, netns=box, container="neighbour").ok()
    box.serve(80)
    return box


def each_step(plugin, name, command, conf, box, between):
    """Runs the plugin killed at step 1, 2, 3, ... until it ends by itself."""
    for number in range(1, STEPS):
        outcome = plugin(name, command, conf, netns=box, kill_at=number)
        if outcome.status == 0:
            assert number > 3, "hardly anything was killed"
            return
        assert outcome.status in (137, -9), str(outcome)
        between(number)
    raise AssertionError(f"{command} was still killed at step {STEPS}")


@pytest.mark.parametrize("name", ["bridge", "portmap"])
def test_killed_add_is_cleaned_by_del(plugin, container, host, outside, neighbour, snapshot, name):
    box = container()
    conf = bridge()
    if name == "portmap":
        conf = portmap(plugin("bridge", "ADD", conf, netns=box).ok())
    before, inside = of_attachments(snapshot()), box.snapshot()

    def clean(number):
        plugin(name, "DEL", conf, netns=box).ok()
        assert of_attachments(snapshot()) == before, f"killed at step {number}"
        assert box.snapshot() == inside, f"killed at step {number}"
        assert outside.connect("192.0.2.1", 9090), f"killed at step {number}: the neighbour is cut off"

    each_step(plugin, name, "ADD", conf, box, clean)


@pytest.mark.parametrize("name", ["bridge", "portmap"])
def test_killed_del_is_finished_by_the_next(plugin, container, outside, neighbour, snapshot, name):
    box = container()
    conf = bridge()
    if name == "portmap":
        conf = portmap(plugin("bridge", "ADD", conf, netns=box).ok())
    before = of_attachments(snapshot())
    plugin(name, "ADD", conf, netns=box).ok()

    def clean(number):
        plugin(name, "DEL", conf, netns=box).ok()
        assert of_attachments(snapshot()) == before, f"killed at step {number}"
        assert outside.connect("192.0.2.1", 9090), f"killed at step {number}: the neighbour is cut off"
        plugin(name, "ADD", conf, netns=box).ok()

    each_step(plugin, name, "DEL", conf, box, clean)
