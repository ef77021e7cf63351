"""``claim``: criteria, arms, outcomes, verdicts, and what the record says."""

import dataclasses
import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlbook.evidence import MIME, Claim, Criterion, EvidenceError, above, below, between, claim

PROPERTY = settings(max_examples=60, deadline=None, derandomize=True)


def run(trial, criterion=None, verdict="holds", **options):
    options = {"statistic": "final loss", **options}
    criterion = below(0.1) if criterion is None else criterion
    return claim("far-only", trial, criterion=criterion, verdict=verdict, **options)


def message(trial, criterion=None, verdict="holds", **options):
    with pytest.raises(EvidenceError) as caught:
        run(trial, criterion, verdict, **options)
    text = str(caught.value)
    assert text.startswith("far-only: ")
    return text.removeprefix("far-only: ")


# Criteria


@pytest.mark.parametrize(
    ("criterion", "text", "inside", "outside"),
    [
        (below(0.1), "below 0.1", [-9.0, math.nextafter(0.1, 0)], [0.1, 0.2]),
        (above(3), "above 3", [math.nextafter(3.0, 4), 1e300], [3.0, -5.0]),
        (
            between(0.5, 2.0),
            "between 0.5 and 2",
            [0.5, 1.0, 2.0],
            [math.nextafter(0.5, 0), math.nextafter(2.0, 3)],
        ),
        (between(-1e-7, 1e20), "between -1e-07 and 1e+20", [0.0], [-1.0, 1e21]),
        (below(np.float32(0.25)), "below 0.25", [0.0], [1.0]),
    ],
)
def test_criteria_and_their_words(criterion, text, inside, outside):
    assert isinstance(criterion, Criterion)
    assert str(criterion) == repr(criterion) == text
    assert all(criterion.met(value) for value in inside)
    assert not any(criterion.met(value) for value in outside)


@PROPERTY
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_words_of_a_criterion_lose_no_digit(limit):
    assert float(str(below(limit)).removeprefix("below ")) == limit
    assert below(limit) == below(limit) != above(limit)


@PROPERTY
@given(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=2, unique=True).map(sorted))
def test_a_criterion_can_be_read_from_its_words(limits):
    for criterion in (below(limits[0]), above(limits[0]), between(*limits)):
        assert Criterion.from_text(str(criterion)) == criterion


@pytest.mark.parametrize("text", ["", "below", "about 3", "between 1 and 2 and 3"])
def test_other_words_are_no_criterion(text):
    with pytest.raises(EvidenceError, match="not the words of a criterion: "):
        Criterion.from_text(text)


def test_the_words_of_a_criterion_stay_true():
    with pytest.raises(dataclasses.FrozenInstanceError):
        below(1.0).high = 2.0


@pytest.mark.parametrize("limit", [math.nan, math.inf, -math.inf, "3", None, 1j])
@pytest.mark.parametrize("make", [below, above, lambda x: between(x, 1), lambda x: between(0, x)])
def test_limits_are_finite_numbers(make, limit):
    with pytest.raises(EvidenceError, match="the limit of a criterion is a finite number, not "):
        make(limit)


@pytest.mark.parametrize(("low", "high"), [(2, 0.5), (1, 1)])
def test_between_needs_an_interval(low, high):
    with pytest.raises(EvidenceError, match=r"between\(\d, .*\): the first must be smaller"):
        between(low, high)


# The record


