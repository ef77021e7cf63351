"""What a check says about an answer, and what an exercise refuses when it is defined."""

import collections
import functools
import json

import numpy as np
import pytest
import torch

from dlbook.practice import MIME, Exercise, ExerciseError, Mistake

X = np.array([[1.5, -2.0, 0.25], [0.5, 3.0, -1.25]])
Y = np.array([[2.5, 1.0], [-0.75, 4.0], [0.5, -3.0], [1.0, 0.125]])


def stats(x, shift):
    return x.mean(axis=0) + shift, x.var()


def no_shift(x, shift):
    return x.mean(axis=0), x.var()


def other_axis(x, shift):
    return x.mean(axis=1) + shift, x.var()


def by_n_minus_1(x, shift):
    return x.mean(axis=0) + shift, x.var(ddof=1)


def exercise(**changes):
    settings = {
        "name": "stats",
        "reference": stats,
        "inputs": [(X, 0.5), (Y, -2.0)],
        "mistakes": [
            Mistake("no-shift", no_shift, "The shift is missing: add it to the mean."),
            Mistake("other-axis", other_axis, "You averaged over axis 1, the mean is over axis 0."),
            Mistake("n-1", by_n_minus_1, "You divided by n - 1, divide by n."),
        ],
        "returns": ("mean", "variance"),
        "seconds": 5.0,
    }
    return Exercise(**(settings | changes))


def single(reference, *inputs, mistakes=(), **settings):
    return Exercise("one", reference, [(value,) for value in inputs], mistakes, **settings)


def failed(result):
    assert (result.status, result.mistake) == ("failed", None)
    return result.message


# --- right answers ---


def test_passed_displays_as_a_line_and_as_json():
    result = exercise().check(stats)
    assert result.passed
    assert repr(result) == "✓ stats: passed on 2 inputs."
    bundle = result._repr_mimebundle_()
    assert bundle["text/plain"] == repr(result)
    assert MIME == "application/vnd.dlbook.evidence+json"
    assert json.loads(json.dumps(bundle[MIME])) == {
        "kind": "exercise",
        "name": "stats",
        "status": "passed",
        "mistake": None,
        "message": "passed on 2 inputs.",
    }


def test_one_input_is_singular():
    assert single(np.sin, 0.5).check(np.sin).message == "passed on 1 input."


Pair = collections.namedtuple("Pair", "mean variance")


@pytest.mark.parametrize(
    "convert",
    [
        list,
        lambda pair: Pair(*pair),
        lambda pair: (pair[0].tolist(), float(pair[1])),
        lambda pair: (list(pair[0]), np.array(pair[1])),
        lambda pair: tuple(torch.tensor(v).requires_grad_() for v in pair),
        lambda pair: ([torch.tensor(v) for v in pair[0]], torch.tensor(pair[1])),
        lambda pair: (pair[0].astype(np.longdouble), pair[1]),
    ],
    ids=["list", "namedtuple", "plain", "0-d", "tensors", "list-of-tensors", "longdouble"],
)
def test_other_forms_of_the_right_values_pass(convert):
    result = exercise().check(lambda x, shift: convert(stats(x, shift)))
    assert result.passed, result


def test_callables_of_all_kinds_pass():
    class Model:
        def __call__(self, x, shift):
            return stats(x, shift)

        def method(self, x, shift):
            return stats(x, shift)

    @functools.wraps(stats)
    def wrapped(*arguments):
        return stats(*arguments)

    for answer in (Model(), Model().method, functools.partial(stats), wrapped):
        assert exercise().check(answer).passed


def test_whole_numbers_pass_where_floats_are_expected_and_the_other_way_round():
    assert single(lambda x: 2.0 * x, 3.0).check(lambda x: 6).passed
    assert single(lambda x: np.arange(x), 3).check(lambda x: np.array([0.0, 1.0, 2.0])).passed
    assert single(lambda x: np.arange(x), 3).check(lambda x: [False, True, 2]).passed is False


def test_list_of_arrays():
    ex = single(lambda n: [np.ones((n, 2)), np.ones((n, 2)) * 3], 3)
    assert ex.check(lambda n: np.stack([np.ones((n, 2)), np.ones((n, 2)) * 3])).passed
    assert "has 1 values, expected 2" in failed(ex.check(lambda n: [np.ones((n, 2))]))
    assert "is a number, expected 2 values" in failed(ex.check(lambda n: 3.0))
    assert "a dict with the keys ['a']" in failed(ex.check(lambda n: {"a": 1}))


