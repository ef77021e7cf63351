"""pytest plugin: what the tests executed need not be executed again for the site.

``pytest -p dlbook.site.run_once --nbval-lax chapters`` runs every notebook; one whose cells all
ran and passed is stored, with its outputs, in the execution cache that the site reads
(:mod:`dlbook.site.fingerprint`). With xdist use ``--dist loadfile``, which keeps the cells of a
notebook together. A notebook with a failed, skipped or deselected cell is not stored: the build
executes it itself.
"""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from filelock import FileLock

from dlbook.site.fingerprint import cache_path

RUN = pytest.StashKey[list]()  # of a notebook: its cells that ran and passed
SECONDS = pytest.StashKey[float]()  # of a notebook: what they took


def _is_cell(item) -> bool:
    return type(item).__name__ == "IPyNbCell"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Collect the cells that passed, in the order in which they ran."""
    report = yield
    if _is_cell(item) and call.when == "call" and report.passed and not hasattr(report, "wasxfail"):
        stash = item.parent.stash
        stash.setdefault(RUN, []).append(item)
        stash[SECONDS] = stash.get(SECONDS, 0.0) + report.duration
    return report


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """Store a notebook when its last cell has run."""
    last = nextitem is None or getattr(nextitem, "parent", None) is not item.parent
    if _is_cell(item) and last:
        executed = with_outputs(item.parent.nb, item.parent.stash.get(RUN, []))
        if executed is not None:
            store(executed, item.parent.path, cache_path(item.config.rootpath),
                  item.parent.stash[SECONDS])


def with_outputs(notebook, cells):
    """A copy of a notebook with the outputs of its cells, or None if not all of them ran.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As nbval read it.
    cells : list of nbval.plugin.IPyNbCell
        The cells that passed, in the order in which they ran.
    """
    notebook = copy.deepcopy(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [item.cell_num for item in cells] != list(range(len(code))):
        return None
    for number, (cell, item) in enumerate(zip(code, cells, strict=True), start=1):
        cell.outputs = copy.deepcopy(list(item.test_outputs))
        cell.execution_count = number
        for output in cell.outputs:
            output.pop("transient", None)
            if output.output_type == "execute_result":
                output["execution_count"] = number
    return notebook


def store(notebook, path: Path, folder: Path, seconds: float) -> None:
    """Put an executed notebook into the cache; several workers may do so at a time."""
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        cache = get_cache(folder)
        try:
            bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds})
            cache.cache_notebook_bundle(bundle, check_validity=True, overwrite=True)
        finally:
            cache.db.dispose()  # an open database cannot be deleted on Windows
