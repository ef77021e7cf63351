"""The exercises on a batch: the backward pass of a network, and the batch taken in parts."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["accumulate", "mlp_backward"]


def _backward(X, Y, W1, b1, W2, b2):
    H = np.tanh(X @ W1.T + b1)
    D2 = (H @ W2.T + b2 - Y) / len(X)
    D1 = (D2 @ W2) * (1 - H**2)
    return D1.T @ X, D1.sum(axis=0), D2.T @ H, D2.sum(axis=0)


def _variant(*, W=lambda W2: W2, slope=lambda H: 1 - H**2, size=len, bias=np.sum, lr=0.0):
    """The backward pass with one part exchanged."""

    def run(X, Y, W1, b1, W2, b2):
        H = np.tanh(X @ W1.T + b1)
        D2 = (H @ W2.T + b2 - Y) / size(X)
        dW2 = D2.T @ H
        D1 = (D2 @ W(W2 - lr * dW2)) * slope(H)
        return D1.T @ X, bias(D1, axis=0), dW2, bias(D2, axis=0)

    return run


def _one_by_one(X, Y, W1, b1, W2, b2):
    total = [np.zeros(p.shape) for p in (W1, b1, W2, b2)]
    for x, y in zip(X, Y, strict=True):
        h = np.tanh(W1 @ x + b1)
        d2 = (W2 @ h + b2 - y) / len(X)
        d1 = (1 - h**2) * (W2.T @ d2)
        for part, g in zip(total, (np.outer(d1, x), d1, np.outer(d2, h), d2), strict=True):
            part += g
    return tuple(total)


def _torch_backward(X, Y, W1, b1, W2, b2):
    import torch

    X, Y = torch.tensor(X), torch.tensor(Y)
    leaves = [torch.tensor(p, requires_grad=True) for p in (W1, b1, W2, b2)]
    W1, b1, W2, b2 = leaves
    out = torch.tanh(X @ W1.T + b1) @ W2.T + b2
    return torch.autograd.grad(((out - Y) ** 2).sum() / (2 * len(X)), leaves)


def _batches():
    rng = np.random.default_rng(51)
    return [
        tuple(rng.normal(size=s) for s in ((B, D), (B, K), (H, D), (H,), (K, H), (K,)))
        for B, D, H, K in ((5, 3, 4, 2), (4, 2, 3, 3))
    ]


mlp_backward = Exercise(
    "backprop-mlp",
    _backward,
    _batches(),
    [
        Mistake(
            "no-transpose",
            _variant(W=np.transpose),
            "The message goes down through W2 in the wrong orientation, which runs only where W2 "
            "is square. With rows as examples it is D2 @ W2.",
        ),
        Mistake(
            "derivative-at-activation",
            _variant(slope=lambda H: 1 - np.tanh(H) ** 2),
            "You applied tanh twice. The slope at the pre-activation is 1 - h^2, written in the "
            "activation h itself.",
        ),
        Mistake(
            "no-derivative",
            _variant(slope=np.ones_like),
            "The message to the first layer skipped the tanh: multiply it by the slope 1 - h^2 of "
            "each hidden unit.",
        ),
        Mistake(
            "batch-twice",
            _variant(bias=np.mean),
            "The weights are right, the biases are B times too small. The deltas contain 1/B "
            "already, so add them over the examples.",
        ),
        Mistake(
            "sum-not-mean",
            _variant(size=lambda X: 1),
            "Everything is B times too large: the loss is a mean over the examples, so 1/B belongs "
            "into the first delta.",
        ),
        Mistake(
            "updated-weights",
            _variant(lr=0.1),
            "The second layer is right; the first got its message through weights that had moved "
            "already. All gradients belong to the same forward pass.",
            also=tuple(_variant(lr=lr) for lr in (0.01, 0.5, 1.0)),
        ),
    ],
    alternatives=(_one_by_one, _torch_backward),
    returns=("dW1", "db1", "dW2", "db2"),
    task="Write backward(X, Y, W1, b1, W2, b2): gradients of the loss sum((f(X) - Y)^2) / (2 B).",
)


def _accumulated_gradient(grad, X, y, sizes):
    total, start = 0.0, 0
    for m in sizes:
        total = total + m / len(X) * grad(X[start : start + m], y[start : start + m])
        start += m
    return total


def _weighted(weigh):
    """The parts added with weights weigh(m, B, k)."""

    def run(grad, X, y, sizes):
        cuts = np.cumsum(sizes)[:-1]
        parts = zip(np.split(X, cuts), np.split(y, cuts), strict=True)
        return sum(weigh(len(a), len(X), len(sizes)) * grad(a, b) for a, b in parts)

    return run


def _last_part(grad, X, y, sizes):
    return sizes[-1] / len(X) * grad(X[-sizes[-1] :], y[-sizes[-1] :])


def _first_rows(grad, X, y, sizes):
    return sum(m / len(X) * grad(X[:m], y[:m]) for m in sizes)


def _linear_gradient(w):
    """Gradient of half the mean squared residual at w, as a function of the data."""
    return lambda X, y: X.T @ (X @ w - y) / len(X)


def _parts():
    rng = np.random.default_rng(52)
    cases = []
    for sizes, D in (((5, 3, 1), 3), ((2, 4), 2)):
        w, X, y = rng.normal(size=D), rng.normal(size=(sum(sizes), D)), rng.normal(size=sum(sizes))
        cases.append((_linear_gradient(w), X, y, sizes))
    return cases


accumulate = Exercise(
    "backprop-accumulate",
    _accumulated_gradient,
    _parts(),
    [
        Mistake(
            "equal-weights",
            _weighted(lambda m, B, k: 1 / k),
            "You divided by the number of parts. That is right for equal parts only: weigh each "
            "gradient by its share of the examples.",
        ),
        Mistake(
            "no-division",
            _weighted(lambda m, B, k: 1.0),
            "You added mean gradients, so the result is too large. Each counts only with its share "
            "of the examples, m / B.",
        ),
        Mistake(
            "weighted-sum",
            _weighted(lambda m, B, k: float(m)),
            "You weighed by the number of examples, but did not divide by all of them: the result "
            "is B times too large.",
        ),
        Mistake(
            "last-only",
            _last_part,
            "Only the last part has arrived: each gradient overwrites the one before. Add them.",
        ),
        Mistake(
            "same-rows",
            _first_rows,
            "Every part starts again at the first row. The second begins where the first ended.",
        ),
    ],
    alternatives=(
        _weighted(lambda m, B, k: m / B),
        lambda grad, X, y, sizes: grad(X, y),
    ),
    task="Write accumulated_grad(grad, X, y, sizes); grad(X, y) is the gradient of a mean loss.",
)
