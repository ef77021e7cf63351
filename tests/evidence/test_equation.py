"""``equation``: both sides on every case, and wrong versions that must fail."""

import json
import math
import time
import warnings
from collections import namedtuple

import numpy as np
import pytest
import torch

from dlbook.evidence import MIME, Equation, EvidenceError, equation


def cases(n=10, rows=3, columns=2):
    rng = np.random.default_rng(0)
    return [(rng.normal(size=(rows, columns)), rng.normal(size=columns)) for _ in range(n)]


def product(W, x):
    return W @ x


def referee(W, x):
    return np.einsum("ij,j->i", W, x)


def message(lhs=product, rhs=referee, given=None, **options):
    options = {"referee": "einsum", **options}
    with pytest.raises(EvidenceError) as caught:
        equation("eq-product", lhs, rhs, cases() if given is None else given, **options)
    text = str(caught.value)
    assert text.startswith("eq-product: ")
    return text.removeprefix("eq-product: ")


# The record


def test_line_and_data():
    record = equation(
        "eq-product",
        product,
        referee,
        cases(),
        referee="einsum",
        wrong={"no minus": lambda W, x: -W @ x, "first row": lambda W, x: W[0] @ x},
    )
    assert isinstance(record, Equation)
    line = "✓ eq-product: 10 cases agree with einsum within 1e-12; rejected: no minus, first row"
    assert str(record) == repr(record) == record.line == line
    data = record.data
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    worst = data.pop("worst")
    assert type(worst) is float and 0.0 <= worst < 1e-14
    assert data.pop("wrong") == [
        {"name": "no minus", "worst": pytest.approx(2.0), "cases": 10},
        {"name": "first row", "worst": None, "cases": 10},
    ]
    assert data == {
        "kind": "equation",
        "label": "eq-product",
        "referee": "einsum",
        "relation": "==",
        "cases": 10,
        "tol": 1e-12,
        "atol": 0.0,
        "why": None,
    }
    assert record._repr_mimebundle_() == {"text/plain": line, MIME: record.data}
    assert record._repr_mimebundle_(include=[MIME], exclude=[]) == record._repr_mimebundle_()
    assert MIME == "application/vnd.dlbook.evidence+json"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, "✓ eq-x: 1 case agrees with closed form within 1e-12"),
        ({"wrong": {}}, "✓ eq-x: 1 case agrees with closed form within 1e-12"),
        ({"tol": 0}, "✓ eq-x: 1 case agrees with closed form exactly"),
        ({"atol": 1e-15}, "✓ eq-x: 1 case agrees with closed form within 1e-12 or 1e-15 absolute"),
        (
            {"tol": 1e-6, "why": "single precision"},
            "✓ eq-x: 1 case agrees with closed form within 1e-06 (single precision)",
        ),
        ({"relation": "<="}, "✓ eq-x: 1 case stays at or below closed form within 1e-12"),
    ],
)
def test_what_the_line_says(options, line):
    assert str(equation("eq-x", float, float, [2.0], referee="closed form", **options)) == line


def test_the_worst_error_of_all_cases_is_recorded():
    def off(x):
        return x * (1 + {1.0: 0.0, 2.0: 2.0**-43, 3.0: 2.0**-44}[x])

    record = equation("eq-x", off, float, [1.0, 2.0, 3.0], referee="closed form")
    assert record.worst == 2.0**-43
    assert record.cases == 3


# How cases are passed on


def test_tuples_dictionaries_and_single_arguments():
    def weighted(a, b=10.0):
        return a + 2 * b

    for given in ((1.0, 2.0), {"b": 2.0, "a": 1.0}, {"a": 1.0}, 1.0, np.ones(3), [1.0], (1.0,)):
        if isinstance(given, list):
            equation("eq-x", lambda a: a, lambda a: list(a), [given], referee="closed form")
        else:
            equation("eq-x", weighted, lambda a, b=10.0: 2 * b + a, [given], referee="closed form")


