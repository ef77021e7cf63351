"""Find a file inside an installed package, without importing the package, and verify it.

The book copies no data set: it reads the file that a pinned package brought along. Importing that
package would cost seconds and memory, so only its folder is looked up. A new release may change the
file silently, so the SHA-256 of what was found is compared with the one the book was written for.
"""

import hashlib
import importlib.util
from pathlib import Path


class MissingPackage(ImportError):
    """The package that carries the data is not installed."""


class ChangedData(ValueError):
    """The file is absent, or is not the one that the book was written for."""


def find(package, member, *, sha256, install):
    """Return the path of a verified data file inside an installed package.

    Parameters
    ----------
    package : str
        Import name of a top-level package, such as ``"sklearn"``. It is located, not imported.
    member : str
        Path inside the package, with forward slashes, such as ``"datasets/data/digits.csv.gz"``.
    sha256 : str
        Expected digest of the file, 64 hexadecimal digits.
    install : str
        What pip has to install, with its version, such as ``"scikit-learn==1.9.1"``.

    Returns
    -------
    pathlib.Path
        The file; its content has the expected digest.

    Raises
    ------
    ValueError
        `package` is not a top-level name (looking up ``"a.b"`` would import ``a``).
    MissingPackage
        The package is not installed; the message says what to install.
    ChangedData
        The file is not there, or its digest differs.
    """
    if not package.isidentifier():
        raise ValueError(f"package must be a top-level import name, got {package!r}")
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPackage(
            f"{member} is read from the package {package!r}, which is not installed here. "
            f"Install it with: pip install {install}"
        )
    path = Path(next(iter(spec.submodule_search_locations))) / member
    if not path.is_file():
        raise ChangedData(f"{path} does not exist. The book needs: pip install {install}")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise ChangedData(
            f"{path} is not the file this book was written for: its SHA-256 is {found}, "
            f"expected {sha256}. The book needs: pip install {install}"
        )
    return path
