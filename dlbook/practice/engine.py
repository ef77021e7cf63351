"""Exercises that name the mistake.

An exercise holds a reference, inputs that separate right from wrong, and the common mistakes with the sentence
to say for each. An answer that disagrees with the reference is compared with the mistakes: the one whose values it
reproduces on every input is named. What is an error in the exercise itself raises when the exercise is defined.
"""

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import probing
from .running import run
from .values import STUBS, differences, is_stub, leaves

MIME = "application/vnd.dlbook.evidence+json"
APART = (
    100 * probing.LOOSE
)  # relative distance that two functions need, so that rounding never decides
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
        The sentence to say: which mistake it is, and what to do. True for every answer with these values.
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
        Each must differ from the reference and from every other mistake by more than a part in a thousand.
    alternatives : tuple of callables
        Other right answers; the tests check that they pass. They may import a framework inside.
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
        When the inputs cannot tell a mistake from the reference or from another mistake, or the exercise is
        otherwise unable to judge; the message names the mistakes.
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
        self.returns = tuple(returns)
        self._arguments = list(inspect.signature(reference).parameters)
        self._expected = self._define_reference()
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
            With ``status`` "passed", "failed" or "not attempted", the ``mistake`` by name where one was recognised,
            and a ``message``.
        """
        if any(answer is stub for stub in STUBS):
            return self._result("not attempted", "not attempted yet.")
        if not callable(answer):
            kind = type(answer).__name__
            return self._result(
                "failed", f"a function is expected, this is of type {kind}. Pass it without ()."
            )
        seen = run(answer, self.inputs, self.seconds)
        result = self._judge(seen)
        if not seen.printed or result.status == "not attempted":
            return result
        return Result(
            self.name, result.status, f"{result.message}\n  {_printed(seen)}", result.mistake
        )

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
        twice = [run(self.reference, self.inputs, 60.0) for _ in range(2)]
        for number, call in enumerate(twice[0].calls, 1):
            if call.raised:
                raise ExerciseError(
                    f"{self.name}: the reference raises on input {number}: {call.raised}"
                )
            if call.changed:
                raise ExerciseError(
                    f"{self.name}: the reference changes its arguments on input {number}"
                )
            found = [array for _, array in leaves(call.value)]
            numbers = [array for array in found if array.dtype.kind in "fc"]
            if not found or not all(np.isfinite(array).all() for array in numbers):
                raise ExerciseError(
                    f"{self.name}: the reference returns no finite values on input {number}"
                )
        first, second = ([call.value for call in seen.calls] for seen in twice)
        if any(differences(a, b, self.tol) for a, b in zip(first, second, strict=True)):
            raise ExerciseError(
                f"{self.name}: the reference returns other values when it is called again"
            )
        return first

    def _define_mistakes(self):
        """Return ``(mistake, calls)`` for every version of every mistake, each told apart from all others."""
        known, names = [], [mistake.name for mistake in self.mistakes]
        if len(set(names)) < len(names):
            raise ExerciseError(f"{self.name}: two mistakes have the same name: {names}")
        for mistake in self.mistakes:
            if not mistake.hint:
                raise ExerciseError(f"{self.name}: the mistake {mistake.name!r} has no hint")
            for version in (mistake.function, *mistake.also):
                calls = run(version, self.inputs, 60.0).calls
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
        total = len(self.inputs)
        if seen.late:
            where = self._input(min(len(seen.calls), total - 1))
            return self._result(
                "failed", f"still running after {self.seconds:g} s, on {where}. Is there an end?"
            )
        stub = _stub(seen.calls[0])
        if stub:
            return self._result("not attempted", stub)
        wrong = [self._differences(i, call) for i, call in enumerate(seen.calls)]
        if not any(call.raised or found for call, found in zip(seen.calls, wrong, strict=True)):
            return self._right(seen)
        for mistake, calls in self._wrong:
            if _match(calls, seen.calls, max(self.tol, probing.LOOSE)):
                return self._result("failed", mistake.hint + self._changed(seen), mistake.name)
        if not any(call.raised for call in seen.calls):
            got = [call.value for call in seen.calls]
            if probing.precision_only(self._expected, got):
                text = "right to about 7 digits, as float32 computes; float64 is expected. Compute in float64"
                return self._result("failed", f"{text} (in torch: double tensors and modules).")
        first = next(i for i, call in enumerate(seen.calls) if call.raised or wrong[i])
        if seen.calls[first].raised:
            raised = str(seen.calls[first].raised)
            return self._result("failed", f"raised {raised}\n  on {self._input(first)}.")
        return self._result(
            "failed", self._first_difference(first, wrong, seen) + self._changed(seen)
        )

    def _right(self, seen):
        if any(call.changed for call in seen.calls):
            text = self._changed(seen).strip()
            return self._result("failed", f"the values are right, but {text[0].lower()}{text[1:]}")
        inputs = "input" if len(self.inputs) == 1 else "inputs"
        return self._result("passed", f"passed on {len(self.inputs)} {inputs}.")

    def _first_difference(self, first, wrong, seen):
        """The first input with a difference, both values there, and what is known about it."""
        found = wrong[first][0]
        agreeing = sum(not differences_here for differences_here in wrong)
        place = self._place(found.path)
        lines = [f"{place}differs from the right one on {self._input(first)}: {found.text}"]
        if np.isfinite(found.error):
            lines[0] += f" (relative error {found.error:.2g})"
        lines[0] += "."
        got = [call.value for call in seen.calls]
        if not any(call.raised for call in seen.calls):
            lines.append(probing.pattern(self._expected, got, found.path))
        if agreeing:
            lines.append(f"{agreeing} of {len(wrong)} inputs agree.")
        lines.append(self._agreeing_items(first, wrong))
        lines.append(_integers(self._expected[first], got[first], found))
        return "\n  ".join(line for line in lines if line)

    def _agreeing_items(self, first, wrong):
        expected = self._expected[first]
        if not isinstance(expected, list | dict) or any(not d.path for d in wrong[first]):
            return ""
        keys = list(expected) if isinstance(expected, dict) else range(len(expected))
        bad = {d.path[0] for d in wrong[first]}
        good = [self._place((key,)).rstrip() for key in keys if key not in bad]
        return f"Right there: {', '.join(good)}." if good else ""

    def _place(self, path):
        if not path:
            return "your value "
        key, rest = path[0], "".join(f"[{k!r}]" for k in path[1:])
        if isinstance(key, str):
            return f"[{key!r}]{rest} "
        return f"{self.returns[key]}{rest} " if key < len(self.returns) else f"item {key}{rest} "

    def _input(self, index):
        pairs = zip(self._arguments, self.inputs[index], strict=False)
        shown = ", ".join(f"{name} {_brief(value)}" for name, value in pairs)
        return f"input {index + 1} of {len(self.inputs)} ({shown})"

    def _changed(self, seen):
        positions = sorted({i for call in seen.calls for i in call.changed})
        if not positions:
            return ""
        names = ", ".join(self._arguments[i] for i in positions)
        return f"\n  It changes what the caller passed as {names}; work on a copy."

    def _differences(self, index, call):
        return [] if call.raised else differences(self._expected[index], call.value, self.tol)

    def _result(self, status, message, mistake=None):
        return Result(self.name, status, message, mistake)


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
    return all(
        array.dtype.kind not in "fc" or np.isfinite(array).all() for _, array in leaves(value)
    )


def _stub(call):
    """Say why a call looks unwritten, or return ""."""
    if call.raised:
        text = call.raised.text.lower()
        if call.raised.type_name == "NotImplementedError":
            return "not attempted yet."
        if call.raised.type_name in ("TypeError", "AttributeError") and "ellipsis" in text:
            where = "" if call.raised.line is None else f" in line {call.raised.line}"
            return f"not finished yet: there is still a ...{where}."
        return ""
    if not is_stub(call.value):
        return ""
    if call.value is None:
        return "not attempted yet. (The function returned None; if it is written, is the return missing?)"
    return "not attempted yet."


def _integers(expected, got, found):
    """Whole numbers where fractions were expected: usually an array made from integers."""
    ours, theirs = dict(leaves(expected)).get(found.path), dict(leaves(got)).get(found.path)
    if ours is None or theirs is None or theirs.dtype.kind not in "iu" or ours.dtype.kind != "f":
        return ""
    if np.all(ours == np.round(ours)):
        return ""
    return f"Your array holds whole numbers (dtype {theirs.dtype}), so fractions are lost."


def _brief(value):
    if isinstance(value, np.ndarray):
        return (
            f"{value.shape}"
            if value.size > 4
            else f"= {np.array2string(value, precision=4, separator=', ')}"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(_brief(item) for item in value)}]"
    return f"= {value!r}" if len(repr(value)) < 40 else f"of type {type(value).__name__}"


def _printed(seen):
    lines = seen.text.strip().splitlines()
    shown = (
        ""
        if not lines
        else f": {lines[0][:60]}{'...' if len(lines) > 1 or len(lines[0]) > 60 else ''}"
    )
    return f"(It printed {seen.printed} characters, which are not shown{shown})"
