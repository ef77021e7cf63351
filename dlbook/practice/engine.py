"""Exercises that name the mistake.

An exercise holds a reference, inputs that separate right from wrong, and the common mistakes with
the sentence to say for each. An answer that disagrees with the reference is compared with the
mistakes: the one whose values it reproduces on every input is named. What is an error in the
exercise itself raises when the exercise is defined.
"""

import contextlib
import copy
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass

from .probing import LOOSE
from .running import run
from .values import STUBS, differences, finite, leaves
from .wording import Wording, printed, unwritten

MIME = "application/vnd.dlbook.evidence+json"
APART = 100 * LOOSE  # relative distance between functions, so that rounding never decides
PATIENCE = 60.0  # seconds for each function of the exercise itself, when it is defined
FLOAT32 = (
    "right to about 7 digits, as float32 computes; float64 is expected. "
    "Compute in float64 (in torch: double tensors and modules)."
)
UNSTABLE = (
    "right at first, but it returns something else when it is called again with the same input. "
    "Does it keep something between calls, or draw random numbers?"
)
MARKS = {"passed": "✓", "failed": "✗", "not attempted": "○"}


class ExerciseError(ValueError):
    """An exercise that cannot do what it promises; raised when it is defined."""


@dataclass(frozen=True)
class Mistake:
    """A common mistake.

    Attributes
    ----------
    name : str
        Short, with hyphens; unique in the exercise.
    function : callable
        What a learner who makes the mistake computes. It may raise on some inputs, not on all.
    hint : str
        The sentence to say: which mistake it is, and what to do. It must be true of every answer
        with these values.
    also : tuple of callables
        Other ways to make the same mistake, with other values.
    """

    name: str
    function: Callable
    hint: str
    also: tuple = ()


@dataclass(frozen=True)
class Result:
    """What a check found; displays as text and carries itself as JSON for the site."""

    name: str
    status: str
    message: str
    mistake: str | None = None

    @property
    def passed(self):
        """Whether the answer is right."""
        return self.status == "passed"

    def __repr__(self):
        return f"{MARKS[self.status]} {self.name}: {self.message}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        record = {"kind": "exercise", "name": self.name, "status": self.status}
        record |= {"mistake": self.mistake, "message": self.message}
        return {"text/plain": repr(self), MIME: record}


