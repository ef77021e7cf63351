"""Runs an exercise where there is no notebook: code comes in as text, and text comes out.

A page of the book calls this in Python that runs in the reader's browser.
"""

import ast
import contextlib
import importlib
import linecache
import math
import sys

from .running import Raised, _raised, _Sink

FILE = "your code"
KEPT = 10_000  # characters that are shown of what was printed
MISSING = ("name 'np' is not defined", "No module named")
SEE_ALL = "To see all of it, call the function yourself in the last line and press Run."
HERE = "What can be used here is Python's own library, with math imported already"


def exercise(module, name):
    """The exercise ``name`` of a module of this package; imports that module only."""
    return getattr(importlib.import_module(f".{module}", __package__), name)


def run(code, exercise=None, function=""):
    """Run code as a cell of a notebook; then check the function that it defines.

    Parameters
    ----------
    code : str
        What the reader wrote.
    exercise : Exercise or None
        Whose check to run after it.
    function : str
        The name of the reader's function.

    Returns
    -------
    status : str
        "ran", "passed", "failed" or "not attempted".
    text : str
        What was printed, and the error or the message of the check. Where it ends in "open the
        notebook: ", the page adds the link.
    """
    sink = _Sink(KEPT)
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
        names, error = _execute(code)
        if error:
            status, text = "failed", f"✗ {error}"
        elif exercise is None:
            status, text = "ran", "" if sink.count else "It ran, and printed nothing."
        elif function not in names:
            status, text = "failed", f"✗ {exercise.name}: there is no function {function}."
        else:
            result = exercise.check(names[function])
            status, text = result.status, repr(result)
            if "(It printed " in text and text.endswith("...)"):
                text += f"\n  {SEE_ALL}"
    printed = sink.text.rstrip("\n")
    if sink.count > KEPT:
        printed += f"\n... ({sink.count} characters; these are the first {KEPT})"
    return status, "\n".join(part for part in (printed, text + _what_is_here(text)) if part)


def _execute(code):
    """Return the names that the code defines and what it raised; show the value of its last line.

    Raises nothing, whatever the code does.
    """
    linecache.cache[FILE] = len(code), None, code.splitlines(keepends=True), FILE
    names = {"__name__": "__main__", "math": math, "input": _no_input}
    if sys.modules.get("numpy"):
        names["np"] = sys.modules["numpy"]
    try:
        tree = ast.parse(code, FILE)
        first, last = ast.Module(tree.body[:-1], []), ast.Interactive(tree.body[-1:])
        exec(compile(first, FILE, "exec"), names)
        exec(compile(last, FILE, "single"), names)  # shows a value, as a notebook does
    except SyntaxError as error:
        if error.filename == FILE:
            source = (error.text or "").strip()
            return names, Raised(type(error).__name__, error.msg, error.lineno, source)
        return names, _raised(error)
    except BaseException as error:  # sys.exit() too
        return names, _raised(error)
    return names, None


def _no_input(*prompt):
    """Stands for ``input``: a page has nobody who answers it."""
    raise EOFError("input() cannot be used here: write the value into the code")


def _what_is_here(text):
    if not any(words in text for words in MISSING):
        return ""
    numpy = ", and NumPy as np" if sys.modules.get("numpy") else ""
    return f"\n  {HERE}{numpy}. For more, open the notebook: "
