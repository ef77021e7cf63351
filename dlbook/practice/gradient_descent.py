"""Exercises of the chapter on gradient descent.

``updates``    how many updates a training run makes
``sgd_step``   one mini-batch step, with weight decay on the weights only
``stable_lr``  the largest stable rate and the best one, from the Hessian
``decide``     whether a schedule arrives and settles, and the noise floor of a constant rate
"""

import numpy as np

from .engine import Exercise, Mistake
from .gradient_descent_rates import stable_lr
from .gradient_descent_schedule import decide, updates

__all__ = ["decide", "sgd_step", "stable_lr", "updates"]


def _sgd_step(w, b, X, y, idx, lr, weight_decay):
    r = X[idx] @ w + b - y[idx]
    dw = X[idx].T @ r / len(idx) + weight_decay * w
    return w - lr * dw, b - lr * r.mean()


def _torch_sgd_step(w, b, X, y, idx, lr, weight_decay):
    import torch

    w, b, X, y = (torch.tensor(np.asarray(a), dtype=torch.float64) for a in (w, b, X, y))
    w.requires_grad_(), b.requires_grad_()
    idx = torch.tensor(np.asarray(idx))
    loss = torch.nn.functional.mse_loss(X[idx] @ w + b, y[idx]) / 2
    dw, db = torch.autograd.grad(loss + weight_decay / 2 * w.square().sum(), (w, b))
    return w - lr * dw, b - lr * db


def _loop_sgd_step(w, b, X, y, idx, lr, weight_decay):
    dw, db = weight_decay * w, 0.0
    for i in idx:
        r = np.sum(X[i] * w) + b - y[i]
        dw, db = dw + r * X[i] / len(idx), db + r / len(idx)
    return w - lr * dw, b - lr * db


def _scaled(factor):
    """The data part of the gradient is multiplied by factor(len(idx), len(X))."""

    def version(w, b, X, y, idx, lr, weight_decay):
        k = factor(len(idx), len(X))
        return _sgd_step(w, b, X, y, idx, lr * k, weight_decay / k)

    return version


def _decayed_bias(w, b, X, y, idx, lr, weight_decay):
    w, new = _sgd_step(w, b, X, y, idx, lr, weight_decay)
    return w, new - lr * weight_decay * b


def _step_inputs():
    rng = np.random.default_rng(811)

    def case(N, D, rows, lr):
        X, w = rng.normal(size=(N, D)) + 0.4, rng.normal(size=D)
        return w, 0.7, X, rng.normal(3, 1, size=N), np.array(rows), lr, 0.3

    return [case(13, 3, [11, 2, 5, 8], 0.2), case(9, 2, [7, 0, 3], 0.05)]


sgd_step = Exercise(
    "gd-sgd-step",
    _sgd_step,
    _step_inputs(),
    [
        Mistake(
            "sum-not-mean",
            _scaled(lambda B, N: B),
            "You summed over the batch, so your step grows with the batch size. Average over its "
            "examples.",
        ),
        Mistake(
            "divide-by-all",
            _scaled(lambda B, N: B / N),
            "You divided by the size of the data set. The sum has as many terms as the batch, so "
            "divide by that.",
        ),
        Mistake(
            "whole-data",
            lambda w, b, X, y, idx, lr, weight_decay: _sgd_step(
                w, b, X, y, np.arange(len(X)), lr, weight_decay
            ),
            "You used all rows. The step may see only the rows whose numbers are in idx.",
        ),
        Mistake(
            "decay-bias",
            _decayed_bias,
            "You let the bias decay as well. The penalty of this task is on the weights only.",
        ),
        Mistake(
            "factor-two",
            _scaled(lambda B, N: 2),
            "The data part of your gradient is twice too large: the half in the loss cancels the 2 "
            "of the square.",
        ),
        Mistake(
            "no-decay",
            lambda w, b, X, y, idx, lr, weight_decay: _sgd_step(w, b, X, y, idx, lr, 0.0),
            "Your step has no weight decay. Add weight_decay times w to the gradient of w.",
        ),
    ],
    alternatives=(_torch_sgd_step, _loop_sgd_step),
    returns=("w", "b"),
    task=(
        "Write sgd_step(w, b, X, y, idx, lr, weight_decay): one step on the rows idx for the loss "
        "mean of (X w + b - y)^2 / 2 plus weight_decay / 2 times the squared length of w."
    ),
)
