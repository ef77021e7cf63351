"""Executing chapters: once, only those that changed, and with this environment's kernel."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from dlbook.site import execute


@pytest.fixture
def book(tmp_path):
    """Two chapters, each of which notes in runs.txt that it was executed, and with what."""
    root = tmp_path / "book"
    (root / "dlbook").mkdir(parents=True)
    (root / "requirements.txt").write_text("")
    (root / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    for name in ("first", "second"):
        write(root, name, f"print({name!r})")
    return root


def write(root, name, source):
    path = root / "chapters" / "part" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    note = f"import sys\nwith open('../../runs.txt', 'a') as f: print('{name}', sys.prefix, file=f)"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(text) for text in (note, source)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    nbformat.write(notebook, path)


def run(root, *arguments, **variables):
    """Run the command in the book; returns its exit code, what it executed, and its output."""
    (root / "runs.txt").unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "dlbook.site.execute", *arguments],
        cwd=root,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    log = root / "runs.txt"
    lines = log.read_text().splitlines() if log.exists() else []
    return done.returncode, sorted(lines), done.stdout + done.stderr


def names(lines):
    return [line.split()[0] for line in lines]


def test_a_chapter_is_executed_once_until_something_changes(book):
    code, lines, output = run(book, "--all")
    assert (code, names(lines)) == (0, ["first", "second"]), output
    code, lines, output = run(book)
    assert (code, lines) == (0, []) and "0 of 2" in output

    write(book, "second", "print('changed')")
    assert names(run(book)[1]) == ["second"]

    (book / "dlbook" / "helper.py").write_text("ANSWER = 42\n")
    assert [path.stem for path in execute.stale(book)] == ["first", "second"]
    (book / "dlbook" / "helper.py").unlink()
    assert execute.stale(book) == []


def test_a_failing_chapter_fails_every_time_and_is_named(book):
    write(book, "second", "assert 1 + 1 == 3, 'arithmetic'")
    for _ in range(2):
        code, lines, output = run(book)
        assert code != 0 and "second" in names(lines)
        assert "chapters/part/second.ipynb" in output and "arithmetic" in output
        assert "first" not in [path.stem for path in execute.stale(book)]


def test_the_kernel_is_this_environments(book, tmp_path):
    home = tmp_path / "home"
    for folder in (home / ".local/share/jupyter", home / "Library/Jupyter", tmp_path / "more"):
        kernel = folder / "kernels" / "python3"
        kernel.mkdir(parents=True)
        broken = {"argv": ["false"], "display_name": "Another Python 3", "language": "python"}
        (kernel / "kernel.json").write_text(json.dumps(broken))
    variables = {"HOME": str(home), "JUPYTER_PATH": str(tmp_path / "more")}
    code, lines, output = run(book, **variables, JUPYTER_PREFER_ENV_PATH="0")
    assert code == 0, output
    assert {line.split(maxsplit=1)[1] for line in lines} == {sys.prefix}


def test_a_book_without_chapters_is_no_failure(tmp_path):
    (tmp_path / "chapters").mkdir()
    assert run(tmp_path, "--all")[:2] == (0, [])
