"""Small slips in a function: each mutant is the function with one place of its source changed."""

import ast
import copy
import inspect
import textwrap
from dataclasses import dataclass
from typing import Any

OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Mult],
    ast.Pow: [ast.Mult],
}
COMPARISONS = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
}
FUNCTIONS = {
    "tanh": "sin",
    "sin": "cos",
    "exp": "expm1",
    "log": "log1p",
    "sqrt": "square",
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "zeros": "ones",
    "ones": "zeros",
    "stack": "concatenate",
    "cumsum": "cumprod",
    "var": "std",
    "std": "var",
    "dot": "outer",
}


@dataclass(frozen=True)
class Mutant:
    """A changed function: the statement before the change, what was changed, the result."""

    statement: str
    change: str
    function: Any


def mutants(function):
    """Return all mutants of a Python function, each with another source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    body = tree.body[0].body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        del body[0]  # a docstring computes nothing
    names = list(inspect.signature(function).parameters)
    original, found = ast.unparse(tree), {}
    for place, (node, statement) in enumerate(_nodes(tree)):
        for change in _changes(node, names):
            changed = _replace(tree, place, change)
            source = ast.unparse(changed)
            if source == original or source in found:
                continue
            before = ast.unparse(statement).splitlines()[0]
            after = "nothing" if change is None else ast.unparse(change).splitlines()[0]
            text = f"{ast.unparse(node).splitlines()[0]} -> {after}"
            found[source] = Mutant(before, text, _compile(source, function))
    return list(found.values())


def _nodes(tree):
    """Every expression or statement of the body with the statement that it stands in."""
    found = []

    def visit(node, statement):
        for child in ast.iter_child_nodes(node):
            inside = child if isinstance(child, ast.stmt) else statement
            if isinstance(child, ast.expr | ast.stmt):
                found.append((child, inside))
            visit(child, inside)

    for statement in tree.body[0].body:
        found.append((statement, statement))
        visit(statement, statement)
    return found


def _replace(tree, place, change):
    tree = copy.deepcopy(tree)
    target = _nodes(tree)[place][0]

    class Replace(ast.NodeTransformer):
        def visit(self, node):
            return copy.deepcopy(change) if node is target else self.generic_visit(node)

    tree = Replace().visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.For | ast.If | ast.While) and not node.body:
            node.body.append(ast.Pass())
    return ast.fix_missing_locations(tree)


def _compile(source, function):
    names = dict(function.__globals__)
    exec(compile(source, "<mutant>", "exec"), names)
    return names[function.__name__]


def _with(node, **fields):
    node = copy.copy(node)
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def _changes(node, names):
    """Yield what may stand in place of a node; None deletes a statement."""
    if isinstance(node, ast.BinOp):
        for operator in OPERATORS.get(type(node.op), []):
            yield _with(node, op=operator())
        if isinstance(node.op, ast.Sub | ast.MatMult | ast.Div | ast.Pow):
            yield _with(node, left=node.right, right=node.left)
        yield node.left
        yield node.right
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Compare):
        for operator in COMPARISONS.get(type(node.ops[0]), []):
            yield _with(node, ops=[operator()])
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Attribute):
        if node.attr == "T":
            yield node.value
        elif node.attr in FUNCTIONS:
            yield _with(node, attr=FUNCTIONS[node.attr])
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
        for i in range(len(node.elts) - 1):
            one, two = node.elts[i : i + 2]
            yield _with(node, elts=[*node.elts[:i], two, one, *node.elts[i + 2 :]])
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (_with(node, id=name) for name in names if name != node.id)
    elif isinstance(node, ast.AugAssign):
        for operator in OPERATORS.get(type(node.op), []):
            yield _with(node, op=operator())
        yield ast.copy_location(ast.Assign(targets=[node.target], value=node.value), node)
        yield None
    elif isinstance(node, ast.Expr | ast.For | ast.If):
        yield None
    elif isinstance(node, ast.Assign):
        yield None


def _constants(node):
    if isinstance(node.value, bool):
        yield _with(node, value=not node.value)
    elif isinstance(node.value, int | float):
        yield _with(node, value=node.value + 1)
        yield _with(node, value=node.value - 1)
        if node.value:
            yield _with(node, value=-node.value)
    elif isinstance(node.value, str):
        yield _with(node, value=node.value + "x")


def _calls(node):
    for i, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield _with(node, keywords=node.keywords[:i] + node.keywords[i + 1 :])
    if len(node.args) > 1:
        yield _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
    if node.args and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield node.args[0]  # the function is dropped
    elif isinstance(node.func, ast.Attribute) and not node.args:
        yield node.func.value
