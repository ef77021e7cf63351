"""What every record shares, and how numbers are written."""

import dataclasses

import numpy as np
import pytest

import dlbook.evidence
from dlbook.evidence import MIME, Record, above, claim, equation, same
from dlbook.evidence.record import number_text, tolerance_text


def test_the_table_of_contents_is_complete():
    assert all(hasattr(dlbook.evidence, name) for name in dlbook.evidence.__all__)
    assert all(f"``{name}``" in dlbook.evidence.__doc__ for name in ("equation", "same", "claim"))


def test_a_record_shows_its_line_and_carries_its_data():
    class Note(Record):
        line = "✓ a note"
        data = {"kind": "note"}

    assert repr(Note()) == str(Note()) == "✓ a note"
    assert Note()._repr_mimebundle_() == {"text/plain": "✓ a note", MIME: {"kind": "note"}}


def test_records_cannot_be_changed():
    records = [
        same("one", 1.0, 1.0),
        equation("eq-x", float, float, [1.0], referee="itself"),
        claim("x", float, statistic="seed", criterion=above(-1), verdict="holds"),
    ]
    for record in records:
        with pytest.raises(dataclasses.FrozenInstanceError):
            record.worst = 0.0


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2, "2"),
        (-3.0, "-3"),
        (0.1, "0.1"),
        (1e-12, "1e-12"),
        (np.float64(0.1), "0.1"),
        (np.float32(0.5), "0.5"),
        (123456.789, "123456.789"),
        (-1e15, "-1000000000000000"),
        (10.0, "10"),
        (1e300, "1e+300"),
    ],
)
def test_numbers_are_written_short_and_without_loss(number, text):
    assert number_text(number) == text
    assert float(text) == number


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((1e-12, 0.0, None), "within 1e-12"),
        ((0.0, 0.0, None), "exactly"),
        ((0.0, 1e-9, None), "within 1e-09 absolute"),
        ((1e-6, 1e-9, "single precision"), "within 1e-06 or 1e-09 absolute (single precision)"),
    ],
)
def test_tolerances_are_written(arguments, text):
    assert tolerance_text(*arguments) == text
