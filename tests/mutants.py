"""Small slips in code: each is the source of a cell with one place changed."""

import ast
import warnings
from dataclasses import dataclass

from tests.notebooks import Cell
from tests.variants import variants

BARE = (ast.stmt, ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)


@dataclass(frozen=True)
class Slip:
    """One place of a chapter, changed."""

    kind: str  # one of variants.CLASSES
    role: str  # "computing" or "cases"
    cell: Cell
    line: int  # in the cell, from 1
    start: int  # of the changed place in the source, in characters
    end: int
    before: str  # the changed place
    after: str

    @property
    def source(self):
        """The whole cell with the slip in it."""
        return self.cell.source[: self.start] + self.after + self.cell.source[self.end :]

    @property
    def place(self):
        """Slips of one class at one place are alternatives of each other."""
        return (self.cell.number, self.start, self.end, self.kind)


def slips(cell, tree, roles):
    """All slips of one cell that change what is compiled."""
    found, seen = [], {_bytecode(cell.source)}
    for node, above, role in roles.walk(tree):
        for kind, new in variants(node, above):
            start, end = _span(cell.source, node)
            texts = cell.source[start:end], _text(node, new, above)
            slip = Slip(kind, role, cell, node.lineno, start, end, *texts)
            code = _bytecode(slip.source)
            if code not in seen:
                seen.add(code)
                found.append(slip)
    return found


def _span(source, node):
    """Where a node stands in the source, in characters (the syntax tree counts bytes)."""
    lines = source.encode().splitlines(keepends=True)

    def offset(line, column):
        return len((b"".join(lines[: line - 1]) + lines[line - 1][:column]).decode())

    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)


def _text(node, new, above):
    bare = isinstance(new, BARE)
    whole = above and isinstance(above[-1], (ast.Return, ast.Assign)) and above[-1].value is node
    text = ast.unparse(ast.fix_missing_locations(new))
    return text if (bare or whole) and not text.startswith("-") else f"({text})"


def _bytecode(source):
    def strip(code):
        parts = [strip(part) if hasattr(part, "co_code") else repr(part) for part in code.co_consts]
        return code.co_code, tuple(parts), code.co_names, code.co_varnames, code.co_freevars

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # as for 1[0]: the chapter will notice
        return strip(compile(source, "cell", "exec", dont_inherit=True))
