"""What all tests share: on a machine that should have everything, a skipped test has failed.

``DLBOOK_NO_SKIPS=1`` (set by ``.ci/run``) makes every skip a failure that says what was missing.
"""

import os

import pytest

NO_SKIPS = os.environ.get("DLBOOK_NO_SKIPS", "") not in ("", "0")


def _refuse_skip(report):
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped, although DLBOOK_NO_SKIPS is set: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _refuse_skip((yield))
