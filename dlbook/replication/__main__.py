"""``make replicate SEEDS=50``: put every claim of the book to that many seeds.

``python -m dlbook.replication 50 [chapters/part/slug.ipynb ...]``

Chapters run side by side, one process for each core; with DASK_SCHEDULER, the address of a Dask
scheduler, their trials run on its workers, which need this package and the book's requirements.
Each trial is kept in ``_build/replication`` as soon as it has run, so that a run that was stopped
goes on. The result is ``_build/replication/table.json``; the page "Beliefs tested" shows the copy
of it that is kept as ``chapters/replication.json``.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from tqdm import tqdm

from dlbook.evidence.trials import FEWEST
from dlbook.replication.chapter import claims, code_cells
from dlbook.replication.table import as_json, summary, table
from dlbook.site.execute import chapters
from dlbook.site.fingerprint import fingerprint

OUT = Path("_build") / "replication"
SECONDS = 0.5  # between two looks at how far the chapters are


class Chapter:
    """One chapter of a replication: where its trials are kept, and the process that runs it.

    Parameters
    ----------
    path : pathlib.Path
        The notebook.
    key : str
        Says which version of the package the chapter uses; other versions keep their own trials.
    """

    def __init__(self, path, key):
        code = hashlib.sha256(json.dumps([key, code_cells(path)]).encode()).hexdigest()[:12]
        self.path, self.labels = path, claims(path)
        self.folder = OUT / f"{path.parent.name}-{path.stem}-{code}"
        self.process = None

    def done(self):
        """How many trials have run, over all claims."""
        return sum(_lines(self.folder / f"{label}.jsonl") for label in self.labels)

    def records(self):
        """``{label: record}`` of the claims that were decided."""
        files = {label: self.folder / f"{label}.json" for label in self.labels}
        return {label: json.loads(file.read_text(encoding="utf-8"))
                for label, file in files.items() if file.is_file()}  # fmt: skip

    def complete(self, seeds):
        """Whether every claim was decided with so many seeds."""
        found = self.records()
        return all(label in found and len(found[label]["seeds"]) == seeds for label in self.labels)

    def start(self, seeds):
        """Run the chapter in a process of its own; what it prints goes into a file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "dlbook.replication.chapter", str(self.path.resolve())]
        with (self.folder / "log.txt").open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=os.environ | environment(self.folder.resolve(), seeds))  # fmt: skip

    def running(self):
        """Whether its process has been started and not yet ended."""
        return self.process is not None and self.process.poll() is None


def environment(folder, seeds):
    """What the environment tells the claims of a chapter."""
    asked = {"DLBOOK_SEEDS": str(seeds), "DLBOOK_TRIALS": str(folder), "MPLBACKEND": "agg",
             "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}  # fmt: skip
    scheduler = os.environ.get("DASK_SCHEDULER", "").strip()
    if scheduler:
        asked |= {"DLBOOK_BACKEND": "dask", "DASK_SCHEDULER_ADDRESS": scheduler}
    return asked


def _lines(path):
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def run(all_chapters, seeds, jobs):
    """Run chapters side by side, and show how far they are; Ctrl-C ends them, and loses nothing."""
    waiting = [c for c in all_chapters if not c.complete(seeds)]
    total = seeds * sum(len(c.labels) for c in all_chapters)
    started = []
    try:
        with tqdm(total=total, unit=" trials", smoothing=0.02) as bar:
            while waiting or any(c.running() for c in started):
                while waiting and sum(c.running() for c in started) < jobs:
                    started.append(waiting.pop(0))
                    started[-1].start(seeds)
                bar.update(min(total, sum(c.done() for c in all_chapters)) - bar.n)
                bar.set_postfix_str(", ".join(c.path.stem for c in started if c.running()))
                time.sleep(SECONDS)
            bar.update(min(total, sum(c.done() for c in all_chapters)) - bar.n)
    finally:
        for chapter in started:
            if chapter.running():
                chapter.process.terminate()
                chapter.process.wait()


def main(arguments):
    """Replicate, print what became of the verdicts, write the table; returns the exit code."""
    seeds = arguments[0] if arguments else ""
    if not seeds.isdecimal() or int(seeds) < FEWEST:
        print(f"SEEDS is a whole number, at least {FEWEST}, not {seeds!r}: make replicate SEEDS=50",
              file=sys.stderr)  # fmt: skip
        return 2
    seeds, key = int(seeds), fingerprint(Path.cwd())
    paths = [Path(name) for name in arguments[1:]] or chapters(Path())
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        print(f"No such chapter: {', '.join(missing)}", file=sys.stderr)
        return 2
    book = [Chapter(path, key) for path in paths]
    book = [chapter for chapter in book if chapter.labels]
    try:
        run(book, seeds, os.cpu_count() or 1)
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    records = {label: record for c in book for label, record in c.records().items()
               if len(record["seeds"]) == seeds}  # fmt: skip
    found = {"date": date.today().isoformat(), "machine": machine(), "seeds": seeds,
             "claims": table(records)}  # fmt: skip
    file = OUT / "table.json"
    file.write_text(as_json(found), encoding="utf-8")
    print("\n".join(summary(found)))
    print(f"Written to {file}")
    lost = {c: [label for label in c.labels if label not in records] for c in book}
    for chapter, labels in lost.items():
        if labels:
            print(f"No verdict for {', '.join(labels)}: see {chapter.folder / 'log.txt'}")
    return 1 if any(lost.values()) else 0


def machine():
    """The class of this machine: system, architecture, cores, Python."""
    cores = os.cpu_count()
    return (f"{platform.system()} {platform.machine()}, {cores} cores,"
            f" Python {platform.python_version()}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
