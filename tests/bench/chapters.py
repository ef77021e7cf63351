"""Each chapter cold: one kernel, one thread; seconds and peak memory. And what nbval adds."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from dlbook.site import execute

BUDGET_SECONDS, BUDGET_MB = 60, 2000
CELLS = 200


def measure(book):
    """Run each chapter in a process of its own, so that the peak is its kernel's alone."""
    return [run(path) | {"chapter": str(path.relative_to(book))} for path in execute.chapters(book)]


def run(path):
    """Seconds (start of the kernel included) and peak memory of one notebook."""
    command = [sys.executable, "-m", "tests.bench.chapters", str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def run_here(path):
    """Execute the notebook; the kernel is this process's only child."""
    notebook = nbformat.read(path, 4)
    started = time.perf_counter()
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": path.parent}}).execute()
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)  # ru_maxrss: kB, on macOS bytes
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mb": round(used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3), 1),
    }


def nbval_overhead(book):
    """CPU time that ``pytest --nbval-lax`` adds to executing: once a start, and for each cell."""
    added = {}
    for cells in (1, 1 + CELLS):
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("1 + 1") for _ in range(cells)],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        path = book.parent / f"overhead-{cells}.ipynb"
        nbformat.write(notebook, path)
        pytest = [sys.executable, "-m", "pytest", "-q", "--nbval-lax"]
        plain = _cpu([sys.executable, "-m", "tests.bench.chapters", str(path)])
        added[cells] = _cpu([*pytest, "--nbval-current-env", str(path)]) - plain
    return {
        "start_seconds": round(added[1], 2),
        "cell_ms": round((added[1 + CELLS] - added[1]) / CELLS * 1000, 2),
    }


def _cpu(command):
    """CPU seconds of a command and of the kernel that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def table(rows):
    """Lines to print."""
    yield f"{'chapter, cold, one thread':44} {'seconds':>8} {'CPU s':>8} {'peak MB':>8}"
    for row in rows:
        over = row["seconds"] > BUDGET_SECONDS or row["peak_mb"] > BUDGET_MB
        yield (
            f"{row['chapter']:44} {row['seconds']:8.1f} {row['cpu_seconds']:8.1f}"
            f" {row['peak_mb']:8.0f}{'  over budget' if over else ''}"
        )
    yield f"{'budget':44} {BUDGET_SECONDS:8} {'':8} {BUDGET_MB:8}"


def nbval_table(added):
    """Line to print."""
    once, each = added["start_seconds"], added["cell_ms"]
    yield f"nbval adds {once:.1f} s of CPU once and {each:.1f} ms a cell"


if __name__ == "__main__":
    print(json.dumps(run_here(Path(sys.argv[1]))))
