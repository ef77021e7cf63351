"""What a page shows for a reader's code, without a page."""

import pytest

from dlbook.practice import live
from dlbook.practice.convolution_shapes import size

RIGHT = "def f(n, k, s, p, d):\n    return (n + 2 * p - d * (k - 1) - 1) // s + 1\n"


def test_an_exercise_is_found_by_name():
    assert live.exercise("convolution_shapes", "size") is size


def test_a_check_says_what_the_notebook_says():
    assert live.run(RIGHT, size, "f") == ("passed", "✓ conv-size: passed on 5 inputs.")
    status, text = live.run(RIGHT.replace("2 * p", "p"), size, "f")
    assert status == "failed" and text.startswith("✗ conv-size: You added p once.")
    status, text = live.run("def f(n, k, s, p, d):\n    ...\n", size, "f")
    assert status == "not attempted" and text.startswith("○ conv-size: not attempted yet.")
    assert live.run(RIGHT, size, "g") == ("failed", "✗ conv-size: there is no function g.")


def test_a_check_names_the_readers_line():
    status, text = live.run("def f(*numbers):\n    a = 1\n    return a / 0\n", size, "f")
    assert "ZeroDivisionError: division by zero, in line 3: return a / 0\n  on input 1" in text


def test_what_a_check_does_not_show_can_be_seen_with_run():
    code = RIGHT.replace(":\n", ":\n    print('n is', n)\n")
    text = live.run(code, size, "f")[1]
    assert text.endswith(f"characters, which begin: n is 6...)\n  {live.SEE_ALL}")
    assert live.SEE_ALL not in live.run(RIGHT, size, "f")[1]


def test_input_says_what_to_do():
    for code in ("def f():\n    return input('n? ')\nf()", "x = 1\nx = input()"):
        status, text = live.run(code)
        assert status == "failed" and text.startswith(
            "✗ EOFError: input() cannot be used here: write the value into the code, in line 2: ")


def test_a_run_shows_prints_and_the_value_of_the_last_line():
    assert live.run("for n in range(2):\n    print(n)\nmath.sqrt(4)") == ("ran", "0\n1\n2.0")
    assert live.run("x = 1") == live.run("") == ("ran", "It ran, and printed nothing.")
    assert live.run("print('first')\n1 / 0")[1].startswith("first\n✗ ZeroDivisionError")
    assert live.run("import sys\nprint('e', file=sys.stderr)") == ("ran", "e")


def test_much_is_cut():
    text = live.run("print('a' * 50_000)")[1]
    assert len(text) < live.KEPT + 100
    assert text.endswith("a\n... (50001 characters; these are the first 10000)")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("x = 1\ny = (2\n", "SyntaxError: '(' was never closed, in line 2: y = (2"),
        ("x = 1\n  y = 2", "IndentationError: unexpected indent, in line 2: y = 2"),
        ("x = 1\nexec('a b')", "in line 2: exec('a b')"),
        ("import statistics\nstatistics.mean([])", "in line 2: statistics.mean([])"),
        ("def f():\n    f()\nf()", "RecursionError: maximum recursion depth exceeded"),
        ("import sys\nsys.exit(3)", "SystemExit: 3, in line 2: sys.exit(3)"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt, in line 1"),
        ("x = \0", "null bytes"),
    ],
)
def test_what_goes_wrong_is_shown_and_gets_no_further(code, words):
    status, text = live.run(code)
    assert status == "failed" and text.startswith("✗ ") and words in text


def test_each_run_starts_afresh():
    live.run("left = 1")
    assert "NameError: name 'left' is not defined" in live.run("left")[1]


def test_what_is_not_there_is_said(monkeypatch):
    monkeypatch.setitem(live.sys.modules, "numpy", None)
    assert "Python's own library, with math imported already. For more" in live.run("np.pi")[1]
    monkeypatch.undo()
    assert live.run("float(np.pi) == math.pi") == ("ran", "True")
    assert "with math imported already, and NumPy as np." in live.run("import nonesuch")[1]
