# SPDX-License-Identifier: LGPL-2.1-or-later
"""bridge: every key of its configuration, what it answers, and what it leaves in the kernel."""

import json
import re

import pytest

SUBNET4 = {"subnet": "10.1.2.0/24"}
SUBNET6 = {"subnet": "fd00:1:2::/64"}


def conf(*ranges, version="1.0.0", routes=None, **members):
    """A configuration of the network "net" on the bridge "br0"; ranges: host-local's."""
    whole = {"cniVersion": version, "name": "net", "type": "bridge", "bridge": "br0"}
    if ranges:
        whole["ipam"] = {"type": "host-local", "ranges": [[r] for r in ranges]}
        if routes is not None:
            whole["ipam"]["routes"] = routes
    whole.update(members)
    return whole


def host_end(host):
    """The bridge's only port."""
    ports = [link for link in host.ip("link") if link.get("master") == "br0"]
    assert len(ports) == 1
    return ports[0]


def test_result_and_kernel_agree(plugin, host, container):
    box = container()
    result = plugin("bridge", "ADD", conf(SUBNET4, isGateway=True), netns=box).ok()

    bridge, near, far = result["interfaces"]
    assert (bridge["name"], bridge["mac"]) == ("br0", host.link("br0")["address"])
    assert "sandbox" not in bridge and "sandbox" not in near
    assert (near["name"], near["mac"]) == (host_end(host)["ifname"], host_end(host)["address"])
    assert far == {"name": "eth0", "mac": box.link("eth0")["address"], "sandbox": box.path}
    assert result["ips"] == [{"interface": 2, "address": "10.1.2.2/24", "gateway": "10.1.2.1"}]
    assert result["cniVersion"] == "1.0.0" and "dns" not in result

    assert re.fullmatch("veth[0-9a-f]{11}", near["name"])
    assert host_end(host)["ifalias"] == "net/box/eth0"
    assert box.addresses("eth0") == ["10.1.2.2/24"]
    assert host.addresses("br0") == ["10.1.2.1/24"]
    assert host.sysctl("net.ipv4.ip_forward") == "1"
    assert host.sysctl("net.ipv6.conf.all.forwarding") == "0"
    assert host.sysctl("net.ipv6.conf.br0.accept_ra") == "0"
    assert host.sysctl(f"net.ipv6.conf.{near['name']}.accept_ra") == "0"
    assert box.ping("10.1.2.1")


def test_bridge_that_exists_refuses_advertisements_too(plugin, host, container):
    host.run("ip", "link", "add", "br0", "type", "bridge")
    host.run("ip", "link", "set", "br0", "up")
    host.sysctl("net.ipv6.conf.br0.accept_ra", 1)
    plugin("bridge", "ADD", conf(), netns=container()).ok()
    assert host.sysctl("net.ipv6.conf.br0.accept_ra") == "0"


def test_two_containers_talk_at_once(plugin, container):
    a, b = container(), container()
    plugin("bridge", "ADD", conf(SUBNET4, SUBNET6), container="a", netns=a).ok()
    plugin("bridge", "ADD", conf(SUBNET4, SUBNET6), container="b", netns=b).ok()
    # One packet each, without a second try: the ports forward when ADD answers.
    for address in ("10.1.2.2", "fd00:1:2::2"):
        assert b.run("ping", "-n", "-c1", "-W1", address, check=False).returncode == 0


def test_dual_stack(plugin, host, container):
    box = container()
    result = plugin("bridge", "ADD", conf(SUBNET4, SUBNET6, isDefaultGateway=True), netns=box).ok()
    assert [ip["address"] for ip in result["ips"]] == ["10.1.2.2/24", "fd00:1:2::2/64"]
    assert [ip["gateway"] for ip in result["ips"]] == ["10.1.2.1", "fd00:1:2::1"]
    assert result["routes"] == [{"dst": "0.0.0.0/0", "gw": "10.1.2.1"}, {"dst": "::/0", "gw": "fd00:1:2::1"}]
    assert box.addresses("eth0") == ["10.1.2.2/24", "fd00:1:2::2/64"]
    assert host.addresses("br0") == ["10.1.2.1/24", "fd00:1:2::1/64"]
    assert box.routes("default")[0]["gateway"] == "10.1.2.1"
    assert box.routes("default", family=6)[0]["gateway"] == "fd00:1:2::1"
    assert host.sysctl("net.ipv6.conf.all.forwarding") == "1"
    assert box.sysctl("net.ipv6.conf.eth0.keep_addr_on_down") == "1"
    assert box.ping("fd00:1:2::1")


