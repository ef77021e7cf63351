"""``make replicate`` on a book of two small chapters."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from scipy import stats

from dlbook.replication import chapter
from dlbook.replication.table import as_json, summary, table

ROOT = Path(__file__).parents[2]
IMPORTS = "import os\nimport time\nfrom dlbook import evidence\nfrom dlbook.evidence import above"
CLAIM = """
def trial(seed):
    time.sleep({seconds})
    return {{"even": seed % 2, "few": float(seed < 5), "process": os.getpid()}}


evidence.claim("{label}", lambda seed: trial(seed), statistic="a number", verdict="refuted",
               criterion={{"even": above(0.5), "few": above(0.5), "process": above(0)}})
"""
FAILS = 'evidence.claim("too-few", lambda seed: [0.0] * 5 and [0.0, 1, 2, 3, 4][seed],' + (
    ' statistic="a number", criterion=above(-1), verdict="holds")'
)


@pytest.fixture
def book(tmp_path):
    """Write chapters: a list of the sources of cells for each name."""

    def write(**chapters):
        for name, sources in chapters.items():
            cells = [new_code_cell(source) for source in [IMPORTS, *sources]]
            path = tmp_path / "chapters" / "part" / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(new_notebook(cells=cells), path)
        return tmp_path

    return write


def start(folder, *arguments, **environment):
    command = [sys.executable, "-m", "dlbook.replication", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DASK_SCHEDULER": ""} | environment
    return subprocess.Popen(command, cwd=folder, stdout=-1, stderr=-1, text=True, env=environment)


def replicate(folder, *arguments, **environment):
    process = start(folder, *arguments, **environment)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def result(folder):
    return json.loads((folder / "_build/replication/table.json").read_text("utf-8"))


def test_every_claim_gets_its_row_and_a_second_run_does_nothing(book):
    folder = book(one=[CLAIM.format(label="one", seconds=0), "1 / 0"],
                  two=[CLAIM.format(label="two", seconds=0), FAILS])  # fmt: skip
    code, out, err = replicate(folder, "12")
    assert code == 1  # one claim has no verdict
    assert "2 claims, 12 seeds: 2 verdicts as over 5 seeds, 0 others" in out
    assert "No verdict for too-few: see _build" in out.replace("\\", "/")
    assert "trials" in err  # the bar
    found = result(folder)
    assert [row["label"] for row in found["claims"]] == ["one", "two"]
    assert found["seeds"] == 12
    logs = {path.parent.name[:8]: path.read_text() for path in folder.rglob("log.txt")}
    assert "ZeroDivisionError" in logs["part-one"]
    assert "in the trial of seed 5" in logs["part-two"]
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.jsonl")}
    assert replicate(folder, "12")[0] == 1
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.jsonl")} == before
    assert result(folder)["claims"] == found["claims"]


def test_a_stopped_run_goes_on(book):
    folder = book(slow=[CLAIM.format(label="slow", seconds=0.2)])
    process = start(folder, "20")
    for _ in range(300):
        time.sleep(0.1)
        if sum(path.read_text().count("\n") for path in folder.rglob("*.jsonl")) >= 2:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "The same command goes on from here." in err
    (file,) = folder.rglob("*.jsonl")
    first = file.read_text().splitlines()
    assert 2 <= len(first) < 20
    assert replicate(folder, "20")[0] == 0
    lines = file.read_text().splitlines()
    assert lines[: len(first)] == first
    assert sorted(json.loads(line)["seed"] for line in lines) == list(range(20))
    processes = {json.loads(line)["arms"]["process"] for line in lines}
    assert len(processes) == 2  # one before the stop, one after it


def test_trials_run_on_the_scheduler_that_is_named(book):
    distributed = pytest.importorskip("distributed")
    folder = book(one=[CLAIM.format(label="one", seconds=0)])
    settings = {"processes": True, "n_workers": 2, "threads_per_worker": 1}
    with distributed.LocalCluster(dashboard_address=None, **settings) as cluster:
        with distributed.Client(cluster) as client:
            workers = set(client.run(os.getpid).values())
        assert replicate(folder, "8", DASK_SCHEDULER=cluster.scheduler_address)[0] == 0
    (file,) = folder.rglob("*.jsonl")
    ran = {json.loads(line)["arms"]["process"] for line in file.read_text().splitlines()}
    assert ran <= workers


@pytest.mark.parametrize("seeds", ["", "4", "many", "-1"])
def test_a_bad_number_of_seeds_is_refused(book, seeds):
    code, _, err = replicate(book(one=[]), seeds)
    assert code == 2
    assert f"SEEDS is a whole number, at least 5, not {seeds!r}" in err


def test_a_chapter_that_is_not_there_is_named(book):
    code, _, err = replicate(book(one=[]), "5", "chapters/part/nil.ipynb")
    assert code == 2
    assert "No such chapter: chapters" in err


def test_claims_are_found_without_running_them():
    labels = chapter.claims(ROOT / "chapters/memory/rnn-bptt.ipynb")
    assert "bptt-far-only" in labels
    assert len(labels) == len(set(labels))


def record(label, values, both=False):
    arms = [{"name": "all", "criterion": "above 0", "values": values}]
    arms += [{"name": "never", "criterion": "above 0", "values": [-1.0] * len(values)}] * both
    return {"label": label, "statistic": "x", "expected": "holds", "threshold": 0.8,
            "seeds": list(range(len(values))), "arms": arms}  # fmt: skip


def test_the_table_judges_the_first_five_and_all_and_puts_changes_first():
    rows = table({"stays": record("stays", [1.0] * 9 + [-1.0]),
                  "moves": record("moves", [1.0, 1, 1, -1, -1] + [1.0] * 35, both=True),
                  "turns": record("turns", [1.0, 2, 3, 4, 5] + [-1.0] * 30)})  # fmt: skip
    assert [(r["label"], r["first"], r["all"]) for r in rows] == [
        ("turns", "holds", "refuted"), ("moves", "conditional", "conditional"),
        ("stays", "holds", "holds")]  # fmt: skip
    (arm,) = rows[0]["arms"]
    first, late = arm["first"], arm["all"]
    assert (first["met"], first["of"], first["median"]) == (5, 5, 3.0)
    assert (late["met"], late["of"], late["median"]) == (5, 35, -1.0)
    low, high = late["interval"]  # the exact interval, from the beta distribution
    assert low == pytest.approx(stats.beta.ppf(0.025, 5, 31), abs=5e-4)
    assert high == pytest.approx(stats.beta.ppf(0.975, 6, 30), abs=5e-4)
    found = {"seeds": 35, "claims": rows}
    assert list(summary(found)) == [
        "3 claims, 35 seeds: 2 verdicts as over 5 seeds, 1 others",
        "turns: holds, then refuted",
        "turns, all: yes, then no: 5 of 35 seeds above 0 (5% to 30%), median -1",
        "moves, all: mixed, then yes: 38 of 40 seeds above 0 (83% to 99%), median 1",
    ]
    assert json.loads(as_json(found)) == found
    assert len(as_json(found).splitlines()) == 5
