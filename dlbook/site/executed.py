"""Write the executed notebooks to a folder, as a copy to look at.

``python -m dlbook.site.executed FOLDER`` takes them from the execution cache, runs nothing, and
adds a README with a list. Published as a branch, they can be read on GitHub, outputs and all.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from jupyter_cache import get_cache

from dlbook.site.execute import chapters
from dlbook.site.fingerprint import cache_path

README = """\
# Deep Learning, Checked: the executed notebooks

The chapters with their outputs, as the last published build computed them. This branch is made by
that build and replaced by the next one; the sources are on the main branch. Boxes, checked formulas
and links between chapters show on the book's site only.

"""


def export(root: Path, folder: Path) -> list[Path]:
    """Write every chapter with its outputs below a folder.

    Parameters
    ----------
    root : pathlib.Path
        The folder of the book, all of whose chapters have been executed.
    folder : pathlib.Path
        Is made if it does not exist.

    Returns
    -------
    list of pathlib.Path
        What was written, relative to the folder.

    Raises
    ------
    LookupError
        A chapter has not been executed as it is now.
    """
    written = []
    cache = get_cache(cache_path(root))
    try:
        for path in chapters(root):
            name = path.relative_to(root)
            try:
                _, notebook = cache.merge_match_into_file(str(path))
            except KeyError:
                raise LookupError(f"{name.as_posix()} was not executed as it is now: "
                                  "build the book first.") from None  # fmt: skip
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, folder / name)
            written.append(name)
    finally:
        cache.db.dispose()  # an open database cannot be deleted on Windows
    listed = "".join(f"- [{name.stem}]({name.as_posix()})\n" for name in written)
    (folder / "README.md").write_text(README + listed, encoding="utf-8")
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name one folder to write to: python -m dlbook.site.executed FOLDER")
    try:
        print(f"Executed notebooks written: {len(export(Path.cwd(), Path(sys.argv[1])))}")
    except LookupError as error:
        sys.exit(str(error))