def test_dict():
    ex = single(
        lambda n: {"far": "flat" if n > 0 else "steep", "small": n > 1, "size": 2.0 * n}, 1, 2
    )

    def answer(n, far="flat", small=None, **more):
        return {"size": 2 * n, "far": far, "small": n > 1 if small is None else small} | more

    assert ex.check(answer).passed
    assert ex.check(lambda n: answer(n, far=np.str_("flat"), small=np.bool_(n > 1))).passed
    assert ex.check(lambda n: answer(n, small=int(n > 1))).passed
    assert ex.check(lambda n: answer(n, small=torch.tensor(n > 1))).passed
    assert ex.check(lambda n: collections.OrderedDict(answer(n))).passed
    message = failed(ex.check(lambda n: answer(n, far="Flat")))
    assert "['far'] differs" in message and "yours 'Flat', right 'flat'" in message
    assert "Right there: ['small'], ['size']." in message
    message = failed(ex.check(lambda n: answer(n, small=True)))
    assert "yours True, right False" in message and "1 of 2 inputs agree." in message
    assert "yours holds real numbers" in failed(ex.check(lambda n: answer(n, small=0.5)))
    assert "yours holds real numbers" in failed(ex.check(lambda n: answer(n, far=1.0)))
    text = "has the keys ['extra', 'far', 'size', 'small'], expected ['far', 'size', 'small']"
    assert text in failed(ex.check(lambda n: answer(n, extra=1)))
    assert "is a number, expected a dict with the keys" in failed(ex.check(lambda n: 3))


def test_tolerance_is_relative_to_the_largest_value():
    ex = single(lambda x: np.array([1e6, x]), 2.0)
    assert ex.check(lambda x: [1e6 * (1 + 0.99e-9), x]).passed
    assert ex.check(lambda x: [1e6, x + 0.99e-3]).passed
    assert not ex.check(lambda x: [1e6, x + 1.01e-3]).passed
    assert not ex.check(lambda x: [1e6 * (1 - 1.01e-9), x]).passed
    loose = single(lambda x: np.array([1e6, x]), 2.0, tol=1e-3)
    assert loose.check(lambda x: [1e6, x + 900]).passed
    assert not loose.check(lambda x: [1e6, x + 1100]).passed


def test_all_zero_values_are_compared_with_one():
    ex = single(lambda x: np.zeros(2), 1.0)
    assert ex.check(lambda x: [0.5e-9, 0]).passed
    assert not ex.check(lambda x: [2e-9, 0]).passed


# --- not attempted ---


def test_not_attempted():
    ex = exercise()

    def missing_return(x, shift):
        x.mean()

    result = ex.check(missing_return)
    assert result.status == "not attempted"
    assert result.message.endswith(
        "(The function returned None; if it is written, is the return missing?)"
    )
    for answer in (None, ..., NotImplemented, lambda x, shift: ..., lambda x, shift: (None, ...)):
        assert repr(ex.check(answer)) == "○ stats: not attempted yet."
    assert ex.check(lambda x, shift: {"a": None}).status == "not attempted"


def test_a_remaining_ellipsis_is_not_attempted_and_names_the_line():
    def answer(x, shift):
        mean = ...
        return mean + shift

    result = exercise().check(answer)
    assert result.status == "not attempted"
    line = answer.__code__.co_firstlineno + 2
    assert result.message == f"not finished yet: there is still a ... in line {line}."
    assert exercise().check(lambda x, shift: (...).mean()).status == "not attempted"


def test_what_is_attempted():
    ex = exercise()
    assert "variance differs" in failed(ex.check(lambda x, shift: (stats(x, shift)[0], None)))
    assert "yours is None, expected a number" in failed(
        ex.check(lambda x, s: (stats(x, s)[0], None))
    )
    assert "yours has 0 values" in failed(ex.check(lambda x, shift: []))

    def later(x, shift):
        return stats(x, shift) if x is None or len(x) == 2 else None

    message = failed(ex.check(later))
    assert "on input 2 of 2" in message and "yours is None" in message

    def raises_later(x, shift):
        if len(x) == 2:
            return stats(x, shift)
        raise NotImplementedError("odd sizes")

    assert "raised NotImplementedError: odd sizes" in failed(ex.check(raises_later))


