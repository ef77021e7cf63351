"""Write _build/newest.txt: requirements.txt without versions, and only what is asked for directly.

Standard library only. ``make test REQUIREMENTS=_build/newest.txt`` installs it.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INDIRECT = "# What those need in turn"
# Not newer than these, and why.
HELD = {
    "jupyter-book": "jupyter-book>=1.0.4.post1,<2",  # 2 reads no _config.yml
    "Sphinx": None,  # Jupyter Book says which
}


def newest(requirements):
    """The text of requirements.txt, without versions: one package a line."""
    lines = []
    for line in requirements.partition(INDIRECT)[0].splitlines():
        if match := re.match(r"([\w.-]+)==", line):
            lines.append(HELD.get(match[1], match[1]))
        elif line and not line.startswith("#"):
            lines.append(line)
    return "\n".join(filter(None, lines)) + "\n"


if __name__ == "__main__":
    target = ROOT / "_build" / "newest.txt"
    target.parent.mkdir(exist_ok=True)
    target.write_text(newest((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    print(target.read_text(), end="")
