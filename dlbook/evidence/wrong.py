"""Wrong versions: common mistakes that an equation's check must notice, or it shows nothing."""

import math
from typing import NamedTuple

import numpy as np

from dlbook.evidence.cases import call
from dlbook.evidence.compare import EvidenceError
from dlbook.evidence.explain import explain

MARGIN = 10.0  # a wrong version must miss by more than this multiple of the tolerance
BROKEN = ("type of ours", "order")  # faults that no mistake in a formula makes


class Rejected(NamedTuple):
    """A wrong version that the check noticed."""

    name: str
    worst: float | None  # its largest relative error; None when only shapes or NaN gave it away
    cases: int  # number of cases that reject it


class WrongVersion:
    """One common mistake, and what the cases said about it."""

    def __init__(self, label, name, function):
        self.label, self.name, self.function = label, name, function
        self.rejected, self.excess, self.worst = 0, 0.0, None

    def meet(self, number, args, kwargs, theirs, gap_to):
        """Put case ``number`` to it; ``gap_to(ours, theirs)`` compares as the equation does."""
        about = f"{self.label}: case {number} (from 0): the wrong version {self.name!r}"
        still = "that does not count as rejected"
        try:
            with np.errstate(all="ignore"):
                ours = call(self.function, args, kwargs)
        except Exception as error:
            kind = type(error).__name__
            raise EvidenceError(f"{about} raised {kind}: {error}; {still}") from error
        gap = gap_to(ours, theirs)
        if gap.fault in BROKEN:
            raise EvidenceError(f"{about}: {explain(gap, 'it', 'the referee', 0, 0)}; {still}")
        if gap.fault is not None:
            self.rejected += gap.excess > MARGIN
            self.excess = max(self.excess, gap.excess)
            if math.isfinite(gap.error):
                self.worst = max(self.worst or 0.0, gap.error)

    def verdict(self, count):
        """``Rejected``, or an EvidenceError if none of ``count`` cases noticed the mistake."""
        if self.rejected:
            return Rejected(self.name, self.worst, self.rejected)
        how = "passes every case"
        if self.excess:
            how = f"misses by {self.excess:.3g} times the tolerance at most"
        raise EvidenceError(
            f"{self.label}: vacuous: the wrong version {self.name!r} {how} (cases: {count});"
            f" choose cases in which it misses by more than {MARGIN:g} times the tolerance"
        )
