"""``make bench``: measure the tree at hand; print a table, write ``_build/bench/bench.json``.

``python -m tests.bench build pages`` measures these parts only; pages are those of the build.
Without ``build``, ``lighthouse`` and ``side`` take the site of ``make book``.
Everything is built from a copy in ``_build/bench/book``, so that nothing of the book is disturbed
and cold means cold. Times depend on the machine and on what else it does; no test asserts one.
"""

import json
import os
import platform
import shutil
import sys
import time
from pathlib import Path

from tests.bench import builds, chapters, lighthouse, lists, pages, rnn, side_by_side

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "_build" / "bench"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", "__pycache__", "*.egg-info", ".*_cache", ".ipynb_checkpoints"
)
PARTS = {
    "chapters": (chapters.measure, chapters.table),
    "nbval": (chapters.nbval_overhead, chapters.nbval_table),
    "build": (builds.measure, builds.table),
    "pages": (pages.measure, pages.table),
    "lists": (lists.measure, lists.table),
    "lighthouse": (lighthouse.measure, lighthouse.table),
    "side": (side_by_side.measure, side_by_side.table),
    "rnn": (rnn.measure, rnn.table),
}


def main(wanted):
    """Measure, print and write; returns the exit code."""
    wanted = wanted or list(PARTS)
    if not set(wanted) <= set(PARTS) or ("pages" in wanted and "build" not in wanted):
        print(f"Parts: {', '.join(PARTS)}; pages need build.", file=sys.stderr)
        return 2
    os.environ["OMP_NUM_THREADS"] = "1"
    book = OUT / "book"
    shutil.rmtree(OUT, ignore_errors=True)
    shutil.copytree(ROOT, book, ignore=LEFT_OUT)
    os.environ["PYTHONPATH"] = str(book)

    started = time.perf_counter()
    results = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
    }
    for name in wanted:
        results[name] = PARTS[name][0](book)
    results["seconds"] = round(time.perf_counter() - started, 1)

    path = OUT / "bench.json"
    path.write_text(json.dumps(results, indent=1) + "\n")
    print(f"{results['date']}  {results['machine']}, Python {results['python']}")
    for name in wanted:
        print()
        print("\n".join(PARTS[name][1](results[name])))
    print(f"\n{results['seconds']:.0f} s in all; written to {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
