"""Whatever a learner's function does is reported, and changes nothing else."""

import contextlib
import copy
import functools
import io
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
import types
import warnings

import numpy as np
import pytest
import torch

from dlbook.practice import Exercise, Mistake, running

A = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.5]])


def double(x, items):
    return 2 * x


INPUTS = [(A, [np.ones(2), {"k": np.zeros(1)}]), (A[:, :2] + 1, [np.zeros(3), {}])]
MISTAKES = [Mistake("once", lambda x, items: x, "You returned x itself. Double it.")]


def exercise(seconds=5.0):
    return Exercise("double", double, INPUTS, MISTAKES, seconds=seconds)


def failed(result):
    assert result.status == "failed"
    return result.message


# --- raising ---


def test_exception_with_input_line_and_source():
    def answer(x, items):
        y = 2 * x
        if x.shape[1] == 2:
            raise KeyError("no  such weight")
        return y

    line = answer.__code__.co_firstlineno + 3
    assert failed(exercise().check(answer)) == (
        f"raised KeyError: 'no such weight', in line {line}: "
        'raise KeyError("no  such weight")\n'
        "  on input 2 of 2 (x = [[2, -1], [1.5, 5]], items [[0, 0, 0], {}])."
    )


def test_the_line_is_the_learners_even_deep_inside_a_library():
    def answer(x, items):
        helper = np.vectorize(lambda v: np.linalg.inv(x))
        return helper(x)

    message = failed(exercise().check(answer))
    assert "LinAlgError" in message
    assert f"in line {answer.__code__.co_firstlineno + 1}: helper = " in message


def test_first_problem_comes_first():
    def answer(x, items):
        if x.shape[1] == 2:
            raise ValueError("later")
        return 3 * x

    assert "your value differs from the right one on input 1" in failed(exercise().check(answer))
    assert "It is" not in exercise().check(answer).message


def test_wrong_number_of_parameters():
    message = failed(exercise().check(lambda x: 2 * x))
    assert (
        "raised TypeError" in message and "takes 1 positional argument but 2 were given" in message
    )
    assert "in line" not in message


class Rude(BaseException):
    pass


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("even this")


