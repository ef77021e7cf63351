"""Plain copies of what a function returned, and whether two of them agree.

A *plain* value is a NumPy array (numbers, booleans and strings become 0-d arrays), a list or a dict
of plain values, ``None``, ``...``, ``NotImplemented``, or a :class:`Foreign` marker for the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

STUBS = (None, Ellipsis, NotImplemented)


@dataclass(frozen=True)
class Foreign:
    """Stands for a value that is neither numbers nor a container, by the name of its type."""

    type_name: str


@dataclass(frozen=True)
class Difference:
    """One place where two values disagree.

    Attributes
    ----------
    path : tuple of int or str
        Where, from the outermost container inwards; empty for the value as a whole.
    kind : {"structure", "shape", "dtype", "value"}
        What disagrees.
    text : str
        Both sides in words, without a full stop.
    error : float
        Largest absolute difference over the largest absolute expected value; ``inf`` where there
        are no numbers to subtract.
    """

    path: tuple
    kind: str
    text: str
    error: float = np.inf


def is_stub(value):
    """Whether a plain value is what an unwritten function returns, such as ``None`` or ``...``."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return len(value) > 0 and all(is_stub(item) for item in value)
    return any(value is stub for stub in STUBS)


def plain(value):
    """Copy ``value`` into plain data that later changes of the original cannot reach.

    Tensors are recognised by their methods (``detach``, ``cpu``), so that torch is not imported.
    """
    if any(value is stub for stub in STUBS):
        return value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if hasattr(value, "detach"):
        value = value.detach()
        value = value.cpu() if hasattr(value, "cpu") else value
        if "bfloat16" in str(getattr(value, "dtype", "")):  # NumPy has no such type
            value = value.float()
    if isinstance(value, bool | int | float | complex | str | np.generic) or hasattr(
        value, "__array__"
    ):
        array = np.array(value)
        return Foreign(type(value).__name__) if array.dtype.kind not in "biufcU" else array
    return Foreign(type(value).__name__)


def differences(expected, got, tol, path=()):
    """List where two plain values disagree, in order; an empty list means that they agree.

    A list (or tuple) may stand for an array and the other way round. Numbers agree when the largest
    absolute difference is at most ``tol`` times the largest absolute expected value of that array
    (times 1 when all expected values are 0); NaN agrees with NaN only.
    """
    if isinstance(expected, dict):
        return _dict_differences(expected, got, tol, path)
    if isinstance(expected, list):
        if isinstance(got, np.ndarray) and got.ndim:
            got = list(got)
        if not isinstance(got, list):
            text = f"yours is {describe(got)}, expected {len(expected)} values"
            return [Difference(path, "structure", text)]
        if len(got) != len(expected):
            text = f"yours has {len(got)} values, expected {len(expected)}"
            return [Difference(path, "structure", text)]
        pairs = enumerate(zip(expected, got, strict=True))
        return [d for i, (e, g) in pairs for d in differences(e, g, tol, (*path, i))]
    if not isinstance(expected, np.ndarray):
        same = not isinstance(got, np.ndarray) and got == expected
        text = f"yours is {describe(got)}, expected {describe(expected)}"
        return [] if same else [Difference(path, "structure", text)]
    return _array_differences(expected, got, tol, path)


def _dict_differences(expected, got, tol, path):
    if not isinstance(got, dict):
        text = f"yours is {describe(got)}, expected a dict with the keys {sorted(expected)}"
        return [Difference(path, "structure", text)]
    if set(got) != set(expected):
        text = f"yours has the keys {sorted(got, key=str)}, expected {sorted(expected)}"
        return [Difference(path, "structure", text)]
    return [d for key in expected for d in differences(expected[key], got[key], tol, (*path, key))]


def _array_differences(expected, got, tol, path):
    if isinstance(got, list):
        stacked = stack(got)
        got = got if stacked is None else stacked
    if not isinstance(got, np.ndarray):
        text = f"yours is {describe(got)}, expected {describe(expected)}"
        return [Difference(path, "structure", text)]
    if not _kinds_fit(expected, got):
        text = f"yours holds {_kind(got)} (dtype {got.dtype}), expected {_kind(expected)}"
        return [Difference(path, "dtype", text)]
    if got.shape != expected.shape:
        text = f"yours has shape {got.shape}, expected {expected.shape}"
        return [Difference(path, "shape", text)]
    if expected.dtype.kind in "bU":
        wrong = np.argwhere(expected != got)
        if not len(wrong):
            return []
        at = tuple(wrong[0])
        return [
            Difference(path, "value", f"yours {got[at].item()!r}, right {expected[at].item()!r}")
        ]
    gap = _gap(expected, got)
    scale = max_abs(expected) or 1.0
    error = float(gap.max() / scale) if gap.size else 0.0
    if error <= tol:
        return []
    return [Difference(path, "value", _both(expected, got, gap), error)]


def _kinds_fit(expected, got):
    kind = got.dtype.kind
    if expected.dtype.kind == "U":
        return kind == "U"
    if expected.dtype.kind == "b":
        return kind == "b" or (kind in "iuf" and bool(np.all((got == 0) | (got == 1))))
    return kind in ("iufc" if expected.dtype.kind == "c" else "iuf")


def _kind(array):
    names = {"b": "True and False", "U": "text", "c": "complex numbers"}
    return names.get(array.dtype.kind, "real numbers")


def _gap(expected, got):
    with np.errstate(all="ignore"):
        same = (expected == got) | (np.isnan(expected) & np.isnan(got))
        gap = np.where(
            same,
            0.0,
            np.abs(np.subtract(got, expected, dtype=np.result_type(got, expected, float))),
        )
    return np.where(np.isnan(gap), np.inf, gap)


def _both(expected, got, gap):
    at = np.unravel_index(np.argmax(gap), gap.shape)
    place = f" at [{', '.join(str(int(i)) for i in at)}]" if at else ""
    digits = next((d for d in range(5, 17) if f"{got[at]:.{d}g}" != f"{expected[at]:.{d}g}"), 17)
    return f"yours {got[at]:.{digits}g}, right {expected[at]:.{digits}g}{place}"


def max_abs(array):
    """Largest absolute finite value of an array, 0.0 when there is none."""
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def stack(items):
    """Stack a nested list of plain arrays into one array, or return ``None`` when it is none."""
    arrays = [stack(item) if isinstance(item, list) else item for item in items]
    if not arrays:
        return np.zeros(0)
    if not all(isinstance(item, np.ndarray) for item in arrays):
        return None
    kinds = {"n" if item.dtype.kind in "iufc" else item.dtype.kind for item in arrays}
    if len({item.shape for item in arrays}) > 1 or len(kinds) > 1:
        return None
    return np.stack(arrays)


def describe(value):
    """A plain value in a few words: its type, shape or number of items."""
    if isinstance(value, Foreign):
        return f"an object of type {value.type_name}"
    if isinstance(value, dict):
        return f"a dict with the keys {sorted(value, key=str)}"
    if isinstance(value, list):
        return f"a sequence of {len(value)} values"
    if not isinstance(value, np.ndarray):
        return {None: "None", Ellipsis: "..."}.get(value, "NotImplemented")
    if value.ndim:
        return f"an array of shape {value.shape}"
    return {"b": "True or False", "U": "a text"}.get(value.dtype.kind, "a number")


def leaves(value, path=()):
    """Yield ``(path, array)`` for every array in a plain value."""
    if isinstance(value, np.ndarray):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from leaves(item, (*path, i))
