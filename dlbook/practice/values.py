"""Plain copies of what a function returned, and whether two of them agree.

A *plain* value is a number, truth value or text of Python, a NumPy array (NumPy's own numbers
become 0-d arrays), a list or a dict of plain values, ``None``, ``...``, ``NotImplemented``, or a
:class:`Foreign` marker for the rest. The first three are its *leaves*. NumPy is imported only where
there is an array: :mod:`.scalars` and :mod:`.arrays` compare the leaves.
"""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from . import scalars

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
    error: float = math.inf


def is_array(value):
    """Whether a value is a NumPy array; where nothing has imported NumPy, nothing is."""
    return isinstance(value, getattr(sys.modules.get("numpy"), "ndarray", ()))


def kind(value):
    """Of a leaf the letter of NumPy's ``dtype.kind``, of every other plain value ""."""
    return value.dtype.kind if is_array(value) else scalars.kind(value)


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
    name = type(value).__name__
    if hasattr(value, "detach"):
        value = value.detach()
        value = value.cpu() if hasattr(value, "cpu") else value
        if "bfloat16" in str(getattr(value, "dtype", "")):  # NumPy has no such type
            value = value.float()
    if hasattr(value, "__array__"):
        from .arrays import copied

        array = copied(value)
        return Foreign(name) if array is None else array
    for type_ in scalars.KINDS:
        if isinstance(value, type_):
            fits = type_ is not int or value in scalars.LONGEST
            return type_(value) if fits else Foreign(name)
    return Foreign(name)


def differences(expected, got, tol, path=()):
    """List where two plain values disagree, in order; an empty list means that they agree.

    A list (or tuple) may stand for an array and the other way round. Numbers agree when the largest
    absolute difference is at most ``tol`` times the largest absolute expected value of that array
    (times 1 when all expected values are 0); NaN agrees with NaN only.
    """
    if isinstance(expected, dict):
        return _dict_differences(expected, got, tol, path)
    if isinstance(expected, list):
        if is_array(got) and got.ndim:
            got = plain(list(got))
        if not isinstance(got, list):
            text = f"yours is {describe(got)}, expected {len(expected)} values"
            return [Difference(path, "structure", text)]
        if len(got) != len(expected):
            text = f"yours has {len(got)} values, expected {len(expected)}"
            return [Difference(path, "structure", text)]
        pairs = enumerate(zip(expected, got, strict=True))
        return [d for i, (e, g) in pairs for d in differences(e, g, tol, (*path, i))]
    if kind(expected):
        return _leaf_differences(expected, got, tol, path)
    if not kind(got) and got == expected:
        return []
    text = f"yours is {describe(got)}, expected {describe(expected)}"
    return [Difference(path, "structure", text)]


def _dict_differences(expected, got, tol, path):
    if not isinstance(got, dict):
        text = f"yours is {describe(got)}, expected a dict with the keys {sorted(expected)}"
        return [Difference(path, "structure", text)]
    if set(got) != set(expected):
        text = f"yours has the keys {sorted(got, key=str)}, expected {sorted(expected)}"
        return [Difference(path, "structure", text)]
    return [d for key in expected for d in differences(expected[key], got[key], tol, (*path, key))]


def _leaf_differences(expected, got, tol, path):
    if is_array(expected) and isinstance(got, list):
        from .arrays import stack

        stacked = stack(got)
        got = got if stacked is None else stacked
    if not kind(got):
        text = f"yours is {describe(got)}, expected {describe(expected)}"
        return [Difference(path, "structure", text)]
    if is_array(expected) or is_array(got):
        from .arrays import disagreement
    else:
        from .scalars import disagreement
    found = disagreement(expected, got, tol)
    return [Difference(path, *found)] if found else []


def finite(value):
    """Whether a leaf holds no NaN and no infinity."""
    if is_array(value):
        from .arrays import finite
    else:
        from .scalars import finite
    return finite(value)


def describe(value):
    """A plain value in a few words: its type, shape or number of items."""
    if isinstance(value, Foreign):
        return f"an object of type {value.type_name}"
    if isinstance(value, dict):
        return f"a dict with the keys {sorted(value, key=str)}"
    if isinstance(value, list):
        return f"a sequence of {len(value)} values"
    if is_array(value) and value.ndim:
        return f"an array of shape {value.shape}"
    names = {"b": "True or False", "U": "a text"}
    if kind(value):
        return names.get(kind(value), "a number")
    return {None: "None", Ellipsis: "..."}.get(value, "NotImplemented")


def leaves(value, path=()):
    """Yield ``(path, leaf)`` for every leaf of a plain value."""
    if kind(value):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from leaves(item, (*path, i))