def test_line_and_data():
    def trial(seed):
        return {"no clipping": 1.0 + seed, "clipping": seed / 100}

    record = claim(
        "far-only",
        trial,
        statistic="final loss (nats)",
        criterion=below(0.1),
        verdict="conditional",
    )
    assert isinstance(record, Claim)
    line = (
        "✓ far-only: conditional over 5 seeds | predicted: final loss (nats) below 0.1"
        " | no clipping: no; clipping: yes"
    )
    assert str(record) == repr(record) == line
    assert record._repr_mimebundle_() == {"text/plain": line, MIME: record.data}
    assert json.loads(json.dumps(record.data, allow_nan=False)) == record.data
    assert record.data == {
        "kind": "claim",
        "label": "far-only",
        "statistic": "final loss (nats)",
        "criterion": "below 0.1",
        "seeds": [0, 1, 2, 3, 4],
        "arms": [
            {
                "name": "no clipping",
                "criterion": "below 0.1",
                "values": [1.0, 2.0, 3.0, 4.0, 5.0],
                "median": 3.0,
                "min": 1.0,
                "max": 5.0,
                "share": 0.0,
                "outcome": "no",
            },
            {
                "name": "clipping",
                "criterion": "below 0.1",
                "values": [0.0, 0.01, 0.02, 0.03, 0.04],
                "median": 0.02,
                "min": 0.0,
                "max": 0.04,
                "share": 1.0,
                "outcome": "yes",
            },
        ],
        "verdict": "conditional",
        "expected": "conditional",
        "threshold": 0.8,
    }


def test_one_number_is_the_arm_all():
    record = run(lambda seed: 0.01, seeds=7)
    assert str(record) == (
        "✓ far-only: holds over 7 seeds | predicted: final loss below 0.1 | all: yes"
    )
    assert record.data["seeds"] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "value",
    [1, True, 1.0, np.float32(1), np.array(1), torch.tensor(1.0, requires_grad=True), np.True_],
)
def test_every_real_number_will_do(value):
    (arm,) = run(lambda seed: value, above(0.5)).arms
    assert arm.values == [1.0] * 5
    assert {type(number) for number in arm.values} == {float}


@PROPERTY
@given(st.lists(st.floats(-1e300, 1e300), min_size=5, max_size=9))
def test_every_claim_can_be_written_as_json(values):
    (arm,) = run(lambda seed: values[seed], below(1e301), seeds=len(values)).arms
    assert arm.min <= arm.median <= arm.max
    assert arm.values == values
    assert arm.median == np.median(values)
    record = run(lambda seed: values[seed], below(1e301), seeds=len(values))
    assert json.loads(json.dumps(record.data, allow_nan=False)) == record.data


# Outcomes and verdicts


def met(count):
    """A trial whose first ``count`` seeds meet ``below(0.1)``."""
    return lambda seed: 0.0 if seed < count else 1.0


@pytest.mark.parametrize(
    ("seeds", "share", "outcomes"),
    [
        (5, 0.8, ["no", "no", "mixed", "mixed", "yes", "yes"]),
        (5, 1.0, ["no", "mixed", "mixed", "mixed", "mixed", "yes"]),
        (5, 0.6, ["no", "no", "no", "yes", "yes", "yes"]),
        (6, 0.8, ["no", "no", "mixed", "mixed", "mixed", "yes", "yes"]),
        (10, 0.9, ["no"] * 2 + ["mixed"] * 7 + ["yes"] * 2),
        (10, 0.7, ["no"] * 4 + ["mixed"] * 3 + ["yes"] * 4),
        (5, 0.51, ["no", "no", "no", "yes", "yes", "yes"]),
    ],
)
def test_the_share_of_seeds_decides_an_arm(seeds, share, outcomes):
    verdicts = {"yes": "holds", "no": "refuted", "mixed": "conditional"}
    for count, outcome in enumerate(outcomes):
        verdict = verdicts[outcome]
        (arm,) = run(met(count), verdict=verdict, seeds=seeds, share=share).arms
        assert arm.outcome == outcome
        assert arm.share == count / seeds


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ([5, 5], "holds"),
        ([4, 5], "holds"),
        ([0, 1], "refuted"),
        ([0, 5], "conditional"),
        ([5, 3], "conditional"),
        ([0, 2], "conditional"),
        ([3, 3], "conditional"),
        ([5, 5, 0], "conditional"),
    ],
)
def test_the_arms_decide_the_verdict(counts, verdict):
    def trial(seed):
        return {f"arm {i}": met(count)(seed) for i, count in enumerate(counts)}

    assert run(trial, verdict=verdict).verdict == verdict
    for other in {"holds", "refuted", "conditional"} - {verdict}:
        assert f"the text says {other}, the trials say {verdict}\n" in message(trial, verdict=other)


