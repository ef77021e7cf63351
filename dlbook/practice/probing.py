"""Patterns in a wrong answer that no named mistake explains: a sign, a factor, an order."""

import numpy as np

from .values import differences, leaves

LOOSE = 1e-5  # what float32 computing reaches


def pattern(expected, got, path):
    """Say in words how the array at ``path`` is wrong in the same way on all inputs, or return "".

    Parameters
    ----------
    expected, got : list of plain values
        One per input.
    path : tuple
        Where the arrays stand in each of them.
    """
    pairs = [
        (dict(leaves(e)).get(path), dict(leaves(g)).get(path))
        for e, g in zip(expected, got, strict=True)
    ]
    if any(not _numbers(e) or not _numbers(g) for e, g in pairs):
        return ""
    if _all(pairs, lambda e: -e):
        return "It is the right value with the other sign."
    factor = _factor(pairs)
    if factor and _all(pairs, lambda e: factor * e):
        return f"It is {factor:.5g} times the right value on every input."
    for change, words in (
        (lambda e: e.T, "It is the transpose of the right value."),
        (
            lambda e: e[::-1] if e.ndim else e,
            "It is the right value in reverse order along the first axis.",
        ),
        (
            lambda e: np.swapaxes(e, 0, 1) if e.ndim > 1 else e,
            "It is right but for the order of the first two axes.",
        ),
    ):
        if _all(pairs, change):
            return words
    if all(e.size == g.size for e, g in pairs) and _all(
        [(e.ravel(), g.ravel()) for e, g in pairs], lambda e: e
    ):
        return "The numbers are right, only the shape is not."
    return ""


def _numbers(value):
    return value is not None and value.dtype.kind in "iuf" and value.size > 0


def _all(pairs, change):
    return all(not differences(np.asarray(change(e)), g, LOOSE) for e, g in pairs)


def _factor(pairs):
    for expected, got in pairs:
        if expected.shape == got.shape and np.any(expected):
            at = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
            return float(got[at] / expected[at])
    return 0.0
