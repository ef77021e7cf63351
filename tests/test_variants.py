"""Slips: each class does what its name says, at one place only, and only in computing code."""

import ast

import pytest

from tests.mutants import slips
from tests.notebooks import Cell
from tests.roles import Roles, computing_cells
from tests.variants import CLASSES

SETUP = "import numpy as np\nfrom dlbook import evidence, plotting\n"


def cell(source, kind="code", name="c"):
    return {"cell_type": kind, "id": name, "source": source, "metadata": {}}


def of(source, *others):
    """Slips of the first of the cells, in the company of the others."""
    sources = (source, *others)
    cells = [cell(text, name=f"c{k}") for k, text in enumerate(sources)]
    parsed, roles = computing_cells({"cells": cells})
    first = next(pair for pair in parsed if pair[0].id == "c0")
    return slips(*first, roles)


def texts(source, kind, role="computing"):
    return {" ".join(s.after.split()) for s in of(source) if (s.kind, s.role) == (kind, role)}


CASES = [
    ("sign", "y = a + b", {"a - b", "(-(a + b))"}),
    ("sign", "y = f(a - b)", {"(a + b)", "(b - a)"}),
    ("sign", "y = f(-a)", {"a"}),
    ("sign", "y += a", {"y -= a"}),
    ("sign", "y = np.tanh(a)", {"(-np.tanh(a))"}),
    ("factor", "y = f(a * b)", {"a", "b", "(a / b)"}),
    ("factor", "y = f(a / b)", {"a", "(a * b)"}),
    ("factor", "y = f(h**2)", {"h", "(h ** 3)"}),
    ("factor", "y = f(g**k)", {"g", "(g ** (k + 1))"}),
    ("factor", "y *= a", {"y /= a", "y = a"}),
    ("factor", "y = np.tanh(a)", {"2 * np.tanh(a)"}),
    ("factor", "y = f(a + b)", {"(a + 2 * b)"}),
    ("term", "y = f(a + b)", {"a", "b"}),
    ("term", "y = f(a - b)", {"a"}),
    ("term", "y += a", {"y = a"}),
    ("index", "y = x[t]", {"x[t + 1]", "x[t - 1]"}),
    ("index", "y = x[t - 1]", {"x[t]", "x[t - 2]"}),
    ("index", "y = x[:, 0]", {"x[:, 1]", "x[:, -1]"}),
    ("index", "y = x[1:]", {"x[2:]", "x[0:]", "x[1:-1]"}),
    ("index", "y = x[:-1]", {"x[1:-1]", "x[:]", "x[:-2]"}),
    ("index", "y = x[::-1]", {"x[:]"}),
    ("index", "for t in range(T): f(t)", {"range(1, T)", "range(T + 1)", "range(T - 1)"}),
    ("index", "for t in reversed(x): f(t)", {"x"}),
    ("function", "y = np.tanh(a)", {"np.sin", "a"}),
    ("function", "y = f(np.tanh)", {"np.sin"}),
    ("function", "y = x.sum()", {"x.mean"}),
    ("function", "y = max(a, b)", {"min"}),
    ("function", "y = np.linalg.norm(a)", {"np.linalg.norm(a, ord=1)", "a"}),
    ("function", "y = np.linalg.norm(a, 2)", {"np.linalg.norm(a)", "a"}),
    ("axis", "y = x.sum(axis=0)", {"x.sum(axis=1)", "x.sum(axis=-1)"}),
    ("axis", "y = x.sum(1)", {"x.sum(0)", "x.sum(-1)"}),
    ("axis", "y = np.sum(x, -1)", {"np.sum(x, 0)", "np.sum(x, 1)"}),
    (
        "axis",
        "y = torch.softmax(x, dim=1)",
        {"torch.softmax(x, dim=0)", "torch.softmax(x, dim=-1)"},
    ),
    ("transpose", "y = x @ w.T", {"w"}),
    ("transpose", "y = x.transpose(0, 1)", {"x"}),
    ("transpose", "y = np.transpose(x)", {"x"}),
    ("transpose", "y = W @ h", {"W.T @ h"}),
    ("order", "y = a @ b", {"b @ a"}),
    ("order", "y = np.outer(a, b)", {"np.outer(b, a)"}),
    ("comparison", "y = f(a < b)", {"(a <= b)", "(a > b)"}),
    ("comparison", "y = f(a == b)", {"(a != b)"}),
    ("comparison", "y = f(a and b)", {"(a or b)"}),
    ("constant", "y = f(1 - h)", {"2", "0"}),
    ("constant", "y = np.maximum(x, 0)", {"1", "(-1)"}),
    ("constant", "y = f(x > 0.5)", {"1.5", "(-0.5)"}),
    ("setting", "y = train(lr=3e-3)", {"0.006"}),
    ("setting", "H = 32", {"33"}),
]


@pytest.mark.parametrize(("kind", "source", "expected"), CASES)
def test_each_class_changes_what_its_name_says(kind, source, expected):
    assert texts(source, kind) == expected


def test_every_class_has_a_case():
    assert {kind for kind, _, _ in CASES} == set(CLASSES)


EXAMPLE = '''
def backward(h, dh, Wh):  # é is two bytes: positions are characters
    """Not - a + formula."""
    delta, total = 0 * dh[-1], 0.0
    for t in reversed(range(len(h))):
        delta = (1 - h[t] ** 2) * (
            dh[t] + Wh.T @ delta  # a comment
        )
        total += np.outer(delta, h[t - 1]).sum(axis=0)
    return total / 2 if (delta > 0).any() else -total
'''


