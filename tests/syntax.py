"""Small questions about the syntax tree of a cell."""

import ast

TEXT = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp, ast.Dict, ast.Set)


def called(node):
    """Last name of what a call calls: ``norm`` of ``np.linalg.norm(x)``; else None."""
    func = node.func if isinstance(node, ast.Call) else None
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else None


def root(node, calls=False):
    """Name at the root of ``x`` in ``x[0].T``; with `calls`, also of ``x.sum().T``; or None."""
    while isinstance(node, (ast.Attribute, ast.Subscript)) or (
        calls and isinstance(node, ast.Call)
    ):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def number(node):
    """The number that is written there, with its sign; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and is_number(node.operand):
        return -node.operand.value
    return node.value if is_number(node) else None


def is_number(node):
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def is_text(node):
    """Whether an operand is a text or a list, so that ``+`` joins and ``*`` repeats."""
    for part in ast.iter_child_nodes(node):
        text = isinstance(part, ast.Constant) and isinstance(part.value, (str, type(None)))
        if text or isinstance(part, TEXT):
            return True
    return False


def shift(node, by):
    """The index moved by one, as short as one would write it; None if it is no plain index."""
    old = number(node)
    if isinstance(old, int):
        return ast.Constant(old + by)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        old = number(node.right)
        if isinstance(old, int):
            by += old if isinstance(node.op, ast.Add) else -old
            node = node.left
    elif not isinstance(node, (ast.Name, ast.BinOp, ast.Attribute, ast.Call)):
        return None
    if by == 0:
        return node
    return ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))
