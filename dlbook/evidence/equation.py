"""Evaluate both sides of an equation on every case, and show that the common mistakes would be noticed."""

import math
import numbers
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dlbook.evidence.compare import EvidenceError, compare
from dlbook.evidence.explain import explain
from dlbook.evidence.record import Record, number_text

LOOSE = 1e-9  # a tolerance above this one needs a reason
MARGIN = 10.0  # a wrong version must miss by more than this multiple of the tolerance
UNREADABLE = ("type of ours", "type of theirs", "order")


class Rejected(NamedTuple):
    """A wrong version that the check noticed."""

    name: str
    worst: float | None  # its largest relative error; None when only shapes or NaN gave it away
    cases: int  # number of cases that reject it


@dataclass(frozen=True, repr=False)
class Equation(Record):
    """The record of an equation that held on every case."""

    label: str
    referee: str
    relation: str  # "==" or "<="
    cases: int
    tol: float
    atol: float
    why: str | None
    worst: float  # largest relative error over all cases
    wrong: tuple[Rejected, ...]

    @property
    def line(self):
        count = "1 case" if self.cases == 1 else f"{self.cases} cases"
        if self.relation == "==":
            verb = "agrees with" if self.cases == 1 else "agree with"
        else:
            verb = "stays at or below" if self.cases == 1 else "stay at or below"
        rejected = ", ".join(version.name for version in self.wrong)
        return (
            f"✓ {self.label}: {count} {verb} {self.referee} {_within(self.tol, self.atol, self.why)}"
            + (f"; rejected: {rejected}" if rejected else "")
        )

    @property
    def data(self):
        return {
            "kind": "equation",
            "label": self.label,
            "referee": self.referee,
            "relation": self.relation,
            "cases": self.cases,
            "tol": self.tol,
            "atol": self.atol,
            "why": self.why,
            "worst": self.worst,
            "wrong": [version._asdict() for version in self.wrong],
        }


@dataclass(frozen=True, repr=False)
class Same(Record):
    """The record of two values that agree."""

    what: str
    tol: float
    atol: float
    why: str | None
    worst: float  # largest relative error over all leaves

    @property
    def line(self):
        return f"✓ {self.what}: the same {_within(self.tol, self.atol, self.why)}"

    @property
    def data(self):
        return {
            "kind": "same",
            "what": self.what,
            "tol": self.tol,
            "atol": self.atol,
            "why": self.why,
            "worst": self.worst,
        }


def equation(
    label, lhs, rhs, cases, *, referee, wrong=None, tol=1e-12, atol=0.0, relation="==", why=None
):
    """Evaluate the page's formula and an independent referee on every case, and compare.

    The error of a leaf is ``max|lhs - rhs| / max|rhs|``; it passes when
    ``max|lhs - rhs| <= tol * max|rhs| + atol``. Integers and booleans are compared exactly.

    Parameters
    ----------
    label : str
        Label of the equation on the page, "eq-...".
    lhs : callable
        The page's formula in code.
    rhs : callable
        The independent referee.
    cases : iterable
        Tuples are positional arguments, dictionaries keyword arguments, anything else is the one argument.
        Each side gets its own copy of the numpy arrays, so that code that works in place spoils nothing.
    referee : str
        What ``rhs`` is: "torch.autograd", "central differences", "brute force", "closed form".
    wrong : dict of str to callable, optional
        Common mistakes by name, called like ``lhs``. Each must miss by more than 10 times the tolerance, by
        its shape, or by NaN, in at least one case. Their floating-point warnings are not shown.
    tol : float in [0, 1)
        Relative tolerance; above 1e-9 it needs ``why``.
    atol : float, >= 0
        Absolute tolerance; needed where the reference is zero everywhere.
    relation : "==" or "<="
        "<=" checks a bound: ``lhs <= rhs + tol * |rhs| + atol`` in every element.
    why : str, optional
        One clause that says why the tolerance is loose.

    Returns
    -------
    Equation

    Raises
    ------
    EvidenceError
        If a case disagrees or cannot be compared, if there is no case, or if a wrong version passes or raises.
    """
    _check_text("label", label, r"eq-[\w.-]+", "'eq-' and a name")
    _check_text(f"{label}: referee", referee)
    tol, atol = _check_tolerances(label, tol, atol, why)
    if relation not in ("==", "<="):
        raise EvidenceError(f"{label}: relation is '==' or '<=', not {relation!r}")
    tallies = {name: _Tally() for name in wrong or {}}
    for name in tallies:
        _check_text(f"{label}: the name of a wrong version", name)

    count, worst = 0, 0.0
    for count, (args, kwargs) in enumerate(_calls(label, cases), start=1):
        number = count - 1
        theirs = _call(rhs, args, kwargs, f"{label}: in {referee}, case {number} (counted from 0)")
        ours = _call(lhs, args, kwargs, f"{label}: in the left side, case {number} (counted from 0)")
        gap = compare(ours, theirs, tol, atol, relation)
        if gap.fault is not None:
            reason = explain(gap, "left side", referee, tol, atol)
            raise EvidenceError(f"{label}: case {number} (counted from 0): {reason}")
        worst = max(worst, gap.error)
        for name, tally in tallies.items():
            tally.add(_try_wrong(label, name, wrong[name], args, kwargs, number, theirs, tol, atol, relation))
    if count == 0:
        raise EvidenceError(f"{label}: no cases, so nothing was compared")
    rejected = tuple(tally.verdict(label, name, count) for name, tally in tallies.items())
    return Equation(label, referee, relation, count, tol, atol, why, worst, rejected)