def _recursion(x, items):
    return _recursion(x, items)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SystemExit(3), "raised SystemExit: 3, in line"),
        (KeyboardInterrupt(), "raised KeyboardInterrupt, in line"),
        (Rude("hello"), "raised Rude: hello, in line"),
        (Mute(), "raised Mute, in line"),
        (ValueError("x" * 500), "raised ValueError: " + "x" * 197 + "..., in line"),
        (ValueError("y" * 200), "raised ValueError: " + "y" * 200 + ", in line"),
        (GeneratorExit(), "raised GeneratorExit"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_any_exception_is_reported(error, words):
    def answer(x, items):
        raise error

    assert failed(exercise().check(answer)).startswith(words)


def test_other_callables_that_raise():
    assert "raised RecursionError" in failed(exercise().check(_recursion))

    class Model:
        def __call__(self, x, items):
            return x.nothing

    line = Model.__call__.__code__.co_firstlineno + 1
    assert f"in line {line}: return x.nothing" in failed(exercise().check(Model()))

    class Array:
        def __array__(self, dtype=None, copy=None):
            raise OSError("lazy")

    assert "raised OSError: lazy" in failed(exercise().check(lambda x, items: Array()))
    assert "raised TypeError" in failed(exercise().check(len))

    def broken(factor, x, items):
        return x[factor]

    line = broken.__code__.co_firstlineno + 1
    message = failed(exercise().check(functools.partial(broken, 99)))
    assert f"in line {line}: return x[factor]" in message
    message = failed(exercise().check(functools.cache(broken)))  # an array cannot be hashed
    assert message.startswith("raised TypeError") and "in line" not in message

    def deep(x, items):
        return copy.deepcopy(x, items, items)

    line = deep.__code__.co_firstlineno + 1
    assert f"in line {line}: return copy.deepcopy" in failed(exercise().check(deep))
    odd = Model()
    odd.func = odd.__wrapped__ = np.ones(2)  # looks like a wrapper, is none
    assert "raised AttributeError" in failed(exercise().check(odd))

    def itself(x, items):
        items.append(items)
        return items

    assert "raised RecursionError" in failed(exercise().check(itself))


# --- time ---


def _plain(x, items):
    while True:
        pass


def _swallows_exceptions(x, items):
    while True:
        try:
            x = x + 1
        except Exception:
            pass


def _swallows_everything(x, items):
    while True:
        try:
            len(items)
        except:  # noqa: E722
            pass


def _sleeps(x, items):
    time.sleep(60)


def _returns_when_stopped(x, items):
    try:
        while True:
            pass
    except BaseException:
        return 2 * x


def _raises_when_stopped(x, items):
    try:
        while True:
            pass
    except BaseException:
        raise ValueError("late") from None


@pytest.mark.parametrize(
    "answer",
    [
        _plain,
        _swallows_exceptions,
        _swallows_everything,
        _sleeps,
        _returns_when_stopped,
        _raises_when_stopped,
    ],
)
def test_endless_loops_end(answer, capfd):
    before = set(threading.enumerate())
    start = time.monotonic()
    message = failed(exercise(seconds=0.2).check(answer))
    assert time.monotonic() - start < 10
    assert message.startswith("still running after 0.2 s, on input 1 of 2 (x (2, 3)")
    assert message.endswith("Does it end?")
    if answer is not _sleeps:  # it cannot be woken: its thread is left behind
        end = time.monotonic() + 20
        while set(threading.enumerate()) - before and time.monotonic() < end:
            time.sleep(0.02)
        assert set(threading.enumerate()) <= before
    assert capfd.readouterr() == ("", "")


def test_what_is_left_behind_does_not_keep_python_from_ending():
    code = """
        import time
        import numpy as np
        from dlbook.practice import Exercise
        ex = Exercise("end", lambda x: 2 * x, [(1.0,)], [], seconds=0.1)
        print(ex.check(lambda x: time.sleep(600)))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "still running after 0.1 s" in done.stdout


def test_time_is_for_all_inputs_together_and_names_the_one():
    def answer(x, items):
        while x.shape[1] == 2:
            pass
        return 2 * x

    assert "on input 2 of 2" in failed(exercise(seconds=0.2).check(answer))
    calls = []

    def third(x, items):  # the first input is called a second time at the end
        calls.append(1)
        while len(calls) == 3:
            pass
        return 2 * x

    assert "on input 1 of 2" in failed(exercise(seconds=0.2).check(third))


def test_slow_but_not_too_slow():
    def answer(x, items):
        time.sleep(0.12)
        return 2 * x

    assert exercise(seconds=3.0).check(answer).passed


def test_reader_interrupts(monkeypatch):
    """Ctrl-C while a check waits stops the function and goes through."""
    stopped = []

    def answer(x, items):
        try:
            while True:
                pass
        finally:
            stopped.append(1)

    timer = threading.Timer(1.5, __import__("_thread").interrupt_main)  # it waits by then
    out = sys.stdout
    # A shell starts what runs in the background with Ctrl-C ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            exercise(seconds=30.0).check(answer)
            time.sleep(5)
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert sys.stdout is out
    end = time.monotonic() + 10
    while not stopped and time.monotonic() < end:
        time.sleep(0.01)
    assert stopped


def test_without_threads(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    ex = exercise(seconds=0.0)
    assert ex.check(double).passed
    assert ex.check(lambda x, items: x).mistake == "once"
    assert "raised SystemExit" in failed(ex.check(lambda x, items: sys.exit()))

    def settings(x, items):
        np.seterr(all="raise")
        return 2 * x

    before = np.geterr()
    assert ex.check(settings).passed
    assert np.geterr() == before

    def interrupted(x, items):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ex.check(interrupted)


def test_an_error_of_the_engine_itself_is_not_hidden(monkeypatch):
    ex = exercise()

    def broken(before, after):
        raise AttributeError("engine")

    monkeypatch.setattr(running, "_changed", broken)
    with pytest.raises(AttributeError, match="engine"):
        ex.check(double)


# --- arguments ---


def _in_place(x, items):
    x *= 2
    return x.copy()


def _restored_in_part(x, items):
    y = 2 * x
    x[-1, -1] = np.nan
    return y


def _reshaped(x, items):
    y = 2 * x
    x.shape = (x.size,)
    return y


def _list(x, items):
    items.append(1)
    return 2 * x


def _inside_list(x, items):
    items[0][0] = 7.0
    return 2 * x


def _replaced(x, items):
    items[0] = torch.zeros(2)
    return 2 * x


def _inside_dict(x, items):
    items[1]["k"] = np.ones(1)
    return 2 * x


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (_in_place, "x"),
        (_restored_in_part, "x"),
        (_reshaped, "x"),
        (_list, "items"),
        (_inside_list, "items"),
        (_replaced, "items"),
        (_inside_dict, "items"),
        (lambda x, items: (_list(x, items), _in_place(x, items))[1], "x, items"),
    ],
)
def test_changed_arguments_are_reported(answer, name):
    message = failed(exercise().check(answer))
    text = f"it changes what the caller passed as {name}; work on a copy."
    assert message == f"the values are right, but {text}"
    assert exercise().check(double).passed  # its inputs are as before


def test_changed_arguments_beside_something_else():
    def answer(x, items):
        x += 1
        return x - 1

    result = exercise().check(answer)
    assert result.mistake == "once"
    assert result.message.startswith("You returned x itself. Double it.\n  Also, it changes what")
    message = failed(exercise().check(lambda x, items: (_list(x, items), 5.5 * x)[1]))
    assert message.endswith("Also, it changes what the caller passed as items; work on a copy.")

    def raising(x, items):
        x[0] = 0
        raise ValueError

    assert "Also, it changes what the caller passed as x" in failed(exercise().check(raising))


def test_a_copy_for_every_call():
    def answer(x, items):
        result = 2 * x
        x[:] = np.nan
        return result

    assert "the values are right" in failed(exercise().check(answer))


def test_a_returned_buffer_that_changes_later():
    buffer = np.zeros((2, 3))

    def answer(x, items):
        result = buffer[:, : x.shape[1]]
        result[:] = 2 * x
        return result

    assert exercise().check(answer).passed


def test_answers_that_remember():
    calls = []

    def answer(x, items):
        calls.append(1)
        return 2 * x if len(calls) < 3 else 3 * x

    assert failed(exercise().check(answer)).startswith(
        "right at first, but it returns something else"
    )
    calls.clear()

    def raises(x, items):
        calls.append(1)
        return 2 * x if len(calls) < 3 else 1 / 0

    assert failed(exercise().check(raises)).startswith("right at first")


# --- prints and global state ---


def test_prints_are_kept_back_and_counted(capfd):
    def answer(x, items):
        print("step 1", "state", x.shape)
        print("!" * 400_000)
        print("to stderr", file=sys.stderr)
        return 2 * x

    result = exercise().check(answer)
    assert result.passed
    count = 3 * (400_001 + 10) + 3 * len("step 1 state (2, 3)\n")
    assert result.message == (
        f"passed on 2 inputs.\n  (It printed {count} characters, which begin: "
        "step 1 state (2, 3)...)"
    )
    assert capfd.readouterr() == ("", "")
    result = exercise().check(lambda x, items: print("a" * 70) or x)
    assert result.message.endswith("which begin: " + "a" * 60 + "...)") and result.mistake == "once"
    result = exercise().check(lambda x, items: print("a", end="") or 2 * x)
    assert result.message.endswith("(It printed 3 characters: aaa)")
    result = exercise().check(lambda x, items: print() or 2 * x)
    assert result.message.endswith("(It printed 3 characters, all of them blank)")
    assert exercise().check(lambda x, items: print("todo")).message.startswith("not attempted yet.")
    assert "printed" not in exercise().check(lambda x, items: print("todo")).message


def test_what_was_printed_is_bounded_in_memory():
    sink = running._Sink()
    for _ in range(50):
        assert sink.write("abcdefghij" * 100) == 1000
    assert (sink.count, len(sink.text)) == (50_000, running.KEPT_CHARACTERS)
    assert sink.writable()


def _vandal(x, items):
    print("noise")
    np.random.seed(5)  # noqa: NPY002
    random.seed(5)
    torch.manual_seed(5)
    torch.set_default_dtype(torch.float64)
    np.seterr(all="raise")
    np.set_printoptions(precision=1)
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "x")
    sys.setrecursionlimit(5000)
    os.chdir("/")
    sys.stdout = sys.stderr = io.StringIO()
    return 2 * x


def _state():
    return {
        "numpy": [str(part) for part in np.random.get_state()],  # noqa: NPY002
        "python": random.getstate(),
        "torch": torch.get_rng_state().tolist(),
        "dtype": torch.get_default_dtype(),
        "errors": np.geterr(),
        "filters": list(warnings.filters),
        "show": warnings.showwarning,
        "recursion": sys.getrecursionlimit(),
        "directory": os.getcwd(),
        "out": sys.stdout,
        "err": sys.stderr,
    }


def _vandal_and_raises(x, items):
    _vandal(x, items)
    raise ValueError


def _vandal_and_loops(x, items):
    _vandal(x, items)
    while True:
        pass


@pytest.mark.parametrize("answer", [_vandal, _vandal_and_raises, _vandal_and_loops])
def test_global_state_is_put_back(answer, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ex = exercise(seconds=0.5)
    np.random.random()  # noqa: NPY002
    torch.rand(3)
    random.random()
    before, numbers = _state(), np.array2string(A / 3)
    ex.check(answer)
    assert _state() == before
    assert np.array2string(A / 3) == numbers


def test_random_numbers_go_on_as_if_nothing_had_happened():
    def draws(answer):
        np.random.seed(1)  # noqa: NPY002
        random.seed(1)
        torch.manual_seed(1)
        exercise().check(answer)
        return np.random.random(), random.random(), torch.rand(1).item()  # noqa: NPY002

    states = np.random.get_state(), random.getstate(), torch.get_rng_state()  # noqa: NPY002

    def answer(x, items):
        np.random.random(3)  # noqa: NPY002
        random.random()
        torch.rand(3)
        return 2 * x

    assert draws(double) == draws(answer)
    np.random.set_state(states[0])  # noqa: NPY002
    random.setstate(states[1])
    torch.set_rng_state(states[2])


def test_a_directory_that_is_gone(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    with contextlib.suppress(OSError):
        gone.rmdir()
    assert exercise().check(double).passed


def test_warnings_of_an_answer_are_neither_errors_nor_shown(capfd):
    def answer(x, items):
        warnings.warn("look", UserWarning, stacklevel=1)
        np.log(np.zeros(1))
        return 2 * x

    assert exercise().check(answer).passed
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert exercise().check(answer).passed
    assert capfd.readouterr() == ("", "")


def test_the_first_to_import_torch_leaves_it_fresh(monkeypatch):
    state, dtype = torch.get_rng_state(), torch.get_default_dtype()

    def answer(x, items):
        monkeypatch.setitem(sys.modules, "torch", torch)  # as an import does
        torch.manual_seed(3)
        torch.set_default_dtype(torch.float64)
        return 2 * torch.tensor(x)

    try:
        ex = exercise()
        monkeypatch.delitem(sys.modules, "torch")
        assert ex.check(answer).passed
        assert torch.initial_seed() != 3
        assert torch.get_default_dtype() == torch.float32
    finally:
        torch.set_rng_state(state)
        torch.set_default_dtype(dtype)


def test_half_a_torch(monkeypatch):
    """An import that was interrupted may leave a module without its functions."""
    monkeypatch.setitem(sys.modules, "torch", types.ModuleType("torch"))
    assert exercise().check(double).passed


def test_the_package_imports_no_framework():
    code = "import sys, dlbook.practice.rnn_bptt; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr
