"""Plain numbers are judged as the same numbers in arrays are, and without NumPy."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlbook.practice import Exercise, arrays, scalars
from dlbook.practice.values import describe, plain

ROOT = Path(__file__).parents[2]
NUMBERS = st.integers(-(2**53), 2**53) | st.floats()
LEAVES = st.booleans() | NUMBERS | st.complex_numbers() | st.text("ab", max_size=2)
WITHOUT_NUMPY = "import sys; sys.modules['numpy'] = None  # as where it is not installed\n"


def disagreements(expected, got, tol):
    """What the two modules say of the same pair of values."""
    with np.errstate(all="ignore"):  # as the engine compares
        theirs = arrays.disagreement(np.array(expected), np.array(got), tol)
    return scalars.disagreement(expected, got, tol), theirs


@given(LEAVES, LEAVES, st.sampled_from([0.0, 1e-9, 1e-3]))
def test_numbers_disagree_as_they_do_in_arrays(expected, got, tol):
    ours, theirs = disagreements(expected, got, tol)
    if ours is None or theirs is None:
        assert ours == theirs
        return
    assert ours[0] == theirs[0]
    if ours[0] == "dtype":
        theirs = theirs[0], theirs[1].replace(f"dtype {np.array(got).dtype}",
                                              f"type {type(got).__name__}"), theirs[2]  # fmt: skip
    assert ours[1] == theirs[1]
    assert ours[2] == pytest.approx(theirs[2], rel=1e-12)


@given(NUMBERS, st.floats(0.5, 2))
def test_numbers_that_are_nearly_equal_do_too(expected, factor):
    for got in (expected, expected * factor, expected + 1, -expected):
        ours, theirs = disagreements(expected, got, 1e-9)
        assert (ours is None) == (theirs is None)
        assert ours is None or ours[:2] == theirs[:2]


@given(LEAVES)
def test_kinds_are_those_of_numpy(value):
    array = np.array(value)
    assert scalars.kind(value) == array.dtype.kind
    assert scalars.finite(value) == arrays.finite(array)
    assert describe(plain(value)) == describe(array)


def test_a_number_that_no_array_holds_is_none():
    assert describe(plain(2**64)) == "an object of type int"
    assert describe(plain(-(2**63))) == "a number"
    assert scalars.disagreement(1.0, 2**64 - 1, 0.5)[0] == "value"


def test_a_row_of_numbers_may_stand_for_a_list_of_them():
    exercise = Exercise("pair", lambda x: [x, 2 * x], [(1.5,)], [])
    assert exercise.check(lambda x: np.array([x, 2 * x])).passed


def test_a_whole_number_where_a_fraction_is_right():
    exercise = Exercise("half", lambda x: x / 2, [(3,)], [])
    assert "whole number, so fractions are lost" in exercise.check(lambda x: x // 2).message
    as_array = exercise.check(lambda x: np.int64(x // 2)).message
    assert "(dtype int64), so fractions are lost" in as_array
    assert "fractions are lost" not in exercise.check(lambda x: 7.0).message


def run(code):
    """Run code where NumPy cannot be imported; return what it prints."""
    done = subprocess.run([sys.executable, "-c", WITHOUT_NUMPY + textwrap.dedent(code)],
                          capture_output=True, encoding="utf8", cwd=ROOT,
                          env=os.environ | {"PYTHONUTF8": "1"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_engine_judges_without_numpy():
    said = run("""
        from dlbook.practice import Exercise, Mistake

        def area(sides, unit):
            return {"area": sides[0] * sides[1], "unit": unit, "square": sides[0] == sides[1]}

        def perimeter(sides, unit):
            return area(sides, unit) | {"area": 2 * sum(sides)}

        inputs = [([2.0, 3.5], "m"), ([4, 4], "cm"), ([1, 0.5], "m")]
        mistakes = [Mistake("perimeter", perimeter, "This is the perimeter.")]
        exercise = Exercise("area", area, inputs, mistakes)

        def loop(sides, unit):
            sides[0] *= sides[1]
            print("so far", sides)
            return {"area": sides[0], "unit": unit, "square": False}

        for answer in (area, perimeter, None, lambda sides, unit: {}, lambda sides, unit: ...,
                       lambda sides, unit: 1 / 0, loop, lambda sides, unit: [1, "a", None],
                       lambda sides, unit: area(sides, unit) | {"area": -sides[0] * sides[1]},
                       lambda sides, unit: area(sides, unit) | {"area": float("nan")},
                       lambda sides, unit: area(sides, unit) | {"area": [sides[0]]}):
            print(exercise.check(answer))
        """)
    for text in ("✓ area: passed on 3 inputs.", "✗ area: This is the perimeter.", "○ area: not",
                 "has the keys []", "raised ZeroDivisionError: division by zero",
                 "it changes what the caller passed as sides", "a sequence of 3 values",
                 "yours -7, right 7", "It is the right value with the other sign.",
                 "yours nan, right 7", "yours is a sequence of 1 values, expected a number",
                 "Right there: ['unit'], ['square'].",
                 "characters, which begin: so far [7.0, 3.5]",
                 "input 1 of 3 (sides [2.0, 3.5], unit = 'm')"):  # fmt: skip
        assert text in said, text
