# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls plugins and the command cnet the way that runtimes do."""

import json
import os
import pathlib
import re
import subprocess

SECONDS = 60

# Only these of our own environment reach a program; the rest is what the test says.
INHERITED = ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS")
SANITIZER = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error: ")


class Outcome:
    """How a program ended and what it wrote."""

    def __init__(self, command, status, stdout, stderr):
        self.command = command
        self.status = status
        self.stdout = stdout
        self.stderr = stderr

    def __str__(self):
        return (f"{self.command}: exit status {self.status}\n--- stdout\n{self.stdout}\n"
                f"--- stderr\n{self.stderr}")

    @property
    def json(self):
        """What it wrote to standard output; None if it wrote nothing."""
        try:
            return json.loads(self.stdout) if self.stdout.strip() else None
        except ValueError as error:
            raise AssertionError(f"not JSON ({error}): {self}") from error

    def ok(self):
        """It must have succeeded; returns its JSON."""
        assert self.status == 0, str(self)
        return self.json

    def fails(self, code=None, text=None):
        """It must have failed with an error object, of this code and with this text in its message."""
        assert self.status != 0, str(self)
        error = self.json
        assert isinstance(error, dict) and error.get("code") and error.get("msg"), str(self)
        if code is not None:
            assert error["code"] == code, str(self)
        if text is not None:
            whole = f"{error['msg']} {error.get('details', '')}"
            assert text in whole, str(self)
        return error


class Build:
    """Where the programs are that are tested: the folder CNET_BUILD, ./build unless given."""

    def __init__(self):
        root = pathlib.Path(__file__).resolve().parents[2]
        self.path = pathlib.Path(os.environ.get("CNET_BUILD", root / "build")).resolve()
        self.plugins = self.path / "plugins" / "bin"
        self.cnet = self.path / "cli" / "cnet"
        self.tests = self.path / "tests"

    def preload(self, fail_request, count_file, kill_at=None):
        """Environment that has a library of tests/harness stand before a program's requests."""
        told = {
            "nl-fail.so": {"CNET_TEST_FAIL_REQUEST": fail_request, "CNET_TEST_COUNT_FILE": count_file},
            "kill-at.so": {"CNET_TEST_KILL_AT": kill_at},
        }
        env, libraries = {}, []
        for library, variables in told.items():
            given = {k: str(v) for k, v in variables.items() if v is not None}
            env.update(given)
            libraries += [str(self.tests / library)] if given else []
        if libraries:
            env["LD_PRELOAD"] = ":".join(libraries)
            env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return env


def execute(host, command, env, stdin=b"", seconds=SECONDS):
    """Runs a program in the host's namespace with exactly this environment."""
    whole = {k: os.environ[k] for k in INHERITED if k in os.environ}
    whole.update({k: str(v) for k, v in env.items() if v is not None})
    done = subprocess.run(host.enter_command("/usr/bin/env", "-i", *(f"{k}={v}" for k, v in whole.items()),
                                             *map(str, command)),
                          input=stdin, capture_output=True, timeout=seconds, check=False)
    outcome = Outcome(" ".join(map(str, command)), done.returncode,
                      done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    assert not SANITIZER.search(outcome.stderr), str(outcome)
    return outcome


def as_input(conf):
    if isinstance(conf, bytes):
        return conf
    return (conf if isinstance(conf, str) else json.dumps(conf)).encode()


def plugin_environment(command, container, ifname, netns, args, path):
    """The CNI_* variables; one that is None is not set."""
    return {
        "CNI_COMMAND": command,
        "CNI_CONTAINERID": container,
        "CNI_IFNAME": ifname,
        "CNI_NETNS": netns,
        "CNI_ARGS": args,
        "CNI_PATH": path,
    }
