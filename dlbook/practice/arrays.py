"""NumPy arrays in what a function returned: the part of :mod:`.values` that needs NumPy.

It is imported only where there is an array.
"""

import numpy as np

from .scalars import both, fits, kind, named


def copied(value):
    """A copy of an array or of what can become one, or ``None`` when it holds other things."""
    array = np.array(value)
    return array if array.dtype.kind in "biufcU" else None


def disagreement(expected, got, tol):
    """What :func:`.scalars.disagreement` says, for two values of which one is an array."""
    expected, got = np.asarray(expected), np.asarray(got)
    ours, theirs = expected.dtype.kind, got.dtype.kind
    if not fits(ours, theirs) or (ours == "b" and not np.all((got == 0) | (got == 1))):
        text = f"yours holds {named(theirs)} (dtype {got.dtype}), expected {named(ours)}"
        return "dtype", text, np.inf
    if got.shape != expected.shape:
        return "shape", f"yours has shape {got.shape}, expected {expected.shape}", np.inf
    if ours in "bU":
        wrong = np.argwhere(expected != got)
        if not len(wrong):
            return None
        at = tuple(wrong[0])
        return "value", f"yours {got[at].item()!r}, right {expected[at].item()!r}", np.inf
    gap = _gap(expected, got)
    scale = _max_abs(expected) or 1.0
    error = float(gap.max() / scale) if gap.size else 0.0
    if error <= tol:
        return None
    at = np.unravel_index(np.argmax(gap), gap.shape)
    place = f" at [{', '.join(str(int(i)) for i in at)}]" if at else ""
    return "value", both(expected[at], got[at]) + place, error


def _gap(expected, got):
    with np.errstate(all="ignore"):
        same = (expected == got) | (np.isnan(expected) & np.isnan(got))
        gap = np.where(
            same,
            0.0,
            np.abs(np.subtract(got, expected, dtype=np.result_type(got, expected, float))),
        )
    return np.where(np.isnan(gap), np.inf, gap)


def _max_abs(array):
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def stack(items):
    """Stack a nested list of plain values into one array, or return ``None`` when it is none."""
    found = [stack(item) if isinstance(item, list) else item for item in items]
    if not found:
        return np.zeros(0)
    if not all(isinstance(item, np.ndarray) or kind(item) for item in found):
        return None
    arrays = [np.asarray(item) for item in found]
    kinds = {"n" if item.dtype.kind in "iufc" else item.dtype.kind for item in arrays}
    if len({item.shape for item in arrays}) > 1 or len(kinds) > 1:
        return None
    return np.stack(arrays)


def finite(array):
    """Whether an array holds no NaN and no infinity."""
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def whole(array):
    """Whether all numbers of an array are whole."""
    return bool(np.all(array == np.round(array)))


def short(array):
    """Up to four numbers, or the shape."""
    numbers = {"float_kind": lambda number: f"{number:.4g}"}
    small = np.array2string(array, separator=", ", formatter=numbers)
    return str(array.shape) if array.size > 4 else " ".join(small.split())


def factor(expected, got):
    """How many times ``expected`` is ``got`` where that is largest, or 0.0 when nothing says so."""
    expected, got = np.asarray(expected), np.asarray(got)
    if expected.shape != got.shape or not np.any(expected):
        return 0.0
    at = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
    return float(got[at] / expected[at])


REARRANGED = {
    "It is the transpose of the right value.": lambda e: e.T,
    "It is the right value in reverse order along the first axis.": lambda e: (
        e[::-1] if e.ndim else e
    ),
    "It is right but for the order of the first two axes.": lambda e: (
        np.swapaxes(e, 0, 1) if e.ndim > 1 else e
    ),
}


def rearrangement(pairs, same):
    """Say in words how every ``got`` is the ``expected`` in another order or shape, or return "".

    Parameters
    ----------
    pairs : list of tuple of array
        Expected and got.
    same : callable
        Whether two arrays agree.
    """
    pairs = [(np.asarray(e), np.asarray(g)) for e, g in pairs]
    for words, change in REARRANGED.items():
        if all(same(change(e), g) for e, g in pairs):
            return words
    if all(e.size == g.size and same(e.ravel(), g.ravel()) for e, g in pairs):
        return "The numbers are right, only the shape is not."
    return ""
