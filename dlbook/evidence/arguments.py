"""Refuse arguments with which a check could show nothing, and say what was expected."""

import math
import numbers
import re

from dlbook.evidence.compare import EvidenceError
from dlbook.evidence.record import number_text

LOOSE = 1e-9  # a tolerance above this one needs a reason


def check_text(what, text, pattern=r".*\S.*", expected="one line of text"):
    """Raise EvidenceError unless ``text`` is a string that matches the whole pattern."""
    if not isinstance(text, str) or not re.fullmatch(pattern, text):
        raise EvidenceError(f"{what}: expected {expected}, got {text!r}")


def check_tolerances(label, tol, atol, why):
    """Tolerances as floats, 0 <= tol < 1 and 0 <= atol; a loose ``tol`` needs ``why``."""
    for name, value in (("tol", tol), ("atol", atol)):
        if not isinstance(value, numbers.Real) or not 0.0 <= value < math.inf:
            raise EvidenceError(f"{label}: {name} is a finite number >= 0, not {value!r}")
    if tol >= 1.0:
        raise EvidenceError(f"{label}: tol is relative and below 1, not {tol!r}")
    if why is not None:
        check_text(f"{label}: why", why)
    elif tol > LOOSE:
        raise EvidenceError(
            f"{label}: tol={number_text(tol)} is above {LOOSE:g}: give the reason, why='...'"
        )
    return float(tol), float(atol)
