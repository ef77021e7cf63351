"""The exercise on the gradient of half the mean squared residual."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["mse_gradient"]


def _mse_grad(X, y, w, b):
    r = X @ w + b - y
    return X.T @ r / len(y), r.mean()


def _scaled(factor):
    return lambda X, y, w, b: tuple(factor(len(y)) * part for part in _mse_grad(X, y, w, b))


def _with_bias_gradient(db):
    return lambda X, y, w, b: (_mse_grad(X, y, w, b)[0], db(y))


def _augmented_gradient(X, y, w, b):
    A = np.column_stack([np.ones(len(X)), X])
    g = A.T @ (A @ np.append(b, w) - y) / len(A)
    return g[1:], g[0]


def _torch_gradient(X, y, w, b):
    import torch

    X, y = torch.tensor(X), torch.tensor(y)
    w, b = (torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in (w, b))
    return torch.autograd.grad(((X @ w + b - y) ** 2).mean() / 2, (w, b))


def _gradient_inputs():
    rng = np.random.default_rng(41)
    parameters = (7, np.array([0.7, -1.3, 0.4]), 0.8), (5, np.array([1.1, 0.3]), -2.1)
    return [
        (rng.normal(size=(B, len(w))) + [2.0, -1.0, 0.5][: len(w)], rng.normal(size=B) + 3, w, b)
        for B, w, b in parameters
    ]


mse_gradient = Exercise(
    "linreg-mse-gradient",
    _mse_grad,
    _gradient_inputs(),
    [
        Mistake(
            "sum-not-mean",
            _scaled(lambda B: B),
            "Your gradient is B times too large: the loss is a mean over the examples, so divide "
            "by their number.",
        ),
        Mistake(
            "factor-two",
            _scaled(lambda B: 2),
            "Your gradient is twice the right one. The loss has the factor 1/2, which cancels the "
            "2 of the square.",
        ),
        Mistake(
            "sign",
            _scaled(lambda B: -1),
            "Your gradient has the opposite sign: the residual is prediction minus target. With "
            "yours a descent step would climb.",
        ),
        Mistake(
            "bias-zero",
            _with_bias_gradient(lambda y: 0.0),
            "The part for w is right, the one for b is not: the derivative with respect to b is "
            "the mean residual.",
            also=(_with_bias_gradient(np.mean), _with_bias_gradient(lambda y: -np.mean(y))),
        ),
        Mistake(
            "bias-not-in-residual",
            lambda X, y, w, b: _mse_grad(X, y, w, 0.0),
            "Your residual leaves b out. The prediction is X w + b, so b shifts every residual.",
        ),
    ],
    alternatives=(_augmented_gradient, _torch_gradient),
    returns=("dw", "db"),
    task=(
        "Write mse_grad(X, y, w, b): the gradient of L = 1/(2B) sum of squared residuals, as a "
        "pair, with respect to w (D,) and to b (a number)."
    ),
)
