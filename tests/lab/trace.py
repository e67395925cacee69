# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program asks of the kernel, counted by strace."""

import dataclasses
import re

_CALL = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)[( ].*= (-?\d+)")


@dataclasses.dataclass
class Cost:
    """Processes started, netlink messages sent, and bytes received over netlink."""

    processes: int = 0
    requests: int = 0
    received: int = 0


def counting(file):
    """A command to put before a program so that cost() can read the file."""
    return ["strace", "-f", "-qq", "-yy", "-s", "0", "-o", str(file),
            "-e", "trace=execve,sendmsg,sendto,recvmsg,recvfrom"]


def cost(file):
    total = Cost()
    with open(file, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = _CALL.match(line)
            if not match or int(match.group(2)) < 0:
                continue
            call, result = match.group(1), int(match.group(2))
            if call == "execve":
                total.processes += 1
            elif "<NETLINK:" not in line:
                continue
            elif call.startswith("send"):
                total.requests += 1
            else:
                total.received += result
    return total

