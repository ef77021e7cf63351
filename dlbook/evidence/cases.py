"""Call the sides of an equation with its cases."""

import numpy as np

from dlbook.evidence.compare import EvidenceError


def calls(label, cases):
    """Yield (args, kwargs) of each case: a tuple, a dictionary, or one argument."""
    if isinstance(cases, (str, bytes, dict)) or not hasattr(cases, "__iter__"):
        kind = type(cases).__name__
        raise EvidenceError(f"{label}: cases is an iterable of cases, not a {kind}")
    for case in cases:
        if isinstance(case, tuple):
            yield case, {}
        elif isinstance(case, dict):
            yield (), case
        else:
            yield (case,), {}


def call(function, args, kwargs):
    """Call with copies of the numpy arrays: code that works in place spoils no other side."""
    return function(*_fresh(args), **_fresh(kwargs))


def _fresh(value):
    """The value with its arrays copied, inside tuples, lists and dictionaries too."""
    kind = type(value)
    if kind is np.ndarray:
        return value.copy(order="K")
    if kind is tuple or kind is list:
        return kind([_fresh(part) for part in value])
    if kind is dict:
        return {name: _fresh(part) for name, part in value.items()}
    if hasattr(value, "_make"):  # a NamedTuple of parameters
        return kind._make(_fresh(part) for part in value)
    return value
