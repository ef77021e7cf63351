"""Plain Python numbers, truth values and texts: their kind, and whether two of them agree.

They are compared here as :mod:`.arrays` compares the same values in arrays, but without NumPy, so
that the exercises that need no array also run where NumPy is not there.
"""

import math

# The letters of NumPy's dtype.kind; bool comes first, because it is an int as well.
KINDS = {bool: "b", int: "i", float: "f", complex: "c", str: "U"}
LONGEST = range(-(2**63), 2**64)  # the whole numbers that fit into an array


def kind(value):
    """One of "b", "i", "f", "c", "U", or "" for what is none of these."""
    return KINDS.get(type(value), "")


def fits(expected, got):
    """Whether a value of kind ``got`` can be compared with one of kind ``expected``."""
    if expected == "U":
        return got == "U"
    return got in ("buif" if expected == "b" else "iufc" if expected == "c" else "iuf")


def named(kind):
    """A kind of values in words."""
    names = {"b": "True and False", "U": "text", "c": "complex numbers"}
    return names.get(kind, "real numbers")


def disagreement(expected, got, tol):
    """How ``got`` differs from ``expected``: ``(kind, text, error)``, or ``None`` if it agrees.

    See :class:`.values.Difference` for the three.
    """
    ours, theirs = kind(expected), kind(got)
    if not fits(ours, theirs) or (ours == "b" and got not in (0, 1)):
        text = f"yours holds {named(theirs)} (type {type(got).__name__}), expected {named(ours)}"
        return "dtype", text, math.inf
    if ours in "bU":
        text = f"yours {got!r}, right {expected!r}"
        return None if got == expected else ("value", text, math.inf)
    gap = _gap(expected, got)
    error = gap / (_size(expected) if finite(expected) and expected else 1.0)
    return None if error <= tol else ("value", both(expected, got), error)


def _gap(expected, got):
    if got == expected or (expected != expected and got != got):  # NaN agrees with NaN
        return 0.0
    gap = _size(got - expected)
    return math.inf if math.isnan(gap) else gap


def _size(number):
    return math.hypot(number.real, number.imag)  # abs() of a large complex number raises


def finite(value):
    """Whether a value is no NaN and no infinity."""
    return kind(value) not in "fc" or (math.isfinite(value.real) and math.isfinite(value.imag))


def whole(value):
    """Whether a finite number is whole."""
    return value == round(value)


def both(expected, got):
    """Both numbers, with as many digits as it takes to see that they differ."""
    digits = next((d for d in range(5, 17) if f"{got:.{d}g}" != f"{expected:.{d}g}"), 17)
    return f"yours {got:.{digits}g}, right {expected:.{digits}g}"
