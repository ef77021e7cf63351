"""Show that two values agree that no labelled equation is about."""

from dataclasses import dataclass

from dlbook.evidence.arguments import check_text, check_tolerances
from dlbook.evidence.compare import EvidenceError, compare
from dlbook.evidence.explain import explain
from dlbook.evidence.record import Record, tolerance_text


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
        return f"✓ {self.what}: the same {tolerance_text(self.tol, self.atol, self.why)}"

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


def same(what, ours, theirs, *, tol=1e-12, atol=0.0, why=None):
    """Compare two values as ``equation`` compares its sides.

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
    check_text("what", what)
    tol, atol = check_tolerances(what, tol, atol, why)
    gap = compare(ours, theirs, tol, atol)
    if gap.fault is not None:
        raise EvidenceError(f"{what}: {explain(gap, 'ours', 'theirs', tol, atol)}")
    return Same(what, tol, atol, why, gap.error)
