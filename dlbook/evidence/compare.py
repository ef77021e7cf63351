"""Compare two values leaf by leaf: arrays, tensors, numbers, and tuples or lists of these.

The error of a leaf is ``max|a - b| / max|b|`` with ``b`` the reference; the leaf passes when
``max|a - b| <= tol * max|b| + atol``. Integers and booleans on both sides are compared exactly. Nothing is
broadcast, and NaN, infinity and emptiness never pass.
"""

import math
from typing import Any, NamedTuple

import numpy as np


class EvidenceError(AssertionError):
    """A check failed, or was asked for in a way that could show nothing."""


class Gap(NamedTuple):
    """How far two values are apart, told for the leaf where it is worst."""

    fault: str | None  # None when the values agree, else a key of ``explain``
    error: float  # max|a - b| / (max|b| + atol / tol): the relative error when atol is 0; inf if there is none
    excess: float  # largest difference as a multiple of what the tolerance allows; inf if there is none
    path: tuple  # where the leaf stands in the nested value, () for a bare one
    ours: Any  # the leaf on either side, as an array if it is one
    theirs: Any


def as_array(value):
    """``value`` as a numpy array of numbers; torch tensors are recognised without importing torch.

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
    """The gap between two values; ``gap.fault`` is None when they agree.

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
    return gap.fault is not None, gap.excess, gap.error


def _pairs(ours, theirs, path):
    """Yield (path, leaf, leaf); where the structures part, what stands there on either side."""
    if (
        isinstance(ours, (tuple, list))
        and isinstance(theirs, (tuple, list))
        and len(ours) == len(theirs)
    ):
        for i, (a, b) in enumerate(zip(ours, theirs)):
            yield from _pairs(a, b, (*path, i))
    else:
        yield path, ours, theirs


def _compare_leaf(path, ours, theirs, tol, atol, relation):
    def fault(name):
        return Gap(name, math.inf, math.inf, path, ours, theirs)

    if isinstance(ours, (tuple, list)) or isinstance(theirs, (tuple, list)):
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
    kinds = ours.dtype.kind + theirs.dtype.kind
    if relation == "<=" and "c" in kinds:
        return fault("order")
    if kinds[0] in "biu" and kinds[1] in "biu":
        return _compare_exactly(path, ours, theirs, relation)

    a, b = ours, theirs
    if not a.dtype.char == b.dtype.char == "d":
        dtype = np.result_type(a.dtype, b.dtype, np.float64)  # nothing is rounded: float32 widens exactly
        a, b = a.astype(dtype), b.astype(dtype)
    difference = _largest(np.abs(a - b))
    size = _largest(np.abs(b))
    if not (math.isfinite(difference) and math.isfinite(size)):
        finite = np.isfinite(a).all() and np.isfinite(b).all()
        return fault("values" if finite else "not finite")
    if size == 0.0 and atol == 0.0:
        return fault("zero reference")
    if relation == "<=":
        return _compare_bound(path, a, b, tol, atol)
    allowed = tol * size + atol
    scale = size + (atol / tol if tol else 0.0)
    error = difference / scale if scale else difference
    excess = _ratio(difference, allowed)
    return Gap(None if difference <= allowed else "values", error, excess, path, ours, theirs)


def _compare_exactly(path, a, b, relation):
    agree = a == b if relation == "==" else a <= b
    if np.all(agree):
        return Gap(None, 0.0, 0.0, path, a, b)
    difference, size = _largest(np.abs(_float(a) - _float(b))), _largest(np.abs(_float(b)))
    error = difference / size if size else difference
    return Gap("exact values", error, math.inf, path, a, b)


def _compare_bound(path, a, b, tol, atol):
    over = np.maximum(a - b, 0.0)
    size = np.abs(b)
    allowed = tol * size + atol
    scale = size + (atol / tol if tol else 0.0)
    error = _largest(np.where(scale > 0.0, over / scale, over))
    excess = _largest(np.where(over > 0.0, over / allowed, 0.0))
    fault = None if np.all(over <= allowed) else "bound"
    return Gap(fault, error, excess, path, a, b)


def _largest(array):
    return float(np.maximum.reduce(array, axis=None))


def _float(array):
    return array.astype(np.float64)


def _ratio(difference, allowed):
    if difference == 0.0:
        return 0.0
    return difference / allowed if allowed > 0.0 else math.inf
