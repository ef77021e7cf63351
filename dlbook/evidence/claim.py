"""Put a belief to seeds: the trials decide the verdict, and the text must agree with it."""

import numbers
import statistics
from dataclasses import asdict, dataclass

from dlbook.evidence.arguments import check_text
from dlbook.evidence.compare import EvidenceError
from dlbook.evidence.criterion import Criterion
from dlbook.evidence.keep import Kept
from dlbook.evidence.record import Record
from dlbook.evidence.trials import run_trials, seeds_asked

VERDICTS = ("holds", "refuted", "conditional")


@dataclass(frozen=True)
class Arm:
    """One condition under which the belief was put to the test."""

    name: str
    criterion: str
    values: list[float]  # the statistic, one per seed
    median: float
    min: float
    max: float
    share: float  # of the seeds that meet the criterion, in [0, 1]
    outcome: str  # "yes", "no" or "mixed"


@dataclass(frozen=True, repr=False)
class Claim(Record):
    """The record of a belief that was put to seeds."""

    label: str
    statistic: str
    criterion: str  # what the belief predicts, in words
    seeds: list[int]
    arms: tuple[Arm, ...]
    verdict: str  # what the trials say
    expected: str  # what the text says
    threshold: float  # share of the seeds that makes an arm a "yes"

    @property
    def line(self):
        agree = self.verdict == self.expected
        return (
            f"{'✓' if agree else '✗'} {self.label}: {self.verdict} over {len(self.seeds)} seeds"
            + ("" if agree else f", the text says {self.expected}")
            + f" | predicted: {self.statistic} {self.criterion} | "
            + "; ".join(f"{arm.name}: {arm.outcome}" for arm in self.arms)
        )

    @property
    def data(self):
        return {
            "kind": "claim",
            "label": self.label,
            "statistic": self.statistic,
            "criterion": self.criterion,
            "seeds": self.seeds,
            "arms": [asdict(arm) for arm in self.arms],
            "verdict": self.verdict,
            "expected": self.expected,
            "threshold": self.threshold,
        }


def claim(label, trial, *, statistic, criterion, verdict, seeds=5, share=0.8):
    """Run a trial for each seed and decide whether the belief holds, is refuted, or is conditional.

    An arm says "yes" if at least ``share`` of the seeds meet the criterion, "no" if at least
    ``share`` of them do not, else "mixed". All arms yes: the belief holds; all no: it is refuted;
    else it is conditional.

    Parameters
    ----------
    label : str
        Name of the belief's box.
    trial : callable
        ``trial(seed)`` gives ``{arm: number}``, or one number (the arm "all"). An arm is a
        condition under which the belief is put to the test. Trials share no generator.
    statistic : str
        What the numbers are, with the unit.
    criterion : Criterion or dict of str to Criterion
        What the belief predicts, for all arms or per arm: ``below(x)``, ``above(x)`` or
        ``between(a, b)``.
    verdict : "holds", "refuted" or "conditional"
        What the text is written for.
    seeds : int, >= 5
        The seeds are ``range(seeds)``; the environment variable DLBOOK_SEEDS overrides it.
    share : float in (0.5, 1]
        Share of the seeds that decides an arm.

    Returns
    -------
    Claim

    Raises
    ------
    EvidenceError
        If a trial gives no finite number, or if the verdict differs from the one the text is
        written for. When DLBOOK_SEEDS is set, a replication, the difference is only recorded.

    Notes
    -----
    Trials run through joblib: in order in this process, unless ``joblib.parallel_config`` asks for
    more, or the environment variables DLBOOK_BACKEND and DLBOOK_JOBS, which win. DLBOOK_TRIALS
    names a folder in which results are kept, and from which a stopped run goes on.
    """
    check_text("label", label, r"[\w.-]+", "the name of a belief's box")
    check_text(f"{label}: statistic", statistic)
    if verdict not in VERDICTS:
        raise EvidenceError(f"{label}: verdict is one of {', '.join(VERDICTS)}, not {verdict!r}")
    if not isinstance(share, numbers.Real) or not 0.5 < share <= 1.0:
        raise EvidenceError(f"{label}: share lies above 0.5 and up to 1, not {share!r}")
    replication, seeds = seeds_asked(label, seeds)
    _check_criterion(label, criterion)
    kept = Kept(label)
    results = run_trials(label, trial, seeds, kept)
    criteria = _criteria(label, criterion, _arm_names(label, seeds, results))
    found = {name: (c, [result[name] for result in results]) for name, c in criteria.items()}
    arms, computed = judge(found, share)
    record = Claim(label, statistic, _words(criteria), seeds, arms, computed, verdict, float(share))
    kept.close(record.data)
    if computed != verdict and not replication:
        raise EvidenceError(_disagreement(record))
    return record


