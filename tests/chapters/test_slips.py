"""A chapter notices a small error in its computing code; the tool that measures how often works.

The share of random slips that a chapter notices is measured by hand, because that takes minutes:
``make slips CHAPTER=memory/rnn-bptt``.
"""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests import slips
from tests.notebooks import ROOT, chapters, code_cells, read, slug

PLANTED = yaml.safe_load((Path(__file__).parent / "planted_errors.yml").read_text(encoding="utf-8"))


def tool(*arguments):
    """Run the tool in a process of its own; return what it printed."""
    command = [sys.executable, "-m", "tests.slips", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def chapter_file(name):
    return ROOT / "chapters" / f"{name}.ipynb"


def code_of(chapter):
    return "\n".join(cell.source for cell in code_cells(read(chapter_file(chapter))))


@cache
def planted(chapter):
    """What became of each planted error whose place is there, by its label."""
    code = code_of(chapter)
    errors = [e for e in PLANTED if e["chapter"] == chapter and code.count(e["right"]) == 1]
    options = [text for e in errors for text in ("--plant", e["right"], e["wrong"])]
    found = json.loads(tool(chapter_file(chapter), *options))
    return dict(zip((e["label"] for e in errors), found, strict=True))


@pytest.mark.parametrize(
    "error", PLANTED, ids=lambda error: f"{error['chapter']}: {error['label']}"
)
def test_a_planted_error_is_noticed_by_the_check_of_its_equation(error):
    chapter, label, right, wrong = error.values()
    count = code_of(chapter).count(right)
    assert count == 1, (
        f"{chapter}: the code of {label} was {right!r} and now stands there {count} times; choose"
        " the place of its error in planted_errors.yml anew"
    )
    status, _, message = planted(chapter)[label]
    assert status == "check", f"nothing noticed {wrong!r} for {right!r}: {status} {message}"
    assert label in message


@pytest.mark.parametrize("path", chapters(), ids=slug)
def test_every_chapter_has_planted_errors(path):
    labels = {error["label"] for error in PLANTED if error["chapter"] == slug(path)}
    assert len(labels) >= 3, "plant errors in three of its equations in planted_errors.yml"


def test_planted_errors_name_chapters():
    assert {error["chapter"] for error in PLANTED} <= {slug(path) for path in chapters()}


@pytest.mark.parametrize("path", chapters(), ids=slug)
def test_slips_listed_as_equivalent_still_exist(path):
    listed = slips.equivalents(slug(path))
    there = {slips.key(slip) for slip in slips.candidates(read(path), ("settings", "cases"))}
    assert not set(listed) - there, "no longer a slip of the chapter: take it out of the list"
    assert all(len(why.split()) >= 4 for why in listed.values()), "each needs its reason"


def test_the_list_of_equivalent_slips_names_chapters():
    entries = yaml.safe_load(slips.EQUIVALENT.read_text(encoding="utf-8")) or []
    assert {entry["chapter"] for entry in entries} <= {slug(path) for path in chapters()}


# ------------------------------------------------------------ the tool itself, on tiny notebooks

FORMULA = """
def norm(x, w):
    total = 0.0
    for t in range(len(x)):
        total += w[t] * x[t] ** 2
    return np.sqrt(total)
"""
CHECK = """
evidence.same("norm", [norm(x, x + 9) for x in xs], [np.sqrt(x * x @ (x + 9)) for x in xs])
"""
SETUP = """
import numpy as np
from dlbook import evidence
rng = np.random.default_rng(0)
xs = [3.0 + rng.normal(size=n) for n in (3, 4)]
"""


def notebook(folder, *sources):
    path = folder / "tiny.ipynb"
    cells = [
        {"cell_type": "code", "id": f"c{k}", "source": source.strip(), "metadata": {}}
        for k, source in enumerate(sources)
    ]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    return path


def outcomes(folder, *sources, options=()):
    tool(notebook(folder, *sources), "--n", 1000, "--json", folder / "out.json", *options)
    return json.loads((folder / "out.json").read_text())


def test_a_chapter_whose_checks_see_everything(tmp_path):
    found = outcomes(tmp_path, SETUP, FORMULA, CHECK, options=["--cell", "c1"])
    assert len(found["outcomes"]) >= 6
    assert {item["status"] for item in found["outcomes"]} <= {"check", "crash"}
    assert found["noticed"] == 1.0
    assert {item["kind"] for item in found["outcomes"]} >= {"sign", "factor", "term", "function"}


def test_a_chapter_without_checks_notices_only_what_crashes(tmp_path):
    found = outcomes(tmp_path, SETUP, FORMULA, "norm(xs[0], xs[0])", options=["--cell", "c1"])
    statuses = [item["status"] for item in found["outcomes"]]
    assert "check" not in statuses
    assert statuses.count("survived") >= 5
    assert found["noticed"] == pytest.approx(statuses.count("crash") / len(statuses))


def test_what_became_of_each_slip(tmp_path):
    # 1 / 0 crashes, the logarithm of a negative number only warns, the rest goes unseen.
    source = "import numpy as np\na = 2.0\nb = np.log(a - 1.0)\nc = 1 / (3 - 1)"
    found = outcomes(tmp_path, source, "a", options=["--jobs", 1])
    status = {(item["before"], item["after"]): item["status"] for item in found["outcomes"]}
    assert "crash" in status.values() or "warning" in status.values()
    assert "check" not in status.values()
    expected = {
        ("(3 - 1)", "(1 - 1)"): "crash",
        ("a - 1.0", "a - 3.0"): "warning",
        ("a - 1.0", "a + 1.0"): "survived",
    }
    path = notebook(tmp_path, source)
    options = [text for error in expected for text in ("--plant", *error)]
    found = json.loads(tool(path, *options))
    assert [status for status, _, _ in found] == list(expected.values())


def test_a_slip_that_never_ends_is_stopped(tmp_path):
    source = "n = 5\nwhile n > 0:\n    n -= 1"
    table = outcomes(tmp_path, source, "n", options=["--slack", 1])
    status = {item["after"]: item["status"] for item in table["outcomes"]}
    assert status["n += 1"] == "timeout"


def test_state_and_randomness_are_those_of_the_unchanged_chapter(tmp_path):
    setup = "import numpy as np\nrng = np.random.default_rng(0)\nx = rng.normal()\ny = x + 1"
    later = "z = rng.normal()\nassert abs(z + 0.13210486) < 1e-6\nassert y == x + 1"
    found = outcomes(tmp_path, setup, later)
    assert {item["status"] for item in found["outcomes"]} == {"check"}


def test_within_a_reach_later_checks_do_not_count(tmp_path):
    sources = SETUP, FORMULA, "y = 1", CHECK
    near = outcomes(tmp_path, *sources, options=["--cell", "c1", "--reach", 2])
    far = outcomes(tmp_path, *sources, options=["--cell", "c1", "--reach", 3])
    assert near["noticed"] == 0.0
    assert far["noticed"] == 1.0


def test_settings_and_cases_are_off_by_default(tmp_path):
    source = 'H = 32\nevidence.equation("eq-x", abs, abs, [1 - 3.0], referee="x")'
    setup = "from dlbook import evidence"
    assert outcomes(tmp_path, setup, source)["outcomes"] == []
    found = outcomes(tmp_path, setup, source, options=["--with", "cases", "--with", "settings"])
    kinds = {(item["role"], item["kind"]) for item in found["outcomes"]}
    assert kinds >= {("computing", "setting"), ("cases", "sign")}
    assert found["noticed"] == 0.0, "their share is not that of the computing code"


def test_the_same_seed_draws_the_same_slips_each_place_once(tmp_path):
    found = slips.candidates(read(notebook(tmp_path, SETUP, FORMULA, CHECK)))
    drawn = slips.sample(found, 4, 0)
    assert drawn == slips.sample(found, 4, 0)
    assert drawn != slips.sample(found, 4, 1)
    everything = slips.sample(found, 1000, 0)
    assert len({slip.place for slip in everything}) == len(everything)
    assert {slip.place for slip in everything} == {slip.place for slip in found}


def test_listed_slips_are_found_by_cell_and_text(tmp_path):
    path = tmp_path / "list.yml"
    entry = {
        "chapter": "tiny",
        "cell": "c1",
        "before": "x[t]  **\n 2",
        "after": "x[t]",
        "why": "no",
    }
    path.write_text(yaml.safe_dump([entry]))
    known = slips.equivalents("tiny", path)
    assert slips.equivalents("other", path) == {}
    found = slips.candidates(read(notebook(tmp_path, SETUP, FORMULA, CHECK)))
    (same,) = [slip for slip in found if slips.key(slip) in known]
    assert (same.before, same.after) == ("x[t] ** 2", "x[t]")


def test_a_chapter_that_fails_unchanged_is_no_measurement(tmp_path):
    path = notebook(tmp_path, "assert 1 > 2")
    command = [sys.executable, "-m", "tests.slips", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "c0" in done.stderr and "Traceback" not in done.stderr


def test_too_small_a_share_fails_when_asked_for(tmp_path):
    path = notebook(tmp_path, "a = 2\nb = a + 1")
    command = [sys.executable, "-m", "tests.slips", path, "--at-least", "0.9"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 1


def test_a_text_to_replace_stands_once_in_the_chapter(tmp_path):
    cells = read(notebook(tmp_path, "a = 1\nb = 1"))
    with pytest.raises(LookupError, match="2 times"):
        slips.plant(cells, [("= 1", "= 2")])
