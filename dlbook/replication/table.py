"""What became of the verdicts: five seeds against all of them."""

from scipy import stats

from dlbook.evidence.claim import judge
from dlbook.evidence.criterion import Criterion
from dlbook.evidence.trials import FEWEST

LEVEL = 0.95  # of the interval for the share of seeds


def table(records):
    """One row for each claim, those whose verdict changed first.

    Parameters
    ----------
    records : dict of str to dict
        The records of claims, by label, with at least as many seeds as :data:`FEWEST`.

    Returns
    -------
    list of dict
        ``label``, ``statistic``, ``expected`` (the verdict of the text), and ``first`` and ``all``,
        each with ``verdict`` and ``arms``.
    """
    rows = [_row(record) for record in records.values()]
    return sorted(rows, key=lambda row: row["first"]["verdict"] == row["all"]["verdict"])


def _row(record):
    return {
        "label": record["label"],
        "statistic": record["statistic"],
        "expected": record["expected"],
        "first": _judged(record, FEWEST),
        "all": _judged(record, len(record["seeds"])),
    }


def _judged(record, seeds):
    conditions = {
        arm["name"]: (Criterion.from_text(arm["criterion"]), arm["values"][:seeds])
        for arm in record["arms"]
    }
    arms, verdict = judge(conditions, record["threshold"])
    return {"verdict": verdict, "arms": [_estimate(arm) for arm in arms]}


def _estimate(arm):
    """The share of seeds that decides an arm, with its exact (Clopper-Pearson) interval."""
    met, n = round(arm.share * len(arm.values)), len(arm.values)
    interval = stats.binomtest(met, n).proportion_ci(LEVEL, method="exact")
    return {
        "name": arm.name,
        "criterion": arm.criterion,
        "outcome": arm.outcome,
        "met": met,
        "of": n,
        "interval": [round(float(interval.low), 3), round(float(interval.high), 3)],
        "median": _short(arm.median),
        "range": [_short(arm.min), _short(arm.max)],
    }


def _short(value):
    return float(f"{value:.3g}")


def summary(found):
    """Lines to print: how many verdicts stayed, and each that did not, with its arms."""
    changed = [r for r in found["claims"] if r["first"]["verdict"] != r["all"]["verdict"]]
    yield (f"{len(found['claims'])} claims, {found['seeds']} seeds: "
           f"{len(found['claims']) - len(changed)} verdicts as over {FEWEST} seeds, "
           f"{len(changed)} others")  # fmt: skip
    for row in changed:
        yield f"{row['label']}: {row['first']['verdict']}, then {row['all']['verdict']}"
        for arm in row["all"]["arms"]:
            low, high = arm["interval"]
            yield (f"  {arm['name']}: {arm['met']} of {arm['of']} seeds {arm['criterion']}"
                   f" ({low:.0%} to {high:.0%}), median {arm['median']:g}")  # fmt: skip
