# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every plugin has from the kit: environment, input, versions, output, delegation."""

import json
import os
import subprocess

import pytest

from lab import cni

VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]
STATE = "/run/cni/kit-plugin"


def conf(version="1.1.0", **members):
    return {"cniVersion": version, "name": "n", "type": "kit-plugin", **members}


@pytest.fixture
def kit(plugin, build, host):
    """kit(command, conf, ...): the plugin of kit-plugin.c."""
    os.makedirs("/run/cni", exist_ok=True)

    def run(command, configuration=None, **kwargs):
        configuration = conf() if configuration is None else configuration
        return plugin(str(build.path / "tests" / "kit-plugin"), command, configuration, **kwargs)

    return run


@pytest.fixture
def box(container):
    return container()


def done():
    return os.path.exists(STATE)


# ---- The environment


def test_about(kit):
    outcome = kit(None, "")
    assert outcome.status == 0 and outcome.stdout == ""
    first, second = outcome.stderr.splitlines()
    assert first.startswith("CNI kit-plugin plugin v1.")
    assert second == "CNI protocol versions supported: " + ", ".join(VERSIONS)


def test_version_is_one_line_and_reads_no_input(kit):
    outcome = kit("VERSION", stdin=b"{")
    assert outcome.status == 0
    assert outcome.stdout == json.dumps({"cniVersion": "1.1.0", "supportedVersions": VERSIONS},
                                        separators=(",", ":")) + "\n"


@pytest.mark.parametrize("command", ["add", "ADD ", "REMOVE"])
def test_unknown_command(kit, box, command):
    kit(command, netns=box).fails(4, f"unknown CNI_COMMAND: {command}")


@pytest.mark.parametrize("env, text", [
    ({"CNI_CONTAINERID": "a b"}, "CNI_CONTAINERID"),
    ({"CNI_CONTAINERID": "../a"}, "CNI_CONTAINERID"),
    ({"CNI_CONTAINERID": ""}, "[CNI_CONTAINERID]"),
    ({"CNI_IFNAME": "0123456789abcdef"}, "CNI_IFNAME"),
    ({"CNI_IFNAME": "a/b"}, "CNI_IFNAME"),
    ({"CNI_IFNAME": ".."}, "CNI_IFNAME"),
    ({"CNI_IFNAME": "a:b"}, "CNI_IFNAME"),
    ({"CNI_IFNAME": "a\u00a0b"}, "CNI_IFNAME"),
    ({"CNI_IFNAME": ""}, "[CNI_IFNAME]"),
    ({"CNI_PATH": ""}, "[CNI_PATH]"),
    ({"CNI_NETNS": "", "CNI_PATH": ""}, "[CNI_NETNS,CNI_PATH]"),
    ({"CNI_ARGS": "A"}, "CNI_ARGS"),
    ({"CNI_ARGS": "A=b"}, "\"A\""),
    ({"CNI_ARGS": "IgnoreUnknown=perhaps"}, "IgnoreUnknown"),
])
def test_bad_environment_changes_nothing(kit, box, env, text):
    kit("ADD", netns=box, env=env).fails(4, text)
    assert not done()


def test_name_of_15_bytes_and_odd_but_good_environment(kit, box):
    env = {"TRACEPARENT": "00-x", "TRACESTATE": "", "BAGGAGE": "a=b", "CNI_NOT_OURS": "x"}
    result = kit("ADD", netns=box, ifname="0123456789abcde", env=env,
                 args="IgnoreUnknown=1;K8S_POD_NAME=a;MAC=").ok()
    assert result["interfaces"] == [{"name": "0123456789abcde", "sandbox": box.path}]


# ---- The input


