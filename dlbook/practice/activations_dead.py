"""The exercise on dead ReLU units."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["dead_share"]


def _dead_shares(x, Ws, bs):
    shares, h = [], x
    for k in range(len(Ws)):
        a = h @ Ws[k].T + bs[k]
        shares.append(np.mean(np.all(a <= 0, axis=0)))
        h = np.maximum(a, 0)
    return shares


def _layers(x, Ws, bs):
    """Pre-activations of each layer, and its weights and biases."""
    for W, b in zip(Ws, bs, strict=True):
        a = x @ W.T + b
        yield a, W, b
        x = np.maximum(a, 0)


def _linear_between(x, Ws, bs):
    shares = []
    for W, b in zip(Ws, bs, strict=True):
        x = x @ W.T + b
        shares.append(np.mean(np.all(x <= 0, axis=0)))
    return shares


def _loop(x, Ws, bs):
    shares, x = [], np.asarray(x)
    for W, b in zip(Ws, bs, strict=True):
        rows = [[max(0.0, float(w @ h + b_j)) for w, b_j in zip(W, b, strict=True)] for h in x]
        x = np.array(rows)
        shares.append(sum(not column.any() for column in x.T) / len(b))
    return shares


def _dead_inputs():
    rng = np.random.default_rng(59)
    inputs = []
    for B, sizes in ((50, (3, 8, 6)), (20, (4, 5, 7))):
        x = rng.normal(size=(B, sizes[0])) + 0.2
        Ws = [rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:], strict=False)]
        bs = [0.3 * rng.normal(size=n) for n in sizes[1:]]
        Ws[0][0] *= 0.5
        bs[0][0] = -9.0  # dead, its weights have both signs
        top = np.sort(x @ Ws[0][1])
        bs[0][1] = -(top[-1] + top[-2]) / 2  # fires on one example
        Ws[0][2], bs[0][2] = -np.abs(Ws[0][2]), 0.5  # only negative weights, and alive
        Ws[1][1], bs[1][1] = -np.abs(Ws[1][1]), -0.1  # only negative weights, and dead
        bs[1][2] = -80.0
        Ws[0][3], bs[0][3] = 0.0, 0.0  # always exactly zero, so dead
        h, Ws[1][0] = np.maximum(x @ Ws[0].T + bs[0], 0), np.abs(Ws[1][0])
        bs[1][0] = -1.5 * (h @ Ws[1][0]).max()  # dead, and alive with twice the input
        inputs.append((x, Ws, bs))
    return inputs


dead_share = Exercise(
    "activ-dead-share",
    _dead_shares,
    _dead_inputs(),
    [
        Mistake(
            "zero-share",
            lambda x, Ws, bs: [np.mean(a <= 0) for a, _, _ in _layers(x, Ws, bs)],
            "That is the share of zero outputs: sparsity. A unit is dead if it is zero on EVERY "
            "example.",
        ),
        Mistake(
            "mean-pre-activation",
            lambda x, Ws, bs: [np.mean(a.mean(axis=0) <= 0) for a, _, _ in _layers(x, Ws, bs)],
            "You asked whether the mean pre-activation is negative. Such a unit can still fire on "
            "some examples.",
        ),
        Mistake(
            "weight-signs",
            lambda x, Ws, bs: [np.mean((W <= 0).all(axis=1)) for _, W, _ in _layers(x, Ws, bs)],
            "You looked at the signs of the weights. Whether a unit fires depends on its inputs "
            "and its bias too.",
        ),
        Mistake(
            "any-zero",
            lambda x, Ws, bs: [np.mean((a <= 0).any(axis=0)) for a, _, _ in _layers(x, Ws, bs)],
            "You counted units that are zero on at least one example. Dead means on all of them.",
        ),
        Mistake(
            "no-relu-between",
            _linear_between,
            "Right for the first layer. The second one receives the outputs of the ReLU, not the "
            "pre-activations.",
        ),
    ],
    alternatives=(_loop,),
    task=(
        "Write dead_shares(x, Ws, bs): for a net in which every layer is ReLU, the share of dead "
        "units of each layer on the rows of x."
    ),
)
