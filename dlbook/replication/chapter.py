"""Run the code of a chapter, so that its claims are put to as many seeds as DLBOOK_SEEDS says.

``python -m dlbook.replication.chapter chapters/part/slug.ipynb``

The cells are plain Python: they need no Jupyter, and their figures are not drawn. A cell that
fails is told on standard error, and the next one runs: a claim whose trials fail with more seeds
must not keep the others from running.
"""

import ast
import json
import linecache
import sys
import traceback
from pathlib import Path


def code_cells(path):
    """``(id, source)`` of every code cell of a notebook, in order."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    return [(c["id"], "".join(c["source"])) for c in cells if c["cell_type"] == "code"]


def claims(path):
    """Labels of the claims of a chapter, in order."""
    calls = [node for _, source in code_cells(path) for node in ast.walk(ast.parse(source))
             if isinstance(node, ast.Call)]  # fmt: skip
    return [call.args[0].value for call in calls
            if isinstance(call.func, ast.Attribute) and call.func.attr == "claim"]  # fmt: skip


def run(path):
    """Run all cells in the module ``__main__``, from which functions reach other processes.

    Returns
    -------
    int
        How many cells failed.
    """
    namespace, failed = sys.modules["__main__"].__dict__, 0
    for name, source in code_cells(path):
        file = f"{Path(path).stem}/{name}"
        lines = source.splitlines(keepends=True)
        linecache.cache[file] = len(source), None, lines, file  # tracebacks quote the line
        try:
            exec(compile(source, file, "exec"), namespace)
        except Exception:
            failed += 1
            print(f"The cell {name} failed:", file=sys.stderr)
            traceback.print_exc()
        _close_figures()
    return failed


def _close_figures():
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


if __name__ == "__main__":
    sys.exit(1 if run(sys.argv[1]) else 0)
