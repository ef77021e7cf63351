"""Where executed notebooks are kept, so that no stale result is ever shown.

The execution cache looks at the text of the cells only. What else decides the outputs, the helper
package and the pinned packages, is hashed here, and the hash names the folder of the cache: when
it changes every notebook runs again, and when the change is taken back the old results are there.

``python -m dlbook.site.fingerprint [root]`` prints the folder.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

CACHE = Path("_build") / ".jupyter_cache"


def sources(root: Path) -> list[Path]:
    """The files that decide what a notebook computes, besides the notebook.

    All of ``dlbook/`` but ``site`` and ``replication``, which chapters do not import, and
    ``requirements.txt``.
    """
    package = root / "dlbook"
    files = [path for path in package.rglob("*")
             if path.is_file() and _counts(path.relative_to(package))]
    requirements = root / "requirements.txt"
    return sorted(files) + ([requirements] if requirements.is_file() else [])


def _counts(path: Path) -> bool:
    hidden = any(part.startswith((".", "__pycache__")) for part in path.parts)
    return not hidden and path.parts[0] not in ("site", "replication") and path.suffix != ".pyc"


def fingerprint(root: str | Path) -> str:
    """Hash of :func:`sources`, the same on every system.

    Parameters
    ----------
    root : path
        The folder of ``_config.yml``.

    Returns
    -------
    str
        12 hexadecimal digits.
    """
    root, digest = Path(root), hashlib.sha256()
    for path in sources(root):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]


def cache_path(root: str | Path) -> Path:
    """The folder of the execution cache for the book as it is now."""
    return Path(root).resolve() / CACHE / fingerprint(root)


def use_cache(app, config) -> None:
    """Point myst-nb to the cache; a new folder makes Sphinx read all pages again."""
    config.nb_execution_cache_path = str(cache_path(app.srcdir))


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", use_cache)


if __name__ == "__main__":
    print(cache_path(sys.argv[1] if len(sys.argv) > 1 else "."))
