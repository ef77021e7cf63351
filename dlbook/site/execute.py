"""Execute chapters into the execution cache, so that building the book executes nothing.

``python -m dlbook.site.execute`` executes the chapters that the cache does not hold yet,
``python -m dlbook.site.execute --all`` every chapter. Both run ``pytest --nbval-lax`` with one
kernel a chapter and two chapters side by side; :mod:`dlbook.site.run_once` stores what passed.
"""

import os
import subprocess
import sys
from pathlib import Path

from jupyter_cache import get_cache

from dlbook.site.fingerprint import cache_path

SIDE_BY_SIDE = 2
CELL_SECONDS = 180
COMMAND = (
    *(sys.executable, "-m", "pytest", "-p", "dlbook.site.run_once"),
    *("-p", "no:hypothesispytest", "-p", "no:anyio"),
    # The kernel of this interpreter, whatever kernel called "python3" the user has as well.
    *("--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={CELL_SECONDS}"),
    "--dist=loadfile",
)


def chapters(root):
    """All notebooks of the book, sorted."""
    found = Path(root, "chapters").rglob("*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def stale(root):
    """The notebooks that the cache does not hold as they are now."""
    cache = get_cache(cache_path(root))

    def is_stale(path):
        try:
            cache.match_cache_file(str(path))
        except KeyError:
            return True
        return False

    try:
        return [path for path in chapters(root) if is_stale(path)]
    finally:
        cache.db.dispose()  # an open database cannot be deleted on Windows


def execute(root, notebooks):
    """Run the notebooks through nbval.

    Returns
    -------
    int
        pytest's exit code: 0 when every cell of every notebook ran, or when there is no notebook.
    """
    if not notebooks:
        return 0
    names = [str(path.relative_to(root)) for path in notebooks]
    options = [f"--rootdir={root}", f"-n{SIDE_BY_SIDE if len(names) > 1 else 0}"]
    environment = {"OMP_NUM_THREADS": "1", **os.environ}
    return subprocess.call([*COMMAND, *options, *names], cwd=root, env=environment)


def main(arguments):
    """Execute what ``arguments`` ask for in the current folder."""
    root = Path.cwd()
    notebooks = chapters(root) if "--all" in arguments else stale(root)
    print(f"Chapters to execute: {len(notebooks)} of {len(chapters(root))}", flush=True)
    return execute(root, notebooks)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
