"""``same``, and with it the comparison and the messages that every check shares."""

import json
import math
import subprocess
import sys
from collections import namedtuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlbook.evidence import EvidenceError, same
from dlbook.evidence.compare import compare

PROPERTY = settings(max_examples=60, deadline=None, derandomize=True)
finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e100, max_value=1e100)


def message(ours, theirs, **options):
    with pytest.raises(EvidenceError) as caught:
        same("two values", ours, theirs, **options)
    text = str(caught.value)
    assert text.startswith("two values: ")
    return text.removeprefix("two values: ")


# What agrees


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (1.5, 1.5),
        (2, 2.0),
        (1.5, np.float64(1.5)),
        (np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3)),
        (np.arange(6).reshape(2, 3), np.arange(6.0).reshape(2, 3)),
        (np.asfortranarray(np.eye(3)), np.eye(3)),
        (torch.tensor([1.0, 2.0], requires_grad=True), np.array([1.0, 2.0])),
        (np.array([1.0, 2.0]), torch.tensor([1.0, 2.0], requires_grad=True)),
        (torch.tensor([1.0, 2.0], dtype=torch.bfloat16), np.array([1.0, 2.0])),
        (torch.tensor([2.0], dtype=torch.bfloat16, requires_grad=True), np.array([2.0])),
        (torch.tensor([1 + 2j]).conj(), np.array([1 - 2j])),
        (torch.tensor([[3]]), np.array([[3]])),
        ([1.0, (np.ones(2), torch.ones(3))], (1.0, [torch.ones(2), np.ones(3)])),
        ((np.ones(2), np.ones((0, 4))), (np.ones(2), np.ones((0, 4)))),
        (namedtuple("Pair", "a b")(1.0, 2.0), (1.0, 2.0)),
        (np.array([1 + 2j, 3.0]), np.array([1 + 2j, 3.0])),
        (True, 1),
        (np.array([True, False]), np.array([1, 0], dtype=np.uint8)),
        (np.float16(0.5), 0.5),
        (np.array([0, 0]), np.array([0, 0])),
        (np.longdouble(2.0), 2.0),
        (5e-324, 5e-324),
    ],
)
def test_agreement(ours, theirs):
    record = same("two values", ours, theirs)
    assert record.worst == 0.0
    assert repr(record) == "✓ two values: the same within 1e-12"


def test_worst_error_is_the_largest_relative_error_of_a_leaf():
    theirs = (np.array([0.0, 4.0]), np.array([-8.0, 1.0]))
    ours = (theirs[0] + [2.0**-44, 0.0], theirs[1] + [0.0, 2.0**-42])
    assert same("leaves", ours, theirs).worst == 2.0**-45
    assert same("leaves", ours[::-1], theirs[::-1]).worst == 2.0**-45
    assert same("mixed", (3, 1 + 2.0**-44), (3, 1.0)).worst == 2.0**-44
    assert same("mixed", (1 + 2.0**-44, 3), (1.0, 3)).worst == 2.0**-44


def test_the_reference_gives_the_scale():
    assert compare(3.0, 4.0, 0.3).fault is None
    assert compare(4.0, 3.0, 0.3).fault == "values"
    assert compare(-4.0, -3.0, 0.3).error == 1 / 3
    assert compare(3.0, 4.0, 0.125).excess == 2.0


@pytest.mark.parametrize("tol", [1e-12, 1e-10, 0.1, 0.3])
@pytest.mark.parametrize("atol", [0.0, 1e-13, 0.7])
@pytest.mark.parametrize("sign", [-1, 1])
def test_one_unit_in_the_last_place_decides_at_the_tolerance(tol, atol, sign):
    theirs = np.array([[0.0, -3.0]])
    allowed = tol * 3.0 + atol
    ours = theirs.copy()
    ours[0, 0] = sign * allowed
    assert compare(ours, theirs, tol, atol).fault is None
    ours[0, 0] = sign * np.nextafter(allowed, 0.0)
    assert compare(ours, theirs, tol, atol).fault is None
    ours[0, 0] = sign * np.nextafter(allowed, math.inf)
    assert compare(ours, theirs, tol, atol).fault == "values"


