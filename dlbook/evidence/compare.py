"""Compare two values leaf by leaf: arrays, tensors, numbers, and tuples or lists of these.

The error of a leaf is ``max|a - b| / max|b|`` with ``b`` the reference; the leaf passes when
``max|a - b| <= tol * max|b| + atol``. Where both sides are integers or booleans they are compared
exactly. Nothing is broadcast, and NaN, infinity and emptiness never pass.
"""

import math
from typing import Any, NamedTuple

import numpy as np


class EvidenceError(AssertionError):
    """A check failed, or was asked for in a way that could show nothing."""


class Gap(NamedTuple):
    """How far two values are apart, told for the leaf where it is worst."""

    fault: str | None  # None when the values agree; ``explain`` puts the others into words
    error: float  # relative error, see ``_scale``; inf if there is none
    excess: float  # the difference as a multiple of what the tolerance allows; inf if there is none
    path: tuple  # where the leaf stands in a nested value, () for a bare one
    ours: Any  # the leaf on either side, as an array if it is one
    theirs: Any


def as_array(value):
    """Give ``value`` as an array of numbers; knows torch tensors without importing torch.

    Raises
    ------
    TypeError
        If the value is not an array of numbers.
    """
    if type(value) is not np.ndarray:
        if hasattr(value, "detach"):
            try:
                value = value.numpy(force=True)
            except TypeError:  # bfloat16 has no numpy counterpart; float32 holds it exactly
                value = value.float().numpy(force=True)
        else:
            value = np.asarray(value)
    if value.dtype.kind not in "biufc":
        raise TypeError(f"{value.dtype} is not a dtype of numbers")
    return value


def compare(ours, theirs, tol, atol=0.0, relation="=="):
    """Measure the gap between two values; ``gap.fault`` is None when they agree.

    Parameters
    ----------
    ours, theirs : arrays, tensors, numbers, or nested tuples and lists of these
        ``theirs`` is the reference.
    tol, atol : float, >= 0
        Relative and absolute tolerance.
    relation : "==" or "<="
        "<=" asks for ``ours <= theirs + tol * |theirs| + atol`` in every element.

    Returns
    -------
    Gap
    """
    worst = Gap("empty", math.inf, math.inf, (), ours, theirs)
    with np.errstate(all="ignore"):
        for path, a, b in _pairs(ours, theirs, ()):
            gap = _compare_leaf(path, a, b, tol, atol, relation)
            if gap.fault == "empty":
                continue
            if worst.fault == "empty" or _rank(gap) > _rank(worst):
                worst = gap
    return worst


def _rank(gap):
    return gap.fault is not None, gap.excess


def _is_nested(value):
    return isinstance(value, (tuple, list))


def _pairs(ours, theirs, path):
    """Yield (path, leaf, leaf); where the structures part, what stands there on either side."""
    if _is_nested(ours) and _is_nested(theirs) and len(ours) == len(theirs):
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            yield from _pairs(a, b, (*path, i))
    else:
        yield path, ours, theirs


def _compare_leaf(path, ours, theirs, tol, atol, relation):
    def fault(name):
        return Gap(name, math.inf, math.inf, path, ours, theirs)

    if _is_nested(ours) or _is_nested(theirs):
        return fault("structure")
    try:
        ours = as_array(ours)
    except TypeError:
        return fault("type of ours")
    try:
        theirs = as_array(theirs)
    except TypeError:
        return fault("type of theirs")
    if ours.shape != theirs.shape:
        return fault("shape")
    if ours.size == 0:
        return fault("empty")
    if relation == "<=" and "c" in (ours.dtype.kind, theirs.dtype.kind):
        return fault("order")
    if ours.dtype.kind in "biu" and theirs.dtype.kind in "biu":
        return _compare_integers(path, ours, theirs, relation)

    a, b = widen(ours, theirs)
    difference, size = largest(np.abs(a - b)), largest(np.abs(b))
    if not (math.isfinite(difference) and math.isfinite(size)):
        finite = np.isfinite(a).all() and np.isfinite(b).all()
        return fault("values" if finite else "not finite")
    if size == 0.0 and atol == 0.0:
        return fault("zero reference")
    if relation == "<=":
        return _compare_bound(path, a, b, tol, atol)
    allowed = tol * size + atol
    excess = difference / allowed if allowed else math.inf if difference else 0.0
    error = difference / _scale(size, tol, atol)
    return Gap(None if difference <= allowed else "values", error, excess, path, ours, theirs)


def _compare_integers(path, a, b, relation):
    if relation == "==":
        fault = None if np.all(a == b) else "integers"
    else:
        fault = None if np.all(a <= b) else "integer bound"
    if fault is None:
        return Gap(None, 0.0, 0.0, path, a, b)
    wide_a, wide_b = widen(a, b)
    size = largest(np.abs(wide_b))
    error = largest(np.abs(wide_a - wide_b)) / size if size else math.inf
    return Gap(fault, error, math.inf, path, a, b)


def _compare_bound(path, a, b, tol, atol):
    over = np.maximum(a - b, 0.0)
    allowed = tol * np.abs(b) + atol
    excess = largest(np.where(over > 0.0, over / allowed, 0.0))
    error = largest(np.where(over > 0.0, over / _scale(np.abs(b), tol, atol), 0.0))
    return Gap(None if np.all(over <= allowed) else "bound", error, excess, path, a, b)


def _scale(size, tol, atol):
    """What a difference is divided by: ``error <= tol`` and "passes" mean the same.

    That is the size of the reference, or with ``atol`` the size plus ``atol / tol``. A check with
    an absolute tolerance alone has an absolute error.
    """
    if tol:
        return size + atol / tol
    return 1.0 if atol else size


def widen(a, b):
    """Give both arrays in float64 or wider: float32 values stay what they are."""
    if a.dtype.char == b.dtype.char == "d":
        return a, b
    dtype = np.result_type(a.dtype, b.dtype, np.float64)
    return a.astype(dtype), b.astype(dtype)


def largest(array):
    """Largest element as a float, NaN if there is one."""
    return float(np.maximum.reduce(array, axis=None))
