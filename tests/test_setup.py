"""The set-up: the pins, the Makefile on machines that lack something, what CI counts."""

import importlib.metadata
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
# A make inside `make test` must not inherit the outer one's options.
ENVIRONMENT = {
    key: value
    for key, value in os.environ.items()
    if key not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "PYTHON", "PIP_OPTIONS"}
}


# --- requirements.txt ---------------------------------------------------------------------------


def sections(text):
    """The requirement lines of each commented section: {title: [line, ...]}."""
    found, title = {}, ""
    for line in text.splitlines():
        if line.startswith("#"):
            title = line.strip("# ")
        elif line.strip():
            found.setdefault(title, []).append(line)
    return found


REQUIREMENTS = sections((ROOT / "requirements.txt").read_text())
LINES = [line for lines in REQUIREMENTS.values() for line in lines if line != "-e ."]
PINS = {canonicalize_name(Requirement(line).name): Requirement(line) for line in LINES}
INDIRECT = "What those need in turn"
DIRECT = [line for title, lines in REQUIREMENTS.items() if title != INDIRECT for line in lines]


def reachable(roots):
    """Every package that these requirements need here, with the first package that asked for it."""
    found, todo = {}, [(Requirement(root), "requirements.txt") for root in roots]
    done = set()
    while todo:
        requirement, asked_by = todo.pop()
        name = canonicalize_name(requirement.name)
        found.setdefault(name, asked_by)
        for extra in {"", *requirement.extras}:
            if (name, extra) in done:
                continue
            done.add((name, extra))
            for text in importlib.metadata.requires(name) or []:
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    # torch pins what it brings along for CUDA itself, on Linux only.
                    exact = any(one.operator == "==" for one in needed.specifier)
                    pinned = canonicalize_name(needed.name) in PINS
                    if pinned or not (name == "torch" and exact):
                        todo.append((needed, name))
    return found


def test_requirements_pin_each_package_once_and_exactly():
    assert "-e ." in REQUIREMENTS["dlbook, the book's own package"]
    for line in LINES:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+( ; .+)?", line), line
    names = [canonicalize_name(Requirement(line).name) for line in LINES]
    assert len(names) == len(set(names)), sorted(n for n in set(names) if names.count(n) > 1)


def test_requirements_pin_what_is_needed_and_nothing_else():
    needed = reachable([line for line in DIRECT if line != "-e ."])
    unpinned = {name: f"needed by {by}" for name, by in needed.items() if name not in PINS}
    assert not unpinned
    unused = [n for n, pin in PINS.items() if pin.marker is None and n not in needed]
    assert not unused


def test_requirements_are_what_is_installed():
    for name, pin in PINS.items():
        if pin.marker is None or pin.marker.evaluate():
            installed = importlib.metadata.version(name)
            assert pin.specifier.contains(Version(installed).public), f"{name} {installed}: {pin}"


def test_dlbook_asks_for_nothing_that_is_not_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].values()
    asked = [Requirement(r) for r in sum(extras, project["project"]["dependencies"])]
    assert {canonicalize_name(r.name) for r in asked} <= set(PINS)
    assert project["build-system"]["requires"] == [f"setuptools{PINS['setuptools'].specifier}"]


def test_the_package_brings_what_a_downloaded_chapter_imports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["chapters"]
    brought = {canonicalize_name(Requirement(line).name) for line in asked} | {"dlbook"}
    brought |= reachable(asked).keys()
    notebooks = [json.loads(p.read_text("utf8")) for p in ROOT.glob("chapters/*/*.ipynb")]
    code = ["".join(c["source"]) for n in notebooks for c in n["cells"] if c["cell_type"] == "code"]
    imported = set(re.findall(r"^ *(?:import|from) (\w+)", "\n".join(code), flags=re.MULTILINE))
    assert {"numpy", "torch", "dlbook"} <= imported
    packages = importlib.metadata.packages_distributions()
    for module in imported - set(sys.stdlib_module_names):
        assert brought & {canonicalize_name(name) for name in packages[module]}, module