@pytest.mark.parametrize("text, code, message", [
    ("", 6, "JSON"),
    ("{", 6, "line 1"),
    ("{} trailing", 6, "line 1"),
    ("[]", 6, "object"),
    ('{"a":' * 100000 + "1" + "}" * 100000, 6, "nested deeper"),
    (json.dumps({"name": "n", "x": "y" * (8 << 20)}), 6, "longer than 8388608"),
    ('{"cniVersion": "1.1.0"}', 7, "missing network name"),
    ('{"name": "a b"}', 7, "invalid characters found in network name"),
    ('{"name": "n", "mtu": "1500"}', 7, '"mtu": not an integer: "1500"'),
    ('{"name": "n", "mtu": -1}', 7, '"mtu": not between 68 and 65535: -1'),
    ('{"name": "n", "mtu": 1.5}', 7, '"mtu": not an integer: 1.5'),
    ('{"name": "n", "runtimeConfig": {"mac": "x"}}', 7, '"runtimeConfig.mac": not a MAC'),
    ('{"name": "n", "runtimeConfig": 7}', 7, '"runtimeConfig": not an object: 7'),
    ('{"name": "n", "ipam": "x"}', 7, '"ipam"'),
    ('{"name": "n", "prevResult": {"ip4": {"ip": "x"}}}', 7, "prevResult"),
    ('{"cniVersion": "9.9.9", "name": "n"}', 1, 'config is "9.9.9", plugin supports ["0.1.0"'),
    ('{"cniVersion": "1.1", "name": "n"}', 1, "incompatible CNI versions"),
], ids=lambda value: str(value)[:40])
def test_bad_input_changes_nothing(kit, box, text, code, message):
    error = kit("ADD", text, netns=box).fails(code, message)
    assert error["cniVersion"] in VERSIONS
    assert not done()


def test_previous_result_with_an_index_out_of_bounds(kit, box):
    previous = {"interfaces": [{"name": "x"}], "ips": [{"address": "10.0.0.1/8", "interface": 1}]}
    kit("ADD", conf(prevResult=previous), netns=box).fails(7, "ips[0].interface")
    assert not done()


def test_names_without_case_null_is_absent_the_last_wins(kit, box):
    text = '{"CNIVERSION": "1.1.0", "Name": "n", "MTU": 1400, "mtu": 1300, "runtimeconfig": null}'
    assert kit("ADD", text, netns=box).ok()["interfaces"][0]["mtu"] == 1300


def test_unknown_members_are_allowed(kit, box):
    kit("ADD", conf(capabilities={"mac": True}, args={"podman_labels": {"a": [1]}}), netns=box).ok()


# ---- Output


@pytest.mark.parametrize("version", VERSIONS)
def test_result_is_of_the_configurations_version(kit, box, version, tmp_path):
    delegate(tmp_path, "echo '{\"cniVersion\": \"1.0.0\", \"ips\": [{\"address\": \"10.0.0.2/8\"}]}'")
    outcome = kit("ADD", conf(version, ipam={"type": "there"}), netns=box, path=tmp_path)
    result = outcome.ok()
    assert result["cniVersion"] == version
    assert outcome.stdout == json.dumps(result, indent=4, sort_keys=True)
    if version < "0.3.0":
        assert result["ip4"] == {"ip": "10.0.0.2/8"} and result["dns"] == {}
    else:
        assert result["ips"][0]["address"] == "10.0.0.2/8"
        assert ("version" in result["ips"][0]) == (version < "1.0.0")
        assert ("dns" in result) == (version < "1.0.0")


def test_empty_version_is_the_oldest(kit, box):
    kit("ADD", {"name": "n"}, netns=box).fails(1, "cannot convert: no valid IP addresses")
    assert not done()


def test_chained_plugin_passes_the_result_on(kit, box):
    previous = {"cniVersion": "0.3.1", "interfaces": [{"name": "a"}],
                "ips": [{"version": "4", "interface": 0, "address": "10.0.0.1/8", "gateway": "10.0.0.9"}],
                "routes": [{"dst": "0.0.0.0/0", "mtu": 1400}], "dns": {"nameservers": ["10.0.0.9"]}}
    assert kit("ADD", conf("0.3.1", prevResult=previous), netns=box).ok() == previous


def test_markup_is_escaped_as_go_does(kit, box):
    outcome = kit("ADD", conf(fail="<a & b>"), netns=box)
    outcome.fails(11, "<a & b>")
    assert "\\u003ca \\u0026 b\\u003e" in outcome.stdout


def test_failing_add_is_undone(kit, box):
    error = kit("ADD", conf(fail="late"), netns=box).fails(11, "late")
    assert error == {"cniVersion": "1.1.0", "code": 11, "msg": "late"}
    assert not done()


def with_streams(kit_path, host, box, redirection, command="ADD"):
    """Runs the plugin under a shell's redirection of its streams."""
    env = cni.plugin_environment(command, "box", "eth0", box.path, None, "/nowhere")
    shell = f"exec {kit_path} {redirection}"
    return subprocess.run(host.enter_command("/bin/sh", "-c", shell), input=json.dumps(conf()).encode(),
                          env={k: v for k, v in env.items() if v is not None}, capture_output=True,
                          timeout=60, check=False)


