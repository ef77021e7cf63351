"""A book of a few cells for the tests of the site: written to a folder, built inside this process.

By default the outputs of its cells are stored, not computed, so that no kernel is started.
"""

import io
import warnings
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

MIME = "application/vnd.dlbook.evidence+json"
CONF = {
    "extensions": ["myst_nb", "sphinx_exercise", "dlbook.site.records"],
    "myst_enable_extensions": ["dollarmath", "colon_fence", "amsmath"],
    "nb_execution_mode": "off", "nb_output_stderr": "error", "nb_execution_raise_on_error": False,
    "math_numfig": True, "numfig": True, "html_theme": "basic", "root_doc": "index",
    "exclude_patterns": ["_build"], "nitpicky": True, "html_copy_source": False,
    "dlbook_questions": "questions.yml", "project": "A tiny book", "copyright": "nobody",
}  # fmt: skip


def equation(label="eq-sum", **changed):
    """The record of a checked equation."""
    wrong = [{"name": "no transpose", "worst": 0.4, "cases": 9}]
    record = {"kind": "equation", "label": label, "referee": "torch.autograd", "relation": "==",
              "cases": 10, "tol": 1e-12, "atol": 0.0, "why": None, "worst": 3.4e-16,
              "wrong": wrong}  # fmt: skip
    return record | changed


def claim(label="far-only", verdict="refuted"):
    """The record of a tested belief."""
    arm = {"criterion": "below 0.1", "values": [1, 2, 3, 4, 5], "median": 3.0, "min": 1.0,
           "max": 5.0, "share": 0.0, "outcome": "no"}  # fmt: skip
    return {"kind": "claim", "label": label, "statistic": "final loss", "criterion": "below 0.1",
            "seeds": [0, 1, 2, 3, 4], "arms": [arm | {"name": "no clipping"}],
            "verdict": verdict, "expected": verdict}  # fmt: skip


def shows(record):
    """A cell that shows a record."""
    name = record.get("label") or record.get("name") or record.get("what")
    data = {"text/plain": f"✓ {name}: as printed", MIME: record}
    return new_code_cell("show", outputs=[new_output("display_data", data)])


def notebook(*cells):
    """A notebook: text is a cell of prose, a dictionary one that shows a record."""
    kinds = {str: new_markdown_cell, dict: shows}
    book = new_notebook(cells=[kinds.get(type(cell), lambda c: c)(cell) for cell in cells])
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"
    book.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python",
                                   "name": "python3"}  # fmt: skip
    return book


def sound_book():
    """A book without a fault: file name -> text or list of cells."""
    question = "- {{id: {}, chapter: chapter, kind: belief, en: {}?, zh: 问, evidence: [{}]}}\n"
    return {
        "index.md": "# Tiny\n\n```{toctree}\nchapter\nother\ntables\n```\n",
        "other.md": "# Other\n\n$$ a = b $$ (eq-other)\n\n"
        ":::{definition} eq-other\nSo be it.\n:::\n",
        "tables.md": "# Tables\n\n```{ledger}\n```\n\n```{beliefs}\n```\n\n"
        "```{question-bank}\n```\n",
        "questions.yml": question.format("q-sum", "Sum", "eq-sum, far-only")
        + question.format("q-two", "Two", ""),
        "chapter.ipynb": [
            "# Chapter\n\n```{questions}\n```\n\n$$ s = \\sum_t x_t $$ (eq-sum)\n",
            equation(),
            ":::{belief} far-only\n:verdict: refuted\n:zh: 只学到远的\n\n"
            "It learns *only* far $x$.\n:::",
            claim(),
            "```{exercise} Do it\n:label: ex-do\nDo it.\n```",
            "```{solution} ex-do\n:label: so-do\nDone.\n```",
            ":::{answer} q-sum\nFirst.\n:::\n\n:::{answer} q-two\nSecond.\n:::",
        ],
    }


def write(book, folder):
    """Write the files of a book."""
    for name, content in book.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            nbformat.write(notebook(*content), path)


def build(folder, **conf):
    """Build the book in a folder with warnings as errors.

    Returns
    -------
    code : int
        What ``sphinx-build -W --keep-going`` would exit with.
    log : str
        Its warnings.
    """
    log, out = io.StringIO(), Path(folder, "_build")
    with warnings.catch_warnings(), docutils_namespace(), patch_docutils():
        warnings.simplefilter("ignore")  # of Sphinx and its extensions about one another
        app = Sphinx(folder, None, out / "html", out / "doctrees", "html",
                     confoverrides=CONF | conf, status=None, warning=log, warningiserror=True,
                     keep_going=True)  # fmt: skip
        app.build()
    return app.statuscode, log.getvalue()


def page(folder, name):
    """The HTML of a built page."""
    return Path(folder, "_build", "html", f"{name}.html").read_text(encoding="utf-8")
