# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reports a pytest run in TAP, so that scripts/test can count it with the other suites."""

import os


def _reason(report):
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr).splitlines()[-1] if report.longrepr else ""


class Tap:
    def __init__(self):
        # A copy: pytest redirects descriptor 1 while tests run.
        self.out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        self.number = 0
        self.failed = {}

    def line(self, text):
        print(text, file=self.out, flush=True)

    def comment(self, text):
        for line in text.splitlines():
            self.line(f"# {line}")

    def result(self, good, name, remark=""):
        self.number += 1
        self.line(f"{'ok' if good else 'not ok'} {self.number} {name}{remark}")

    def pytest_collectreport(self, report):
        if report.failed:
            self.comment(str(report.longrepr))
            self.result(False, report.nodeid or "collection")

    def pytest_runtest_logreport(self, report):
        if report.skipped:
            self.result(True, report.nodeid, f" # SKIP {_reason(report)}")
            return
        if report.failed:
            self.comment(report.longreprtext)
            for title, text in report.sections:
                self.comment(f"{title}\n{text}")
        # A test that fails and whose tidying up fails as well counts once.
        if report.when == "call" or (report.failed and not self.failed.get(report.nodeid)):
            remark = "" if report.when == "call" else f" # {report.when}"
            self.result(report.passed, report.nodeid, remark)
            self.failed[report.nodeid] = report.failed

    def pytest_sessionfinish(self):
        self.line(f"1..{self.number}")