def test_no_tolerance_means_equal_bits():
    record = same("copy", 0.1, 0.1, tol=0)
    assert str(record) == "✓ copy: the same exactly"
    assert record.worst == 0.0
    assert "values differ" in message(np.nextafter(0.1, 1), 0.1, tol=0)
    assert compare(0.1, 0.1, 0.0).excess == 0.0
    assert compare(0.2, 0.1, 0.0).excess == math.inf


def test_float32_values_are_compared_as_they_are():
    single = np.float32(0.1)
    assert compare(single, float(single), 0.0).fault is None
    assert compare(single, 0.1, 1e-9).fault == "values"
    assert compare(0.1, single, 1e-9).fault == "values"
    close = np.array([1.0, 1.0 + 2.0**-23], dtype=np.float32)
    assert compare(close, np.ones(2, dtype=np.float32), 2.0**-23).fault is None
    assert compare(close, np.ones(2, dtype=np.float32), 2.0**-24).fault == "values"
    big = np.float32(3e38)
    assert compare(big, -big, 0.5).error == 2.0  # the difference overflows float32


def test_absolute_tolerance_enters_the_recorded_error():
    record = same("zeros", np.array([1e-15, 0.0]), np.zeros(2), atol=1e-14)
    assert record.worst == pytest.approx(1e-13, rel=1e-12)  # a tenth of what is allowed
    assert str(record) == "✓ zeros: the same within 1e-12 or 1e-14 absolute"
    alone = same("zeros", 0.25, 0.0, tol=0, atol=0.5)
    assert alone.worst == 0.25
    assert str(alone) == "✓ zeros: the same within 0.5 absolute"
    assert same("zeros", 3.0, 2.0, tol=0, atol=1).worst == 1.0


# What does not


def test_values_that_differ_are_shown_with_their_place():
    theirs = (np.ones(2), np.arange(6.0).reshape(2, 3))
    ours = (np.ones(2), theirs[1].copy())
    ours[1][1, 0] += 0.5
    ours[1][0, 1] += 0.25
    assert message(ours, theirs).splitlines() == [
        "values differ at output 1, element [1, 0] of shape (2, 3)",
        "  ours            3.5",
        "  theirs          3.0",
        "  relative error  0.1",
        "  tolerance       1e-12",
    ]


def test_numbers_have_no_place_and_nested_leaves_a_long_one():
    assert message(1.0, 2.0, atol=1e-9).splitlines() == [
        "values differ",
        "  ours            1.0",
        "  theirs          2.0",
        "  relative error  0.5",
        "  tolerance       1e-12, absolute 1e-09",
    ]
    assert message([1.0, (2.0, [3.0, 4.0])], [1.0, (2.0, [3.0, 5.0])]).startswith(
        "values differ at output 1.1.1\n"
    )


def test_the_worst_leaf_is_the_one_shown():
    assert "output 1\n" in message((1.1, 1.5, 1.2), (1.0, 1.0, 1.0))
    assert "output 0\n" in message((1.9, 1.5, 1.2), (1.0, 1.0, 1.0))
    assert message((1.1, np.ones(2)), (1.0, np.ones(3))).startswith("shapes differ in output 1")
    assert message((1.0, 1.0), (np.ones(1), np.ones(1))).startswith("shapes differ in output 0")
    assert "relative error  inf" in message(1.0, 0.0, atol=0.5)