def test_cases_may_be_a_generator_and_an_array():
    generated = ((x, x + 1.0) for x in range(1, 5))
    assert equation("eq-x", pow, pow, generated, referee="closed form").cases == 4
    rows = np.arange(1.0, 7.0).reshape(3, 2)
    assert equation("eq-x", np.sum, lambda r: r[0] + r[1], rows, referee="sum").cases == 3


def test_torch_against_numpy_with_gradients():
    def gradient(x):
        x = torch.tensor(x, requires_grad=True)
        (x**3).sum().backward()
        return [(x**3).sum(), x.grad]

    equation(
        "eq-cube",
        lambda x: (np.sum(x**3), 3 * x**2),
        gradient,
        [np.array([1.0, -2.0, 0.5])],
        referee="torch.autograd",
        wrong={"3x for 3x^2": lambda x: (np.sum(x**3), 3 * x)},
    )


def test_code_that_works_in_place_spoils_no_other_side():
    Parameters = namedtuple("Parameters", "W b")

    def in_place(x, parts, params, named):
        for array in (x, parts[0], parts[1][0], params.W, named["y"]):
            array += 1.0
        return x + parts[0] + parts[1][0] + params.W + named["y"]

    def pure(x, parts, params, named):
        return x + parts[0] + parts[1][0] + params.W + named["y"] + 5.0

    def fresh():
        arrays = [np.arange(6.0).reshape(2, 3, order="F") + i for i in range(5)]
        return (
            arrays[0],
            [arrays[1], (arrays[2],)],
            Parameters(arrays[3], None),
            {"y": arrays[4]},
        )

    case = fresh()
    for lhs, rhs in ((in_place, pure), (pure, in_place), (in_place, in_place)):
        equation("eq-x", lhs, rhs, [case], referee="closed form", wrong={"no one": lambda *a: a[0]})
    for now, before in zip(case[1], fresh()[1], strict=True):
        np.testing.assert_array_equal(now, before)
    np.testing.assert_array_equal(case[0], fresh()[0])
    np.testing.assert_array_equal(case[2].W, fresh()[2].W)
    np.testing.assert_array_equal(case[3]["y"], fresh()[3]["y"])


def test_what_is_no_array_is_passed_on_as_it_is():
    tensor = torch.ones(2, 3, requires_grad=True)
    size = tensor.shape  # a tuple of a kind of its own
    seen = []

    def lhs(*values):
        seen.extend(values)
        return 1.0

    equation("eq-x", lhs, lambda *_: 1.0, [(tensor, size, len, "text")], referee="itself")
    assert all(a is b for a, b in zip(seen, (tensor, size, len, "text"), strict=True))


def test_copies_keep_memory_order():
    seen = []
    transposed = np.arange(6.0).reshape(2, 3).T
    equation("eq-x", lambda x: seen.append(x) or x, np.array, [transposed], referee="copy")
    assert seen[0].flags.f_contiguous and seen[0] is not transposed


# Failures


def test_a_failing_case_is_shown():
    given = cases()
    W, x = given[3]

    def off(A, v):
        y = A @ v
        if np.array_equal(A, W):
            y[2] *= 1.5
        return y

    right = float((W @ x)[2])
    size = np.abs(W @ x).max()
    assert message(off, product, given).splitlines() == [
        "case 3 (from 0): values differ at element [2] of shape (3,)",
        f"  left side       {1.5 * right!r}",
        f"  einsum          {right!r}",
        f"  relative error  {abs(0.5 * right) / size:.3g}",
        "  tolerance       1e-12",
    ]


@pytest.mark.parametrize(
    ("lhs", "text"),
    [
        (lambda W, x: (W @ x)[:, None], "shapes differ: left side: (3, 1), einsum: (3,)"),
        (lambda W, x: [W @ x], "structures differ: left side: list of 1, einsum: float64 array"),
        (lambda W, x: None, "left side: a value of type NoneType, which cannot be compared"),
        (lambda W, x: W @ x * math.nan, "values that are not finite at element [0]"),
    ],
)
def test_other_failures_name_the_case(lhs, text):
    assert message(lhs).startswith(f"case 0 (from 0): {text}")


