"""Continuous integration: what can be held of it without GitHub, and the scripts it calls."""

import importlib.util
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from dlbook import prerequisites
from dlbook.site import vendor

ROOT = Path(__file__).resolve().parents[1]
# yaml reads the key `on` as True
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) | {"text": path.read_text()}
             for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}  # fmt: skip
JOBS = [(workflow, name, job) for workflow, content in WORKFLOWS.items()
        for name, job in content["jobs"].items()]  # fmt: skip


def matrix(job):
    """The combinations of a job's matrix; one empty combination without a matrix."""
    return job.get("strategy", {}).get("matrix", {}).get("include", [{}])


def commands(job):
    """What a job runs, with the matrix filled in."""
    for step in job.get("steps", []):
        for values in matrix(job):
            yield re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda m, v=values: v[m[1]],
                         step.get("run", ""))  # fmt: skip


def pythons(job):
    """The Python versions that a job sets up."""
    for step in job.get("steps", []):
        version = step.get("with", {}).get("python-version")
        for values in matrix(job) if version else []:
            yield values.get("python", "") if "matrix" in version else version


def test_there_are_workflows():
    assert {"test", "publish", "newest"} <= set(WORKFLOWS)


def test_every_make_target_and_every_script_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)", makefile, flags=re.MULTILINE)[1].split())
    variables = set(re.findall(r"^([A-Z_]+) \?=", makefile, flags=re.MULTILINE))
    seen = set()
    for *_, job in JOBS:
        for command in commands(job):
            for words in re.findall(r"\bmake ([^\n]+)", command):
                for word in words.split():
                    known = variables if "=" in word else targets
                    assert word.split("=")[0] in known, command
                    seen.add(word)
            for script in re.findall(r"\.ci/[\w.]+", command):
                assert (ROOT / script).is_file(), script
                assert os.access(ROOT / script, os.X_OK) or f"python {script}" in command, script
            for module in re.findall(r"python -m (dlbook[\w.]+)", command):
                assert importlib.util.find_spec(module), module
    assert {"test", "check-links"} <= seen


def test_the_python_versions_are_those_of_the_project():
    project = (ROOT / "pyproject.toml").read_text()
    allowed = SpecifierSet(re.search(r'requires-python = "(.*)"', project)[1])
    used = {version for *_, job in JOBS for version in pythons(job)}
    oldest, newest = (".".join(map(str, v)) for v in (prerequisites.OLDEST, prerequisites.NEWEST))
    assert {oldest, newest} <= used
    assert all(version in allowed for version in used)
    numbers = [tuple(map(int, version.split("."))) for version in used]
    assert prerequisites.OLDEST == min(numbers) and prerequisites.NEWEST == max(numbers)


def test_three_systems_are_tested():
    systems = {values.get("system", job.get("runs-on")) for workflow, _, job in JOBS
               if workflow == "test" for values in matrix(job)}  # fmt: skip
    assert {name.partition("-")[0] for name in systems} == {"ubuntu", "macos", "windows"}


def test_what_is_published_needs_all_tests_and_is_built_there():
    jobs = WORKFLOWS["publish"]["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/test.yml"
    for name in set(jobs) - {"test"}:
        assert jobs[name]["needs"] == "test", name
        assert jobs[name]["if"] == "github.ref == 'refs/heads/main'", name
    assert all("make" not in command for job in jobs.values() for command in commands(job))
    # One job of the tests keeps what it tested, after it tested it.
    steps = WORKFLOWS["test"]["jobs"]["book"]["steps"]
    does = [step.get("run", step.get("uses", "")).partition("@")[0] for step in steps]
    kept = does.index("actions/upload-pages-artifact")
    assert does.index(".ci/run") < kept and steps[kept]["with"]["path"] == "_build/html"
    assert WORKFLOWS["test"]["text"].count("actions/upload-pages-artifact@") == 1
    (named,) = [s["with"]["name"] for s in jobs["executed"]["steps"] if "download" in str(s)]
    assert named in [step.get("with", {}).get("name") for step in steps]


def test_numpy_for_the_pages_is_the_one_of_the_vendored_python():
    (place,) = [step["env"]["NUMPY_WHEEL"] for *_, job in JOBS for step in job.get("steps", [])
                if "NUMPY_WHEEL" in step.get("env", {})]  # fmt: skip
    assert f"/v{vendor.VERSION}/" in place
    folder, _ = vendor.carried(ROOT)
    if folder:
        assert place.endswith("/" + vendor.numpy_entry(folder)["file_name"])


def test_no_job_may_do_more_than_it_must():
    for name, content in WORKFLOWS.items():
        assert content["permissions"] in ({}, {"contents": "read"}), name
        assert "concurrency" in content, name
    granted = {f"{workflow}.{name}": job["permissions"] for workflow, name, job in JOBS
               if "permissions" in job}  # fmt: skip
    writes = {job: [what for what, how in permissions.items() if how == "write"]
              for job, permissions in granted.items()}  # fmt: skip
    assert {job: what for job, what in writes.items() if what} == {
        "publish.pages": ["pages", "id-token"],
        "publish.executed": ["contents"],
        "newest.report": ["issues"],
    }


def test_actions_are_githubs_own_with_a_major_version_and_jobs_end():
    for workflow, name, job in JOBS:
        for step in job.get("steps", []):
            if "uses" in step:
                assert re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]), step
        assert "uses" in job or job["timeout-minutes"] <= 120, (workflow, name)


