"""The whole book: from nothing, and again with nothing changed."""

import resource
import subprocess
import sys
import time

BUDGETS = {"cold": 600, "unchanged": 10}


def measure(book):
    """Seconds of the two steps of ``make book``, cold (two kernels side by side) and unchanged."""
    results = {}
    for kind in BUDGETS:
        before = _cpu()
        results[kind] = {
            "execute": _seconds(book, execute_command()),
            "site": _seconds(book, site_command()),
            "cpu_seconds": round(_cpu() - before, 2),
        }
    return results


def _cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def execute_command():
    """The first step of ``make book``."""
    return [sys.executable, "-m", "dlbook.site.execute"]


def site_command():
    """The second step of ``make book``; its warnings are the tests' business, not the bench's."""
    run = "from jupyter_book.cli.main import main; main()"
    return [sys.executable, "-c", run, "build", ".", "--quiet", "--nitpick", "--keep-going"]


def _seconds(book, command):
    started = time.perf_counter()
    done = subprocess.run(command, cwd=book, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return round(time.perf_counter() - started, 2)


def table(rows):
    """Lines to print."""
    yield f"{'build':44} {'execute':>8} {'site':>8} {'seconds':>8} {'CPU s':>8} {'budget':>8}"
    for kind, budget in BUDGETS.items():
        row = rows[kind]
        total = row["execute"] + row["site"]
        over = "  over budget" if total > budget else ""
        yield (
            f"{kind:44} {row['execute']:8.1f} {row['site']:8.1f} {total:8.1f}"
            f" {row['cpu_seconds']:8.1f} {budget:8}{over}"
        )
