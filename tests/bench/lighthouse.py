"""Lighthouse on its mobile profile: how fast a page is on a phone, and how well it is made.

Lighthouse comes from npm, pinned, into ``_build/lighthouse``; it drives the browser of the tests
against a server on this machine and computes what a slow phone on a slow network would have taken
from what it saw. What it sees depends on what else the machine does, so loads are repeated, the
pages in turn, and medians are kept. How a page is made does not vary: it is judged once.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from statistics import median

from tests.bench.pages import Server
from tests.browsers import FLAGS, browser_path

VERSION = "12.8.2"
RUNS = 5
PAGES = (
    "chapters/intro.html",
    "chapters/ledger.html",
    "chapters/memory/rnn-bptt.html",
    "chapters/depth/batch-norm.html",
)
BUDGETS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
HEADS = {"performance": "perf", "accessibility": "access", "best-practices": "practices"}
# Name in the table -> Lighthouse's name of the measure.
TIMES = {
    "FCP": "first-contentful-paint",
    "LCP": "largest-contentful-paint",
    "TBT": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
}
ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "_build" / "lighthouse"
# One text, in which a value that holds blanks is quoted.
CHROME_FLAGS = " ".join(re.sub("=(.* .*)", r'="\1"', flag) for flag in ["--headless=new", *FLAGS])


class Failed(Exception):
    """Lighthouse came to no result on a page."""


def from_npm(name, version):
    """Install a package from npm into ``_build/lighthouse`` unless it is there.

    Returns
    -------
    pathlib.Path or str
        Its folder, or in one line what is missing.
    """
    folder = TOOLS / "node_modules" / name
    about = folder / "package.json"
    if about.is_file() and json.loads(about.read_text("utf8"))["version"] == version:
        return folder
    npm = shutil.which("npm")
    if npm is None:
        return "npm was not found"
    TOOLS.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--loglevel=error",
               "--prefix", str(TOOLS), f"{name}@{version}"]  # fmt: skip
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, check=False)
    if done.returncode or not about.is_file():
        said = [*done.stderr.splitlines(), "it said nothing"][0]
        return f"npm did not install {name}@{version}: {said}"
    return folder


def missing():
    """What Lighthouse needs and cannot have, in one line; None if it can run."""
    if shutil.which("node") is None:
        return "Node was not found"
    if browser_path() is None:
        return "no Chromium or Chrome was found"
    found = from_npm("lighthouse", VERSION)
    return found if isinstance(found, str) else None


def measure(book):
    """One row a page, or [] where something is missing; if `book` has no site, ``make book``'s."""
    html = next((f / "_build" / "html" for f in (book, ROOT) if (f / "_build" / "html").is_dir()),
                None)  # fmt: skip
    lacking = missing() or ("there is no site, run make book" if html is None else None)
    if lacking:
        print(f"Lighthouse measures nothing: {lacking}.")
        return []
    server = Server(html, caching="max-age=600")
    try:
        return rows({name: server.address + name for name in PAGES})
    finally:
        server.shutdown()
        server.server_close()


def rows(urls, runs=RUNS):
    """One row for each page, all of it measured in turn.

    Parameters
    ----------
    urls : dict of str to str
        Name of a page -> its address.
    runs : int
        How often each page is loaded for the times.

    Returns
    -------
    list of dict
        What :func:`summary` says, or the fault of a page on which Lighthouse came to no result.
    """
    reports, faults = {name: [] for name in urls}, {}
    for round_ in range(runs + 1):
        for name in [name for name in urls if name not in faults]:
            try:
                wanted = ["performance"] if round_ else [*BUDGETS][1:]
                reports[name].append(report(urls[name], wanted))
            except Failed as failed:
                faults[name] = str(failed)
    return [{"page": name} | ({"failed": faults[name]} if name in faults else
                              summary(reports[name])) for name in urls]  # fmt: skip


def report(url, categories):
    """What Lighthouse says of one load of a page, as it says it."""
    program = TOOLS / "node_modules" / "lighthouse" / "cli" / "index.js"
    command = [shutil.which("node"), str(program), url, "--output=json", "--quiet",
               f"--chrome-flags={CHROME_FLAGS}", "--disable-full-page-screenshot",
               f"--only-categories={','.join(categories)}"]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": browser_path()}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise Failed([*done.stderr.split("\n"), "no report"][-2].strip()) from None
    if found.get("runtimeError"):
        raise Failed(found["runtimeError"]["message"])
    return found


def summary(reports):
    """Scores (0 to 100), times (ms), CLS, bytes and requests of a page, and what costs it points.

    Parameters
    ----------
    reports : list of dict
        Lighthouse's reports on one page; a number that several have is their median.

    Raises
    ------
    ValueError
        If no report has a score for a category.
    """
    row = {}
    for name in BUDGETS:
        found = [r["categories"][name]["score"] for r in reports if name in r["categories"]]
        if not found or None in found:
            raise ValueError(f"Lighthouse gave no score for {name}")
        row[name] = round(100 * median(found))
    loads = [r["audits"] for r in reports if "performance" in r["categories"]]
    row["runs"] = len(loads)
    for name, audit in TIMES.items():
        row[name] = round(median(load[audit]["numericValue"] for load in loads), 3)
    requests = [load["network-requests"]["details"]["items"] for load in loads]
    row["kB"] = round(median(sum(r.get("transferSize", 0) for r in all_) for all_ in requests)
                      / 1000, 1)  # fmt: skip
    row["requests"] = round(median(map(len, requests)))
    row["costs"] = sorted({audit for r in reports for audit in _costs(r)})
    return row


def _costs(found):
    """Names of the audits outside performance that are not passed."""
    for name, category in found["categories"].items():
        for audit in category["auditRefs"] if name != "performance" else ():
            score = found["audits"][audit["id"]]["score"]
            if audit["weight"] and score is not None and score < 1:
                yield audit["id"]


def table(rows):
    """Lines to print."""
    if not rows:
        return
    runs = max((row.get("runs", 0) for row in rows), default=0)
    heads = " ".join(f"{HEADS.get(name, name):>9}" for name in BUDGETS)
    times = f"{'FCP ms':>7} {'LCP ms':>7} {'TBT ms':>7} {'CLS':>6} {'kB':>5}"
    yield f"{f'Lighthouse {VERSION}, mobile, median of {runs}':44} {heads} {times}"
    for row in rows:
        if "failed" in row:
            yield f"{row['page']:44} failed: {row['failed']}"
            continue
        scores = " ".join(f"{row[name]:9}" for name in BUDGETS)
        under = any(row[name] < least for name, least in BUDGETS.items())
        yield (
            f"{row['page']:44} {scores} {row['FCP']:7.0f} {row['LCP']:7.0f} {row['TBT']:7.0f}"
            f" {row['CLS']:6.3f} {row['kB']:5.0f}{'  below budget' if under else ''}"
            f"{': ' + ', '.join(row['costs']) if row['costs'] else ''}"
        )
    yield f"{'budget':44} " + " ".join(f"{least:9}" for least in BUDGETS.values())
