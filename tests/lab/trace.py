# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program asks of the kernel, counted by strace."""

import dataclasses
import re

STARTS = ("clone", "clone3", "fork", "vfork")
_CALL = re.compile(r"^(\d+) +(\w+)\((.*?)(?: <unfinished \.\.\.>|\) += (-?\d+).*)$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)")


@dataclasses.dataclass
class Cost:
    """Programs executed, processes started, netlink messages sent, and bytes received over netlink."""

    programs: int = 0
    processes: int = 0
    requests: int = 0
    received: int = 0

    def _add(self, call, arguments, result):
        if result < 0:
            return
        if call == "execve":
            self.programs += 1
        elif call in STARTS:
            self.processes += "CLONE_THREAD" not in arguments
        elif "<NETLINK:" not in arguments:
            return
        elif call.startswith("send"):
            self.requests += 1
        else:
            self.received += result


def counting(file):
    """A command to put before a program so that cost() can read the file."""
    return ["strace", "-f", "-qq", "-yy", "-s", "0", "-o", str(file),
            "-e", "trace=execve,sendmsg,sendto,recvmsg,recvfrom," + ",".join(STARTS)]


def cost(file):
    total = Cost()
    begun = {}
    with open(file, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            whole, rest = _CALL.match(line), _RESUMED.match(line)
            if whole and whole.group(4) is None:
                begun[whole.group(1)] = whole.group(3)
            elif whole:
                total._add(whole.group(2), whole.group(3), int(whole.group(4)))
            elif rest:
                total._add(rest.group(2), begun.pop(rest.group(1), "") + rest.group(3), int(rest.group(4)))
    return total