def test_a_result_in_place_of_a_function():
    message = failed(exercise().check(stats(X, 0.5)))
    assert message == "a function is expected, this is of type tuple. Pass it without ()."


# --- mistakes ---


def test_named_mistake():
    result = exercise().check(lambda x, shift: [list(x.mean(0)), float(np.var(x))])
    assert (result.status, result.mistake) == ("failed", "no-shift")
    assert result.message == "The shift is missing: add it to the mean."
    assert result._repr_mimebundle_()[MIME]["mistake"] == "no-shift"


def test_mistake_must_match_on_all_inputs():
    def half(x, shift):
        return no_shift(x, shift) if len(x) == 2 else other_axis(x, shift)

    failed(exercise().check(half))
    failed(exercise().check(lambda x, shift: (no_shift if len(x) == 2 else stats)(x, shift)))
    failed(exercise().check(lambda x, shift: (stats if len(x) == 2 else no_shift)(x, shift)))


def test_other_versions_of_a_mistake_share_its_sentence():
    def minus(x, shift):
        return x.mean(axis=0) - shift, x.var()

    mistake = Mistake("shift", no_shift, "Something about the shift.", also=(minus,))
    result = exercise(mistakes=[mistake]).check(minus)
    assert (result.mistake, result.message) == ("shift", "Something about the shift.")


def test_mistake_in_float32_is_named():
    result = exercise().check(lambda x, shift: [np.float32(v) for v in by_n_minus_1(x, shift)])
    assert result.mistake == "n-1"


def test_a_mistake_that_raises_on_some_inputs():
    """A loop over the wrong axis often fails, unless the sizes are equal by accident."""

    def wrong(x):
        return x[0] + x[:, 0]

    square, wide = np.array([[1.0, 2.0], [4.0, 8.0]]), np.ones((2, 3)) * [1.0, 2.0, 3.0]
    mistakes = [Mistake("axis", wrong, "The wrong axis.")]
    ex = single(lambda x: x[0] + x[-1], wide, square, mistakes=mistakes)
    assert ex.check(lambda x: x[:, 0] + x[0]).mistake == "axis"
    assert "raised ValueError" in failed(ex.check(lambda x: x[0] + x[:, 1]))
    # Right where the mistake raises, and the other way round: not this mistake.
    failed(ex.check(lambda x: wrong(x) if x.shape == (2, 2) else x[0] + x[-1]))
    failed(ex.check(lambda x: x[0] + x[-1] if x.shape == (2, 2) else wrong(x)))


def test_a_mistake_that_divides_by_zero_is_named_whether_it_raises_or_not():
    ex = single(
        lambda x: x / max(abs(x), 1.0),
        *(np.float64(v) for v in (3.0, -0.5, 0.0)),
        mistakes=[Mistake("always", lambda x: x / abs(x), "Divide only above 1.")],
    )
    assert ex.check(lambda x: float(x) / abs(float(x))).mistake == "always"  # raises at 0
    assert ex.check(lambda x: np.sign(x) if x else np.nan).mistake == "always"
    assert ex.check(lambda x: np.sign(x)).mistake is None


# --- differences without a name ---


def test_first_differing_input_with_both_values_and_relative_error():
    def answer(x, shift):
        mean, variance = stats(x, shift)
        return mean, variance * (1 if len(x) == 2 else 1.5)

    values = Y.var()
    expected = (
        f"variance differs from the right one on input 2 of 2 (x (4, 2), shift = -2.0): "
        f"yours {1.5 * values:.5g}, right {values:.5g} (relative error 0.5).\n"
        "  1 of 2 inputs agree.\n"
        "  Right there: mean."
    )
    assert failed(exercise().check(answer)) == expected


def test_position_of_the_largest_difference():
    def answer(x, shift):
        mean, variance = stats(x, shift)
        mean[1] += 0.25
        mean[0] += 0.125
        return mean, variance

    right = stats(X, 0.5)[0][1]
    message = failed(exercise().check(answer))
    assert "mean differs from the right one on input 1 of 2" in message
    assert f"yours {right + 0.25:g}, right {right:g} at [1] (relative error" in message
    assert "inputs agree" not in message and "Right there: variance." in message


