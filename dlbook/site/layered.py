"""Where the boxes of a directed graph stand and how its arrows run, so that none meets a box.

The method of Sugiyama, Tagawa and Toda (1981): the boxes stand in rows, an arrow that skips rows
gets a place in each of them, neighbours pull one another into an order with few crossings, and a
linear programme finds the coordinates with the shortest arrows (Gansner et al., 1993).
"""

from __future__ import annotations

from itertools import combinations, pairwise

import networkx as nx
import numpy as np
from scipy.optimize import linprog

SWEEPS = 12
STIFF = {0: 1.0, 1: 2.0, 2: 8.0}  # weight of a piece of an arrow, by how many of its ends are bends


def levels(needs: dict[str, list[str]]) -> list[list[str]]:
    """Rows of chapters: each stands below all that it needs, and just above one that needs it."""
    depth: dict[str, int] = {}
    for chapter, before in needs.items():
        depth[chapter] = 1 + max((depth[b] for b in before if b in depth), default=-1)
    for chapter in reversed(needs):
        after = [depth[c] for c in needs if chapter in needs[c]]
        depth[chapter] = min(after) - 1 if after else depth[chapter]
    return [[c for c in depth if depth[c] == d] for d in range(1 + max(depth.values(), default=-1))]


def layout(needs, box: float, lane: float, gap: float):
    """Places of boxes and bends, in one row for each level.

    Parameters
    ----------
    needs : dict of str to list of str
        What each box needs, itself a key that stands above; a need outside is left out, and so is
        one that another need has already.
    box, lane, gap : float
        Width of a box, of the place of an arrow that passes a row, and between two of them.

    Returns
    -------
    at : dict of str to (float, int)
        Centre of each box, and its row.
    routes : list of list of (float, int)
        For each arrow its first box, its places in the rows between, and its last box.
    """
    rows = levels(needs)
    graph = nx.DiGraph([(b, c) for c, before in needs.items() for b in before if b in needs])
    graph.add_nodes_from(needs)
    row_of = {node: r for r, row in enumerate(rows) for node in row}
    chains = []
    for a, b in sorted(nx.transitive_reduction(graph).edges, key=str):
        bends = [(a, b, r) for r in range(row_of[a] + 1, row_of[b])]
        for bend in bends:
            rows[bend[2]].append(bend)
        chains.append([a, *bends, b])
    pieces = [pair for chain in chains for pair in pairwise(chain)]
    rows = _ordered(rows, pieces)
    x = _coordinates(rows, pieces, lambda node: lane if isinstance(node, tuple) else box, gap)
    at = {node: (x[node], r) for r, row in enumerate(rows) for node in row}
    return {c: at[c] for c in needs}, [[at[node] for node in chain] for chain in chains]


def crossings(rows: list[list], pieces: list[tuple]) -> int:
    """How often pieces of arrows between neighbouring rows cross."""
    row_of = {node: r for r, row in enumerate(rows) for node in row}
    place = {node: k for row in rows for k, node in enumerate(row)}
    return sum(
        row_of[a] == row_of[c] and (place[a] - place[c]) * (place[b] - place[d]) < 0
        for (a, b), (c, d) in combinations(pieces, 2)
    )


def _ordered(rows, pieces):
    """The rows, each sorted by where its neighbours above, then below, stand on average."""
    best, fewest = rows, crossings(rows, pieces)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        rows = [list(row) for row in rows]
        for r in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            beside = rows[r - 1 if down else r + 1]
            place = {node: (k + 0.5) / len(beside) for k, node in enumerate(beside)}
            now = {node: (k + 0.5) / len(rows[r]) for k, node in enumerate(rows[r])}
            pulls = {node: [place[other] for pair in pieces if node in pair
                            for other in pair if other in place] for node in rows[r]}  # fmt: skip
            rows[r].sort(key=lambda n: np.mean(pulls[n]) if pulls[n] else now[n])
        found = crossings(rows, pieces)
        if found < fewest:
            best, fewest = rows, found
    return best


def _coordinates(rows, pieces, width, gap):
    """The places along each row for which the arrows bend least."""
    names = [node for row in rows for node in row]
    number = {node: k for k, node in enumerate(names)}
    n, m = len(names), len(pieces)
    below, limits = [], []  # below @ (places, lengths) <= limits
    for row in rows:
        for left, right in pairwise(row):
            line = np.zeros(n + m)
            line[number[left]], line[number[right]] = 1, -1
            below.append(line)
            limits.append(-(width(left) + width(right)) / 2 - gap)
    for k, (a, b) in enumerate(pieces):
        for sign in (1, -1):
            line = np.zeros(n + m)
            line[number[a]], line[number[b]], line[n + k] = sign, -sign, -1
            below.append(line)
            limits.append(0)
    costs = np.full(n + m, 0.01)  # a small price on places keeps the drawing narrow
    costs[n:] = [STIFF[sum(isinstance(node, tuple) for node in pair)] for pair in pieces]
    bounds = [(width(node) / 2, None) for node in names] + [(0, None)] * m
    if not below:
        return {node: low for node, (low, _) in zip(names, bounds, strict=True)}
    solved = linprog(costs, np.array(below), limits, bounds=bounds)
    return {node: float(solved.x[k]) for node, k in number.items()}