def test_ipv6_switched_off_in_the_container(plugin, container):
    box = container()
    box.sysctl("net.ipv6.conf.all.disable_ipv6", 1)
    box.sysctl("net.ipv6.conf.default.disable_ipv6", 1)
    plugin("bridge", "ADD", conf(SUBNET6), netns=box).ok()
    assert box.addresses("eth0") == ["fd00:1:2::2/64"]
    assert box.addresses("lo", every=True).count("::1/128") == 1


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"])
def test_every_version(plugin, container, version):
    box = container()
    result = plugin("bridge", "ADD", conf(SUBNET4, version=version, isGateway=True), netns=box).ok()
    assert result["cniVersion"] == version
    if version < "0.3.0":
        assert result["ip4"]["ip"] == "10.1.2.2/24" and result["ip4"]["gateway"] == "10.1.2.1"
    else:
        assert result["ips"][0]["address"] == "10.1.2.2/24"
        assert ("version" in result["ips"][0]) == (version < "1.0.0")
        assert [i["name"] for i in result["interfaces"]][::2] == ["br0", "eth0"]
    plugin("bridge", "DEL", conf(SUBNET4, version=version, isGateway=True), netns=box).ok()
    assert box.link("eth0") is None


def test_layer_two_only(plugin, host, container):
    box = container()
    result = plugin("bridge", "ADD", conf(), netns=box).ok()
    assert "ips" not in result and len(result["interfaces"]) == 3
    assert "UP" in box.link("eth0")["flags"] and box.addresses("eth0") == []
    assert host.addresses("br0") == []
    plugin("bridge", "DEL", conf(), netns=box).ok()


def test_container_interface_left_down(plugin, host, container):
    box = container()
    plugin("bridge", "ADD", conf(disableContainerInterface=True), netns=box).ok()
    assert "UP" not in box.link("eth0")["flags"]
    assert "UP" in host_end(host)["flags"]
    plugin("bridge", "ADD", conf(SUBNET4, disableContainerInterface=True), netns=container(),
           container="b").fails(7, "disableContainerInterface")


@pytest.mark.parametrize("member, field", [("hairpinMode", "hairpin"), ("portIsolation", "isolated")])
@pytest.mark.parametrize("value", [True, False])
def test_port_flags(plugin, host, container, member, field, value):
    plugin("bridge", "ADD", conf(SUBNET4, **{member: value}), netns=container()).ok()
    assert host_end(host)["linkinfo"]["info_slave_data"][field] is value


def test_isolated_ports_do_not_talk(plugin, container):
    a, b = container(), container()
    members = {"isGateway": True, "portIsolation": True}
    plugin("bridge", "ADD", conf(SUBNET4, **members), container="a", netns=a).ok()
    plugin("bridge", "ADD", conf(SUBNET4, **members), container="b", netns=b).ok()
    assert a.ping("10.1.2.1")
    assert not a.ping("10.1.2.3", seconds=1)


def test_promiscuous(plugin, host, container):
    plugin("bridge", "ADD", conf(SUBNET4, promiscMode=True), netns=container()).ok()
    assert "PROMISC" in host.link("br0")["flags"]


def test_mtu(plugin, host, container):
    box = container()
    plugin("bridge", "ADD", conf(SUBNET4, mtu=1400), netns=box).ok()
    assert (box.link("eth0")["mtu"], host_end(host)["mtu"], host.link("br0")["mtu"]) == (1400, 1400, 1400)
    # The bridge exists: its MTU is not touched by the next network member.
    other = container()
    plugin("bridge", "ADD", conf(SUBNET4, mtu=9000), container="b", netns=other).ok()
    assert other.link("eth0")["mtu"] == 9000


def test_gateway_outside_the_network(plugin, container):
    """Reached by a route of link scope, which takes no gateway from IPAM."""
    box = container()
    plugin("bridge", "ADD", conf(SUBNET4, routes=[{"dst": "169.254.1.1/32", "scope": 253},
                                                  {"dst": "0.0.0.0/0", "gw": "169.254.1.1"}]), netns=box).ok()
    (direct,), (default,) = box.routes("169.254.1.1"), box.routes("default")
    assert "gateway" not in direct and direct["scope"] == "link"
    assert default["gateway"] == "169.254.1.1"


