"""What a reader takes along: the package, its pins, and the whole site in one file.

``python -m dlbook.site.offline`` adds to the built site, in ``_build/html/downloads``,

``dlbook-<version>-py3-none-any.whl``  what a downloaded chapter imports
``constraints.txt``                    the versions that the book was checked with
``deep-learning-checked.zip``          the site itself, to be served anywhere

Equal input gives equal bytes. Nothing is written again as long as nothing changed, and nothing is
downloaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
SITE = Path("_build", "html")
NOTE = Path("_build", "offline.json")  # what the downloads were made from
DOWNLOADS = "downloads"
NAME = "deep-learning-checked"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the oldest date that a zip can hold
PACKED = {".png", ".woff", ".woff2", ".whl", ".zip", ".apkg"}  # do not shrink further

README = """\
Deep Learning, Checked: the whole site, to read without a network
=================================================================

1. In this folder, start Python's own web server:

       python3 -m http.server --bind 127.0.0.1 8000

   (on Windows, py for python3; any other web server does as well)

2. Open http://127.0.0.1:8000 in a browser.

You can also open index.html with a double click and read. But a browser does not let a page that
comes from a disk (its address begins with file://) load other files by itself. So the exercises
that run in the page, and the excerpts that the search shows, need the server above.

To run and change the chapters, see chapters/take-with-you.html.
"""
# The page that offers the zip; a copy does not hold itself.
PAGE = "chapters/take-with-you.html"
OFFER = re.compile(r'(<p class="dlb-zip">).*?(</p>)', re.DOTALL)
IS_COPY = r"\1This is such a copy.\2"


def digest(root: Path, files: Iterable[Path]) -> str:
    """SHA-256 of the names and contents of files below a folder."""
    whole = hashlib.sha256()
    for path in files:
        one = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(root).as_posix()} {one}\n".encode())
    return whole.hexdigest()


def package_files(root: Path) -> list[Path]:
    """What the wheel is made from: the package and what describes it."""
    code = [path for path in (root / "dlbook").rglob("*") if path.is_file()
            and "__pycache__" not in path.parts]  # fmt: skip
    return sorted(code) + [root / name for name in ("LICENSE", "README.md", "pyproject.toml")]


def site_files(site: Path) -> list[Path]:
    """The files of the site, without the zip itself and hidden ones."""
    zipped = site / DOWNLOADS / f"{NAME}.zip"
    return sorted(path for path in site.rglob("*") if path.is_file() and path != zipped
                  and not any(p.startswith(".") for p in path.relative_to(site).parts))  # fmt: skip


def write_wheel(root: Path, folder: Path) -> Path:
    """Build the wheel of the package into a folder, without a network, in place of an older one.

    Raises
    ------
    RuntimeError
        setuptools could not build it; the message holds what it said.
    """
    with tempfile.TemporaryDirectory() as scratch:  # setuptools leaves files where it builds
        source, out = Path(scratch, "source"), Path(scratch, "out")
        for path in package_files(root):
            copy = source / path.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copy.chmod(0o644)
        out.mkdir()
        command = "import sys, setuptools.build_meta as b; b.build_wheel(sys.argv[1])"
        environment = os.environ | {"SOURCE_DATE_EPOCH": "315619200"}  # 2 January 1980
        run = subprocess.run([sys.executable, "-c", command, str(out)], cwd=source, text=True,
                             env=environment, capture_output=True, check=False)  # fmt: skip
        built = list(out.glob("*.whl"))
        if run.returncode or len(built) != 1:
            raise RuntimeError(f"The wheel of dlbook could not be built:\n{run.stdout}{run.stderr}")
        for old in folder.glob("*.whl"):
            old.unlink()
        return Path(shutil.copyfile(built[0], folder / built[0].name))


def constraints(requirements: str) -> str:
    """The pins of requirements.txt, in the form of `pip install --constraint`."""
    pins = [line for line in requirements.splitlines() if re.match(r"[\w.-]+==", line)]
    return "\n".join(["# The versions that the book was checked with.", *pins, ""])


def write_zip(site: Path, target: Path) -> None:
    """Pack the site, with a note on how to serve it, into one folder of a zip."""
    with zipfile.ZipFile(target, "w") as packed:

        def add(name: str, content: bytes) -> None:
            info = zipfile.ZipInfo(f"{NAME}/{name}", LONG_AGO)
            info.create_system, info.external_attr = 3, 0o100644 << 16  # on Windows too
            shrinks = Path(name).suffix not in PACKED
            info.compress_type = zipfile.ZIP_DEFLATED if shrinks else zipfile.ZIP_STORED
            packed.writestr(info, content)

        add("README.txt", README.encode())
        for path in site_files(site):
            name, content = path.relative_to(site).as_posix(), path.read_bytes()
            if name == PAGE:
                content = OFFER.sub(IS_COPY, content.decode()).encode()
            add(name, content)


def pack(root: Path) -> list[str]:
    """Bring the downloads of a built site up to date.

    Parameters
    ----------
    root : pathlib.Path
        The folder of the book; its site has been built.

    Returns
    -------
    list of str
        Names of the files that were written.

    Raises
    ------
    FileNotFoundError
        There is no built site.
    """
    site, note = root / SITE, root / NOTE
    if not (site / "index.html").is_file():
        raise FileNotFoundError(f"There is no built site in {site}: build the book first.")
    folder, written = site / DOWNLOADS, []
    folder.mkdir(exist_ok=True)
    before = json.loads(note.read_text()) if note.is_file() else {}

    made_from = {"wheel": digest(root, package_files(root))}
    if made_from["wheel"] != before.get("wheel") or not list(folder.glob("*.whl")):
        written.append(write_wheel(root, folder).name)
    pins = constraints((root / "requirements.txt").read_text(encoding="utf-8"))
    (folder / "constraints.txt").write_text(pins, encoding="utf-8", newline="\n")

    zipped = folder / f"{NAME}.zip"
    made_from["zip"] = digest(site, site_files(site)) + digest(HERE, [HERE / "offline.py"])
    if made_from["zip"] != before.get("zip") or not zipped.is_file():
        note.unlink(missing_ok=True)  # until the new zip is whole
        write_zip(site, zipped)
        written.append(zipped.name)
    note.write_text(json.dumps(made_from))
    return written


if __name__ == "__main__":
    for name in pack(Path.cwd()):
        print(f"Written for readers to take along: {SITE / DOWNLOADS / name}")