def test_enough_digits_to_see_the_difference():
    message = failed(single(lambda x: x / 3, 1.0).check(lambda x: 0.33333 + 2e-5))
    assert "yours 0.33335, right 0.33333" in message
    message = failed(single(lambda x: x + 1e-4, 1.0).check(lambda x: 1.0001 + 2e-8 + 3e-5))
    assert "yours 1.00013, right 1.0001 " in message


def test_unnamed_parts_are_counted_and_deep_places_are_spelled_out():
    ex = single(lambda n: ([1.0 * n, 2.0 * n], 3.0 * n), 1.0)
    message = failed(ex.check(lambda n: ([n, 5.5 * n], 3 * n)))
    assert message.startswith("item 0[1] differs") and "Right there: item 1." in message
    assert failed(single(lambda n: 2 * n, 1.0).check(lambda n: 5.0)).startswith(
        "your value differs"
    )


def test_small_arguments_are_shown_and_large_ones_by_shape():
    def reference(scale, vector, grads, matrix, options):
        return scale * vector

    case = (1.5, np.array([1.0, 2.0]), [np.ones(3), np.ones((2, 4))], np.ones((5, 2)), "x" * 50)
    ex = Exercise("shown", reference, [case], [])
    message = failed(ex.check(lambda *a: 7.0 * a[1]))
    shown = "scale = 1.5, vector = [1, 2], grads [[1, 1, 1], (2, 4)], matrix (5, 2)"
    assert f"({shown}, options = something of type str)" in message


def test_arguments_of_a_function_with_any_number_of_them():
    ex = Exercise("many", lambda first, *rest: first + sum(rest), [(1.0, 2.0, 3.0)], [])
    message = failed(ex.check(lambda *a: 0.5))
    assert "(first = 1.0, argument 2 = 2.0, argument 3 = 3.0)" in message


def test_shape():
    message = failed(exercise().check(lambda x, shift: (stats(x, shift)[0][None], x.var())))
    assert "yours has shape (1, 3), expected (3,)" in message
    assert "The numbers are right, only the shape is not." in message
    assert "relative error" not in message
    message = failed(exercise().check(lambda x, shift: stats(x, shift)[0]))
    assert "yours has 3 values, expected 2" in message


def test_types_that_are_not_numbers():
    ex = single(lambda x: x * np.ones(2), 2.0)
    assert "yours is an object of type generator" in failed(ex.check(lambda x: (v for v in [2, 2])))
    assert "yours is an object of type set" in failed(ex.check(lambda x: {2.0}))
    assert "expected an array of shape (2,)" in failed(ex.check(lambda x: {2.0}))
    assert "yours holds complex numbers (dtype complex128)" in failed(ex.check(lambda x: [2j, 2]))
    assert "yours holds True and False (dtype bool)" in failed(ex.check(lambda x: [True, True]))
    assert "yours holds text" in failed(ex.check(lambda x: "two"))
    assert "yours is an object of type ndarray" in failed(ex.check(lambda x: np.array([2, None])))
    assert "a sequence of 2 values" in failed(ex.check(lambda x: [np.ones(2), np.ones(3)]))
    assert "a sequence of 2 values" in failed(ex.check(lambda x: [2.0, None]))
    assert "yours is an object of type method" in failed(ex.check(lambda x: ex.check))
    assert "expected real numbers" in failed(ex.check(lambda x: [2 + 0j, 2 + 0j]))


def test_complex_reference():
    ex = single(lambda x: np.array([1j * x, x]), 2.0)
    assert ex.check(lambda x: [2j, 2]).passed
    assert "yours -0-2j, right 0+2j at [0]" in failed(ex.check(lambda x: [-2j, 2]))
    assert not ex.check(lambda x: [2.0, 2.0]).passed