@pytest.mark.parametrize("members, args, expected", [
    ({}, "MAC=02:00:00:00:00:01", "02:00:00:00:00:01"),
    ({"args": {"cni": {"mac": "02:00:00:00:00:02"}}}, "MAC=02:00:00:00:00:01", "02:00:00:00:00:02"),
    ({"args": {"cni": {"mac": "02:00:00:00:00:02"}}, "runtimeConfig": {"mac": "02:00:00:00:00:03"}},
     "MAC=02:00:00:00:00:01", "02:00:00:00:00:03"),
    ({"args": {"cni": {"mac": "02:00:00:00:00:02"}}, "runtimeConfig": {"mac": ""}}, "MAC=", "02:00:00:00:00:02"),
    ({"RuntimeConfig": {"MAC": "02:00:00:00:00:AB"}}, "", "02:00:00:00:00:ab"),
])
def test_mac_and_its_precedence(plugin, container, members, args, expected):
    box = container()
    result = plugin("bridge", "ADD", conf(SUBNET4, **members), netns=box, args=args).ok()
    assert box.link("eth0")["address"] == expected == result["interfaces"][2]["mac"]


def test_dns_overrides_ipam_only_if_it_says_anything(plugin, container, tmp_path):
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 192.0.2.53\nsearch example.org\n")
    config = conf(SUBNET4)
    config["ipam"]["resolvConf"] = str(resolv)
    assert plugin("bridge", "ADD", config, container="a", netns=container()).ok()["dns"] == {
        "nameservers": ["192.0.2.53"], "search": ["example.org"]}
    config["dns"] = {"nameservers": ["192.0.2.1"], "domain": "example.net"}
    assert plugin("bridge", "ADD", config, container="b", netns=container()).ok()["dns"] == config["dns"]


def test_routes_with_all_their_members(plugin, container):
    box = container()
    routes = [
        {"dst": "10.9.0.0/16"},
        {"dst": "10.8.0.0/16", "gw": "10.1.2.9", "mtu": 1300, "advmss": 1200, "priority": 50},
        {"dst": "10.7.0.0/16", "table": 77},
        {"dst": "0.0.0.0/0"},
    ]
    config = conf(SUBNET4, version="1.1.0", routes=routes, isDefaultGateway=True)
    result = plugin("bridge", "ADD", config, netns=box).ok()
    assert len(result["routes"]) == 4, "a default route without a gateway is a default route"
    assert box.routes("10.9.0.0/16")[0]["gateway"] == "10.1.2.1"
    eight = box.routes("10.8.0.0/16")[0]
    assert (eight["gateway"], eight["metric"]) == ("10.1.2.9", 50)
    assert eight["metrics"] == [{"mtu": 1300, "advmss": 1200}]
    assert len(box.routes("10.7.0.0/16", "table", "77")) == 1


def test_address_of_the_bridge_conflicts(plugin, host, container):
    box = container()
    host.run("ip", "link", "add", "br0", "type", "bridge")
    host.run("ip", "address", "add", "10.5.5.1/24", "dev", "br0")
    config = conf(SUBNET4, isGateway=True)
    plugin("bridge", "ADD", config, netns=box).fails(text='"br0" already has an IP address different from 10.1.2.1/24')
    assert box.link("eth0") is None and host.addresses("br0") == ["10.5.5.1/24"]
    plugin("bridge", "ADD", dict(config, forceAddress=True), netns=box).ok()
    assert host.addresses("br0") == ["10.1.2.1/24"]


def test_several_networks_of_ipv6_but_no_overlap(plugin, host, container):
    plugin("bridge", "ADD", conf(SUBNET6, isGateway=True), container="a", netns=container()).ok()
    other = conf({"subnet": "fd00:9::/64"}, isGateway=True, name="other")
    plugin("bridge", "ADD", other, container="b", netns=container()).ok()
    assert sorted(host.addresses("br0")) == ["fd00:1:2::1/64", "fd00:9::1/64"]
    overlap = conf({"subnet": "fd00:9::/56", "gateway": "fd00:9::99"}, isGateway=True, name="third")
    plugin("bridge", "ADD", overlap, container="c", netns=container()).fails(text="fd00:9::99/56")


def test_name_taken_by_another_kind(plugin, host, container, snapshot):
    host.run("ip", "link", "add", "br0", "type", "veth", "peer", "name", "other0")
    before = snapshot()
    plugin("bridge", "ADD", conf(SUBNET4), netns=container()).fails(text="not a bridge")
    after = snapshot()
    assert after["links"] == before["links"]
    assert not [f for f in after["files"] if f.endswith("10.1.2.2")]


def test_bridge_address_is_pinned(plugin, host, container):
    box = container()
    plugin("bridge", "ADD", conf(SUBNET4, isGateway=True), netns=box).ok()
    mac = host.link("br0")["address"]
    plugin("bridge", "DEL", conf(SUBNET4, isGateway=True), netns=box).ok()
    plugin("bridge", "ADD", conf(SUBNET4, isGateway=True), netns=box).ok()
    assert host.link("br0")["address"] == mac