def test_a_referee_that_gives_nothing_is_blamed():
    text = message(rhs=lambda W, x: None)
    assert text.startswith("case 0 (from 0): einsum: a value of type NoneType, which cannot be")
    assert "einsum is zero everywhere" in message(rhs=lambda W, x: 0 * (W @ x))
    assert "nothing to compare" in message(given=cases(rows=0))


@pytest.mark.parametrize("given", [[], (), iter(()), np.ones((0, 2))])
def test_no_cases_is_a_failure(given):
    assert message(given=given) == "no cases, so nothing was compared"


@pytest.mark.parametrize("given", [{"W": 1}, "abc", 3, None, b"ab"])
def test_cases_must_be_an_iterable_of_cases(given):
    with pytest.raises(EvidenceError, match="eq-x: cases is an iterable of cases, not a "):
        equation("eq-x", product, referee, given, referee="einsum")


def test_a_side_that_raises_keeps_its_error_and_says_where():
    def breaks(W, x):
        raise ZeroDivisionError("as planned")

    for lhs, rhs, side in ((breaks, referee, "the left side"), (product, breaks, "einsum")):
        with pytest.raises(ZeroDivisionError, match="as planned") as caught:
            equation("eq-product", lhs, rhs, cases(), referee="einsum")
        assert caught.value.__notes__ == [f"eq-product: case 0 (from 0), in {side}"]


@pytest.mark.parametrize("label", ["product", "eq-", "eq-a b", "eq-a\n", None, "xeq-a", "EQ-a"])
def test_labels(label):
    with pytest.raises(EvidenceError, match="label: expected 'eq-' and a name, got"):
        equation(label, product, referee, cases(), referee="einsum")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"referee": ""}, "referee: expected one line of text, got ''"),
        ({"referee": None}, "referee: expected one line of text, got None"),
        ({"relation": "<"}, "relation is '==' or '<=', not '<'"),
        ({"tol": 1e-6}, "tol=1e-06 is above 1e-09: give the reason, why='...'"),
        ({"atol": -1.0}, "atol is a finite number >= 0, not -1.0"),
        ({"wrong": [product]}, "wrong is a dictionary of name to callable, not a list"),
        (
            {"wrong": {"": product}},
            "the name of a wrong version: expected one line of text, got ''",
        ),
    ],
)
def test_arguments_are_checked(options, text):
    assert message(**options) == text


# Wrong versions


def test_a_wrong_version_that_passes_makes_the_evidence_vacuous():
    assert message(wrong={"transposed twice": lambda W, x: W.T.T @ x}) == (
        "vacuous: the wrong version 'transposed twice' passes every case (cases: 10);"
        " choose cases in which it misses by more than 10 times the tolerance"
    )


def test_the_second_wrong_version_is_checked_too():
    wrong = {"negative": lambda W, x: -(W @ x), "the same": product}
    assert message(wrong=wrong).startswith("vacuous: the wrong version 'the same' passes")


def test_a_wrong_version_must_miss_by_more_than_ten_tolerances():
    def version(factor):
        return lambda x: np.array([1.0, factor * 2.0**-30])

    def truth(x):
        return np.array([1.0, 0.0])

    def check(factor):
        wrong = {"nearly": version(factor)}
        return equation(
            "eq-x", truth, truth, [0.0], referee="closed form", tol=2.0**-30, wrong=wrong
        )

    assert check(np.nextafter(10.0, 11.0)).wrong == (
        ("nearly", np.nextafter(10.0, 11.0) * 2.0**-30, 1),
    )
    for factor, times in ((10.0, "10"), (3.0, "3"), (np.nextafter(1.0, 2.0), "1")):
        with pytest.raises(EvidenceError) as caught:
            check(factor)
        assert str(caught.value) == (
            f"eq-x: vacuous: the wrong version 'nearly' misses by {times} times the tolerance at"
            " most (cases: 1); choose cases in which it misses by more than 10 times the tolerance"
        )
    with pytest.raises(EvidenceError, match="passes every case"):
        check(1.0)


