# SPDX-License-Identifier: LGPL-2.1-or-later
"""Moves the test run into namespaces of its own and notices what it left outside."""

import ctypes
import json
import os
import shutil
import subprocess

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000

# Where programs keep state or look for networks: must not change outside.
STATE = ["/run/netns", "/run/cni", "/var/lib/cni", "/etc/cni"]

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags):
    if _libc.unshare(flags) < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"unshare: {os.strerror(error)} (these tests need root)")


def setns(fd, flags=0):
    if _libc.setns(fd, flags) < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"setns: {os.strerror(error)}")


def _mount(source, target, kind, *options):
    subprocess.run(["mount", "-t", kind, *options, source, target], check=True)


class Outside:
    """The namespaces that we came from: looked at before the run and after it."""

    def __init__(self):
        self.net = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self.mnt = os.open("/proc/self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        self.before = self.look()

    def _run(self, *command):
        fds = (self.net, self.mnt)
        enter = ["nsenter", f"--net=/proc/self/fd/{self.net}", f"--mount=/proc/self/fd/{self.mnt}"]
        done = subprocess.run([*enter, *command], pass_fds=fds, capture_output=True, text=True)
        return done.stdout

    def look(self):
        links = [link["ifname"] for link in json.loads(self._run("ip", "-j", "link") or "[]")]
        mounts = [line.split()[4] for line in self._run("cat", "/proc/self/mountinfo").splitlines()]
        ours = [m for m in mounts if any(m == d or m.startswith(d + "/") for d in STATE)]
        state = self._run("find", *STATE, "-maxdepth", "3").splitlines()
        return {
            "links": sorted(links),
            "namespaces": self._run("ip", "netns", "list").split(),
            "mounts": sorted(ours),
            "state": sorted(state),
            "rules": self._run("nft", "list", "ruleset"),
        }

    def leftovers(self):
        """What is outside now and was not there before; empty if all is well."""
        after = self.look()
        return {k: after[k] for k in after if after[k] != self.before[k]}


def enter():
    """Puts this process into fresh network and mount namespaces; returns the Outside."""
    if os.geteuid() != 0:
        raise PermissionError("these tests make network namespaces and need root")

    outside = Outside()
    unshare(CLONE_NEWNET | CLONE_NEWNS)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    # Empty folders, without one made outside: /run and /var/lib are hidden, /etc becomes a copy.
    for directory in ("/run", "/var/lib"):
        _mount("tmpfs", directory, "tmpfs", "-o", "mode=0755")
    subprocess.run(["cp", "-a", "/etc", "/run/etc"], check=True)
    shutil.rmtree("/run/etc/cni", ignore_errors=True)
    subprocess.run(["mount", "--bind", "/run/etc", "/etc"], check=True)
    for directory in STATE:
        os.makedirs(directory)
    # Links of ours shall not appear to udev and the like, and /sys shall show this namespace.
    _mount("sysfs", "/sys", "sysfs", "-o", "ro")
    return outside
