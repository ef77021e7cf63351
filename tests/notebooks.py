"""Read a chapter as JSON, and execute its code cells in this process.

Ring 2 of the tests runs the chapters in real kernels. What is here is for tests that look at the
text of a notebook, or that run it many times with something changed.
"""

import ast
import contextlib
import io
import json
import linecache
import os
import sys
import types
import warnings
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DISPLAY = ("_repr_mimebundle_", "_repr_html_", "_repr_svg_", "_repr_markdown_")


@dataclass(frozen=True)
class Cell:
    """One cell, as it is stored."""

    number: int  # place in the notebook, from 0, prose counted
    id: str
    kind: str  # "code" or "markdown"
    source: str
    metadata: dict = field(default_factory=dict)


def chapters(root=ROOT):
    """All notebooks of the book, as sorted paths."""
    found = (root / "chapters").rglob("*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def slug(path):
    """Name of a chapter in the questions and the table of contents: ``memory/rnn-bptt``."""
    path = Path(path).resolve().with_suffix("")
    parts = path.parts
    if "chapters" in parts:
        return "/".join(parts[len(parts) - parts[::-1].index("chapters") :])
    return path.name


def read(path):
    """The notebook as a dictionary."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def cells(notebook):
    """The cells of a notebook, their source as one string."""
    return [
        Cell(k, c.get("id", ""), c["cell_type"], "".join(c["source"]), c.get("metadata", {}))
        for k, c in enumerate(notebook["cells"])
    ]


def code_cells(notebook):
    """The code cells only."""
    return [cell for cell in cells(notebook) if cell.kind == "code"]


class Session:
    """A namespace in which cells are executed one after the other, as in a kernel.

    The last expression of a cell is displayed, what it prints is thrown away, open figures are
    closed without being drawn, and what it writes to stderr (warnings included) is collected,
    because that stops the build of the book.
    """

    def __init__(self):
        os.environ["MPLBACKEND"] = "Agg"
        self.module = types.ModuleType("chapter")
        sys.modules["chapter"] = self.module
        self.stderr = io.StringIO()

    def run(self, name, source):
        """Execute one cell; an exception of the cell passes through."""
        filename = f"<{name}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        tree = ast.parse(source, filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        space = self.module.__dict__
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(self.stderr),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("default")
            try:
                exec(compile(tree, filename, "exec"), space)
                if last is not None:
                    display(eval(compile(ast.Expression(last.value), filename, "eval"), space))
            finally:
                if "matplotlib.pyplot" in sys.modules:
                    sys.modules["matplotlib.pyplot"].close("all")


def display(value):
    """Make what a notebook would show of a value, and throw it away."""
    methods = [name for name in DISPLAY if hasattr(value, name)]
    for name in methods:
        getattr(value, name)()
    if not methods and value is not None:
        repr(value)