def test_one_case_is_enough_to_reject_and_the_count_is_recorded():
    given = [(1.0, 0.0), (2.0, 1.0), (3.0, 0.0), (3.0, 2.0)]
    record = equation(
        "eq-x",
        lambda a, b: a + b,
        lambda a, b: b + a,
        given,
        referee="closed form",
        wrong={"no b": lambda a, b: a, "half b": lambda a, b: a + b / 2},
    )
    assert record.wrong == (("no b", 0.4, 2), ("half b", 0.2, 2))
    assert record.data["wrong"][0] == {"name": "no b", "worst": 0.4, "cases": 2}
    backwards = equation(
        "eq-x",
        lambda a, b: a + b,
        lambda a, b: b + a,
        given[::-1],
        referee="closed form",
        wrong={"no b": lambda a, b: a},
    )
    assert backwards.wrong == (("no b", 0.4, 2),)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_wrong_version_is_rejected_by_nan_and_by_shape_without_a_number(value):
    wrong = {"not finite": lambda x: value * x, "one more": lambda x: np.append(x, 1.0)}
    record = equation("eq-x", np.array, np.array, [np.ones(2)] * 3, referee="copy", wrong=wrong)
    assert record.wrong == (("not finite", None, 3), ("one more", None, 3))
    json.dumps(record.data, allow_nan=False)


def test_numbers_and_shapes_together_keep_the_number():
    wrong = {"mixed": lambda x: x if x.size > 1 else x * 1.5, "cut": lambda x: x[:1] * 1.5}
    record = equation(
        "eq-x", np.array, np.array, [np.ones(2), np.ones(1)], referee="copy", wrong=wrong
    )
    assert record.wrong == (("mixed", 0.5, 1), ("cut", 0.5, 2))


def test_wrong_integers_are_rejected():
    wrong = {"off by one": lambda x: x + 1}
    given = [np.array([4, -8]), np.array([0, 2])]
    record = equation("eq-x", np.array, np.array, given, referee="copy", wrong=wrong)
    assert record.wrong == (("off by one", 0.5, 2),)
    record = equation("eq-x", np.array, np.array, [np.array([0])], referee="copy", wrong=wrong)
    assert record.wrong == (("off by one", None, 1),)


def test_a_wrong_version_that_raises_does_not_count_as_rejected():
    def breaks(W, x):
        return W @ x[:1]

    with pytest.raises(EvidenceError) as caught:
        equation("eq-x", product, referee, cases(), referee="einsum", wrong={"cut": breaks})
    text = str(caught.value)
    assert text.startswith("eq-x: case 0 (from 0): the wrong version 'cut' raised ValueError: ")
    assert text.endswith("; that does not count as rejected")
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_wrong_version_that_returns_nothing_does_not_count_as_rejected():
    assert message(wrong={"no return": lambda W, x: None}) == (
        "case 0 (from 0): the wrong version 'no return': it: a value of type NoneType, which"
        " cannot be compared; expected an array, a tensor, a number, or a tuple or list of these;"
        " that does not count as rejected"
    )
    options = {"relation": "<=", "wrong": {"complex": lambda W, x: W @ x * 1j}}
    assert "complex numbers have no order" in message(**options)


def test_floating_point_warnings_of_wrong_versions_are_not_shown_those_of_the_sides_are():
    def overflow(x):
        return np.exp(x) / np.exp(x).sum()

    def softmax(x):
        return np.exp(x - x.max()) / np.exp(x - x.max()).sum()

    given = [np.array([1000.0, 999.0])]
    wrong = {"no shift": overflow}
    record = equation("eq-softmax", softmax, softmax, given, referee="itself", wrong=wrong)
    assert record.wrong == (("no shift", None, 1),)
    with pytest.raises(RuntimeWarning, match="overflow"):
        equation("eq-softmax", overflow, softmax, given, referee="itself")


# Bounds


def bound(lhs, rhs, **options):
    return equation(
        "eq-bound", lambda *_: lhs, lambda *_: rhs, [()], referee="norm", relation="<=", **options
    )


