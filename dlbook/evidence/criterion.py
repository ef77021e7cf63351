"""What a belief predicts about a number, in code and, made from it, in words."""

import math
import numbers
from dataclasses import dataclass

from dlbook.evidence.compare import EvidenceError
from dlbook.evidence.record import number_text


@dataclass(frozen=True)
class Criterion:
    """A range in which a belief predicts a statistic; ``below``, ``above``, ``between`` make it."""

    low: float  # -inf for ``below``
    high: float  # inf for ``above``

    def met(self, value):
        """True if the value is strictly below, strictly above, or between, ends included."""
        if math.isinf(self.low):
            return value < self.high
        if math.isinf(self.high):
            return value > self.low
        return self.low <= value <= self.high

    def __str__(self):
        if math.isinf(self.low):
            return f"below {number_text(self.high)}"
        if math.isinf(self.high):
            return f"above {number_text(self.low)}"
        return f"between {number_text(self.low)} and {number_text(self.high)}"

    __repr__ = __str__

    @classmethod
    def from_text(cls, text):
        """Make the criterion whose words these are.

        Raises
        ------
        EvidenceError
            If no criterion has these words.
        """
        match text.split():
            case ["below", limit]:
                return below(float(limit))
            case ["above", limit]:
                return above(float(limit))
            case ["between", low, "and", high]:
                return between(float(low), float(high))
        raise EvidenceError(f"not the words of a criterion: {text!r}")


def below(limit):
    """The belief predicts a value < ``limit``."""
    return Criterion(-math.inf, _finite(limit))


def above(limit):
    """The belief predicts a value > ``limit``."""
    return Criterion(_finite(limit), math.inf)


def between(low, high):
    """The belief predicts ``low <= value <= high``."""
    low, high = _finite(low), _finite(high)
    if not low < high:
        raise EvidenceError(
            f"between({number_text(low)}, {number_text(high)}): the first must be smaller"
        )
    return Criterion(low, high)


def _finite(limit):
    if not isinstance(limit, numbers.Real) or not math.isfinite(limit):
        raise EvidenceError(f"the limit of a criterion is a finite number, not {limit!r}")
    return float(limit)