def test_duplicate_address_detection(plugin, container):
    box = container()
    plugin("bridge", "ADD", conf(SUBNET6, enabledad=True), netns=box).ok()
    assert box.sysctl("net.ipv6.conf.eth0.accept_dad") == "1"
    flags = [a for link in box.ip("address", "show", "dev", "eth0") for a in link["addr_info"]]
    assert not any(a.get("tentative") or a.get("dadfailed") for a in flags if a["scope"] == "global")
    other = container()
    plugin("bridge", "ADD", conf(SUBNET6), container="b", netns=other).ok()
    assert other.sysctl("net.ipv6.conf.eth0.accept_dad") == "0"


def test_duplicate_address_is_found(plugin, container):
    a, b = container(), container()
    plugin("bridge", "ADD", conf(), container="a", netns=a).ok()
    a.run("ip", "address", "add", "fd00:1:2::2/64", "dev", "eth0", "nodad")
    plugin("bridge", "ADD", conf(SUBNET6, enabledad=True), container="b", netns=b).fails(text="another node has it")
    assert b.link("eth0") is None


def test_neighbours_are_told(plugin, host, container):
    """An address that is used again has another MAC: the host must not go on with the old one."""
    old, new = container(), container()
    plugin("bridge", "ADD", conf(SUBNET4, isGateway=True), container="a", netns=old, args="IP=10.1.2.50").ok()
    assert host.ping("10.1.2.50")
    plugin("bridge", "DEL", conf(SUBNET4, isGateway=True), container="a", netns=old).ok()
    plugin("bridge", "ADD", conf(SUBNET4, isGateway=True), container="b", netns=new, args="IP=10.1.2.50").ok()
    known = [n["lladdr"] for n in host.ip("neighbour", "show", "dev", "br0", "10.1.2.50") if "lladdr" in n]
    assert known in ([], [new.link("eth0")["address"]])
    assert host.run("ping", "-n", "-c1", "-W1", "10.1.2.50", check=False).returncode == 0


@pytest.mark.parametrize("members, code, text", [
    ({"mtu": -1}, 7, "mtu"), ({"mtu": 65536}, 7, "65536"), ({"mtu": 67}, 7, "67"), ({"mtu": "1500"}, 7, "mtu"),
    ({"bridge": "a/b"}, 7, "a/b"), ({"bridge": "a" * 16}, 7, "bridge"), ({"bridge": 5}, 7, "bridge"),
    ({"hairpinMode": True, "promiscMode": True}, 7, "cannot set hairpin mode and promiscuous mode"),
    ({"ipMasqBackend": "pf"}, 7, "pf"), ({"runtimeConfig": {"mac": "x"}}, 7, "runtimeConfig.mac"),
    ({"runtimeConfig": {"mac": "01:00:5e:00:00:01"}}, 7, "multicast"),
    ({"isGateway": "yes"}, 7, "isGateway"), ({"ipam": {"type": "../host-local"}}, 7, "../host-local"),
    ({"vlan": 100}, 2, '"vlan": 100'), ({"vlan": 5000}, 7, "5000"), ({"vlanTrunk": [{"id": 5}]}, 2, "vlanTrunk"),
    ({"macspoofchk": True}, 2, "macspoofchk"), ({"preserveDefaultVlan": True}, 2, "preserveDefaultVlan"),
    ({"dns": {"nameservers": "x"}}, 7, "dns.nameservers"),
])
def test_bad_configuration_touches_nothing(plugin, container, snapshot, members, code, text):
    box = container()
    before = snapshot(), snapshot(box, files=False)
    plugin("bridge", "ADD", conf(SUBNET4, **members), netns=box).fails(code, text)
    assert (snapshot(), snapshot(box, files=False)) == before


@pytest.mark.parametrize("args, text", [("MAC=x", "MAC"), ("FOO=1", "FOO"), ("MAC", "MAC")])
def test_bad_arguments_touch_nothing(plugin, container, snapshot, args, text):
    box = container()
    before = snapshot(), snapshot(box, files=False)
    plugin("bridge", "ADD", conf(SUBNET4), netns=box, args=args).fails(4, text)
    assert (snapshot(), snapshot(box, files=False)) == before
    plugin("bridge", "ADD", conf(SUBNET4), netns=box, args="FOO=1;IgnoreUnknown=1").ok()


