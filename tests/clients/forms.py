# SPDX-License-Identifier: LGPL-2.1-or-later
"""Configurations that both sides are given, and results without what differs from run to run."""

import hashlib
import re

VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]
MAC = re.compile(r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")
VETH = re.compile(r"^veth([0-9a-f]{8}|[0-9a-f]{11})$")  # random; of the attachment

V4, V6 = "10.88.0.{}", "fd00:88::{:x}"
PORTS = {"portMappings": [{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}]}


def host_local(*subnets, **more):
    """An ipam part: one range set for each subnet."""
    ranges = [[{"subnet": s} if isinstance(s, str) else s] for s in subnets]
    return {"type": "host-local", "ranges": ranges, **more}


def bridge(**more):
    """A bridge as runtimes configure it; nftables, because the reference would ask for iptables."""
    return {
        "type": "bridge", "bridge": "cni0", "isGateway": True, "ipMasq": True,
        "ipMasqBackend": "nftables",
        "ipam": host_local("10.88.0.0/24", "fd00:88::/64",
                           routes=[{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]),
        **more,
    }


def portmap(**more):
    return {"type": "portmap", "backend": "nftables", "capabilities": {"portMappings": True}, **more}


def single(plugin, version="1.1.0", name="lan", **more):
    """One plugin's configuration as it reaches its standard input."""
    return {"cniVersion": version, "name": name, **plugin, **more}


def chain(version, *plugins, name="lan", **more):
    """A conflist; bridge and portmap unless said otherwise."""
    return {"cniVersion": version, "name": name, "plugins": list(plugins or (bridge(), portmap())), **more}


def cnitool_id(netns):
    """The container's name that cnitool makes of a namespace's path."""
    return "cnitool-" + hashlib.sha512(netns.path.encode()).hexdigest()[:20]


def expected(version, plugins, netns, octet=2):
    """The result of chain(version), with MAC and VETH for what is made anew each time."""
    v4, v6 = V4.format(octet), V6.format(octet)
    if version in ("0.1.0", "0.2.0"):
        return {
            "cniVersion": version,
            "ip4": {"ip": f"{v4}/24", "gateway": "10.88.0.1", "routes": [{"dst": "0.0.0.0/0"}]},
            "ip6": {"ip": f"{v6}/64", "gateway": "fd00:88::1", "routes": [{"dst": "::/0"}]},
            "dns": {},
        }
    ips = [{"version": "4", "interface": 2, "address": f"{v4}/24", "gateway": "10.88.0.1"},
           {"version": "6", "interface": 2, "address": f"{v6}/64", "gateway": "fd00:88::1"}]
    result = {
        "cniVersion": version,
        "interfaces": [{"name": "cni0", "mac": "MAC"}, {"name": "VETH", "mac": "MAC"},
                       {"name": "eth0", "mac": "MAC", "sandbox": netns.path}],
        "ips": ips,
        "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}],
    }
    if version.startswith("0."):
        result["dns"] = {}
    else:
        for ip in ips:
            del ip["version"]
    if version == "1.1.0" and plugins.name == "ours":
        result["interfaces"][2]["mtu"] = 1500  # not filled in by the reference
    return result


def plain(value):
    """A result with every MAC and every name of a host's veth end replaced by these words."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, str) and value != "00:00:00:00:00:00" and MAC.match(value):
        return "MAC"
    return "VETH" if isinstance(value, str) and VETH.match(value) else value