def test_the_smallest_difference_counts_when_nothing_is_allowed():
    assert "element [1] " in message([np.array([5.0, 7.0])], [np.array([5.0, 7.5])], tol=0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_never_agree(bad):
    for ours, theirs in [(bad, bad), (bad, 1.0), (1.0, bad), (complex(0, bad), 1j)]:
        text = message(ours, theirs, tol=0.5, why="test", atol=1e300)
        assert text.startswith("values that are not finite\n"), text
        assert "relative error  none" in text
    array = np.ones((2, 3))
    array[1, 2] = bad
    text = message((1.0, array), (1.0, np.ones((2, 3))))
    assert text.startswith("values that are not finite at output 1, element [1, 2] of shape (2, 3)")
    assert f"ours            {bad!r}" in text
    assert message(array, array).startswith("values that are not finite")
    assert message(1.0, array[1, 2:]).startswith("shapes differ")


def test_a_difference_beyond_the_largest_float_is_a_difference():
    text = message(np.array([1.0, 1.7e308]), np.array([1.0, -1.7e308]), tol=0.5, why="test")
    assert text.startswith("values differ at element [1] of shape (2,)")
    huge = np.array([1.5e308 + 1.5e308j])  # its modulus is no float, so nothing can be allowed
    assert message(huge, huge).startswith("values differ")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (np.ones(3), np.ones((3, 1))),
        (np.ones((3, 1)), np.ones(3)),
        (np.ones((3, 1)), np.ones((1, 3))),
        (1.0, np.ones(1)),
        (torch.ones(2), np.ones(1)),
        (np.ones((0, 2)), np.ones((2, 0))),
        (np.ones(0), np.ones(1)),
    ],
)
def test_nothing_is_broadcast(ours, theirs):
    shapes = f"ours: {tuple(np.shape(ours))}, theirs: {tuple(np.shape(theirs))}"
    assert message(ours, theirs) == f"shapes differ: {shapes}; nothing is broadcast"


@pytest.mark.parametrize(
    ("ours", "theirs", "text"),
    [
        ((1.0, 2.0), (1.0,), "structures differ: ours: tuple of 2, theirs: tuple of 1"),
        ([1.0], (), "structures differ: ours: list of 1, theirs: tuple of 0"),
        (
            np.ones(2),
            (1.0, 1.0),
            "structures differ: ours: float64 array of shape (2,), theirs: tuple of 2",
        ),
        (
            (1.0, [2.0]),
            (1.0, 2.0),
            "structures differ in output 1: ours: list of 1, theirs: a value of type float",
        ),
    ],
)
def test_structures_must_match(ours, theirs, text):
    assert message(ours, theirs) == text


@pytest.mark.parametrize(
    ("ours", "theirs", "text"),
    [
        ((), [], "nothing to compare: ours: tuple of 0, theirs: list of 0"),
        (
            np.ones((0, 3)),
            np.ones((0, 3)),
            "nothing to compare: ours: float64 array of shape (0, 3),"
            " theirs: float64 array of shape (0, 3)",
        ),
        (
            ((), np.ones(0)),
            ((), np.ones(0)),
            "nothing to compare: ours: tuple of 2, theirs: tuple of 2",
        ),
    ],
)
def test_emptiness_is_no_agreement(ours, theirs, text):
    assert message(ours, theirs) == text


def test_an_empty_leaf_beside_a_full_one_is_no_fault_and_hides_none():
    assert message((np.ones(0), 1.0), (np.ones(0), 2.0)).startswith("values differ at output 1")
    assert message((1.0, np.ones(0)), (2.0, np.ones(0))).startswith("values differ at output 0")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "a value of type NoneType"),
        ("1.0", "a value of type str"),
        ({"W": np.ones(2)}, "a value of type dict"),
        (2**70, "a value of type int"),
        (np.array([1.0, None], dtype=object), "object array of shape (2,)"),
        (np.array(["a"]), "<U1 array of shape (1,)"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "datetime64[D] array of shape (1,)"),
    ],
)
def test_what_cannot_be_compared_is_named(value, name):
    expected = "cannot be compared; expected an array, a tensor, a number, or a tuple or list"
    assert message(value, 1.0).startswith(f"ours: {name}, which {expected}")
    assert message(1.0, value).startswith(f"theirs: {name}, which {expected}")
    assert message((1.0, value), (1.0, 1.0)).startswith(f"ours: {name} in output 1, which")


