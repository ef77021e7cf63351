"""What all tests share: one browser, and no skip where nothing is missing.

``DLBOOK_CHROMIUM``    the browser; else the first Chromium or Chrome that is installed
``DLBOOK_NO_SKIPS=1``  a skipped test has failed, and says what was missing (set by ``.ci/run``)
"""

import os

import pytest

from tests.browsers import FLAGS, browser_path

NO_SKIPS = os.environ.get("DLBOOK_NO_SKIPS", "") not in ("", "0")


@pytest.fixture(scope="module")
def browser():
    """Return a headless browser.

    Playwright allows one a process, and while it is open nothing else in the process can run an
    event loop; so it is closed after the tests of a module.
    """
    if browser_path() is None:
        pytest.skip("no Chromium or Chrome found: install one, or name it in DLBOOK_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        yield chromium
        chromium.close()


def pytest_collection_modifyitems(items):
    """Begin with the files of the site, the longest: a worker that gets one last is waited for."""
    items.sort(key=lambda item: "site" not in item.path.parts)


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