@pytest.mark.parametrize("redirection", [">&-", "> /dev/full", "1< /dev/null", ">&- 2>&-", "> /dev/full 2>&-",
                                         ">&- <&- 2>&-"])
def test_result_that_nobody_gets_is_undone(kit, build, host, box, redirection):
    run = with_streams(build.path / "tests" / "kit-plugin", host, box, redirection)
    assert run.returncode == 1
    assert not done()


def test_reader_that_has_gone(kit, build, host, box):
    read, write = os.pipe()
    os.close(read)
    env = cni.plugin_environment("ADD", "box", "eth0", box.path, "IgnoreUnknown=1", "/nowhere")
    run = subprocess.run(host.enter_command(str(build.path / "tests" / "kit-plugin")), env=env, stdout=write,
                         stderr=subprocess.PIPE, input=json.dumps(conf()).encode(), timeout=60, check=False)
    os.close(write)
    assert run.returncode == 1 and b"Broken pipe" in run.stderr
    assert not done()


def test_closed_input(kit, build, host, box):
    run = with_streams(build.path / "tests" / "kit-plugin", host, box, "<&-")
    assert run.returncode == 1 and json.loads(run.stdout)["code"] == 5
    assert not done()


def test_closed_standard_error(kit, build, host, box):
    run = with_streams(build.path / "tests" / "kit-plugin", host, box, "2>&-")
    assert run.returncode == 0 and json.loads(run.stdout)["interfaces"]
    assert done()


# ---- Verbs


def test_del_again_and_again(kit, box):
    kit("ADD", netns=box).ok()
    assert done()
    for _ in range(3):
        outcome = kit("DEL", netns=box)
        assert outcome.ok() is None and outcome.stdout == "" and not done()


@pytest.mark.parametrize("netns", ["", None, "/run/netns/gone", "/dev/null", "/tmp", "/proc/self/ns/uts"])
def test_del_without_a_namespace(kit, box, netns):
    kit("ADD", netns=box).ok()
    kit("DEL", netns=netns).ok()
    assert not done()


def test_del_with_what_it_cannot_read(kit, box):
    kit("ADD", netns=box).ok()
    kit("DEL", conf(prevResult={"ips": 7}), netns=box, args="nonsense").ok()
    assert not done()


def test_check(kit, box):
    result = kit("ADD", netns=box).ok()
    kit("CHECK", netns=box).fails(7, "required prevResult missing")
    assert kit("CHECK", conf(prevResult=result), netns=box).ok() is None
    os.unlink(STATE)
    kit("CHECK", conf(prevResult=result), netns=box).fails(102, "is gone")
    kit("CHECK", conf("0.3.1", prevResult=result), netns=box).fails(1, "config version does not allow CHECK")


@pytest.mark.parametrize("key", ["cni.dev/valid-attachments", "cni.dev/attachments"])
def test_gc(kit, box, key):
    valid = [{"containerID": "box", "ifname": "eth0"}]
    kit("ADD", netns=box).ok()
    for configuration in (conf(), conf(**{key: None}), conf(**{key: valid})):
        kit("GC", configuration, container=None, ifname=None).ok()
        assert done()
    kit("GC", conf(**{key: 7}), container=None, ifname=None).fails(7, "valid-attachments")
    kit("GC", conf("1.0.0", **{key: []}), container=None, ifname=None).fails(1, "does not allow GC")
    assert done()
    assert kit("GC", conf(**{key: []}), container=None, ifname=None).ok() is None
    assert not done()


def test_status(kit):
    assert kit("STATUS", container=None, ifname=None).ok() is None
    kit("STATUS", conf("1.0.0"), container=None, ifname=None).fails(1, "does not allow STATUS")


@pytest.mark.parametrize("command", ["ADD", "CHECK", "DEL"])
def test_the_hosts_own_namespace_is_refused(kit, host, box, command):
    result = kit("ADD", netns=box).ok()
    if command == "ADD":
        os.unlink(STATE)
    for netns in (host, "/proc/self/ns/net"):
        kit(command, conf(prevResult=result), netns=netns).fails(8, "should not be the same")
        assert done() == (command != "ADD")
    kit(command, conf(prevResult=result), netns=host, env={"CNI_NETNS_OVERRIDE": "True"}).ok()
    assert done() == (command != "DEL")


