"""The stored table of the replication belongs to the book as it is."""

import json
from pathlib import Path

from dlbook.replication.chapter import claims
from dlbook.replication.table import moved, turned
from dlbook.site.execute import chapters

ROOT = Path(__file__).parents[2]
FOUND = json.loads((ROOT / "chapters" / "replication.json").read_text("utf-8"))


def test_every_row_is_a_claim_of_the_book():
    known = [label for path in chapters(ROOT) for label in claims(path)]
    labels = [row["label"] for row in FOUND["claims"]]
    assert len(set(labels)) == len(labels)
    assert set(labels) <= set(known)


def test_the_text_is_written_for_the_verdict_over_all_seeds():
    """A verdict that turned has to be told where the belief stands, and then listed here."""
    assert [row["label"] for row in FOUND["claims"] if row["all"] != row["expected"]] == []


def test_what_changed_stands_first_and_the_numbers_fit():
    order = [(not turned(row), not moved(row)) for row in FOUND["claims"]]
    assert order == sorted(order)
    for row in FOUND["claims"]:
        for arm in row["arms"]:
            for seeds, found in ((5, arm["first"]), (FOUND["seeds"], arm["all"])):
                assert found["of"] == seeds
                low, high = found["interval"]
                assert 0 <= low <= found["met"] / seeds <= high <= 1
