"""What can go wrong at one node of the syntax tree.

Every slip has a class: sign, factor, term, index, function, axis, transpose, order (of two
operands), comparison, constant; and setting, for plain numbers that are nobody's formula (a
learning rate, a size).
"""

import ast
from itertools import pairwise

from tests.syntax import called, is_number, is_text, number, root, shift

CLASSES = (
    "sign", "factor", "term", "index", "function", "axis", "transpose", "order", "comparison",
    "constant", "setting",
)  # fmt: skip
ANOTHER = {  # another function, by name
    "tanh": "sin", "sin": "cos", "cos": "sin", "sigmoid": "tanh", "relu": "tanh", "exp": "expm1",
    "expm1": "exp", "log": "log1p", "log1p": "log", "log10": "log2", "log2": "log10",
    "sum": "mean", "mean": "sum", "max": "min", "min": "max", "maximum": "minimum",
    "minimum": "maximum", "argmax": "argmin", "argmin": "argmax", "prod": "sum",
    "cumsum": "cumprod", "cumprod": "cumsum", "std": "var", "var": "std", "median": "max",
    "square": "abs", "zeros": "ones", "ones": "zeros", "zeros_like": "ones_like",
    "ones_like": "zeros_like", "eigvals": "eigvalsh", "any": "all", "all": "any", "tril": "triu",
    "triu": "tril", "floor": "ceil", "ceil": "floor", "softmax": "sigmoid",
}  # fmt: skip
BUILTIN = {"sum": "max", "max": "min", "min": "max", "any": "all", "all": "any"}
DROPPED = {
    "abs", "sqrt", "tanh", "exp", "log", "relu", "sigmoid", "clip", "minimum", "maximum", "cumsum",
    "norm",
}  # fmt: skip
SWAPPED = {"outer", "dot", "matmul", "kron", "solve", "cross"}
ALONG = {
    "sum", "mean", "max", "min", "prod", "cumsum", "cumprod", "argmax", "argmin", "softmax",
    "log_softmax", "stack", "cat", "concatenate", "flip", "norm", "std", "var", "any", "all",
}  # fmt: skip
MODULES = {"np", "numpy", "torch", "F", "scipy", "math", "nn"}
BOUNDED = {"minimum", "maximum", "min", "max", "where", "clip", "clamp"}  # numbers of the formula
FLIPPED = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult, ast.FloorDiv)
LETTERS = {"axis", "dim", "axes", "dims"}


def variants(node, above):
    """Yield (class, node to stand in its place)."""
    if _in_index(node, above):
        return
    parent = above[-1] if above else None
    match node:
        case ast.BinOp(op=op) if isinstance(op, ARITHMETIC) and not is_text(node):
            yield from _arithmetic(node)
        case ast.AugAssign():
            yield from _augmented(node)
        case ast.UnaryOp(op=ast.USub()) if number(node) is None:
            yield "sign", node.operand
        case ast.Subscript():
            yield from _subscript(node)
        case ast.Call():
            yield from _call(node, above)
        case ast.Attribute(attr="T" | "mT", ctx=ast.Load()):
            yield "transpose", node.value
        case ast.Attribute(attr=name) if name in ANOTHER:
            if root(node) in MODULES or _is_function(node, parent):
                yield "function", ast.Attribute(node.value, ANOTHER[name], node.ctx)
        case ast.Name(id=name) if name in BUILTIN and _is_function(node, parent):
            yield "function", ast.Name(BUILTIN[name], node.ctx)
        case ast.Compare(ops=[op]) if not is_text(node):
            for other in FLIPPED.get(type(op), ()):
                yield "comparison", ast.Compare(node.left, [other()], node.comparators)
        case ast.BoolOp(op=op):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield "comparison", ast.BoolOp(other, node.values)
        case ast.Constant() if is_number(node):
            yield from _number(node, parent)
    if _is_value(node, parent):
        yield "sign", ast.UnaryOp(ast.USub(), node)
        yield "factor", ast.BinOp(ast.Constant(2), ast.Mult(), node)