# ---- Delegation


def delegate(folder, script, name="there"):
    path = folder / name
    path.write_text(f"#!/bin/sh\necho $CNI_COMMAND $CNI_CONTAINERID $CNI_ARGS >> {folder}/log\n{script}\n")
    path.chmod(0o755)


def log(folder):
    return (folder / "log").read_text().splitlines()


def test_delegate_gets_environment_and_input(kit, box, tmp_path):
    delegate(tmp_path, f"cat > {tmp_path}/input; echo noise >&2; echo '{{}}'")
    configuration = conf(ipam={"type": "there", "x": [1]}, more={"y": "z"})
    outcome = kit("ADD", configuration, netns=box, path=f"/nowhere:{tmp_path}", args="IgnoreUnknown=1;A=b")
    outcome.ok()
    assert log(tmp_path) == ["ADD box IgnoreUnknown=1;A=b"]
    assert (tmp_path / "input").read_text() == json.dumps(configuration)
    assert outcome.stderr == "noise\n"


def test_failing_delegate(kit, box, tmp_path):
    delegate(tmp_path, "echo '{\"code\": 11, \"msg\": \"full\", \"details\": \"of eels\"}'; exit 1")
    kit("ADD", conf(ipam={"type": "there"}), netns=box, path=tmp_path).fails(11, "full; of eels")
    assert [line.split()[0] for line in log(tmp_path)] == ["ADD", "DEL"]
    assert not done()


@pytest.mark.parametrize("script, text", [
    ("exit 1", "netplugin failed with no error message: exit status 1"),
    ("kill -9 $$", "netplugin failed with no error message: signal: Killed"),
    ("echo woe >&2; exit 1", 'netplugin failed: "woe'),
    ("echo woe; exit 1", "netplugin failed but error parsing its diagnostic message"),
])
def test_delegate_without_an_error_object(kit, box, tmp_path, script, text):
    delegate(tmp_path, script)
    kit("ADD", conf(ipam={"type": "there"}), netns=box, path=tmp_path).fails(999, text)
    assert not done()


def test_failure_after_the_delegate_releases(kit, box, tmp_path):
    delegate(tmp_path, "echo '{}'")
    kit("ADD", conf(ipam={"type": "there"}, fail="late"), netns=box, path=tmp_path).fails(11, "late")
    assert [line.split()[0] for line in log(tmp_path)] == ["ADD", "DEL"]


@pytest.mark.parametrize("kind", ["nosuch", "a/b", "..", "."])
def test_delegate_that_may_not_be_run(kit, box, tmp_path, kind):
    kit("ADD", conf(ipam={"type": kind}), netns=box, path=tmp_path).fails(7, kind)
    assert not done()


def test_other_verbs_are_forwarded(kit, box, tmp_path):
    delegate(tmp_path, "echo '{\"code\": 50, \"msg\": \"none\"}'; [ $CNI_COMMAND != STATUS ]")
    configuration = conf(ipam={"type": "there"}, prevResult={}, **{"cni.dev/valid-attachments": []})
    kit("DEL", configuration, path=tmp_path).ok()
    kit("GC", configuration, path=tmp_path).ok()
    kit("STATUS", configuration, path=tmp_path).fails(50, "none")
    assert [line.split()[0] for line in log(tmp_path)] == ["DEL", "GC", "STATUS"]


def is_sanitized():
    path = cni.Build().path / "tests" / "kit-plugin"
    return path.exists() and b"__asan_init" in path.read_bytes()


# AddressSanitizer itself needs more memory than that.
@pytest.mark.parametrize("limit", ["-n 8", "-n 10"] + ([] if is_sanitized() else ["-v 65536"]))
def test_small_limits(kit, build, host, box, limit):
    env = cni.plugin_environment("ADD", "box", "eth0", box.path, "IgnoreUnknown=1", "/nowhere")
    shell = f"ulimit {limit}; exec {build.path}/tests/kit-plugin"
    run = subprocess.run(host.enter_command("/bin/sh", "-c", shell), input=json.dumps(conf()).encode(),
                         env=env, capture_output=True, timeout=60, check=False)
    assert run.returncode == 0, run
    assert done()
