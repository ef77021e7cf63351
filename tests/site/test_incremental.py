"""What runs again, what is written again, and that the number of processes changes nothing."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from dlbook.site.fingerprint import cache_path, fingerprint
from tests.site.tiny_book import CONF, build, equation, page, sound_book, write

ROOT = Path(__file__).parents[2]
COUNT = "from pathlib import Path\nwith Path('ran.txt').open('a') as file:\n    file.write('{} ')"
TESTED = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
          "-p", "dlbook.site.run_once", "--nbval-lax", "--nbval-current-env"]  # fmt: skip


def counting_book(*names):
    """Notebooks that write down when they run."""
    toc = "# Tiny\n\n```{toctree}\n" + "\n".join(names) + "\n```\n"
    cells = {f"{n}.ipynb": [f"# {n}", new_code_cell(COUNT.format(n)), "Prose.",
                            new_code_cell("6 * 7")] for n in names}  # fmt: skip
    return {"index.md": toc, "requirements.txt": "numpy==2.0.0\n",
            "dlbook/__init__.py": "", "dlbook/models.py": "x = 1\n",
            "dlbook/site/__init__.py": "", **cells}  # fmt: skip


def ran(folder):
    """The notebooks that ran since the last call, sorted."""
    path = Path(folder, "ran.txt")
    names = path.read_text().split() if path.exists() else []
    path.unlink(missing_ok=True)
    return sorted(names)


def build_cached(folder):
    """Build a book whose cells are executed into the cache; it must be sound."""
    exclude = ["_build", "dlbook", "requirements.txt"]
    code, log = build(folder, nb_execution_mode="cache", exclude_patterns=exclude)
    assert (code, log) == (0, "")
    return ran(folder)


def test_what_changed_is_executed_again_and_nothing_else(tmp_path):
    book = counting_book("one", "two")
    write(book, tmp_path)
    assert build_cached(tmp_path) == ["one", "two"]
    assert build_cached(tmp_path) == []

    write({"one.ipynb": [*book["one.ipynb"], "More prose."]}, tmp_path)
    assert build_cached(tmp_path) == []
    assert "More prose" in page(tmp_path, "one")

    write({"one.ipynb": [*book["one.ipynb"], new_code_cell("1 + 1")]}, tmp_path)
    assert build_cached(tmp_path) == ["one"]

    write({"dlbook/models.py": "x = 2\n"}, tmp_path)
    assert build_cached(tmp_path) == ["one", "two"]

    write({"requirements.txt": "numpy==2.0.1\n"}, tmp_path)
    assert build_cached(tmp_path) == ["one", "two"]

    write({"dlbook/site/__init__.py": "y = 1\n"}, tmp_path)  # notebooks cannot see the site
    assert build_cached(tmp_path) == []

    write({"requirements.txt": "numpy==2.0.0\n"}, tmp_path)  # back to results that are still there
    assert build_cached(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Sphinx reads in parallel by forking")
def test_two_processes_build_what_one_builds(tmp_path):
    book = sound_book()
    for number in range(8):  # Sphinx reads in parallel from six pages on
        label = f"eq-n{number}"
        book[f"n{number}.ipynb"] = [f"# N{number}\n\n$$ x = {number} $$ ({label})",
                                    equation(f"eq-n{(number + 1) % 8}")]  # fmt: skip
    names = "\n".join(f"n{number}" for number in range(8))
    book["index.md"] = book["index.md"].replace("chapter\n", f"chapter\n{names}\n")
    conf = CONF | {"extensions": ["myst_nb", "sphinx_exercise", "dlbook.site"],
                   "html_math_renderer": "dlbook", "html_theme": "sphinx_book_theme"}  # fmt: skip
    book["conf.py"] = "\n".join(f"{name} = {value!r}" for name, value in conf.items())
    write(book, tmp_path)
    built = {}
    for jobs in ("1", "2"):
        out, trees = tmp_path / "_build" / jobs, tmp_path / "_build" / f"trees{jobs}"
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-j", jobs,
                   "-d", trees, tmp_path, out]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        built[jobs] = {str(f.relative_to(out)): f.read_bytes() for f in sorted(out.rglob("*"))
                       if f.suffix in (".html", ".js", ".inv")}  # fmt: skip
    assert built["1"].keys() == built["2"].keys()
    for name, content in built["1"].items():
        assert content == built["2"][name], name
    assert b"all reject 9 wrong" not in built["1"]["tables.html"]
    assert b"10 labelled equations: 9 checked, 1 by definition" in built["2"]["tables.html"]


def test_a_check_that_changes_elsewhere_changes_the_badge_and_the_tables(tmp_path):
    book = sound_book()
    book["other.md"] += "\n$$ c = d $$ (eq-far)\n"
    book["chapter.ipynb"].append(equation("eq-far", referee="brute force"))
    book["index.md"] = book["index.md"].replace("other\n", "other\nplain\n")
    book["plain.md"] = "# Plain"
    write(book, tmp_path)
    assert build(tmp_path) == (0, "")
    assert "brute force" in page(tmp_path, "other")
    untouched = Path(tmp_path, "_build/html/plain.html").stat().st_mtime_ns

    book["chapter.ipynb"][-1] = equation("eq-far", referee="closed form")
    write({"chapter.ipynb": book["chapter.ipynb"]}, tmp_path)
    assert build(tmp_path) == (0, "")
    for name in ("other", "tables"):
        assert "closed form" in page(tmp_path, name) and "brute force" not in page(tmp_path, name)
    assert Path(tmp_path, "_build/html/plain.html").stat().st_mtime_ns == untouched

    bank = book["questions.yml"].replace("Two?", "Three?")
    write({"questions.yml": bank}, tmp_path)
    assert build(tmp_path) == (0, "")
    assert "Three?" in page(tmp_path, "chapter") and "Three?" in page(tmp_path, "tables")


def test_a_page_that_goes_takes_its_evidence_along(tmp_path):
    book = sound_book()
    book["index.md"] = book["index.md"].replace("other\n", "other\nextra\n")
    book["extra.ipynb"] = ["# Extra", equation("eq-sum", referee="a page that goes")]
    write(book, tmp_path)
    assert build(tmp_path) == (0, "")
    assert "a page that goes" in page(tmp_path, "chapter")
    Path(tmp_path, "extra.ipynb").unlink()
    write({"index.md": sound_book()["index.md"]}, tmp_path)
    assert build(tmp_path) == (0, "")
    assert "a page that goes" not in page(tmp_path, "chapter") + page(tmp_path, "tables")


def test_the_fingerprint_covers_what_notebooks_import(tmp_path):
    write({"dlbook/a.py": "a = 1\n", "dlbook/data/b.json": "{}", "dlbook/site/c.py": "",
           "requirements.txt": "x"}, tmp_path)  # fmt: skip
    before = fingerprint(tmp_path)
    (tmp_path / "dlbook" / "a.py").write_bytes(b"a = 1\r\n")  # as git writes it on Windows
    write({"dlbook/__pycache__/a.pyc": "old", "dlbook/.hidden": "x", "dlbook/site/c.py": "c = 1",
           "dlbook/site/static/d.css": "x", "README.md": "x"}, tmp_path)  # fmt: skip
    assert fingerprint(tmp_path) == before
    for name in ("dlbook/a.py", "dlbook/data/b.json", "requirements.txt", "dlbook/website.py"):
        path = tmp_path / name
        content = path.read_bytes() if path.exists() else None
        path.write_bytes(b"changed")
        assert fingerprint(tmp_path) != before, name
        path.write_bytes(content) if content is not None else path.unlink()
    (tmp_path / "dlbook" / "a.py").rename(tmp_path / "dlbook" / "z.py")
    assert fingerprint(tmp_path) != before
    done = subprocess.run([sys.executable, "-m", "dlbook.site.fingerprint", str(tmp_path)],
                          capture_output=True, text=True, timeout=300, check=True)  # fmt: skip
    assert Path(done.stdout.strip()) == cache_path(tmp_path)
    assert cache_path(tmp_path).parent == tmp_path.resolve() / "_build" / ".jupyter_cache"


def run_tests(folder, *options, code):
    """Run the notebooks of a folder through nbval."""
    command = [*TESTED, f"--rootdir={folder}", *options, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300,
                          env=os.environ | {"OMP_NUM_THREADS": "1"})  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr


def test_what_the_tests_executed_is_not_executed_again(tmp_path):
    write(counting_book("one", "two", "three"), tmp_path)
    skipped = new_code_cell("x = 1", metadata={"tags": ["nbval-skip"]})
    write({"three.ipynb": [new_code_cell(COUNT.format("three")), "# three", skipped]}, tmp_path)
    run_tests(tmp_path, "-n2", "--dist=loadfile", code=0)
    assert ran(tmp_path) == ["one", "three", "two"]
    assert build_cached(tmp_path) == ["three"]  # its outputs are not complete
    assert "42" in page(tmp_path, "one")
    stored = [nbformat.read(f, 4) for f in cache_path(tmp_path).rglob("base.ipynb")]
    assert [cell.execution_count for cell in stored[0].cells] == [1, 2]


def test_a_notebook_that_failed_or_ran_in_part_is_not_stored(tmp_path):
    book = counting_book("one")
    write(book, tmp_path)
    run_tests(tmp_path, "-k", "0", code=0)
    write({"two.ipynb": ["# two", new_code_cell("1 / 0")]}, tmp_path)
    run_tests(tmp_path, "-k", "two", code=1)
    assert not list(cache_path(tmp_path).rglob("base.ipynb"))
