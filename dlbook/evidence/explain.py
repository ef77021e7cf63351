"""Say in words why two values do not agree."""

import numpy as np

from dlbook.evidence.record import number_text

EXPECTED = "expected an array, a tensor, a number, or a tuple or list of these"


def explain(gap, left, right, tol, atol):
    """The sentence or the small table that a failed comparison prints.

    Parameters
    ----------
    gap : Gap
        With a fault.
    left, right : str
        What the two sides are called; ``right`` is the reference.
    tol, atol : float
        The tolerances of the comparison.

    Returns
    -------
    str
    """
    at = f" in {_output(gap.path)}" if gap.path else ""
    a, b = gap.ours, gap.theirs
    if gap.fault == "empty":
        return f"nothing to compare: {left} gives {describe(a)}, {right} gives {describe(b)}"
    if gap.fault == "structure":
        return f"structures differ{at}: {left} gives {describe(a)}, {right} gives {describe(b)}"
    if gap.fault == "type of ours":
        return f"{left} gives {describe(a)}{at}, which cannot be compared; {EXPECTED}"
    if gap.fault == "type of theirs":
        return f"{right} gives {describe(b)}{at}, which cannot be compared; {EXPECTED}"
    if gap.fault == "shape":
        return f"shapes differ{at}: {left} gives {a.shape}, {right} gives {b.shape}; nothing is broadcast"
    if gap.fault == "order":
        return f"complex values{at} have no order, so '<=' cannot hold: {describe(a)}, {describe(b)}"
    if gap.fault == "zero reference":
        largest = float(np.max(np.abs(a)))
        return (
            f"{right} is zero everywhere{at}, so there is no relative error: an absolute tolerance is needed"
            f" (atol=...); the largest value of {left} is {largest:.3g}"
        )
    return _table(gap, left, right, tol, atol)


def _table(gap, left, right, tol, atol):
    a, b = gap.ours, gap.theirs
    index = _worst_index(gap)
    if gap.fault == "not finite":
        head = "values that are not finite"
        error = "none: NaN and infinity never agree"
    elif gap.fault == "bound":
        head, error = f"{left} exceeds {right}", f"{gap.error:.3g}"
    else:
        head, error = "values differ", f"{_relative(a, b):.3g}"
    if gap.fault == "exact values":
        tolerance = "none: integers are compared exactly"
    else:
        tolerance = number_text(tol) + (f", absolute {number_text(atol)}" if atol else "")
    place = ", ".join(
        part
        for part in (
            _output(gap.path) if gap.path else "",
            f"element [{', '.join(map(str, index))}] of shape {a.shape}" if index else "",
        )
        if part
    )
    rows = [
        (left, repr(a[index].item())),
        (right, repr(b[index].item())),
        ("relative error", error),
        ("tolerance", tolerance),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name:<{width}}  {text}" for name, text in rows]
    return "\n".join([f"{head}{' at ' + place if place else ''}", *lines])


def _relative(a, b):
    with np.errstate(all="ignore"):
        wide = np.result_type(a.dtype, b.dtype, np.float64)
        a, b = a.astype(wide), b.astype(wide)
        difference, size = float(np.max(np.abs(a - b))), float(np.max(np.abs(b)))
    return difference / size if size else float("inf")


def _worst_index(gap):
    """Index of the element to show, () for a number."""
    a, b = gap.ours, gap.theirs
    with np.errstate(all="ignore"):
        if gap.fault == "not finite":
            size = ~(np.isfinite(a) & np.isfinite(b))
        else:
            wide = np.result_type(a.dtype, b.dtype, np.float64)
            size = a.astype(wide) - b.astype(wide)
            size = size if gap.fault == "bound" else np.abs(size)
            size = np.where(a == b, -np.inf, size)
    return tuple(int(i) for i in np.unravel_index(np.argmax(size), a.shape))


def _output(path):
    return "output " + ".".join(map(str, path))


def describe(value):
    """What a value is, in a few words: "float64 array of shape (3, 1)", "tuple of 2", "NoneType"."""
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__} of {len(value)}"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{value.dtype} array of shape {tuple(value.shape)}"
    return f"a value of type {type(value).__name__}"
