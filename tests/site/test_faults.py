"""What does not fit together fails the build, on every build, and says which file and label."""

import re
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_output

from tests.site.tiny_book import build, claim, equation, sound_book, write

CHAPTER, OTHER, BANK = "chapter.ipynb", "other.md", "questions.yml"
RAISED = new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])
WARNED = new_output("stream", name="stderr", text="UserWarning: careful")


def change(file, old, new):
    """Replace a text wherever it stands in a file."""

    def edit(book):
        content = book[file]
        if isinstance(content, str):
            assert old in content
            book[file] = content.replace(old, new)
        else:
            assert any(isinstance(cell, str) and old in cell for cell in content)
            book[file] = [c.replace(old, new) if isinstance(c, str) else c for c in content]

    return edit


def add(file, *what):
    """Append text or cells to a file."""

    def edit(book):
        if isinstance(book[file], str):
            book[file] += "".join(what)
        else:
            book[file] = [*book[file], *what]

    return edit


def drop(kind):
    """Take the record of this kind out of the chapter."""

    def edit(book):
        dropped = [c for c in book[CHAPTER] if isinstance(c, dict) and c["kind"] == kind]
        assert dropped
        book[CHAPTER] = [c for c in book[CHAPTER] if c not in dropped]

    return edit


def cell(*outputs, tags=()):
    return new_code_cell("run()", outputs=list(outputs), metadata={"tags": list(tags)})


DEFINED = "\n\n:::{definition} eq-sum\nSo be it.\n:::\n"
BELIEF = ":::{belief} new\n:verdict: holds\n\nNew.\n:::"
QUESTION = "- {id: q-new, chapter: chapter, kind: design, en: New?, zh: 新, evidence: []}\n"
AGAIN = "- {id: q-sum, chapter: chapter, kind: design, en: New?, zh: 新, evidence: []}\n"

FAULTS = {
    "no evidence": (drop("equation"), CHAPTER, "equation eq-sum: no evidence and no definition"),
    "both": (add(CHAPTER, DEFINED), CHAPTER, r"equation eq-sum: evidence .* and a definition"),
    "both, elsewhere": (add(CHAPTER, equation("eq-other")), OTHER, "equation eq-other: evidence"),
    "evidence unknown": (add(CHAPTER, equation("eq-gone")), CHAPTER,
                         "evidence for unknown equation eq-gone"),
    "definition unknown": (change(OTHER, "{definition} eq-other", "{definition} eq-gone"), OTHER,
                           "definition of eq-gone: no such equation on this page"),
    "definition far away": (add(OTHER, DEFINED), OTHER, "definition of eq-sum: no such equation"),
    "definition without reason": (change(OTHER, "So be it.", ""), OTHER, "Content block expected"),
    "label without eq-": (change(OTHER, "eq-other", "other"), OTHER,
                          "equation other: the label of an equation starts with eq-"),
    "label twice": (add(OTHER, "\n$$ a = c $$ (eq-other)\n"), OTHER,
                    "equation label eq-other stands twice"),
    "label twice, two files": (add(OTHER, "\n$$ s = 1 $$ (eq-sum)\n"), OTHER,
                               "equation label eq-sum stands twice, first in chapter"),
    "definition twice": (add(OTHER, "\n:::{definition} eq-other\nYes.\n:::\n"), OTHER,
                         "definition of eq-other stands twice"),
    "raw label": (add(OTHER, "\n$$ a = d \\label{eq-d} $$\n"), OTHER,
                  r"label\{\} hides an equation"),
    "raw environment": (add(OTHER, "\n\\begin{align}\na = d\n\\end{align}\n"), OTHER,
                        "numbered .* environment cannot carry evidence"),
    "belief untested": (drop("claim"), CHAPTER, "belief far-only: no claim record tests it"),
    "claim without box": (add(CHAPTER, claim("new")), CHAPTER, "claim new: no belief box shows it"),
    "verdicts differ": (change(CHAPTER, ":verdict: refuted", ":verdict: conditional"), CHAPTER,
                        "belief far-only: the box says conditional, the experiment says refuted"),
    "verdict missing": (change(CHAPTER, ":verdict: refuted\n", ""), CHAPTER,
                        "belief far-only: the option :verdict: is missing"),
    "verdict of no kind": (change(CHAPTER, ":verdict: refuted", ":verdict: perhaps"), CHAPTER,
                           "perhaps"),
    "belief twice": (add(CHAPTER, BELIEF, BELIEF, claim("new", "holds")), CHAPTER,
                     "belief new stands twice"),
    "claim twice": (add(CHAPTER, claim()), CHAPTER, "claim record far-only stands twice"),
    "no answer": (add(BANK, QUESTION), BANK, "question q-new: no answer in chapter"),
    "answer elsewhere": (change(BANK, "q-two, chapter: chapter", "q-two, chapter: other"), CHAPTER,
                         "answer to q-two belongs in other"),
    "answer unknown": (add(CHAPTER, ":::{answer} q-gone\nNo.\n:::"), CHAPTER,
                       "answer to unknown question q-gone"),
    "answer twice": (add(CHAPTER, ":::{answer} q-two\nNo.\n:::"), CHAPTER,
                     "answer to q-two stands twice"),
    "unknown chapter": (change(BANK, "chapter: chapter", "chapter: gone"), BANK,
                        "question q-sum: unknown chapter gone"),
    "unknown evidence": (change(BANK, "eq-sum", "eq-gone"), BANK,
                         "question q-sum: unknown evidence eq-gone"),
    "question twice": (add(BANK, AGAIN), BANK, "question q-sum stands twice"),
    "question of no kind": (change(BANK, "kind: belief", "kind: guess"), BANK,
                            "question q-sum: kind 'guess'"),
    "question without zh": (change(BANK, "zh: 问, ", ""), BANK,
                            r"question q-sum: missing \['zh'\]"),
    "bank not YAML": (change(BANK, "[eq-sum", "[[eq-sum"), BANK, "not valid YAML"),
    "no solution": (change(CHAPTER, "{solution} ex-do\n:label: so-do", "{note}"), CHAPTER,
                    "exercise ex-do has no solution"),
    "cell raises": (add(CHAPTER, cell(RAISED)), CHAPTER, "cell 8: the cell raises ValueError: no"),
    "cell warns": (add(CHAPTER, cell(WARNED)), CHAPTER, "cell 8: the cell writes to stderr: User"),
    "unknown reference": (add(OTHER, "\nSee {eq}`eq-gone`.\n"), OTHER, "eq-gone"),
}  # fmt: skip


