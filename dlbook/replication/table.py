"""What became of the verdicts: five seeds against all of them."""

import json

from scipy import stats

from dlbook.evidence.claim import judge
from dlbook.evidence.criterion import Criterion
from dlbook.evidence.trials import FEWEST

LEVEL = 0.95  # of the interval for the share of seeds


def table(records):
    """One row for each claim: a changed verdict first, then a changed condition.

    Parameters
    ----------
    records : dict of str to dict
        The records of claims, by label, with at least as many seeds as :data:`FEWEST`.

    Returns
    -------
    list of dict
        ``label``, ``statistic``, ``expected`` (the verdict of the text), the verdicts ``first``
        (over five seeds) and ``all``, and ``arms``: each with ``name``, ``criterion``, and its
        estimates ``first`` and ``all``.
    """
    return sorted(map(_row, records.values()), key=lambda row: (not turned(row), not moved(row)))


def turned(row):
    """Whether the verdict over all seeds is another one than over five."""
    return row["first"] != row["all"]


def moved(row):
    """Whether a condition came out otherwise over all seeds than over five."""
    return any(arm["first"]["outcome"] != arm["all"]["outcome"] for arm in row["arms"])


def _row(record):
    first, early = _judged(record, FEWEST)
    whole, late = _judged(record, len(record["seeds"]))
    arms = [{"name": arm["name"], "criterion": arm["criterion"], "first": a, "all": b}
            for arm, a, b in zip(record["arms"], early, late, strict=True)]  # fmt: skip
    return {key: record[key] for key in ("label", "statistic", "expected")} | {
        "first": first, "all": whole, "arms": arms}  # fmt: skip


def _judged(record, seeds):
    """The verdict over the first seeds, and the estimate of each arm."""
    conditions = {
        arm["name"]: (Criterion.from_text(arm["criterion"]), arm["values"][:seeds])
        for arm in record["arms"]
    }
    arms, verdict = judge(conditions, record["threshold"])
    return verdict, [_estimate(arm) for arm in arms]


def _estimate(arm):
    """The share of seeds that decides an arm, with its exact (Clopper-Pearson) interval."""
    met, n = round(arm.share * len(arm.values)), len(arm.values)
    interval = stats.binomtest(met, n).proportion_ci(LEVEL, method="exact")
    return {
        "outcome": arm.outcome,
        "met": met,
        "of": n,
        "interval": [round(float(interval.low), 3), round(float(interval.high), 3)],
        "median": float(f"{arm.median:.3g}"),
    }


def summary(found):
    """Lines to print: how many verdicts stayed, and each condition that came out otherwise."""
    rows = found["claims"]
    changed = sum(map(turned, rows))
    yield (f"{len(rows)} claims, {found['seeds']} seeds: {len(rows) - changed} verdicts as over "
           f"{FEWEST} seeds, {changed} others")  # fmt: skip
    for row in rows:
        if turned(row):
            yield f"{row['label']}: {row['first']}, then {row['all']}"
        for arm in row["arms"]:
            early, late = arm["first"], arm["all"]
            if early["outcome"] != late["outcome"]:
                low, high = late["interval"]
                yield (f"{row['label']}, {arm['name']}: {early['outcome']}, then "
                       f"{late['outcome']}: {late['met']} of {late['of']} seeds "
                       f"{arm['criterion']} ({low:.0%} to {high:.0%}), "
                       f"median {late['median']:g}")  # fmt: skip


def as_json(found):
    """The table as text, one claim a line, so that two of them can be compared by eye."""
    head = {key: value for key, value in found.items() if key != "claims"}
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in found["claims"])
    return json.dumps(head)[:-1] + f', "claims": [\n{lines}\n]}}\n'