def changed_node(one, other):
    """The smallest node of `one` outside of which both trees are the same."""
    pairs = []
    for name in one._fields:
        a, b = getattr(one, name), getattr(other, name)
        if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
            pairs += zip(a, b, strict=True)
        else:
            pairs.append((a, b))
    unlike = [(a, b) for a, b in pairs if text(a) != text(b)]
    if len(unlike) == 1:
        a, b = unlike[0]
        if isinstance(a, ast.expr | ast.stmt) and type(a) is type(b):
            return changed_node(a, b)
        return a if isinstance(a, ast.expr | ast.stmt) else one
    return one


def text(value):
    return ast.dump(value) if isinstance(value, ast.AST) else repr(value)


def test_a_slip_changes_exactly_one_place():
    source = "x, é = 1, 'é'\n" + EXAMPLE.strip()
    found = of(source)
    assert len(found) > 40
    for slip in found:
        assert source[slip.start : slip.end] == slip.before
        assert slip.source == source[: slip.start] + slip.after + source[slip.end :]
        node = changed_node(ast.parse(source), ast.parse(slip.source))
        assert ast.get_source_segment(source, node) in slip.before
        assert slip.line <= node.lineno <= slip.line + slip.before.count("\n")


def test_slips_that_compile_to_the_same_code_are_dropped():
    # 2 * 1 is what dropping the factor gives, 1 * 2 and 3 * 2 are what 2 * 1 and 2 * 3 give.
    assert [slip.after for slip in of("y = f(2 * 2)") if slip.kind == "constant"] == ["3"]
    assert len([slip for slip in of("y = f(a + a)") if slip.kind == "term"]) == 1


def test_a_slip_that_makes_python_wonder_is_a_slip():
    assert "1" in texts("y = (1 - s)[0]", "term")


NOT_COMPUTING = [
    "import numpy as np",
    "print(f'{a + b:.3f}', a - b)",
    "ax.plot(x, 2 * y)",
    "fig, ax = plotting.figure(rows=1 + 1)",
    "for ax, k in zip(axes, range(1, 3)): ax.plot(x[k], y + 1)",
    "def draw(ax, value): ax.plot(value * x)",
    "def frame(ax, value):\n    z = value * x\n    ax.plot(z)",
    "plotting.slider(lambda ax, g: ax.plot(g * x), values, name='g')",
    "rng = np.random.default_rng(seed + 1)",
    "assert a + b < 1 - c",
    "raise ValueError(a - b)",
    "x: list[1] = y",
    "'''a + b'''",
    "title = 'a' + name",
]


@pytest.mark.parametrize("source", NOT_COMPUTING)
def test_what_is_not_computing_code_is_left_alone(source):
    assert not [slip for slip in of(source) if slip.kind != "setting"]


CHECK = """
evidence.equation("eq-x", lambda a: a + 1, lambda a: referee(a) - b, inputs(),
                  referee="x" + name, tol=1 - 0.5, wrong={"no bias": lambda a: wrong(a * 2)})
"""


def test_of_a_check_only_the_two_sides_are_computing_code():
    found = of(CHECK, "def inputs(): return [a * b]", "def wrong(a): return a - 1")
    computing = {slip.before for slip in found if slip.role == "computing"}
    assert computing == {"a + 1", "1", "referee(a) - b"}


def test_wrong_versions_and_cases_are_known_by_their_use():
    source = "def inputs():\n    return [a * b]\n\ndef wrong(a):\n    return a - 1\n\nkeep = a - 1"
    found = of(source, CHECK)
    assert {slip.role for slip in found if slip.line == 2} == {"cases"}
    assert not [slip for slip in found if slip.line == 5]
    assert {slip.role for slip in found if slip.line == 7} == {"computing"}
    used = of(source, CHECK, "y = wrong(3)")
    assert [slip for slip in used if slip.line == 5], "used as a function too: computing code"


def test_data_of_a_figure_is_computing_code():
    assert texts("y = a * b\nax.plot(y)", "factor") >= {"a", "b"}


def test_stubs_are_left_alone_and_solutions_are_not():
    notebook = {
        "cells": [
            cell("```{exercise} One\n:label: ex-one\n```", "markdown"),
            cell("def f(a):\n    return a + 1", name="stub"),
            cell("```{solution-start} ex-one\n```", "markdown"),
            cell("def f(a):\n    return a + 2", name="solution"),
            cell("```{solution-end}\n```", "markdown"),
        ]
    }
    cells, _ = computing_cells(notebook)
    assert [c.id for c, _ in cells] == ["solution"]


def test_roles_of_an_unparsed_cell_name_the_cell():
    with pytest.raises(SyntaxError):
        computing_cells({"cells": [cell("%matplotlib inline")]})


def test_the_slip_says_where_it_is():
    here = Cell(3, "here", "code", "a = 1\ny = b + c")
    tree = ast.parse(here.source)
    first = next(s for s in slips(here, tree, Roles([tree])) if s.kind == "term")
    assert (first.cell.id, first.line, first.before, first.after) == ("here", 2, "b + c", "b")
    assert first.source == "a = 1\ny = b"