def test_nothing_that_others_write_reaches_a_shell():
    """Titles and branch names of pull requests are not put into commands."""
    for *_, job in JOBS:
        for command in commands(job):
            assert "${{" not in command, command


# --- the scripts ---------------------------------------------------------------------------------


def run(script, *arguments, **options):
    command = ["bash", str(ROOT / ".ci" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_newest_takes_the_versions_away_and_holds_what_must_be_held():
    spec = importlib.util.spec_from_file_location("newest", ROOT / ".ci" / "newest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = ("-e .\n# About\nnumpy==2.4.6\nSphinx==7.4.7\njupyter-book==1.0.4.post1\n\n"
            "# What those need in turn\nzipp==4.1.2\n")  # fmt: skip
    assert module.newest(text) == "-e .\nnumpy\njupyter-book>=1.0.4.post1,<2\n"
    lines = module.newest((ROOT / "requirements.txt").read_text()).splitlines()
    assert {"-e .", "torch", "pytest"} <= set(lines) and not [x for x in lines if "==" in x]


@pytest.mark.parametrize("opened", ["", "7"])
def test_a_failed_week_opens_one_issue_only(tmp_path, opened):
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n'
                  f'[ "$2" = list ] && echo "{opened}"; exit 0\n')  # fmt: skip
    gh.chmod(0o755)
    variables = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "RUN": "http://run/1"}
    done = run("report", "tests: failure, links: success", env=variables)
    assert done.returncode == 0, done.stderr
    listed, *calls = (tmp_path / "calls").read_text().splitlines()
    assert listed.startswith("issue list --label newest --state open")
    verbs = [" ".join(call.split()[:2]) for call in calls]
    assert verbs == (["issue comment"] if opened else ["label create", "issue create"])
    assert "tests: failure, links: success. http://run/1" in calls[-1]
    assert calls[-1].startswith("issue comment 7 ") or not opened


def git(folder, *arguments):
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_folder_becomes_a_branch_without_a_past(tmp_path):
    clone, remote, folder = (tmp_path / name for name in ("clone", "remote.git", "executed"))
    git(tmp_path, "init", "-q", "--bare", str(remote))
    git(tmp_path, "clone", "-q", str(remote), str(clone))
    (clone / "source").write_text("x")
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "first")
    for number in (1, 2):
        target = folder / "chapters" / f"{number}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"executed {number}")
        done = run("push", folder, "executed", cwd=clone)
        assert done.returncode == 0, done.stderr
    (folder / "chapters" / "1.ipynb").unlink()
    assert run("push", folder, "executed", cwd=clone).returncode == 0
    assert git(remote, "ls-tree", "-r", "--name-only", "executed").split() == ["chapters/2.ipynb"]
    assert git(remote, "rev-list", "--count", "executed").strip() == "1"
    assert git(clone, "status", "--short") == ""


@pytest.mark.parametrize("branch", ["main", "executed"])
def test_an_empty_folder_or_the_main_branch_is_not_pushed(tmp_path, branch):
    git(tmp_path, "init", "-q")
    folder = tmp_path / "folder"
    folder.mkdir()
    if branch == "main":
        (folder / "file").touch()
    done = run("push", folder, branch, cwd=tmp_path)
    assert done.returncode == 1
    assert ("Not onto main" if branch == "main" else "is empty") in done.stderr