class Exercise:
    """A function to write, checked on inputs that separate right from wrong.

    Parameters
    ----------
    name : str
        Name of the exercise; its label in the text is ``ex-<name>``.
    reference : callable
        A right answer. Its parameter names are used in messages.
    inputs : list of tuple
        The arguments of each call.
    mistakes : list of Mistake
        Each must differ from the reference and from every other mistake by more than a part in a
        thousand, relative to the largest value of an array, on at least one input.
    alternatives : tuple of callables
        Other right answers; the tests check that they pass. They may import torch inside.
    tol : float
        Largest relative error of an array (largest difference over largest value).
    seconds : float
        Time for all inputs together.
    task : str
        What to write, in one sentence.
    returns : tuple of str
        Names of the returned values, for messages, when the reference returns a tuple.

    Raises
    ------
    ExerciseError
        When the inputs cannot tell a mistake from the reference or from another mistake, or the
        exercise is otherwise unable to judge; the message names the mistakes.
    """

    def __init__(
        self,
        name,
        reference,
        inputs,
        mistakes,
        *,
        alternatives=(),
        tol=1e-9,
        seconds=5.0,
        task="",
        returns=(),
    ):
        self.name, self.reference, self.task = name, reference, task
        self.inputs, self.mistakes = copy.deepcopy(tuple(inputs)), tuple(mistakes)
        self.alternatives, self.tol, self.seconds = tuple(alternatives), tol, seconds
        self._expected = self._define_reference()
        named = [
            p.name
            for p in inspect.signature(reference).parameters.values()
            if p.kind is not p.VAR_POSITIONAL
        ]
        self._words = Wording(named, self.inputs, tuple(returns))
        self._wrong = self._define_mistakes()

    def check(self, answer):
        """Judge an answer; never raises for what the answer does.

        Parameters
        ----------
        answer : callable
            The learner's function.

        Returns
        -------
        Result
            With ``status`` "passed", "failed" or "not attempted", a ``message``, and the
            ``mistake`` by name where one was recognised.
        """
        if any(answer is stub for stub in STUBS):
            return self._result("not attempted", "not attempted yet.")
        if not callable(answer):
            kind = type(answer).__name__
            text = f"a function is expected, this is of type {kind}. Pass it without ()."
            return self._result("failed", text)
        seen = run(answer, (*self.inputs, self.inputs[0]), self.seconds)
        with _quiet():
            result = self._judge(seen)
        if not seen.printed or result.status == "not attempted":
            return result
        text = f"{result.message}\n  {printed(seen.printed, seen.text)}"
        return self._result(result.status, text, result.mistake)

    def verify(self, answer):
        """Like :meth:`check`, for a printed solution: raises unless the answer passes.

        Raises
        ------
        AssertionError
            With the message of the check.
        """
        result = self.check(answer)
        if not result.passed:
            raise AssertionError(repr(result))
        return result

    def _define_reference(self):
        if not self.inputs or any(not isinstance(arguments, tuple) for arguments in self.inputs):
            raise ExerciseError(
                f"{self.name}: inputs must be a list of at least one tuple of arguments"
            )
        calls = self._calls(self.reference, "the reference", (*self.inputs, self.inputs[0]))
        for number, call in enumerate(calls, 1):
            if call.raised:
                raise ExerciseError(f"{self.name}: the reference raises: {call.raised}")
            if call.changed:
                raise ExerciseError(f"{self.name}: the reference changes its arguments")
            if not any(True for _ in leaves(call.value)) or not _finite(call.value):
                text = f"the reference returns no finite values on input {number}"
                raise ExerciseError(f"{self.name}: {text}")
        *values, again = [call.value for call in calls]
        if differences(values[0], again, self.tol):
            raise ExerciseError(f"{self.name}: the reference is not the same when called again")
        return values

    def _calls(self, function, what, inputs):
        seen = run(function, inputs, PATIENCE)
        if seen.late:
            raise ExerciseError(f"{self.name}: {what} takes more than {PATIENCE:g} s")
        return seen.calls

    def _define_mistakes(self):
        """Return ``(mistake, calls)`` for every version of every mistake, all told apart."""
        known, names = [], [mistake.name for mistake in self.mistakes]
        if len(set(names)) < len(names):
            raise ExerciseError(f"{self.name}: two mistakes have the same name: {names}")
        for mistake in self.mistakes:
            if not mistake.hint:
                raise ExerciseError(f"{self.name}: the mistake {mistake.name!r} has no hint")
            for version in (mistake.function, *mistake.also):
                calls = self._calls(version, f"the mistake {mistake.name!r}", self.inputs)
                if all(call.raised for call in calls):
                    text = f"raises on every input: {calls[0].raised}"
                    raise ExerciseError(f"{self.name}: the mistake {mistake.name!r} {text}")
                if not _values_differ(self._expected, calls):
                    text = "the inputs cannot tell the mistake"
                    raise ExerciseError(f"{self.name}: {text} {mistake.name!r} from the reference")
                for other, others in known:
                    if other is not mistake and _match(others, calls, APART):
                        text = f"the mistake {mistake.name!r} from {other.name!r}"
                        raise ExerciseError(f"{self.name}: the inputs cannot tell {text}")
                known.append((mistake, calls))
        return known

    def _judge(self, seen):
        words = self._words
        if seen.late:
            where = words.input(len(seen.calls) % len(self.inputs))
            text = f"still running after {self.seconds:g} s, on {where}. Does it end?"
            return self._result("failed", text)
        *calls, again = seen.calls
        stub = unwritten(calls[0])
        if stub:
            return self._result("not attempted", stub)
        pairs = list(zip(self._expected, calls, strict=True))
        wrong = [[] if c.raised else differences(e, c.value, self.tol) for e, c in pairs]
        changed = words.changed(calls)
        if not any(call.raised or found for call, found in zip(calls, wrong, strict=True)):
            if changed:
                return self._result("failed", f"the values are right, but {changed}")
            if again.raised or differences(self._expected[0], again.value, self.tol):
                return self._result("failed", UNSTABLE)
            return self._result("passed", f"passed on {_count(len(calls), 'input')}.")
        also = f"\n  Also, {changed}" if changed else ""
        for mistake, theirs in self._wrong:
            if _match(theirs, calls, max(self.tol, LOOSE)):
                return self._result("failed", mistake.hint + also, mistake.name)
        if all(not c.raised and not differences(e, c.value, LOOSE) for e, c in pairs):
            return self._result("failed", FLOAT32)
        first = next(i for i, call in enumerate(calls) if call.raised or wrong[i])
        if calls[first].raised:
            text = f"raised {calls[first].raised}\n  on {words.input(first)}."
            return self._result("failed", text + also)
        return self._result("failed", words.difference(self._expected, calls, wrong) + also)

    def _result(self, status, message, mistake=None):
        return Result(self.name, status, message, mistake)


def _count(number, noun):
    return f"{number} {noun}{'s' * (number != 1)}"


def _values_differ(expected, calls):
    pairs = zip(expected, calls, strict=True)
    return any(not call.raised and differences(value, call.value, APART) for value, call in pairs)


def _match(known, seen, tol):
    """Whether two functions do the same on all inputs, with at least one value among it."""
    values = 0
    for ours, theirs in zip(known, seen, strict=True):
        broken = [call.raised is not None or not _finite(call.value) for call in (ours, theirs)]
        if ours.raised or theirs.raised:
            if not all(broken):
                return False
        elif differences(ours.value, theirs.value, tol):
            return False
        else:
            values += 1
    return values > 0


def _finite(value):
    return all(finite(leaf) for _, leaf in leaves(value))


def _quiet():
    """Let NumPy compare without a warning: an infinite answer is no reason for one."""
    numpy = sys.modules.get("numpy")
    return contextlib.nullcontext() if numpy is None else numpy.errstate(all="ignore")