def test_a_verdict_that_differs_lists_arms_and_values():
    def trial(seed):
        return {"short": seed / 50, "long": 10.0 + seed}

    assert message(trial, {"long": above(11.5), "short": below(0.075)}).splitlines() == [
        "the text says holds, the trials say conditional",
        "  predicted: final loss below 0.075 (short), above 11.5 (long);"
        " 80 % of 5 seeds decide an arm",
        "  short: yes, 4 of 5 seeds below 0.075; median 0.04, values 0 0.02 0.04 0.06 0.08",
        "  long: mixed, 3 of 5 seeds above 11.5; median 12, values 10 11 12 13 14",
    ]
    text = message(lambda seed: seed, below(-1), seeds=11)
    assert text.endswith(
        "all: no, 0 of 11 seeds below -1; median 5, values 0 1 2 3 4 5 6 7 8 9 ..."
    )
    assert message(lambda seed: seed, below(-1), seeds=10).endswith("values 0 1 2 3 4 5 6 7 8 9")


# Criteria per arm


def two_arms(seed):
    return {"short": 0.0, "long": 5.0}


def test_a_criterion_for_each_arm():
    record = run(two_arms, {"long": between(4, 6), "short": below(1)})
    assert str(record) == (
        "✓ far-only: holds over 5 seeds | predicted: final loss below 1 (short),"
        " between 4 and 6 (long) | short: yes; long: yes"
    )
    assert [arm.criterion for arm in record.arms] == ["below 1", "between 4 and 6"]
    assert record.criterion == "below 1 (short), between 4 and 6 (long)"
    same_twice = run(two_arms, {"long": below(6), "short": below(6)})
    assert same_twice.criterion == "below 6"


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        (
            {"short": below(1)},
            "the trial gives the arms ['short', 'long']; a criterion is missing for ['long']",
        ),
        (
            {"short": below(1), "long": below(6), "middle": below(3)},
            "the trial gives the arms ['short', 'long'];"
            " the criterion names unknown arms ['middle']",
        ),
        (
            {"short": below(1), "lnog": below(6)},
            "the trial gives the arms ['short', 'long']; a criterion is missing for ['long']"
            " and the criterion names unknown arms ['lnog']",
        ),
        (
            {"short": below(1), "Short ": below(2)},
            "arms 'short' and 'Short ' are duplicates to a reader",
        ),
        (
            {"short": 1.0, "long": below(1)},
            "a criterion is below(x), above(x) or between(a, b), not 1.0",
        ),
        (0.1, "a criterion is below(x), above(x) or between(a, b), not 0.1"),
        ({"": below(1)}, "the name of an arm: expected one line of text, got ''"),
    ],
)
def test_criteria_must_fit_the_arms(criterion, text):
    assert message(two_arms, criterion) == text


# Trials that give no evidence


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_statistics_must_be_finite(bad):
    def trial(seed):
        return {"short": 0.0, "long": bad if seed == 3 else 0.0}

    assert message(trial) == f"seed 3, arm 'long': the statistic is {bad}, not a finite number"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "a value of type NoneType"),
        ("0.05", "a value of type str"),
        (np.zeros(1), "float64 array of shape (1,)"),
        (1j, "a value of type complex"),
        ([0.0], "a value of type list"),
    ],
)
def test_statistics_must_be_numbers(value, text):
    text = text.replace("a value of type list", "list of 1")
    assert message(lambda seed: value) == f"seed 0, arm 'all': expected a real number, got {text}"
    assert message(lambda seed: {"a": 0.0, "b": value}).startswith(
        "seed 0, arm 'b': expected a real"
    )


