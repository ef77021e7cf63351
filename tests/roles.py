"""Which parts of a chapter are computing code, and which only check, draw, print or set up.

Not computing code: imports, texts, drawing, printing, asserts, seeding, the arguments of a check
that say how to check (tolerance, criterion, name of the referee), wrong versions, and the cells in
which a learner writes. The inputs on which checks are evaluated have a role of their own
(``cases``), so that slips there can be asked for separately.
"""

import ast
import re

from tests.notebooks import cells, code_cells
from tests.syntax import called, root

COMPUTING, CASES, WRONG, IGNORED = "computing", "cases", "wrong version", "ignored"
PLOTTING = {"ax", "axes", "axs", "axis", "fig", "figure", "plt", "plotting", "mpl", "matplotlib"}
SEEDING = {"default_rng", "manual_seed", "fork_rng", "Generator", "SeedSequence", "spawn"}
DRAWING = re.compile(r"_?(draw|plot|show)(_|$)|.*_(figure|plot)$")
GATE = re.compile(r"^\s*[`:]{3,}\{(exercise|solution|solution-start)\}", re.M)
# Roles of the arguments of a check, by position and by name; the others are ignored.
EVIDENCE = {
    "equation": {
        **{1: COMPUTING, 2: COMPUTING, 3: CASES},
        **{"lhs": COMPUTING, "rhs": COMPUTING, "cases": CASES, "wrong": WRONG},
    },
    "same": {1: COMPUTING, 2: COMPUTING, "ours": COMPUTING, "theirs": COMPUTING},
    "claim": {1: COMPUTING, "trial": COMPUTING},
}


def verb(node):
    """``equation``, ``same`` or ``claim`` if the node is such a call, else None."""
    name = called(node)
    if name in EVIDENCE and (isinstance(node.func, ast.Name) or root(node.func) == "evidence"):
        return name
    return None


def is_plotting(node):
    """Whether a call, a statement or a function only draws."""
    if isinstance(node, ast.Call):
        return root(node.func, calls=True) in PLOTTING
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        first = node.args.args[0].arg if node.args.args else ""
        drawn = isinstance(node, ast.FunctionDef) and DRAWING.match(node.name)
        return first in PLOTTING or bool(drawn)
    if isinstance(node, (ast.Expr, ast.Assign)):
        return is_plotting(node.value) or called(node) == "print"
    if isinstance(node, (ast.For, ast.With, ast.If)):
        return all(is_plotting(part) for part in node.body)
    return False


class Roles:
    """Roles of all nodes of a chapter, from how its names are used.

    A function or a variable that only serves as a wrong version, or only gives the cases of a
    check, has the role of what it serves.
    """

    def __init__(self, trees):
        self.names = {}  # role of top-level names; what is missing is computing code
        for _ in range(20):
            uses = {}
            for tree in trees:
                for node, _, role in self.walk(tree, everything=True):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                        uses.setdefault(node.id, set()).add(role)
            names = {name: min(roles) for name, roles in uses.items() if roles <= {CASES, WRONG}}
            if names == self.names:
                return
            self.names = names

    def walk(self, tree, everything=False):
        """Yield (node, ancestors, role) of every node that has a role, parents before children."""
        yield from self._visit(tree, (), COMPUTING, everything)

    def _visit(self, node, above, role, everything):
        role = self._role(node, above, role)
        if role in (IGNORED, WRONG) and not everything:
            return
        yield node, above, role
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self._visit(child, (*above, node), role, everything)

    def _role(self, node, above, role):
        parent = above[-1] if above else None
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Assert, ast.Raise)):
            return IGNORED
        if is_plotting(node) or called(node) in SEEDING or called(node) == "print":
            return IGNORED
        if isinstance(parent, ast.Module):
            role = self._of_statement(node, role)
        # An argument of a check: what is compared is computing code, the rest is not.
        if isinstance(parent, ast.Call) and verb(parent) and node is not parent.func:
            key = node.arg if isinstance(node, ast.keyword) else parent.args.index(node)
            own = EVIDENCE[verb(parent)].get(key, IGNORED)
            return own if role == COMPUTING else role
        return role

    def _of_statement(self, node, role):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return self.names.get(node.name, role)
        if isinstance(node, ast.Assign):
            targets = [part for target in node.targets for part in ast.walk(target)]
            names = [part.id for part in targets if isinstance(part, ast.Name)]
            roles = {self.names.get(name, COMPUTING) for name in names}
            return roles.pop() if len(roles) == 1 else role
        return role


def stubs(notebook):
    """Ids of the cells in which a learner writes: those between an exercise and its solution."""
    found, learner = set(), False
    for cell in cells(notebook):
        if cell.kind == "code" and learner:
            found.add(cell.id)
        elif gates := GATE.findall(cell.source) if cell.kind == "markdown" else []:
            learner = gates[-1] == "exercise"
    return found


def computing_cells(notebook):
    """The cells in which slips are looked for, with their trees; and the roles of all nodes."""
    left_out = stubs(notebook)
    parsed = [(cell, ast.parse(cell.source)) for cell in code_cells(notebook)]
    roles = Roles([tree for _, tree in parsed])
    return [(cell, tree) for cell, tree in parsed if cell.id not in left_out], roles
