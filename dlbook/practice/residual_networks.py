"""Exercises of the chapter on residual networks.

``jacobian``  of a chain of residual blocks, without automatic differentiation
``paths``     how many paths of each length, and what they carry
``scale``     the factor on the branches for a given growth
``params``    the weights of a basic and of a bottleneck block
"""

import math

import numpy as np

from .engine import Exercise, Mistake
from .residual_networks_blocks import params, scale

__all__ = ["jacobian", "params", "paths", "scale"]


def _jacobian(x, W1, W2):
    h, J = x, np.eye(len(x))
    for i in range(len(W1)):
        t = np.tanh(W1[i] @ h)
        J = J + W2[i] * (1 - t**2) @ W1[i] @ J
        h = h + W2[i] @ t
    return J


def _branches(x, W1, W2, moving=True):
    """The Jacobians of the branches, along the stream or all at x."""
    h, found = x, []
    for A, B in zip(W1, W2, strict=True):
        t = np.tanh(A @ h)
        found.append((B * (1 - t**2)) @ A)
        h = h + B @ t if moving else h
    return found


def _product(matrices):
    total = np.eye(len(matrices[0]))
    for M in matrices:
        total = M @ total
    return total


def _jacobian_by_torch(x, W1, W2):
    import torch

    def top(h):
        for A, B in zip(torch.as_tensor(W1), torch.as_tensor(W2), strict=True):
            h = h + B @ torch.tanh(A @ h)
        return h

    return torch.autograd.functional.jacobian(top, torch.as_tensor(x)).numpy()


def _jacobian_inputs():
    rng = np.random.default_rng(5)
    return [
        (rng.normal(size=n), rng.normal(size=(N, H, n)), rng.normal(size=(N, n, H)))
        for N, n, H in ((3, 4, 5), (2, 3, 2))
    ]


jacobian = Exercise(
    "res-jacobian",
    _jacobian,
    _jacobian_inputs(),
    [
        Mistake(
            "skip-forgotten",
            lambda *case: _product(_branches(*case)),
            "You multiplied the Jacobians of the branches alone. Each block passes its input on as "
            "well, so each factor needs the identity.",
        ),
        Mistake(
            "first-order",
            lambda x, W1, W2: np.eye(len(x)) + sum(_branches(x, W1, W2)),
            "You added the Jacobians of the branches to one identity. This drops all products of "
            "two and more branches.",
        ),
        Mistake(
            "reversed",
            lambda x, W1, W2: _product([np.eye(len(x)) + J for J in _branches(x, W1, W2)[::-1]]),
            "Your factors stand in the wrong order. The last block acts last, so it stands on the "
            "left.",
        ),
        Mistake(
            "frozen-input",
            lambda x, W1, W2: _product(
                [np.eye(len(x)) + J for J in _branches(x, W1, W2, moving=False)]
            ),
            "You took all Jacobians of the branches at x. Each block sees the output of the one "
            "before it.",
        ),
        Mistake(
            "no-slope",
            lambda x, W1, W2: _product(
                [np.eye(len(x)) + B @ A for A, B in zip(W1, W2, strict=True)]
            ),
            "You left out the slope of tanh. Between the two matrices stands the diagonal matrix "
            "with 1 - tanh².",
        ),
        Mistake(
            "transposed",
            lambda *case: _jacobian(*case).T,
            "Your matrix is transposed. A Jacobian has one row for each output and one column for "
            "each input.",
        ),
    ],
    alternatives=(_jacobian_by_torch,),
    task=(
        "Write jacobian(x, W1, W2): the Jacobian at x, (n,), of N blocks h + W2 tanh(W1 h); W1 is "
        "(N, H, n), W2 is (N, n, H)."
    ),
)


def _paths(n, c):
    counts = np.zeros(n + 1)
    counts[0] = 1
    for k in range(1, n + 1):
        counts[k] = counts[k - 1] * (n - k + 1) / k
    return counts, counts * c ** np.arange(n + 1)


def _paths_one_by_one(n, c):
    counts, mass = np.zeros(n + 1), np.zeros(n + 1)
    for chosen in range(2**n):
        k = chosen.bit_count()
        counts[k] += 1
        mass[k] += c**k
    return counts, mass


def _counted(counts, c):
    counts = np.array(counts, dtype=float)
    return counts, counts * float(c) ** np.arange(len(counts))


paths = Exercise(
    "res-paths",
    _paths,
    [(6, 0.3), (4, 2.0), (1, 0.5)],
    [
        Mistake(
            "ordered",
            lambda n, c: _counted([math.perm(n, k) for k in range(n + 1)], c),
            "You counted ordered choices of blocks. A path is a set of blocks: the order in which "
            "it meets them is fixed.",
        ),
        Mistake(
            "unweighted",
            lambda n, c: (_paths(n, c)[0], _paths(n, c)[0]),
            "Your weights are the counts. A path through k blocks carries k factors, c to the "
            "power k.",
        ),
        Mistake(
            "uniform",
            lambda n, c: _counted(np.full(n + 1, 2**n / (n + 1)), c),
            "You gave every length the same number of paths. The number of sets of k blocks is a "
            "binomial coefficient.",
        ),
        Mistake(
            "normalised",
            lambda n, c: (_paths(n, c)[0], _paths(n, c)[1] / (1 + c) ** n),
            "Your weights add up to one. The task asks for the weights themselves, whose sum is "
            "(1 + c) to the power n.",
        ),
        Mistake(
            "no-identity-path",
            lambda n, c: tuple(np.concatenate([[0.0], a[1:]]) for a in _paths(n, c)),
            "You left out the path that goes around every block. It has length 0, and there is "
            "one of it.",
        ),
    ],
    alternatives=(_paths_one_by_one,),
    returns=("counts", "weights"),
    task=(
        "Write paths(n, c): two arrays of length n + 1, the number of paths of each length 0 to n "
        "through n blocks, and the weight of all paths of that length, if a path of length k "
        "carries c**k."
    ),
)