@pytest.mark.parametrize(("build", "kept"), [("", True), ("+cu130", True), (".1+cpu", False)])
def test_another_build_of_the_pinned_torch_is_left_alone(tmp_path, build, kept):
    pinned = str(PINS["torch"].specifier)
    version = pinned.removeprefix("==") + build
    info = tmp_path / f"torch-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n")
    (info / "INSTALLER").write_text("pip\n")
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--no-index"]
    environment = {k: v for k, v in ENVIRONMENT.items() if k != "PIP_FIND_LINKS"}
    environment |= {"PYTHONPATH": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    run = subprocess.run(
        [*command, f"torch{pinned}"], env=environment, capture_output=True, text=True, check=False
    )
    assert (run.returncode == 0) == kept, run.stdout + run.stderr


# --- the Makefile, with an interpreter that only pretends ---------------------------------------

FAKE_PYTHON = """#!/bin/sh
# Runs prerequisites.py on the real interpreter with something changed, fakes .venv, logs all else.
case "$*" in
  *prerequisites.py) exec "{real}" -c "import sys, shutil, runpy
{change}
runpy.run_path('dlbook/prerequisites.py', run_name='__main__')" ;;
  "-m venv .venv") echo "venv" >> calls; mkdir -p .venv/bin; cp "$0" .venv/bin/python
    cp "$0" .venv/bin/jupyter-book ;;
  "-m pip --version") test -x .venv/bin/python ;;
  "-m pip install"*) echo "$*" >> calls; test ! -e no-network ;;
  *) echo "$*" >> calls ;;
esac
"""


@pytest.fixture
def clone(tmp_path):
    """A folder with the set-up files only."""
    folder = tmp_path / "a clone"
    (folder / "dlbook").mkdir(parents=True)
    for name in ["Makefile", "requirements.txt", "pyproject.toml", "dlbook/prerequisites.py"]:
        shutil.copy(ROOT / name, folder / name)
    return folder


def fake_python(folder, change="pass"):
    path = folder.parent / "python"
    path.write_text(FAKE_PYTHON.format(real=sys.executable, change=change))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def make(folder, *arguments):
    command = ["make", *arguments]
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def calls(folder):
    """What the fake interpreter was asked to do since the last look."""
    log = folder / "calls"
    lines = log.read_text().splitlines() if log.exists() else []
    log.write_text("")
    return lines


def test_make_alone_lists_every_target():
    run = make(ROOT)
    assert run.returncode == 0
    listed = re.findall(r"^  make ([a-z-]+) +\S", run.stdout, flags=re.MULTILINE)
    (phony,) = re.findall(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert sorted(["help", *listed]) == sorted(phony.split())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("sys.version_info = (3, 10, 4)", "Python 3.11 or newer is needed, but"),
        ("sys.version_info = (2, 7, 18)", "Python 3.11 or newer is needed, but"),
        ("sys.version_info = (3, 15, 0)", "Python 3.11 to 3.14 is needed"),
        ("sys.modules['ensurepip'] = None", "Python's ensurepip module is missing"),
        ("sys.modules['venv'] = None", "Python's venv module is missing"),
        ("shutil._ntuple_diskusage = lambda *n: type('', (), {'free': 8e8})", "only 0.8 GB"),
    ],
)
def test_a_missing_prerequisite_is_one_line(clone, change, sentence):
    run = make(clone, "book", f"PYTHON={fake_python(clone, change)}")
    assert run.returncode != 0
    said = [line for line in (run.stdout + run.stderr).splitlines() if not line.startswith("make")]
    assert len(said) == 1 and sentence in said[0]
    assert not (clone / ".venv").exists() and calls(clone) == []


def test_no_python_at_all_is_one_line(clone):
    run = make(clone, "test", "PYTHON=python-that-is-not-there")
    said = [line for line in (run.stdout + run.stderr).splitlines() if not line.startswith("make")]
    assert run.returncode != 0
    assert len(said) == 1 and "Python was not found" in said[0]


def test_set_up_happens_once_and_keeps_what_is_installed(clone):
    python = f"PYTHON={fake_python(clone)}"
    options = "--extra-index-url https://example.org/simple --prefer-binary"
    install = "-m pip install --disable-pip-version-check"

    first = make(clone, "book", python, f"PIP_OPTIONS={options}")
    assert first.returncode == 0, first.stderr
    assert calls(clone)[:2] == ["venv", f"{install} {options} -r requirements.txt"]
    assert str(clone / "_build/html/index.html") in first.stdout

    (clone / ".venv" / "installed by hand").touch()
    make(clone, "book", python)
    assert not [call for call in calls(clone) if "venv" in call or "pip" in call]

    later = (clone / "Makefile").stat().st_mtime + 3600
    os.utime(clone / "requirements.txt", (later, later))
    make(clone, "test", python)
    assert calls(clone)[0] == f"{install} -r requirements.txt"
    assert (clone / ".venv" / "installed by hand").exists()

    (clone / "newest.txt").write_text("numpy\n")
    os.utime(clone / "newest.txt", (later + 9e6, later + 9e6))
    make(clone, "book", python, "REQUIREMENTS=newest.txt")
    assert calls(clone)[0] == f"{install} -r newest.txt"


def test_an_interrupted_set_up_is_taken_up_again(clone):
    python = f"PYTHON={fake_python(clone)}"
    (clone / "no-network").touch()
    assert make(clone, "book", python).returncode != 0
    assert calls(clone)[0] == "venv"
    (clone / "no-network").unlink()
    assert make(clone, "book", python).returncode == 0
    done = calls(clone)
    assert "venv" not in done and done[0].startswith("-m pip install")


# --- nothing is skipped where nothing is missing ------------------------------------------------

SKIPPING = """
import pytest
def test_fine(): pass
@pytest.mark.skipif(True, reason="no browser")
def test_skipped(): pass
@pytest.mark.xfail(strict=True)
def test_expected(): assert False
"""


MISSING_MODULE = "import pytest\npytest.importorskip('no_such_module')\n"


@pytest.mark.parametrize("source", [SKIPPING, MISSING_MODULE])
@pytest.mark.parametrize("no_skips", ["", "1"])
def test_a_skip_fails_only_where_nothing_may_be_missing(tmp_path, source, no_skips):
    (tmp_path / "test_some.py").write_text(source + "\ndef test_last(): pass\n")
    (tmp_path / "test_other.py").write_text("def test_other(): pass\n")
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").touch()
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={
            **ENVIRONMENT,
            "DLBOOK_NO_SKIPS": no_skips,
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode != 0) == bool(no_skips), run.stdout
    assert ("1 skipped" in run.stdout) != bool(no_skips)


@pytest.mark.parametrize(
    ("prints", "exits", "fails"),
    [
        ("===== 12 passed, 1 xfailed in 3.21s =====", 0, False),
        ("===== 11 passed, 1 skipped in 3.21s =====", 0, True),
        ("11 passed, 1 deselected in 3.21s", 0, True),
        ("===== 12 passed in 3.21s =====", 2, True),
    ],
)
def test_ci_fails_on_a_failure_and_on_a_skip(tmp_path, prints, exits, fails):
    for name, body in [("make", f"echo '{prints}'; exit {exits}"), ("chromium", "exit 0")]:
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    run = subprocess.run(
        ["bash", str(ROOT / ".ci" / "run")],
        env={**ENVIRONMENT, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert prints in run.stdout
    assert (run.returncode != 0) == fails