def test_nan_and_inf_never_pass():
    ex = single(lambda x: np.array([x, 1.0]), 2.0)
    for bad in (np.nan, np.inf, -np.inf):
        message = failed(ex.check(lambda x, bad=bad: [2.0, bad]))
        assert f"yours {bad:g}, right 1 at [1]" in message
    assert not ex.check(lambda x: [np.nan, np.nan]).passed
    assert not ex.check(lambda x: [np.inf, np.inf]).passed
    zeros = single(lambda x: np.array([x, 0.0]), 2.0)
    assert "yours inf, right 2 at [0]" in failed(zeros.check(lambda x: [np.inf, 0.0]))


def test_float32_is_said_to_be_float32():
    ex = exercise()
    message = failed(
        ex.check(lambda x, shift: [np.float32(v) * np.float32(1 + 3e-6) for v in stats(x, shift)])
    )
    assert "right to about 7 digits" in message and "float64 is expected" in message
    assert failed(ex.check(lambda x, shift: [v * (1 + 0.9e-5) for v in stats(x, shift)])) == message
    assert "float64" not in failed(ex.check(lambda x, s: [v * (1 + 1.2e-5) for v in stats(x, s)]))

    def one_input(x, shift):
        return [v * (1 + (1e-7 if len(x) == 2 else 0.1)) for v in stats(x, shift)]

    assert "float64" not in failed(ex.check(one_input))


def test_whole_number_arrays_lose_fractions():
    def answer(x, shift):
        mean = np.zeros(x.shape[1], int)
        mean[:] = stats(x, shift)[0]
        return mean, x.var()

    assert "whole numbers (dtype int64), so fractions are lost" in failed(exercise().check(answer))
    ex = single(lambda x: x * np.ones(2), 2.0)
    assert "whole numbers" not in failed(ex.check(lambda x: [2, 3]))
    assert "whole numbers" not in failed(
        exercise().check(lambda x, s: (stats(x, s)[0] * 1.25, x.var()))
    )


M = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
T3 = np.arange(24.0).reshape(2, 3, 4) ** 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: -m, "It is the right value with the other sign."),
        (lambda m: 2.5 * m, "It is 2.5 times the right value on every input."),
        (lambda m: m / 3, "It is 0.33333 times the right value on every input."),
        (lambda m: m.T, "It is the transpose of the right value."),
        (lambda m: m[::-1], "It is the right value in reverse order along the first axis."),
        (lambda m: m.reshape(m.size), "The numbers are right, only the shape is not."),
    ],
)
def test_patterns(change, words):
    ex = single(lambda m: 2 * m, M, M[:, :2] + 1)
    message = failed(ex.check(lambda m: change(2 * m)))
    assert message.splitlines()[1].strip() == words
    # Only where it holds on every input.
    message = failed(ex.check(lambda m: change(2 * m) if m.size == 6 else 2 * m + [[3.0, 1.0]]))
    assert "It is" not in message and "only the shape" not in message
    message = failed(
        ex.check(lambda m: change(2 * m) if m.size == 4 else 2 * m + [[3.0, 1.0, 2.0]])
    )
    assert "It is" not in message and "only the shape" not in message


def test_pattern_of_swapped_axes_and_of_parts():
    ex = single(lambda t: (t, 2 * t), T3, returns=("first", "second"))
    message = failed(ex.check(lambda t: (t, np.swapaxes(2 * t, 0, 1))))
    assert "It is right but for the order of the first two axes." in message
    assert "Right there: first." in message
    message = failed(ex.check(lambda t: (3 * t, -2 * t)))
    assert "first differs" in message and "It is 3 times the right value" in message
    assert "Right there" not in message


def test_no_pattern_for_single_numbers_that_are_just_wrong():
    ex = single(lambda x: x * x, 2.0, 3.0)
    assert "It is" not in failed(ex.check(lambda x: x * x + 1))
    assert "It is -2 times the right value on every input." in failed(
        ex.check(lambda x: -2 * x * x)
    )
    assert "It is" not in failed(ex.check(lambda x: 0.0))
    assert "It is" not in failed(single(lambda x: 0 * x, 2.0).check(lambda x: 3.0))


# --- verify ---


def test_verify_returns_the_result_or_raises_with_the_message():
    ex = exercise()
    assert ex.verify(stats).passed
    with pytest.raises(AssertionError, match="✗ stats: The shift is missing"):
        ex.verify(no_shift)
    with pytest.raises(AssertionError, match="○ stats: not attempted"):
        ex.verify(None)


# --- definition ---


