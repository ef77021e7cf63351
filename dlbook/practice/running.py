"""Run a learner's function so that whatever it does stays inside: time, prints, global state."""

import contextlib
import contextvars
import copy
import ctypes
import io
import linecache
import os
import random
import sys
import threading
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from .values import is_array, plain

KEPT_CHARACTERS = 2000
PATIENCE = 1.0  # seconds in which a function that swallows interruptions may still end
# What is not the learner's code: this package, the standard library, what has no file.
LIBRARIES = (str(Path(__file__).parents[1]), str(Path(os.__file__).parent), "<frozen", "<__array")
REAPING = 60.0  # seconds during which a function left behind is still being interrupted


@dataclass(frozen=True)
class Raised:
    """An exception that a learner's function raised: its type and text, and the learner's line."""

    type_name: str
    text: str
    line: int | None
    source: str

    def __str__(self):
        where = "" if self.line is None else f", in line {self.line}: {self.source}"
        return f"{self.type_name}{': ' * bool(self.text)}{self.text}{where.removesuffix(': ')}"


@dataclass(frozen=True)
class Call:
    """What one call did: a plain value or an exception, and which arguments it changed."""

    value: object = None
    raised: Raised | None = None
    changed: tuple = ()


@dataclass
class Run:
    """What a function did on all inputs: one :class:`Call` each, until the time was up."""

    calls: list = field(default_factory=list)
    late: bool = False
    printed: int = 0  # characters
    text: str = ""  # the first of them


class _Sink(io.TextIOBase):
    """A text stream that counts everything and keeps the beginning."""

    def __init__(self, kept=KEPT_CHARACTERS):
        self.count, self.text, self.kept = 0, "", kept

    def writable(self):
        return True

    def write(self, text):
        self.count += len(text)
        self.text += text[: self.kept - len(self.text)]
        return len(text)


def run(function, inputs, seconds):
    """Call ``function`` on a fresh copy of every input and record what it does.

    Parameters
    ----------
    function : callable
        The learner's function.
    inputs : sequence of tuple
        The arguments of each call. The function gets copies.
    seconds : float
        Time for all calls together. A loop that is still running is interrupted, and left behind
        in a daemon thread when it does not yield (a long call into compiled code). Where there
        are no threads (a browser) there is no limit.

    Returns
    -------
    Run
        Nothing that ``function`` does raises here; the reader's own Ctrl-C does.
    """
    result = Run()
    stopped = threading.Event()

    def work():
        for arguments in inputs:
            if stopped.is_set():
                return
            call = _call(function, arguments, stopped)
            if not stopped.is_set():  # or else it returned because it was interrupted
                result.calls.append(call)

    sink = _Sink()
    with _isolated(sink):
        calls = result.calls  # a function that is left behind must not change what is reported
        result.late = not _within(seconds, contextvars.copy_context(), work, stopped)
        result.calls = list(calls)
    result.printed, result.text = sink.count, sink.text
    return result


def _call(function, arguments, stopped):
    given = copy.deepcopy(arguments)
    try:
        value = plain(function(*given))
    except BaseException as error:  # the learner's sys.exit() too
        if stopped.is_set():
            raise SystemExit from None
        if (
            isinstance(error, KeyboardInterrupt)
            and threading.current_thread() is threading.main_thread()
        ):
            raise  # without threads this is the reader, who has had enough
        return Call(raised=_raised(error), changed=_changed(arguments, given))
    return Call(value, changed=_changed(arguments, given))


def _within(seconds, context, work, stopped):
    """Run ``work`` in a thread; False when it was still running after ``seconds``."""
    finished, problems = threading.Event(), []

    def target():
        try:
            context.run(work)
        except SystemExit:
            pass
        except BaseException as error:
            problems.append(error)
        finally:
            finished.set()

    thread = threading.Thread(target=target, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no threads here
        context.run(work)
        return True
    end = time.monotonic() + seconds
    try:
        while not finished.wait(
            0.1
        ):  # in short waits, because on Windows a long one is deaf to Ctrl-C
            if time.monotonic() > end:
                break
        else:
            thread.join()
            if problems:
                raise problems[0]
            return True
    finally:
        stopped.set()
        if not finished.is_set():
            _interrupt(thread, PATIENCE)
            if thread.is_alive():
                threading.Thread(target=_interrupt, args=(thread, REAPING), daemon=True).start()
    return False


def _interrupt(thread, seconds):
    """Raise SystemExit in ``thread`` again and again: a bare ``except`` in a loop swallows some.

    ``except Exception`` swallows none, and a thread ends on it without a word.
    """
    end = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < end:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
        )
        thread.join(0.02)


@contextlib.contextmanager
def _isolated(sink):
    """Put back what a function may have changed: random states, warnings, directory, streams."""
    python_state, restorers = random.getstate(), (_numpy_state(), _torch_state())
    limit = sys.getrecursionlimit()
    directory = None
    with contextlib.suppress(OSError):
        directory = os.getcwd()
    out, err = sys.stdout, sys.stderr
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.stdout = sys.stderr = sink
        try:
            yield
        finally:
            sys.stdout, sys.stderr = out, err
            random.setstate(python_state)
            for restore in restorers:
                restore()
            sys.setrecursionlimit(limit)
            if directory is not None:
                with contextlib.suppress(OSError):
                    os.chdir(directory)


def _numpy_state():
    """Return a function that puts back the state of NumPy's global generator, if NumPy is there."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return lambda: None
    state = numpy.random.get_state()
    return lambda: numpy.random.set_state(state)


def _torch_state():
    """Return a function that puts back torch's random state and default dtype.

    When the answer is the first to import torch, they become what they are in a fresh torch.
    """
    torch = sys.modules.get("torch")
    state = torch.get_rng_state() if hasattr(torch, "get_rng_state") else None
    dtype = torch.get_default_dtype() if hasattr(torch, "get_default_dtype") else None

    def restore():
        torch = sys.modules.get("torch")
        if not hasattr(torch, "set_rng_state"):
            return
        if state is None:
            torch.seed()  # a number from the system, as when torch starts
        else:
            torch.set_rng_state(state)
        torch.set_default_dtype(torch.float32 if dtype is None else dtype)

    return restore


def _raised(error):
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    own = [frame for frame in frames if not _is_library(frame[0])]
    name, line = own[-1] if own else ("", None)
    source = linecache.getline(name, line).strip() if own else ""
    try:
        text = " ".join(str(error).split())
    except BaseException:  # an exception may define its own __str__
        text = ""
    text = text if len(text) <= 200 else text[:197] + "..."
    return Raised(type(error).__name__, text, line, source)


def _is_library(file):
    return file.startswith(LIBRARIES) or "site-packages" in file or "dist-packages" in file


def _changed(before, after):
    return tuple(
        i for i, (b, a) in enumerate(zip(before, after, strict=True)) if not _identical(b, a)
    )


def _identical(before, after):
    if type(before) is not type(after):
        return False
    if is_array(before):
        return (
            before.shape == after.shape
            and before.dtype == after.dtype
            and before.tobytes() == after.tobytes()
        )
    if isinstance(before, dict):
        return list(before) == list(after) and all(_identical(before[k], after[k]) for k in before)
    if isinstance(before, tuple | list):
        same = len(before) == len(after)
        return same and all(_identical(b, a) for b, a in zip(before, after, strict=True))
    return before is after or before == after
