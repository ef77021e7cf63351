"""What chapters call to show that something is true.

``equation``  both sides of a labelled equation, evaluated on every case
``same``      two values agree; an equation without a label
``claim``     a belief put to seeds, with a verdict that the trials decide
``all_seeds``  the seeds of this run, for chapters that train all of them side by side
``below``, ``above``, ``between``  what a belief predicts about a statistic

Each returns a record that displays as one line, the same on every machine, and carries its figures
under the mime type ``MIME``; each raises ``EvidenceError`` when the check fails.
"""

from dlbook.evidence.claim import Claim, claim
from dlbook.evidence.compare import EvidenceError
from dlbook.evidence.criterion import Criterion, above, below, between
from dlbook.evidence.equation import Equation, equation
from dlbook.evidence.record import MIME, Record
from dlbook.evidence.same import Same, same
from dlbook.evidence.trials import all_seeds

__all__ = [
    "MIME",
    "Claim",
    "Criterion",
    "Equation",
    "EvidenceError",
    "Record",
    "Same",
    "above",
    "all_seeds",
    "below",
    "between",
    "claim",
    "equation",
    "same",
]