def test_bounds_hold_elementwise():
    record = bound(np.array([1.0, -5.0]), np.array([1.0, 2.0]))
    assert record.worst == 0.0
    assert record.data["relation"] == "<="
    with pytest.raises(EvidenceError) as caught:
        bound(np.array([[1.0, 900.0, 2.5]]), np.array([[100.0, 1000.0, 2.0]]))
    assert str(caught.value).splitlines() == [
        "eq-bound: case 0 (from 0): left side exceeds norm at element [0, 2] of shape (1, 3)",
        "  left side       2.5",
        "  norm            2.0",
        "  relative error  0.25",
        "  tolerance       1e-12",
    ]


def test_the_worst_element_of_a_bound_is_the_one_beyond_its_own_tolerance():
    with pytest.raises(EvidenceError, match=r"at element \[1\] of shape"):
        bound(np.array([1e6 + 1.0, 2.0]), np.array([1e6, 1.5]))
    with pytest.raises(EvidenceError, match=r"at element \[0\] of shape"):
        bound(np.array([0.5, 2.0]), np.array([0.0, 1.5]))


@pytest.mark.parametrize("size", [3.0, -3.0])
def test_one_unit_in_the_last_place_decides_for_bounds(size):
    tol = 2.0**-40
    limit = size + tol * 3.0
    assert bound(limit, size, tol=tol).worst == tol
    assert bound(np.nextafter(limit, -9), size, tol=tol).worst < tol
    with pytest.raises(EvidenceError):
        bound(np.nextafter(limit, 9), size, tol=tol)


def test_an_absolute_tolerance_of_a_bound():
    record = bound(np.array([0.5, 1.0]), np.array([0.0, 4.0]), tol=0, atol=0.5)
    assert record.worst == 0.5
    assert bound(0.25, 0.0, tol=2.0**-40, atol=0.5).worst == 2.0**-41
    with pytest.raises(EvidenceError, match="tolerance       0, absolute 0.5"):
        bound(np.nextafter(0.5, 1), 0.0, tol=0, atol=0.5)
    with pytest.raises(EvidenceError, match="zero everywhere"):
        bound(-1.0, 0.0)


def test_bounds_on_integers_are_exact():
    bound(np.array([1, 2]), np.array([1, 5]))
    bound(np.array([0, -1]), np.array([0, 0]))
    with pytest.raises(EvidenceError) as caught:
        bound(np.array([1, 6, 3]), np.array([900, 5, 3]), atol=4.0)
    assert str(caught.value).splitlines() == [
        "eq-bound: case 0 (from 0): left side exceeds norm at element [1] of shape (3,)",
        "  left side       6",
        "  norm            5",
        "  relative error  0.2",
        "  tolerance       none, integers are compared exactly",
    ]


def test_bounds_refuse_nan_and_other_shapes():
    with pytest.raises(EvidenceError, match="not finite"):
        bound(math.nan, 1.0)
    with pytest.raises(EvidenceError, match="not finite"):
        bound(1.0, math.inf)
    with pytest.raises(EvidenceError, match="not finite"):
        bound(-math.inf, 1.0)
    with pytest.raises(EvidenceError, match="shapes differ"):
        bound(np.zeros(2), 1.0)


def test_a_wrong_bound_must_be_exceeded():
    wrong = {"sum for norm": lambda *_: 5.0}
    assert bound(3.0, 4.0, wrong=wrong).wrong == (("sum for norm", 0.25, 1),)
    with pytest.raises(EvidenceError, match="'below' passes every case"):
        bound(3.0, 4.0, wrong={"below": lambda *_: 1.0})
    tol = 2.0**-40
    wrong = {"nearly": lambda *_: 4.0 + 8 * 4.0 * tol}
    with pytest.raises(EvidenceError, match="misses by 8 times the tolerance"):
        bound(3.0, 4.0, tol=tol, wrong=wrong)


# Scale


def test_ten_thousand_small_cases_run(capsys):
    given = cases(10_000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        start = time.perf_counter()
        record = equation(
            "eq-product",
            product,
            referee,
            given,
            referee="einsum",
            wrong={"negative": lambda W, x: -(W @ x)},
        )
        seconds = time.perf_counter() - start
    print(f"10,000 cases: {seconds:.2f} s")  # measured, not asserted: the machine may be busy
    assert record.cases == record.wrong[0].cases == 10_000