def judge(conditions, share):
    """Decide on the values of each condition, and from them on the belief.

    Parameters
    ----------
    conditions : dict of str to (Criterion, list of float)
        For each arm what the belief predicts, and the statistic of each seed.
    share : float in (0.5, 1]
        Share of the seeds that decides an arm.

    Returns
    -------
    arms : tuple of Arm
    verdict : "holds", "refuted" or "conditional"
    """
    arms = tuple(_arm(name, *found, share) for name, found in conditions.items())
    outcomes = {arm.outcome for arm in arms}
    if outcomes == {"yes"}:
        return arms, "holds"
    return arms, "refuted" if outcomes == {"no"} else "conditional"


def _arm_names(label, seeds, results):
    names = list(results[0])
    if not names:
        raise EvidenceError(f"{label}: the trial of seed {seeds[0]} gives no arm")
    for seed, result in zip(seeds, results, strict=True):
        if set(result) != set(names):
            raise EvidenceError(
                f"{label}: every seed must give the same arms: seed {seeds[0]} gives {names},"
                f" seed {seed} gives {list(result)}"
            )
    _check_names(label, names)
    return names


def _check_names(label, names):
    seen = {}
    for name in names:
        check_text(f"{label}: the name of an arm", name)
        key = " ".join(name.casefold().split())
        if key in seen:
            raise EvidenceError(
                f"{label}: arms {seen[key]!r} and {name!r} are duplicates to a reader"
            )
        seen[key] = name


def _check_criterion(label, criterion):
    parts = criterion.values() if isinstance(criterion, dict) else [criterion]
    if isinstance(criterion, dict):
        _check_names(label, criterion)
    for part in parts:
        if not isinstance(part, Criterion):
            raise EvidenceError(
                f"{label}: a criterion is below(x), above(x) or between(a, b), not {part!r}"
            )


def _criteria(label, criterion, names):
    if not isinstance(criterion, dict):
        return dict.fromkeys(names, criterion)
    unknown = [name for name in criterion if name not in names]
    missing = [name for name in names if name not in criterion]
    if unknown or missing:
        raise EvidenceError(
            f"{label}: the trial gives the arms {names};"
            + (f" a criterion is missing for {missing}" if missing else "")
            + (" and" if missing and unknown else "")
            + (f" the criterion names unknown arms {unknown}" if unknown else "")
        )
    return {name: criterion[name] for name in names}


def _arm(name, criterion, values, share):
    n = len(values)
    met = sum(criterion.met(value) for value in values)
    outcome = "mixed"
    if met / n >= share:
        outcome = "yes"
    elif (n - met) / n >= share:  # not met / n <= 1 - share: 1 - 0.8 is a little less than 0.2
        outcome = "no"
    median = statistics.median(values)
    return Arm(name, str(criterion), values, median, min(values), max(values), met / n, outcome)


def _words(criteria):
    texts = {name: str(criterion) for name, criterion in criteria.items()}
    if len(set(texts.values())) == 1:
        return next(iter(texts.values()))
    return ", ".join(f"{text} ({name})" for name, text in texts.items())


def _disagreement(record):
    lines = [
        f"{record.label}: the text says {record.expected}, the trials say {record.verdict}",
        f"  predicted: {record.statistic} {record.criterion};"
        f" {100 * record.threshold:g} % of {len(record.seeds)} seeds decide an arm",
    ]
    for arm in record.arms:
        values = " ".join(f"{value:.4g}" for value in arm.values[:10])
        more = " ..." if len(arm.values) > 10 else ""
        met = round(arm.share * len(arm.values))
        lines.append(
            f"  {arm.name}: {arm.outcome}, {met} of {len(arm.values)} seeds {arm.criterion};"
            f" median {arm.median:.4g}, values {values}{more}"
        )
    return "\n".join(lines)
