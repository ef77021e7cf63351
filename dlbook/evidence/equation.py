"""Evaluate both sides of an equation on every case; show that common mistakes would be noticed."""

from dataclasses import dataclass

from dlbook.evidence.arguments import check_text, check_tolerances
from dlbook.evidence.cases import call, calls
from dlbook.evidence.compare import EvidenceError, compare
from dlbook.evidence.explain import explain
from dlbook.evidence.record import Record, tolerance_text
from dlbook.evidence.wrong import Rejected, WrongVersion


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
        if self.relation == "==":
            verb = "case agrees with" if self.cases == 1 else "cases agree with"
        else:
            verb = "case stays at or below" if self.cases == 1 else "cases stay at or below"
        within = tolerance_text(self.tol, self.atol, self.why)
        rejected = "; rejected: " + ", ".join(v.name for v in self.wrong) if self.wrong else ""
        return f"✓ {self.label}: {self.cases} {verb} {self.referee} {within}{rejected}"

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
        Tuples are positional arguments, dictionaries keyword arguments, anything else is the one
        argument. Each side gets its own copy of the numpy arrays.
    referee : str
        What ``rhs`` is: "torch.autograd", "central differences", "brute force", "closed form".
    wrong : dict of str to callable, optional
        Common mistakes by name, called like ``lhs``. In at least one case each must miss by more
        than 10 times the tolerance, or by its shape, or give NaN or infinity. Their floating-point
        warnings are not shown.
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
        If a case disagrees or cannot be compared, if there is no case, or if a wrong version
        passes or raises.
    """
    check_text("label", label, r"eq-[\w.-]+", "'eq-' and a name")
    check_text(f"{label}: referee", referee)
    tol, atol = check_tolerances(label, tol, atol, why)
    if relation not in ("==", "<="):
        raise EvidenceError(f"{label}: relation is '==' or '<=', not {relation!r}")
    versions = _wrong_versions(label, wrong)

    def gap_to(ours, theirs):
        return compare(ours, theirs, tol, atol, relation)

    count, worst = 0, 0.0
    for number, (args, kwargs) in enumerate(calls(label, cases)):
        side = referee
        try:
            theirs = call(rhs, args, kwargs)
            side = "the left side"
            ours = call(lhs, args, kwargs)
        except Exception as error:
            error.add_note(f"{label}: case {number} (from 0), in {side}")
            raise
        gap = gap_to(ours, theirs)
        if gap.fault is not None:
            reason = explain(gap, "left side", referee, tol, atol)
            raise EvidenceError(f"{label}: case {number} (from 0): {reason}")
        count, worst = number + 1, max(worst, gap.error)
        for version in versions:
            version.meet(number, args, kwargs, theirs, gap_to)
    if count == 0:
        raise EvidenceError(f"{label}: no cases, so nothing was compared")
    rejected = tuple(version.verdict(count) for version in versions)
    return Equation(label, referee, relation, count, tol, atol, why, worst, rejected)


def _wrong_versions(label, wrong):
    if wrong is None:
        return []
    if not isinstance(wrong, dict):
        kind = type(wrong).__name__
        raise EvidenceError(f"{label}: wrong is a dictionary of name to callable, not a {kind}")
    for name in wrong:
        check_text(f"{label}: the name of a wrong version", name)
    return [WrongVersion(label, name, function) for name, function in wrong.items()]