def test_interface_that_exists(plugin, host, container, snapshot):
    box = container()
    box.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "other0")
    before = snapshot(), snapshot(box, files=False)
    plugin("bridge", "ADD", conf(SUBNET4), netns=box).fails(text='"eth0" already exists')
    assert (snapshot(), snapshot(box, files=False)) == before


def test_repeated_add_leaves_the_first_alone(plugin, host, container, snapshot):
    box = container()
    config = conf(SUBNET4, isGateway=True, ipMasq=True)
    plugin("bridge", "ADD", config, netns=box).ok()
    before = snapshot(), snapshot(box, files=False)
    plugin("bridge", "ADD", config, netns=box).fails(text="already exists")
    assert (snapshot(), snapshot(box, files=False)) == before


def test_namespace_of_the_host_is_refused(plugin, host, snapshot):
    before = snapshot()
    for command in ("ADD", "DEL"):
        plugin("bridge", command, conf(SUBNET4), netns=host).fails(8)
    assert snapshot() == before


def test_namespace_that_is_none(plugin, host, snapshot, tmp_path):
    before = snapshot()
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "absent"):
        plugin("bridge", "ADD", conf(SUBNET4), netns=str(path)).fails(8)
    assert snapshot() == before


def test_masquerade(plugin, host, container, outside):
    a, b = container(), container()
    config = conf(SUBNET4, SUBNET6, isDefaultGateway=True, ipMasq=True)
    plugin("bridge", "ADD", config, container="a", netns=a).ok()
    plugin("bridge", "ADD", config, container="b", netns=b).ok()
    outside.serve(80)
    assert a.connect("192.0.2.2", 80) == "192.0.2.1"
    assert a.connect("2001:db8:0:2::2", 80) == "2001:db8:0:2::1"
    b.serve(80)
    assert a.connect("10.1.2.3", 80) == "10.1.2.2", "the own network is not masqueraded"
    plugin("bridge", "DEL", config, container="a", netns=a).ok()
    assert b.connect("192.0.2.2", 80) == "192.0.2.1", "the other container's masquerading stays"


@pytest.mark.parametrize("backend", ["iptables", "nftables"])
def test_masquerade_is_served_by_nftables_whatever_the_backend(plugin, host, container, backend):
    config = conf(SUBNET4, isGateway=True, ipMasq=True, ipMasqBackend=backend)
    plugin("bridge", "ADD", config, netns=container()).ok()
    assert "10.1.2.2" in host.nft_text()


def test_status(plugin):
    small = conf({"subnet": "10.1.2.0/30"}, version="1.1.0")
    assert plugin("bridge", "STATUS", small).ok() is None
    plugin("bridge", "STATUS", dict(small, ipam={"type": "absent"})).fails(text="absent")


def test_status_of_an_exhausted_pool(plugin, container):
    small = conf({"subnet": "10.1.2.0/30"}, version="1.1.0")
    plugin("bridge", "ADD", small, netns=container()).ok()
    plugin("bridge", "STATUS", small).fails(50)


def test_exhausted_pool_leaves_nothing(plugin, host, container, snapshot):
    small = conf({"subnet": "10.1.2.0/30"})
    plugin("bridge", "ADD", small, container="a", netns=container()).ok()
    box = container()
    before = snapshot(), snapshot(box, files=False)
    plugin("bridge", "ADD", small, container="b", netns=box).fails(11, "no IP addresses available")
    assert (snapshot(), snapshot(box, files=False)) == before


def test_result_is_formatted_as_the_reference_formats_it(plugin, container):
    out = plugin("bridge", "ADD", conf(SUBNET4), netns=container()).stdout
    assert out == json.dumps(json.loads(out), indent=4, sort_keys=True)


def test_ipv6_switched_off_on_the_host(plugin, host, container):
    host.sysctl("net.ipv6.conf.default.disable_ipv6", 1)
    box = container()
    plugin("bridge", "ADD", conf(SUBNET4, SUBNET6, isGateway=True), netns=box).ok()
    assert host.addresses("br0") == ["10.1.2.1/24", "fd00:1:2::1/64"]
    assert box.ping("fd00:1:2::1")


def test_settings_that_are_read_only(host, container, build):
    """As in a container in a container, where the settings are its owner's."""
    from lab import cni
    host.sysctl("net.ipv4.ip_forward", 1)
    box = container()
    script = f"mount -o bind,ro /proc/sys /proc/sys && exec {build.plugins}/bridge"
    env = cni.plugin_environment("ADD", "box", "eth0", box.path, None, str(build.plugins))
    env["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
    done = cni.execute(host, ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script], env,
                       cni.as_input(conf(SUBNET4, isGateway=True)))
    done.ok()
    assert box.ping("10.1.2.1")
