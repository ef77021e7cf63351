"""What every exercise of every chapter promises."""

import importlib
import pkgutil

import numpy as np
import pytest
import sklearn.preprocessing  # noqa: F401 - before any time limit runs: the first import is slow
import torch

import dlbook.practice
from dlbook.practice import MIME, Exercise
from tests.practice.equivalent import EQUIVALENT
from tests.practice.mutants import mutants


def _exercises():
    found = {}
    for module in pkgutil.iter_modules(dlbook.practice.__path__):
        for value in vars(importlib.import_module(f"dlbook.practice.{module.name}")).values():
            if isinstance(value, Exercise):
                found[id(value)] = value
    return list(found.values())


EXERCISES = _exercises()


def _versions():
    for exercise in EXERCISES:
        for mistake in exercise.mistakes:
            for i, function in enumerate((mistake.function, *mistake.also)):
                yield pytest.param(
                    exercise, mistake, function, id=f"{exercise.name}-{mistake.name}-{i}"
                )


def _alternatives():
    for exercise in EXERCISES:
        for i, function in enumerate(exercise.alternatives):
            yield pytest.param(exercise, function, id=f"{exercise.name}-{i}")


each = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)


def test_there_are_exercises_and_their_names_are_unique():
    names = [exercise.name for exercise in EXERCISES]
    assert len(names) >= 5
    assert len(set(names)) == len(names)


@each
def test_reference_passes(exercise):
    result = exercise.check(exercise.reference)
    assert (result.status, result.mistake) == ("passed", None)
    assert exercise.verify(exercise.reference) == result


@pytest.mark.parametrize(("exercise", "function"), list(_alternatives()))
def test_alternative_passes(exercise, function):
    assert exercise.check(function).passed, exercise.check(function)


@pytest.mark.parametrize(("exercise", "mistake", "function"), list(_versions()))
def test_mistake_fails_with_its_own_sentence(exercise, mistake, function):
    result = exercise.check(function)
    assert (result.status, result.mistake) == ("failed", mistake.name)
    assert result.message == mistake.hint
    assert repr(result) == f"✗ {exercise.name}: {mistake.hint}"


@pytest.mark.parametrize(("exercise", "mistake", "function"), list(_versions()))
def test_mistake_is_named_though_rounding_differs(exercise, mistake, function):
    def rounded(*arguments):
        return _map(function(*arguments), lambda a: a * (1 + 1e-10) if a.dtype.kind == "f" else a)

    assert exercise.check(rounded).mistake == mistake.name


@each
def test_stub_is_not_attempted(exercise):
    def unwritten(*arguments):
        """Only a docstring."""

    def ellipsis(*arguments):
        ...
        return ...

    def raising(*arguments):
        raise NotImplementedError("write me")

    def several(*arguments):
        a = b = None
        return a, b

    for stub in (None, ..., NotImplemented, unwritten, ellipsis, raising, several):
        result = exercise.check(stub)
        assert (result.status, result.mistake) == ("not attempted", None)


@each
def test_words(exercise):
    assert exercise.task.endswith(".")
    hints = [mistake.hint for mistake in exercise.mistakes]
    assert len(set(hints)) == len(hints)
    for hint in hints:
        assert hint.endswith(".") and 40 < len(hint) < 260 and "\n" not in hint
    bundle = exercise.check(None)._repr_mimebundle_()
    assert bundle[MIME]["name"] == exercise.name


@each
def test_lists_and_tensors_are_right_too(exercise):
    for convert in (np.ndarray.tolist, _tensor, lambda a: _Lazy(a)):

        def answer(*arguments, convert=convert):
            return _map(exercise.reference(*arguments), convert)

        assert exercise.check(answer).passed, exercise.check(answer)


@each
def test_float32_is_told_apart_from_a_wrong_value(exercise):
    def answer(*arguments):
        value = exercise.reference(*arguments)
        return _map(value, lambda a: a.astype(np.float32) if a.dtype.kind == "f" else a)

    result = exercise.check(answer)
    assert result.passed or "float64 is expected" in result.message
    assert result.mistake is None


@each
def test_slips_in_the_reference_are_rejected(exercise):
    listed = EQUIVALENT.get(exercise.name, {})
    found = mutants(exercise.reference)
    passed = {(m.statement, m.change) for m in found if exercise.check(m.function).passed}
    assert len(found) >= 25
    # Every survivor has a reason, every reason a survivor.
    assert passed == {(statement, slip) for statement in listed for slip in listed[statement]}


def test_reasons_name_exercises():
    assert set(EQUIVALENT) <= {exercise.name for exercise in EXERCISES}


def _map(value, change):
    if isinstance(value, dict):
        return {key: _map(item, change) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_map(item, change) for item in value)
    return change(np.asarray(value))


def _tensor(array):
    return (
        array.item()
        if array.dtype.kind == "U"
        else torch.tensor(array).requires_grad_(array.dtype.kind == "f")
    )


class _Lazy:
    """Anything that says how to become an array."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array