def test_a_reference_of_zeros_needs_an_absolute_tolerance():
    for ours in (np.zeros(3), np.array([0.0, -0.25, 0.125])):
        largest = f"{np.abs(ours).max():.3g}"
        text = message(ours, np.zeros(3))
        assert text == (
            "theirs is zero everywhere, so there is no relative error and an absolute tolerance"
            f" is needed, atol=...; ours reaches {largest}"
        )
    assert "theirs is zero everywhere in output 1," in message((1.0, 0.0), (1.0, 0.0))
    assert "zero everywhere" in message(0, 0.0)
    same("zeros", np.zeros(3), np.zeros(3), atol=1e-300)


# Integers


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (2**60, 2**60 + 1),
        (np.array([2**63], dtype=np.uint64), np.array([2**63 - 1], dtype=np.int64)),
        (np.array([2**64 - 1], dtype=np.uint64), np.array([-1])),
        (np.uint8(0), np.uint8(255)),
        (True, False),
        (np.array([1, 2, 3]), np.array([1, 2, 4])),
        (0, 1),
        (1, 0),
    ],
)
def test_integers_are_compared_exactly(ours, theirs):
    text = message(ours, theirs, tol=0.5, atol=10.0, why="not for integers")
    assert text.startswith("values differ")
    assert "tolerance       none, integers are compared exactly" in text


def test_integers_that_differ_are_shown():
    assert message(np.array([[5, 7], [-1, 10]]), np.array([[5, 7], [4, 9]])).splitlines() == [
        "values differ at element [1, 0] of shape (2, 2)",
        "  ours            -1",
        "  theirs          4",
        "  relative error  0.556",
        "  tolerance       none, integers are compared exactly",
    ]
    assert "relative error  inf" in message(3, 0)


def test_integers_against_floats_have_a_tolerance():
    assert compare(3, 3.0 + 1e-13, 1e-12).fault is None
    assert compare(3.0 + 1e-13, 3, 1e-12).fault is None
    assert compare(np.array([3]), np.array([3.0 + 1e-11]), 1e-12).fault == "values"


# Complex numbers


def test_complex_numbers_are_compared_by_modulus():
    assert compare(3 + 4j, 3 + 4.5j, 0.1).fault is None
    assert compare(3 + 4j, 3.5 + 4j, 0.09).fault == "values"
    text = message(np.array([1j, 2.0]), np.array([-1j, 2.0]))
    assert "element [0] of shape (2,)" in text
    assert "  ours            1j\n" in text
    assert "  relative error  1\n" in text
    assert compare(np.complex64(1j), 1.0, 0.5).fault == "values"


def test_complex_numbers_have_no_order():
    assert compare(1j, 1.0, 1e-12, relation="<=").fault == "order"
    assert compare(1.0, np.array(1j), 1e-12, relation="<=").fault == "order"


# Bounds: the messages are tested with equations


@pytest.mark.parametrize(
    ("ours", "theirs", "error", "excess"),
    [
        ([0.0, 1.0], [0.0, 2.0], 0.0, 0.0),
        ([1.0, 2.0], [1.0, 2.0], 0.0, 0.0),
        ([0.0, 2.5], [0.0, 2.0], 0.25, 2.0),
        ([1.125, 5.0], [1.0, 4.5], 0.125, 1.0),
        ([-1.75, -3.0], [-2.0, 4.0], 0.125, 1.0),
        ([0.5, 2.0], [0.0, 2.0], math.inf, math.inf),
    ],
)
def test_the_worst_element_gives_the_gap_of_a_bound(ours, theirs, error, excess):
    gap = compare(np.array(ours), np.array(theirs), 0.125, relation="<=")
    assert (gap.error, gap.excess) == (error, excess)
    assert gap.fault == ("bound" if excess > 1 else None)


