"""Say in words why two values do not agree."""

import math

import numpy as np

from dlbook.evidence.compare import largest, widen
from dlbook.evidence.record import number_text

EXPECTED = "expected an array, a tensor, a number, or a tuple or list of these"


def explain(gap, left, right, tol, atol):
    """Put a failed comparison into a sentence, or a small table where values differ.

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
    match gap.fault:
        case "empty":
            return f"nothing to compare: {left}: {describe(a)}, {right}: {describe(b)}"
        case "structure":
            return f"structures differ{at}: {left}: {describe(a)}, {right}: {describe(b)}"
        case "type of ours":
            return f"{left}: {describe(a)}{at}, which cannot be compared; {EXPECTED}"
        case "type of theirs":
            return f"{right}: {describe(b)}{at}, which cannot be compared; {EXPECTED}"
        case "shape":
            return f"shapes differ{at}: {left}: {a.shape}, {right}: {b.shape}; nothing is broadcast"
        case "order":
            return f"complex numbers{at} have no order, so there is no '<=' to check"
        case "zero reference":
            return (
                f"{right} is zero everywhere{at}, so there is no relative error and an absolute"
                f" tolerance is needed, atol=...; {left} reaches {largest(np.abs(a)):.3g}"
            )
    return _table(gap, left, right, tol, atol)


def describe(value):
    """Say in a few words what a value is: "float64 array of shape (3, 1)", "tuple of 2"."""
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__} of {len(value)}"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{value.dtype} array of shape {tuple(value.shape)}"
    return f"a value of type {type(value).__name__}"


def _table(gap, left, right, tol, atol):
    a, b = gap.ours, gap.theirs
    with np.errstate(all="ignore"):
        index, error = _worst_element(gap.fault, *widen(a, b), tol, atol)
    head = {
        "not finite": "values that are not finite",
        "bound": f"{left} exceeds {right}",
        "integer bound": f"{left} exceeds {right}",
    }.get(gap.fault, "values differ")
    tolerance = number_text(tol) + (f", absolute {number_text(atol)}" if atol else "")
    if gap.fault in ("integers", "integer bound"):
        tolerance = "none, integers are compared exactly"
    place = [_output(gap.path)] if gap.path else []
    place += [f"element {list(index)} of shape {a.shape}"] if index else []
    rows = {
        left: repr(a[index].item()),
        right: repr(b[index].item()),
        "relative error": "none" if math.isnan(error) else f"{error:.3g}",
        "tolerance": tolerance,
    }
    width = max(map(len, rows))
    lines = [f"  {name:<{width}}  {text}" for name, text in rows.items()]
    return "\n".join([head + (" at " + ", ".join(place) if place else ""), *lines])


def _worst_element(fault, a, b, tol, atol):
    """Index of the element to show, () for a number, and the relative error, NaN if none."""
    if fault == "not finite":
        return _position(~(np.isfinite(a) & np.isfinite(b))), math.nan
    if fault in ("bound", "integer bound"):
        over = a - b
        allowed = tol * np.abs(b) + atol if fault == "bound" else 0.0
        index = _position(np.where(over > allowed, over / allowed, -np.inf))
        return index, float(over[index] / np.abs(b[index]))
    difference, size = np.abs(a - b), largest(np.abs(b))
    return _position(difference), largest(difference) / size if size else math.inf


def _position(array):
    return tuple(int(i) for i in np.unravel_index(np.argmax(array), array.shape))


def _output(path):
    return "output " + ".".join(map(str, path))
