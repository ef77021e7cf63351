"""Keep what the trials of a claim gave, so that a replication that was stopped goes on.

When the environment variable DLBOOK_TRIALS names a folder, it gets two files for each claim:
``<label>.jsonl``, one line a trial as soon as it has run, and ``<label>.json``, the whole record.
"""

import json
import os
from pathlib import Path

FOLDER = "DLBOOK_TRIALS"


class Kept(dict):
    """Results of a claim's trials, ``{seed: {arm: float}}``: those of earlier runs to begin with.

    Parameters
    ----------
    label : str
        Name of the claim.
    """

    def __init__(self, label):
        super().__init__()
        folder = os.environ.get(FOLDER, "").strip()
        self.path = Path(folder, f"{label}.jsonl") if folder else None
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.update(self._read())

    def _read(self):
        if not self.path.is_file():
            return
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):  # the run was stopped while it wrote this line
            lines.pop()
            self.path.write_text("".join(lines), encoding="utf-8")
        for line in lines:
            trial = json.loads(line)
            yield trial["seed"], trial["arms"]

    def add(self, seed, arms):
        """Note the result of one trial."""
        self[seed] = arms
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"seed": seed, "arms": arms}) + "\n")

    def close(self, record):
        """Write the record of the claim, a dictionary for ``json.dumps``."""
        if self.path is not None:
            text = json.dumps(record, ensure_ascii=False, allow_nan=False)
            self.path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