def same(what, ours, theirs, *, tol=1e-12, atol=0.0, why=None):
    """Compare two values that no equation on the page is about, as ``equation`` compares its sides.

    Parameters
    ----------
    what : str
        What agrees with what, as the line shall say it.
    ours, theirs : arrays, tensors, numbers, or nested tuples and lists of these
        ``theirs`` is the reference.
    tol, atol, why
        As in ``equation``.

    Returns
    -------
    Same

    Raises
    ------
    EvidenceError
        If the values differ or cannot be compared.
    """
    _check_text("what", what)
    tol, atol = _check_tolerances(what, tol, atol, why)
    gap = compare(ours, theirs, tol, atol)
    if gap.fault is not None:
        raise EvidenceError(f"{what}: {explain(gap, 'ours', 'theirs', tol, atol)}")
    return Same(what, tol, atol, why, gap.error)


class _Tally:
    """What the cases said about one wrong version."""

    def __init__(self):
        self.rejected, self.excess, self.worst = 0, 0.0, None

    def add(self, gap):
        if gap.fault is not None:
            self.excess = max(self.excess, gap.excess)
            self.rejected += gap.excess > MARGIN
        if gap.fault is not None and math.isfinite(gap.error):
            self.worst = max(self.worst or 0.0, gap.error)

    def verdict(self, label, name, count):
        if self.rejected:
            return Rejected(name, self.worst, self.rejected)
        how = "passes" if self.excess == 0.0 else f"misses by at most {self.excess:.3g} times the tolerance in"
        raise EvidenceError(
            f"{label}: vacuous: the wrong version {name!r} {how} {count} of {count} cases;"
            f" it must miss by more than {MARGIN:g} times the tolerance in one, so choose cases that separate it"
        )


def _try_wrong(label, name, version, args, kwargs, number, theirs, tol, atol, relation):
    about = f"{label}: case {number} (counted from 0): the wrong version {name!r}"
    try:
        with np.errstate(all="ignore"):
            ours = version(*_fresh(args), **_fresh(kwargs))
    except Exception as error:
        raise EvidenceError(
            f"{about} raised {type(error).__name__}: {error}; that does not count as rejected"
        ) from error
    gap = compare(ours, theirs, tol, atol, relation)
    if gap.fault in UNREADABLE:
        reason = explain(gap, "it", "the referee", tol, atol)
        raise EvidenceError(f"{about}: {reason}; that does not count as rejected")
    return gap


def _calls(label, cases):
    """Yield (args, kwargs) of each case."""
    if isinstance(cases, (str, bytes, dict)) or not hasattr(cases, "__iter__"):
        raise EvidenceError(f"{label}: cases is an iterable of cases, not a {type(cases).__name__}")
    for case in cases:
        if isinstance(case, tuple):
            yield case, {}
        elif isinstance(case, dict):
            yield (), case
        else:
            yield (case,), {}


def _call(function, args, kwargs, note):
    try:
        return function(*_fresh(args), **_fresh(kwargs))
    except Exception as error:
        error.add_note(note)
        raise


def _fresh(value):
    """The value with its numpy arrays copied, inside tuples, lists and dictionaries too."""
    kind = type(value)
    if kind is np.ndarray:
        return value.copy(order="K")
    if kind is tuple or kind is list:
        return kind([_fresh(part) for part in value])
    if kind is dict:
        return {name: _fresh(part) for name, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return kind._make(_fresh(part) for part in value)
    return value


def _check_text(what, text, pattern=r".*\S.*", expected="one line of text"):
    if not isinstance(text, str) or not re.fullmatch(pattern, text):
        raise EvidenceError(f"{what}: expected {expected}, got {text!r}")


def _check_tolerances(label, tol, atol, why):
    for name, value in (("tol", tol), ("atol", atol)):
        if not isinstance(value, numbers.Real) or not 0.0 <= value < math.inf:
            raise EvidenceError(f"{label}: {name} is a number >= 0, not {value!r}")
    if tol >= 1.0:
        raise EvidenceError(f"{label}: tol is relative, below 1, not {tol!r}")
    if why is not None:
        _check_text(f"{label}: why", why)
    elif tol > LOOSE:
        raise EvidenceError(f"{label}: tol={number_text(tol)} is above {LOOSE:g}: say why='...' in one clause")
    return float(tol), float(atol)


def _within(tol, atol, why):
    text = f"within {number_text(tol)}" if tol or not atol else ""
    if not tol and not atol:
        text = "exactly"
    if atol:
        text = f"{text} or {number_text(atol)} absolute" if text else f"within {number_text(atol)} absolute"
    return f"{text} ({why})" if why else text