# Arguments


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"tol": -1e-12}, "tol is a finite number >= 0, not -1e-12"),
        ({"tol": math.nan}, "tol is a finite number >= 0, not nan"),
        ({"tol": "tight"}, "tol is a finite number >= 0, not 'tight'"),
        ({"atol": -1}, "atol is a finite number >= 0, not -1"),
        ({"atol": math.inf}, "atol is a finite number >= 0, not inf"),
        ({"tol": 1.0, "why": "loose"}, "tol is relative and below 1, not 1.0"),
        ({"tol": 1e-8}, "tol=1e-08 is above 1e-09: give the reason, why='...'"),
        ({"why": " "}, "why: expected one line of text, got ' '"),
        ({"why": "two\nlines"}, "why: expected one line of text, got 'two\\nlines'"),
    ],
)
def test_tolerances_are_checked(options, text):
    assert message(1.0, 1.0, **options) == text


def test_a_loose_tolerance_says_why():
    same("edge", 1.0, 1.0, tol=1e-9)
    record = same("edge", 1.0, 1.0, tol=1e-5, why="float32 accumulates")
    assert str(record) == "✓ edge: the same within 1e-05 (float32 accumulates)"
    assert record.data == {
        "kind": "same",
        "what": "edge",
        "tol": 1e-5,
        "atol": 0.0,
        "why": "float32 accumulates",
        "worst": 0.0,
    }


@pytest.mark.parametrize("what", ["", "  ", None, "two\nlines"])
def test_what_is_one_line(what):
    with pytest.raises(EvidenceError, match="what: expected one line of text, got"):
        same(what, 1.0, 1.0)


# Properties


@PROPERTY
@given(st.lists(finite, min_size=1, max_size=6), st.data())
def test_one_bad_number_anywhere_is_noticed(numbers, data):
    theirs = [np.array(numbers), [float(x) for x in numbers]]
    bad = data.draw(st.sampled_from([math.nan, math.inf, -math.inf]))
    place = data.draw(st.integers(0, len(numbers) - 1))
    ours = [np.array(numbers), [float(x) for x in numbers]]
    ours[data.draw(st.integers(0, 1))][place] = bad
    assert compare(ours, theirs, 1e-12, 1e-12).fault == "not finite"
    assert compare(theirs, ours, 1e-12, 1e-12).fault == "not finite"
    assert compare(ours, ours, 1e-12, 1e-12).fault == "not finite"


@PROPERTY
@given(
    st.lists(finite.filter(lambda x: x == 0 or abs(x) > 1e-100), min_size=1, max_size=6).filter(
        any
    ),
    st.sampled_from([1e-12, 1e-9, 1e-3]),
    st.sampled_from([0.0, 1e-6]),
    st.floats(1.5, 1e6),
    st.data(),
)
def test_a_difference_within_passes_and_one_beyond_fails(numbers, tol, atol, factor, data):
    theirs = np.array(numbers)
    allowed = tol * np.abs(theirs).max() + atol
    place = data.draw(st.integers(0, len(numbers) - 1))
    ours = theirs.copy()
    ours[place] += allowed / factor
    near = compare([ours], [theirs], tol, atol)
    assert near.fault is None
    assert near.excess == pytest.approx(1 / factor, rel=1e-2, abs=1e-3)
    assert near.error == pytest.approx(tol / factor, rel=1e-2, abs=1e-3 * tol)
    ours[place] = theirs[place] - allowed * factor
    far = compare([ours], [theirs], tol, atol)
    assert far.fault == "values"
    assert far.excess == pytest.approx(factor, rel=1e-2)
    assert compare([1.0, ours], [1.0, theirs], tol, atol)._replace(path=(0,))[:4] == far[:4]


@PROPERTY
@given(finite.filter(bool), finite)
def test_messages_and_records_never_fail_to_be_made(theirs, ours):
    try:
        record = same("any", ours, theirs)
    except EvidenceError as error:
        assert repr(ours) in str(error) and repr(theirs) in str(error)
    else:
        assert json.loads(json.dumps(record.data, allow_nan=False)) == record.data


def test_the_package_works_where_torch_does_not_exist():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from dlbook import evidence\n"
        "print(ascii(evidence.same('one', (1.0, [2]), (1.0, [2]))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "\\u2713 one: the same within 1e-12\n"


def test_importing_the_package_does_not_import_torch():
    code = "import sys, dlbook.evidence; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
