"""Python for the pages: fetched once from npm, checked, and kept in ``_build/vendor``.

``python -m dlbook.site.vendor`` puts there what an exercise needs to run in a browser: the core of
Pyodide, which is Python compiled for browsers. :mod:`dlbook.site.live` copies it into the site.
Neither Node nor npm is needed, and nothing is downloaded twice. Without a network the site is built
without it, and its exercises offer the notebook.

``npm_config_registry``  the registry; else npm's own
``NUMPY_WHEEL``          NumPy for Pyodide, which npm does not have: the wheel that is named in
                         ``pyodide-lock.json``, as a file, a folder that holds it, or an address
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit

NAME, VERSION = "pyodide", "314.0.7"
INTEGRITY = ("sha512-0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi"
             "/6V5JEsOlD2R1A==")  # fmt: skip
REGISTRY = "https://registry.npmjs.org"
LOCK = "pyodide-lock.json"
# What a browser loads, and what says whose work it is and where its source is.
FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", LOCK,
         "package.json", "README.md")  # fmt: skip
FOLDER = Path("_build", "vendor", f"{NAME}-{VERSION}")
SECONDS = 30  # without a byte
WITHOUT = "The exercises on the pages offer the notebook instead of running."


class Refused(ValueError):
    """A file that is not the one it should be."""


def read(address):
    """The bytes of a file or of an address.

    Raises
    ------
    OSError
        When it cannot be read, or there is no network.
    """
    if urlsplit(str(address)).scheme in ("http", "https"):
        with urllib.request.urlopen(str(address), timeout=SECONDS) as answer:
            return answer.read()
    return Path(address).read_bytes()


def checked(content, integrity, what):
    """The content, if its hash is the expected one.

    Parameters
    ----------
    content : bytes
    integrity : str
        ``<algorithm>-<base64 digest>``, as npm and browsers write it.
    what : str
        Names the file in the error.

    Raises
    ------
    Refused
        Naming both hashes.
    """
    algorithm, _, _ = integrity.partition("-")
    digest = base64.b64encode(hashlib.new(algorithm, content).digest()).decode()
    if f"{algorithm}-{digest}" != integrity:
        raise Refused(f"{what} is not the file it should be: expected {integrity}, "
                      f"got {algorithm}-{digest} ({len(content)} bytes)")  # fmt: skip
    return content


def unpack(package, folder):
    """Write the needed files of an npm package to a folder, all or none.

    Parameters
    ----------
    package : bytes
        A gzipped tar archive whose files stand in ``package/``.
    folder : pathlib.Path
        It must not exist.
    """
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        for name in FILES:
            (part / name).write_bytes(archive.extractfile(f"package/{name}").read())
    part.rename(folder)


def numpy_entry(folder):
    """What the lock file says of NumPy: ``file_name``, ``sha256`` and more."""
    return json.loads((folder / LOCK).read_text("utf8"))["packages"]["numpy"]


def add_numpy(folder, place):
    """Put the wheel of NumPy into the folder, if it is the one that the lock file names.

    Parameters
    ----------
    folder : pathlib.Path
        What :func:`unpack` wrote.
    place : str
        A file, a folder that holds it, or an address.

    Raises
    ------
    Refused
        When the file is another one.
    OSError
        When it cannot be read.
    """
    entry = numpy_entry(folder)
    wheel = folder / entry["file_name"]
    if wheel.is_file():
        return
    if Path(place).is_dir():
        place = Path(place, wheel.name)
    integrity = "sha256-" + base64.b64encode(bytes.fromhex(entry["sha256"])).decode()
    content = checked(read(place), integrity, f"{place}, for {wheel.name},")
    part = wheel.with_suffix(".part")
    part.write_bytes(content)
    part.replace(wheel)


def carried(root):
    """What ``_build/vendor`` holds.

    Parameters
    ----------
    root : path
        The folder of ``_config.yml``.

    Returns
    -------
    folder : pathlib.Path or None
        The core of Pyodide.
    packages : list of str
        ``["numpy"]`` where the wheel is there as well.
    """
    folder = Path(root, FOLDER)
    if not folder.is_dir():
        return None, []
    return folder, ["numpy"] * (folder / numpy_entry(folder)["file_name"]).is_file()


def main(root=Path(), environment=os.environ):
    """Fetch what is missing; say in one line what could not be had.

    Returns
    -------
    int
        1 when a wheel was asked for and could not be had, else 0: the site is built without Python.
    """
    folder = Path(root, FOLDER)
    registry = environment.get("npm_config_registry") or REGISTRY
    address = f"{registry.rstrip('/')}/{quote(NAME)}/-/{NAME}-{VERSION}.tgz"
    try:
        if not folder.is_dir():
            unpack(checked(read(address), INTEGRITY, address), folder)
            print(f"Downloaded {NAME} {VERSION}: Python for the exercises on the pages.")
    except (OSError, Refused) as error:
        print(f"No {NAME} {VERSION}: {error}. {WITHOUT}", file=sys.stderr)
    wheel = environment.get("NUMPY_WHEEL", "")
    if wheel:
        try:
            add_numpy(folder, wheel)
        except (OSError, Refused) as error:
            print(f"NUMPY_WHEEL cannot be used: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
