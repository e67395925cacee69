# SPDX-License-Identifier: LGPL-2.1-or-later
"""TAP from plain programs: one line for each check."""

import concurrent.futures
import os
import subprocess


class Report:
    def __init__(self):
        self.number = 0
        self.bad = 0

    def check(self, name, good, text=""):
        """One line; text says why where it is not good."""
        self.number += 1
        self.bad += not good
        if not good:
            for line in str(text).splitlines():
                print(f"# {line}")
        print(f"{'ok' if good else 'not ok'} {self.number} {name}", flush=True)

    def command(self, name, command, **kwargs):
        """A check that is a program's exit status."""
        done = subprocess.run(command, capture_output=True, text=True, check=False, **kwargs)
        self.check(name, done.returncode == 0, done.stdout + done.stderr)
        return done

    def commands(self, named, **kwargs):
        """Many of them, as many at once as there are processors; reported in their order."""
        def run(command):
            return subprocess.run(command, capture_output=True, text=True, check=False, **kwargs)

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for (name, _), done in zip(named, pool.map(run, [command for _, command in named])):
                self.check(name, done.returncode == 0, done.stdout + done.stderr)

    def end(self):
        """The plan; returns the exit status."""
        print(f"1..{self.number}")
        return 1 if self.bad else 0