def _arithmetic(node):
    a, b = node.left, node.right

    def with_op(op, left=a, right=b):
        return ast.BinOp(left, op(), right)

    if isinstance(node.op, ast.Add):
        yield "sign", with_op(ast.Sub)
        yield from (("term", a), ("term", b))
        yield "factor", with_op(ast.Add, right=with_op(ast.Mult, ast.Constant(2), b))
    elif isinstance(node.op, ast.Sub):
        yield from (("sign", with_op(ast.Add)), ("sign", with_op(ast.Sub, b, a)), ("term", a))
        yield "factor", with_op(ast.Sub, right=with_op(ast.Mult, ast.Constant(2), b))
    elif isinstance(node.op, ast.Mult):
        yield from (("factor", a), ("factor", b))
        if number(a) != 0 and number(b) != 0:
            yield "factor", with_op(ast.Div)
    elif isinstance(node.op, (ast.Div, ast.FloorDiv)):
        yield from (("factor", with_op(ast.Mult)), ("factor", a))
    elif isinstance(node.op, ast.Pow):
        yield "factor", a
        yield "factor", with_op(ast.Pow, right=shift(b, 1) or with_op(ast.Add, b, ast.Constant(1)))
    elif isinstance(node.op, ast.MatMult):
        yield from (("order", with_op(ast.MatMult, b, a)), ("factor", b if _is_matrix(a) else a))
        if _is_matrix(a):
            yield "transpose", with_op(ast.MatMult, ast.Attribute(a, "T", ast.Load()))


def _augmented(node):
    target, value = node.target, node.value

    def with_op(op):
        return ast.AugAssign(target, op(), value)

    flipped = {
        ast.Add: (ast.Sub, "sign"),
        ast.Sub: (ast.Add, "sign"),
        ast.Mult: (ast.Div, "factor"),
        ast.Div: (ast.Mult, "factor"),
    }
    if type(node.op) in flipped:
        op, kind = flipped[type(node.op)]
        yield kind, with_op(op)
        yield (
            "term" if kind == "sign" else "factor",
            ast.Assign([target], value, lineno=node.lineno),
        )


def _subscript(node):
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]

    def with_part(k, part):
        new = [*parts[:k], part, *parts[k + 1 :]]
        index = ast.Tuple(new, ast.Load()) if isinstance(node.slice, ast.Tuple) else new[0]
        return "index", ast.Subscript(node.value, index, node.ctx)

    for k, part in enumerate(parts):
        if not isinstance(part, ast.Slice):
            for by in (1, -1):
                if (moved := shift(part, by)) is not None:
                    yield with_part(k, moved)
            continue
        lower, upper, step = part.lower, part.upper, part.step
        if isinstance(step, ast.UnaryOp):
            yield with_part(k, ast.Slice(lower, upper, None))
        if lower is None and upper is None:
            continue
        for by in (1, -1):
            low = ast.Constant(1) if lower is None and by == 1 else shift(lower, by)
            high = ast.Constant(-1) if upper is None and by == -1 else shift(upper, by)
            if low is not None:
                yield with_part(k, ast.Slice(low, upper, step))
            if high is not None:
                yield with_part(k, ast.Slice(lower, None if number(high) == 0 else high, step))