def test_a_sound_book_builds_without_a_warning_twice(tmp_path):
    book = sound_book()
    book[CHAPTER].append(cell(RAISED, tags=["raises-exception"]))  # shown on purpose
    write(book, tmp_path)
    assert build(tmp_path) == (0, "")
    assert build(tmp_path) == (0, "")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_every_build_until_it_is_mended(fault, tmp_path):
    edit, file, message = FAULTS[fault]
    book = sound_book()
    edit(book)
    write(book, tmp_path)
    told = re.compile(rf"{re.escape(file)}\S* (WARNING|ERROR): .*{message}", re.DOTALL)
    for time in ("first", "second"):
        code, log = build(tmp_path)
        assert code == 1, f"the {time} build passed"
        assert any(told.search(part) for part in log.split("\n\n") + log.splitlines()), log
    write(sound_book(), tmp_path)
    assert build(tmp_path) == (0, "")


def test_executed_cells_that_raise_or_warn_fail_jupyter_book_twice(tmp_path):
    warns = new_code_cell("import warnings\nwarnings.warn('careful')")
    write({
        "_toc.yml": "format: jb-book\nroot: index\nchapters: [{file: raises}, {file: warns}]\n",
        "_config.yml": "title: Tiny\nexecute: {execute_notebooks: cache, stderr_output: error}\n"
                       "sphinx: {extra_extensions: [sphinx_exercise, dlbook.site]}\n",
        "index.md": "# Tiny\n", "raises.ipynb": ["# A", new_code_cell("1 / 0")],
        "warns.ipynb": ["# B", warns],
    }, tmp_path)  # fmt: skip
    main = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", main, "build", ".", "-q", "-W", "--keep-going"]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert done.returncode != 0
        assert re.search(r"raises\.ipynb.*cell 2: the cell raises ZeroDivisionError", done.stderr)
        assert re.search(r"warns\.ipynb.*cell 2: the cell writes to stderr", done.stderr)
