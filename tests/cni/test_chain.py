# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole networks through the command cnet: bridge, host-local and portmap together, with packets."""

import concurrent.futures
import json
import os

import pytest

from lab import net

VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]
OUTSIDE4, OUTSIDE6 = "192.0.2.1", "2001:db8:0:2::1"


def chain(version="1.1.0", name="lan", bridge="cni0", number=20, **more):
    return {
        "cniVersion": version, "name": name,
        "plugins": [
            {"type": "bridge", "bridge": bridge, "isDefaultGateway": True, "ipMasq": True,
             "ipam": {"type": "host-local",
                      "ranges": [[{"subnet": f"10.{number}.0.0/24"}], [{"subnet": f"fd{number}::/64"}]]},
             **more},
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def ports(*maps):
    """--cap for (host port, container port, protocol) triples."""
    listed = [{"hostPort": h, "containerPort": c, "protocol": p} for h, c, p in maps]
    return ["--cap", json.dumps({"portMappings": listed})]


WEB = ports((8080, 80, "tcp"), (5353, 53, "udp"))


@pytest.fixture
def attach(cnet):
    """attach(box, *options): cnet add; the container's identifier is the box's name."""
    def add(box, *options, network="lan"):
        return cnet("add", network, box.path, "--container-id", box.name, *options)

    return add


@pytest.fixture
def detach(cnet):
    def delete(box, *options, network="lan"):
        return cnet("del", network, box.path, "--container-id", box.name, *options)

    return delete


def serve(box):
    box.serve(80)
    box.serve(53, udp=True)


# ---- packets

@pytest.mark.parametrize("nf", ["0", "1"], ids=["plain", "bridge-nf"])
@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
def test_published_ports_answer_from_every_side(network, attach, host, container, outside, udp, nf):
    """
    With bridge-nf the kernel shows bridged packets to nf_tables too, as where Docker runs: a packet
    from the container to itself is then translated inside the bridge, and needs hairpinMode to leave
    by the port that it came in.
    """
    if os.path.exists("/proc/sys/net/bridge/bridge-nf-call-iptables"):
        host.sysctl("net.bridge.bridge-nf-call-iptables", nf)
        host.sysctl("net.bridge.bridge-nf-call-ip6tables", nf)
    network(chain(hairpinMode=nf == "1"))
    web, sibling = container("web"), container("sibling")
    attach(web, *WEB).ok()
    attach(sibling).ok()
    serve(web)
    port = 5353 if udp else 8080

    assert outside.connect(OUTSIDE4, port, udp=udp) == "192.0.2.2"
    # The bridge's own IPv6 address may still be tested for duplicates (DAD).
    net.wait_for(lambda: outside.connect(OUTSIDE6, port, udp=udp), "IPv6 on the bridge")
    assert outside.connect(OUTSIDE6, port, udp=udp) == "2001:db8:0:2::2"
    for side, address in ((host, OUTSIDE4), (host, "127.0.0.1"), (host, OUTSIDE6),
                          (sibling, OUTSIDE4), (sibling, "10.20.0.1"), (sibling, OUTSIDE6),
                          (web, OUTSIDE4), (web, OUTSIDE6)):
        assert side.connect(address, port, udp=udp, seconds=5), f"{side.name} does not reach {address}"


def test_containers_talk_and_leave_under_the_hosts_address(network, attach, container, outside):
    network(chain())
    web, sibling = container("web"), container("sibling")
    attach(web).ok()
    attach(sibling).ok()
    serve(web)
    outside.serve(80)

    assert sibling.connect("10.20.0.2", 80) == "10.20.0.3"
    assert sibling.connect("fd20::2", 80) == "fd20::3"
    assert web.connect("192.0.2.2", 80) == "192.0.2.1"
    assert web.connect("2001:db8:0:2::2", 80) == "2001:db8:0:2::1"


def test_services_of_the_hosts_loopback_stay_out_of_reach(network, attach, host, container):
    """route_localnet is on for published ports; nothing else on 127.0.0.1 may profit."""
    network(chain())
    web = container("web")
    attach(web, *WEB).ok()
    host.serve(22, address="127.0.0.1")
    web.run("ip", "route", "add", "127.0.0.1/32", "via", "10.20.0.1", "table", "7", "onlink", "dev", "eth0")
    web.run("ip", "rule", "add", "to", "127.0.0.1", "lookup", "7", "priority", "0")
    web.run("ip", "rule", "delete", "from", "all", "lookup", "local", "priority", "0", check=False)
    web.run("ip", "rule", "add", "from", "all", "lookup", "local", "priority", "10", check=False)
    web.sysctl("net.ipv4.conf.all.route_localnet", 1)

    assert host.connect("127.0.0.1", 22) == "127.0.0.1"
    assert web.connect("127.0.0.1", 22, source="10.20.0.2", seconds=1) is None


# ---- verbs

@pytest.mark.parametrize("version", VERSIONS)
def test_add_and_del_at_every_version(network, attach, detach, container, snapshot, version):
    network(chain(version))
    other, web = container("other"), container("web")
    attach(other, *ports((9090, 80, "tcp"))).ok()
    before, inside = snapshot(), web.snapshot()

    result = attach(web, *WEB).ok()

    assert result["cniVersion"] == version
    assert "10.20.0.3" in json.dumps(result)
    detach(web).ok()
    after = snapshot()
    for part in before:
        if part != "files":
            assert after[part] == before[part], part
    assert web.snapshot() == inside
    assert not any("10.20.0.3" in path or "web" in path for path in after["files"])


def test_check_sees_each_part(network, attach, cnet, host, container):
    network(chain())
    web = container("web")
    attach(web, *WEB).ok()

    def check():
        return cnet("check", "lan", web.path, "--container-id", "web").status

    assert check() == 0
    web.run("ip", "route", "delete", "default")
    assert check() != 0
    web.run("ip", "route", "add", "default", "via", "10.20.0.1")
    assert check() == 0
    host.run("nft", "flush", "ruleset")
    assert check() != 0


def test_later_plugin_that_fails_undoes_the_earlier(network, attach, container, snapshot):
    network(chain())
    first, second = container("first"), container("second")
    attach(first, *WEB).ok()
    before, inside = snapshot(), second.snapshot()

    refused = attach(second, *WEB)

    assert refused.status != 0
    assert "first" in refused.stderr, "the holder of the port is not named"
    after = snapshot()
    assert {path for path in after["files"] if "last_reserved" not in path} == {
        path for path in before["files"] if "last_reserved" not in path}
    for part in before:
        if part != "files":
            assert after[part] == before[part], part
    assert second.snapshot() == inside


def test_same_ports_on_two_networks_of_one_container(network, attach, detach, container, outside):
    """go-cni hands every network the same list of ports."""
    network(chain())
    network(chain(name="other", bridge="cni1", number=21))
    web = container("web")
    serve(web)
    attach(web, *WEB).ok()
    attach(web, "--ifname", "eth1", *WEB, network="other")
    assert outside.connect(OUTSIDE4, 8080)

    detach(web).ok()
    web.run("ip", "route", "replace", "default", "via", "10.21.0.1")
    assert outside.connect(OUTSIDE4, 8080), "the second attachment does not keep the port"

    detach(web, "--ifname", "eth1", network="other").ok()
    assert outside.connect(OUTSIDE4, 8080, seconds=0.5) is None


def test_rules_that_somebody_flushed(network, attach, detach, host, container, outside):
    network(chain())
    first, second = container("first"), container("second")
    serve(first)
    serve(second)
    attach(first, *WEB).ok()
    host.run("nft", "flush", "ruleset")

    attach(second, *ports((9090, 80, "tcp"))).ok()
    assert outside.connect(OUTSIDE4, 9090)
    detach(first, *WEB).ok()
    assert outside.connect(OUTSIDE4, 9090)
    detach(second).ok()


def test_many_at_once(network, attach, detach, container, snapshot, host):
    network(chain())
    boxes = [container() for _ in range(12)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = [r.ok() for r in pool.map(
            lambda box: attach(box, *ports((8000 + int(box.name[3:]), 80, "tcp"))), boxes)]
        addresses = {ip["address"] for result in results for ip in result["ips"]}
        assert len(addresses) == 2 * len(boxes)
        for box in boxes:
            assert box.ping("10.20.0.1"), box.name
        assert all(r.status == 0 for r in pool.map(detach, boxes))
    left = snapshot()
    assert [link["ifname"] for link in left["links"]] == ["cni0", "lo"]
    assert not any("/10.20.0." in path or "/results/" in path for path in left["files"])


# ---- GC and STATUS

def holders():
    folder = "/var/lib/cni/networks/lan"
    return sorted(name for name in os.listdir(folder) if name.startswith("10."))


def test_gc_frees_what_is_not_valid(network, attach, cnet, container, outside, namespace):
    network(chain())
    kept, lost = container("kept"), namespace("lost")
    serve(kept)
    attach(kept, *WEB).ok()
    attach(lost, *ports((9090, 80, "tcp"))).ok()
    lost.delete()

    assert cnet("gc", "lan").status != 0, "neither --valid nor --all"
    assert holders() == ["10.20.0.2", "10.20.0.3"]
    cnet("gc", "lan", "--valid", "kept/eth0").ok()
    assert holders() == ["10.20.0.2"]
    assert outside.connect(OUTSIDE4, 8080)
    attach(container("next"), *ports((9090, 80, "tcp"))).ok()

    cnet("gc", "lan", "--all").ok()
    assert holders() == []
    assert outside.connect(OUTSIDE4, 8080, seconds=0.5) is None


def test_status_tells_an_exhausted_pool(network, attach, cnet, container):
    conf = chain()
    conf["plugins"][0]["ipam"]["ranges"] = [[{"subnet": "10.20.0.0/24", "rangeStart": "10.20.0.5",
                                              "rangeEnd": "10.20.0.5"}]]
    network(conf)
    cnet("status", "lan").ok()
    attach(container()).ok()
    exhausted = cnet("status", "lan")
    assert exhausted.status != 0 and "50" in exhausted.stderr
