"""The exercises on an affine stack and on XNOR."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["collapse", "xnor"]


def _collapse(Ws, bs):
    M, c = Ws[0], bs[0]
    for k in range(1, len(Ws)):
        M, c = Ws[k] @ M, Ws[k] @ c + bs[k]
    return M, c


def _probe(Ws, bs):
    def net(x):
        for W, b in zip(Ws, bs, strict=True):
            x = np.asarray(W) @ x + np.asarray(b)
        return x

    D = np.shape(Ws[0])[1]
    c = net(np.zeros(D))
    return np.column_stack([net(e) - c for e in np.eye(D)]), c


def _first_on_the_left(Ws, bs):
    M = Ws[0]
    for W in Ws[1:]:
        M = M @ W if M.shape[1] == W.shape[0] else W @ M
    return M, _collapse(Ws, bs)[1]


def _own_layer_square(Ws, bs):
    turned = [W @ b if W.shape[0] == W.shape[1] else b for W, b in zip(Ws, bs, strict=True)]
    return _collapse(Ws, turned)


def _sum_of_biases(Ws, bs):
    n = len(bs[-1])
    return _collapse(Ws, bs)[0], sum(b[:n] for b in bs if len(b) >= n)


def _stack_inputs():
    rng = np.random.default_rng(53)
    inputs = []
    for sizes in ([3, 3, 3, 3], [3, 5, 2, 4], [4, 2]):
        Ws = [rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:], strict=False)]
        inputs.append((Ws, [rng.normal(size=n) for n in sizes[1:]]))
    return inputs


collapse = Exercise(
    "activ-collapse",
    _collapse,
    _stack_inputs(),
    [
        Mistake(
            "order",
            _first_on_the_left,
            "Your offset is right, your matrix has the layers in the wrong order. The last layer "
            "stands on the left.",
        ),
        Mistake(
            "bias-sum",
            _sum_of_biases,
            "You added up the biases. Each bias passes through all later layers, so it is "
            "multiplied by their matrices.",
        ),
        Mistake(
            "last-bias-only",
            lambda Ws, bs: (_collapse(Ws, bs)[0], bs[-1]),
            "You kept the last bias only. Earlier biases are carried on by the later matrices.",
        ),
        Mistake(
            "own-layer",
            _own_layer_square,
            "You multiplied a bias by the matrix of its own layer. It is added after that matrix: "
            "start with the next one.",
        ),
    ],
    alternatives=(_probe,),
    returns=("M", "c"),
    task=(
        "Write collapse(Ws, bs): the one matrix and the one vector that an affine stack amounts to."
    ),
)


def _xnor(x):
    total = x.sum(axis=1)
    return 1 - np.maximum(total, 0) + 2 * np.maximum(total - 1, 0)


def _absolute(x):
    difference = np.asarray(x)[:, 0] - np.asarray(x)[:, 1]
    return 1 - np.maximum(difference, 0) - np.maximum(-difference, 0)


_POINTS = [[0, 0], [1, 0], [0, 1], [1, 1]]

xnor = Exercise(
    "activ-xnor",
    _xnor,
    [(np.array(_POINTS, float),), (np.array(_POINTS, float)[[3, 1, 1, 0, 2]],)],
    [
        Mistake(
            "xor",
            lambda x: 1 - _xnor(x),
            "That is XOR. Turn it round: one minus the output.",
        ),
        Mistake(
            "nor",
            lambda x: 1 - np.maximum(x[:, 0] + x[:, 1], 0) + np.maximum(x[:, 0] + x[:, 1] - 1, 0),
            "Your net gives 0 at (1, 1), so it is NOR. The second unit has to count twice.",
        ),
        Mistake(
            "affine",
            lambda x: 1 - x[:, 0] - x[:, 1],
            "On these four points your net is affine, and no affine function is XNOR. The bend of "
            "one unit has to lie between the points.",
            also=(lambda x: 0 * x[:, 0] + 0.5,),
        ),
    ],
    alternatives=(_absolute,),
    task=(
        "Write xnor(x): the outputs, for the rows of x, of a net with two ReLU units that computes "
        "XNOR at the four corners."
    ),
)
