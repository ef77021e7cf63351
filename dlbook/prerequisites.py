"""Say in one line what this machine lacks, before anything is installed.

The Makefile runs this file with whatever ``python3`` is there, so it keeps to what Python 2.7 can read.
"""

import os
import shutil
import sys

OLDEST, NEWEST = (3, 11), (3, 14)
GIGABYTES = 3.0  # .venv with the CPU build of torch, pip's temporary files, the built book


def missing(needed=GIGABYTES):
    """The first prerequisite that is missing, as a sentence, or None."""
    version = sys.version_info[:2]
    found = "{} is Python {}.{}".format(sys.executable or "python", *version)
    if version < OLDEST:
        return "Python 3.11 or newer is needed, but {}. Name another: make book PYTHON=python3.12".format(found)
    if version > NEWEST:
        return (
            "Python 3.11 to 3.14 is needed (the pinned packages have no wheels for a newer one yet), but {}. "
            "Name another: make book PYTHON=python3.13".format(found)
        )
    try:
        import ensurepip  # noqa: F401  (Debian and Ubuntu split these two off)
        import venv  # noqa: F401
    except ImportError as error:
        return (
            "Python's {} module is missing. On Debian or Ubuntu: sudo apt install python{}.{}-venv. "
            "Elsewhere install a complete Python.".format(error.name, *version)
        )
    free = shutil.disk_usage(os.curdir).free / 1e9
    if free < needed:
        return "About {:.0f} GB of disk are needed here, but only {:.1f} GB are free.".format(needed, free)
    return None


if __name__ == "__main__":
    # Once everything is installed, a changed pin needs little room.
    sentence = missing(0.5 if os.path.exists(os.path.join(".venv", ".requirements-installed")) else GIGABYTES)
    if sentence:
        sys.exit(sentence)