def _call(node, above):
    name, args = called(node), node.args

    def with_args(new, keywords=None):
        return ast.Call(node.func, new, node.keywords if keywords is None else keywords)

    if name == "range" and not _is_repetition(node, above):
        if len(args) == 1:
            yield "index", with_args([ast.Constant(1), *args])
        for k, arg in enumerate(args[:2]):
            for by in (1, -1):
                if (moved := shift(arg, by)) is not None:
                    yield "index", with_args([*args[:k], moved, *args[k + 1 :]])
    elif name == "reversed" and len(args) == 1:
        yield "index", args[0]
    if name in SWAPPED and len(args) == 2:
        yield "order", with_args(args[::-1])
    if name in ("transpose", "swapaxes", "permute"):
        method = root(node.func) not in MODULES
        yield "transpose", node.func.value if method else args[0]
    if name == "norm":
        rest = [word for word in node.keywords if word.arg not in ("ord", "p")]
        if len(args) == 1 and len(rest) == len(node.keywords):
            yield "function", with_args(args, [*node.keywords, ast.keyword("ord", ast.Constant(1))])
        elif len(args) > 1:
            yield "function", with_args([args[0], *args[2:]])
        else:
            yield "function", with_args(args, rest)
    if name in DROPPED and args and (isinstance(node.func, ast.Name) or root(node.func) in MODULES):
        yield "function", args[0]
    elif name in DROPPED and isinstance(node.func, ast.Attribute) and not args:
        yield "function", node.func.value
    for k, word in enumerate(node.keywords):
        for axis in _axes(word.value) if word.arg in LETTERS else ():
            new = ast.keyword(word.arg, ast.Constant(axis))
            yield (
                "axis",
                with_args(args, [*node.keywords[:k], new, *node.keywords[k + 1 :]]),
            )
    where = 0 if isinstance(node.func, ast.Attribute) and root(node.func) not in MODULES else 1
    if name in ALONG and name != "norm" and len(args) > where:
        for axis in _axes(args[where]):
            yield "axis", with_args([*args[:where], ast.Constant(axis), *args[where + 1 :]])


def _axes(node):
    axis = number(node)
    return tuple(other for other in (0, 1, -1) if other != axis) if isinstance(axis, int) else ()


def _number(node, parent):
    match parent:
        case ast.BinOp(op=op):
            exponent = isinstance(op, ast.Pow) and parent.right is node
            formula = isinstance(op, ARITHMETIC) and not is_text(parent) and not exponent
            kind = "constant" if formula else None
        case ast.Compare():
            kind = "constant"
        case ast.Call() if called(parent) in BOUNDED:
            kind = "constant"
        case ast.keyword(arg=arg) if arg in LETTERS:
            kind = None
        case ast.Call() | ast.keyword() | ast.Assign() | ast.arguments() | ast.Tuple() | ast.List():
            kind = "setting"
        case _:
            kind = None
    if kind == "constant":
        yield from ((kind, ast.Constant(node.value + by)) for by in (1, -1))
    elif kind == "setting":
        yield kind, ast.Constant(node.value + 1 if isinstance(node.value, int) else 2 * node.value)


def _is_function(node, parent):
    return isinstance(parent, ast.Call) and parent.func is node


def _is_matrix(node):
    return isinstance(node, ast.Name) and node.id[0].isupper()


def _is_value(node, parent):
    """Whether the node is the computed value of an assignment, a return or a lambda."""
    if isinstance(node, ast.BinOp):
        computed = isinstance(node.op, ARITHMETIC) and not is_text(node)
    else:
        known = called(node) in ANOTHER and called(node) not in ("zeros", "zeros_like")
        computed = known and isinstance(node.func, ast.Attribute)
    return computed and isinstance(parent, (ast.Return, ast.Assign, ast.AugAssign, ast.Lambda))


def _in_index(node, above):
    """Whether the node is part of an index or of a bound, which is moved as a whole."""
    inside = False
    for upper, lower in pairwise((*above, node)):
        if isinstance(upper, ast.Subscript) and lower is upper.slice:
            inside = True
        elif called(upper) == "range" and lower in upper.args:
            inside = True
        inside = inside and not isinstance(lower, ast.Call)
    return inside


def _is_repetition(node, above):
    """Whether a range over plain numbers only says how often something is done."""
    parent = above[-1] if above else None
    if not isinstance(parent, (ast.For, ast.comprehension)) or parent.iter is not node:
        return False
    unused = isinstance(parent.target, ast.Name) and parent.target.id.startswith("_")
    return unused and all(number(arg) is not None for arg in node.args)