def test_a_mistake_that_the_inputs_cannot_tell_from_the_reference():
    with pytest.raises(
        ExerciseError, match="cannot tell the mistake 'no-shift' from the reference"
    ):
        exercise(inputs=[(X, 0.0), (Y, 0.0)])
    exercise(inputs=[(X, 0.0), (Y, 1.0)])  # one input that tells is enough


def test_a_mistake_that_differs_by_rounding_only_is_not_told_apart():
    def nearly(x, shift):
        return x.mean(axis=0) + shift, x.var() * (1 + 0.9e-3)

    with pytest.raises(ExerciseError, match="'nearly' from the reference"):
        exercise(mistakes=[Mistake("nearly", nearly, "Nearly.")])
    with pytest.raises(ExerciseError, match="'b' from 'a'"):
        exercise(
            mistakes=[
                Mistake("a", no_shift, "A."),
                Mistake("b", lambda x, s: [v * (1 + 0.9e-3) for v in no_shift(x, s)], "B."),
            ]
        )
    exercise(mistakes=[Mistake("far", lambda x, s: [v * 1.0011 for v in stats(x, s)], "Far.")])


def test_two_mistakes_that_the_inputs_cannot_tell_apart():
    mistakes = [Mistake("a", no_shift, "A."), Mistake("b", other_axis, "B.", also=(no_shift,))]
    with pytest.raises(
        ExerciseError, match="stats: the inputs cannot tell the mistake 'b' from 'a'"
    ):
        exercise(mistakes=mistakes)
    # Versions of the same mistake may coincide.
    exercise(mistakes=[Mistake("a", no_shift, "A.", also=(no_shift,))])


def test_a_mistake_that_raises_on_every_input():
    with pytest.raises(ExerciseError, match=r"'broken' raises on every input: ZeroDivisionError"):
        exercise(mistakes=[Mistake("broken", lambda x, shift: 1 / 0, "Broken.")])

    def right_or_raises(x, shift):
        return stats(x, shift) if len(x) == 2 else 1 / 0

    with pytest.raises(ExerciseError, match="'half' from the reference"):
        exercise(mistakes=[Mistake("half", right_or_raises, "Half.")])


def test_names_and_hints():
    with pytest.raises(ExerciseError, match="two mistakes have the same name"):
        exercise(mistakes=[Mistake("a", no_shift, "A."), Mistake("a", other_axis, "B.")])
    with pytest.raises(ExerciseError, match="'a' has no hint"):
        exercise(mistakes=[Mistake("a", no_shift, "")])


def test_inputs():
    with pytest.raises(ExerciseError, match="at least one tuple"):
        exercise(inputs=[])
    with pytest.raises(ExerciseError, match="at least one tuple"):
        exercise(inputs=[(X, 0.5), [Y, 1.0]])


def test_references_that_cannot_judge():
    with pytest.raises(ExerciseError, match="the reference raises: TypeError"):
        exercise(reference=lambda x: x)
    for bad in (np.nan, np.inf):
        with pytest.raises(ExerciseError, match="no finite values on input 2"):
            single(lambda x, bad=bad: [1.0, x if x < 2 else bad], 1.0, 2.0)
    with pytest.raises(ExerciseError, match="no finite values on input 1"):
        single(lambda x: None, 1.0)
    with pytest.raises(ExerciseError, match="the reference changes its arguments"):
        single(lambda x: x.sort() or x, np.array([2.0, 1.0]))
    calls = []
    with pytest.raises(ExerciseError, match="not the same when called again"):
        single(lambda x: calls.append(x) or float(len(calls)), 1.0)


def test_a_definition_that_takes_too_long(monkeypatch):
    def endless(x, shift):
        while True:
            pass

    monkeypatch.setattr("dlbook.practice.engine.PATIENCE", 0.1)
    with pytest.raises(ExerciseError, match="the reference takes more than 0.1 s"):
        exercise(reference=endless)
    with pytest.raises(ExerciseError, match="the mistake 'endless' takes more than"):
        exercise(mistakes=[Mistake("endless", endless, "It never ends.")])


def test_inputs_are_copied_when_the_exercise_is_defined():
    x = X.copy()
    ex = exercise(inputs=[(x, 0.5), (Y, -2.0)])
    x[:] = 0
    assert ex.check(stats).passed