def test_every_seed_gives_the_same_arms():
    def trial(seed):
        return {"short": 0.0} | ({"long": 0.0} if seed < 2 else {})

    assert message(trial) == (
        "every seed must give the same arms: seed 0 gives ['short', 'long'], seed 2 gives ['short']"
    )

    def in_any_order(seed):
        return {"short": 0.0, "long": 9.0} if seed % 2 else {"long": 9.0, "short": 0.0}

    record = run(in_any_order, verdict="conditional")
    assert [(arm.name, arm.values[1]) for arm in record.arms] == [("long", 9.0), ("short", 0.0)]


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({}, "the trial of seed 0 gives no arm"),
        ({0.9: 0.0}, "the name of an arm: expected one line of text, got 0.9"),
        ({"a\nb": 0.0}, "the name of an arm: expected one line of text, got 'a\\nb'"),
        ({"a  b": 0.0, "A b": 0.0}, "arms 'a  b' and 'A b' are duplicates to a reader"),
    ],
)
def test_arms_have_names(result, text):
    assert message(lambda seed: result) == text


def test_a_trial_that_raises_keeps_its_error_and_says_which_seed():
    def trial(seed):
        return 1 / (seed - 2)

    with pytest.raises(ZeroDivisionError) as caught:
        run(trial)
    assert caught.value.__notes__ == ["far-only: in the trial of seed 2"]


# Arguments


@pytest.mark.parametrize("label", ["", "two words", None, "a\n"])
def test_labels(label):
    with pytest.raises(EvidenceError, match="label: expected the name of a belief's box, got"):
        claim(label, met(5), statistic="loss", criterion=below(0.1), verdict="holds")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"statistic": ""}, "statistic: expected one line of text, got ''"),
        ({"verdict": "true"}, "verdict is one of holds, refuted, conditional, not 'true'"),
        ({"share": 0.5}, "share lies above 0.5 and up to 1, not 0.5"),
        ({"share": 1.01}, "share lies above 0.5 and up to 1, not 1.01"),
        ({"share": "most"}, "share lies above 0.5 and up to 1, not 'most'"),
        ({"seeds": 4}, "seeds is a whole number, at least 5, not 4"),
        ({"seeds": 0}, "seeds is a whole number, at least 5, not 0"),
        ({"seeds": True}, "seeds is a whole number, at least 5, not True"),
        ({"seeds": 6.0}, "seeds is a whole number, at least 5, not 6.0"),
        ({"seeds": [1, 2, 3, 4, 5]}, "seeds is a whole number, at least 5, not [1, 2, 3, 4, 5]"),
    ],
)
def test_arguments_are_checked(options, text):
    assert message(met(5), **options) == text


def test_arguments_are_checked_before_any_trial_runs():
    def trial(seed):
        raise AssertionError("a trial ran")

    message(trial, share=0.5)
    message(trial, criterion=0.1)
    message(trial, seeds=4)
    message(trial, verdict="maybe")


# Replication


def test_more_seeds_on_request(monkeypatch):
    monkeypatch.setenv("DLBOOK_SEEDS", "12")
    record = run(met(12))
    assert record.seeds == list(range(12))
    assert str(record).startswith("✓ far-only: holds over 12 seeds | ")


def test_a_replication_records_a_verdict_that_differs(monkeypatch):
    monkeypatch.setenv("DLBOOK_SEEDS", " 20 ")
    record = run(met(5))
    assert str(record) == (
        "✗ far-only: conditional over 20 seeds, the text says holds"
        " | predicted: final loss below 0.1 | all: mixed"
    )
    assert (record.data["verdict"], record.data["expected"]) == ("conditional", "holds")
    assert record.data["arms"][0]["share"] == 0.25


@pytest.mark.parametrize("text", ["many", "4", "-7", "5.5", "0"])
def test_a_bad_number_of_seeds_is_refused(monkeypatch, text):
    monkeypatch.setenv("DLBOOK_SEEDS", text)
    expected = text if text in ("4", "0") else repr(text)
    assert message(met(5)) == f"DLBOOK_SEEDS is a whole number, at least 5, not {expected}"


def test_an_empty_variable_asks_for_nothing(monkeypatch):
    for name in ("DLBOOK_SEEDS", "DLBOOK_BACKEND", "DLBOOK_JOBS"):
        monkeypatch.setenv(name, "")
    assert run(met(5)).seeds == [0, 1, 2, 3, 4]
    message(met(0))
