"""The exercise on the the largest learning rate of gradient descent."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["largest_lr"]


def _max_stable_lr(X):
    A = np.column_stack([np.ones(len(X)), X])
    H = A.T @ A / len(A)
    return 2 / np.linalg.eigvalsh(H)[-1]


def _with_ones(X):
    return np.column_stack([np.ones(len(X)), X])


def _torch_max_lr(X):
    import torch

    A = torch.tensor(_with_ones(np.asarray(X)))
    y, start = torch.zeros(len(A)).double(), torch.zeros(A.shape[1]).double()
    hessian = torch.autograd.functional.hessian(lambda t: ((A @ t - y) ** 2).mean() / 2, start)
    return 2 / torch.linalg.eigvalsh(hessian)[-1]


def _lr_inputs():
    rng = np.random.default_rng(47)
    return [
        (0.5 * rng.normal(size=(B, D)) + np.array([0.8, -0.6, 0.5, 0.9])[:D],)
        for B, D in ((30, 3), (11, 4))
    ]


largest_lr = Exercise(
    "linreg-largest-lr",
    _max_stable_lr,
    _lr_inputs(),
    [
        Mistake(
            "singular-value",
            lambda X: 2 / np.linalg.norm(_with_ones(X), 2),
            "You took the largest singular value of the design matrix. The Hessian has the "
            "squares of the singular values, divided by B.",
        ),
        Mistake(
            "no-batch",
            lambda X: _max_stable_lr(X) / len(X),
            "Your limit is B times too small: the loss is a mean, so the Hessian is A^T A divided "
            "by B.",
        ),
        Mistake(
            "one-over",
            lambda X: _max_stable_lr(X) / 2,
            "That rate, one over the largest eigenvalue, is safe: no coordinate changes its sign. "
            "The limit of convergence is twice as large.",
        ),
        Mistake(
            "no-intercept",
            lambda X: 2 * len(X) / np.linalg.eigvalsh(X.T @ X)[-1],
            "Your Hessian has no row for the intercept. Put a column of ones in front: it changes "
            "the largest eigenvalue when features have a mean.",
        ),
        Mistake(
            "smallest-eigenvalue",
            lambda X: 2 * len(X) / np.linalg.eigvalsh(_with_ones(X).T @ _with_ones(X))[0],
            "You took the smallest eigenvalue. The steepest direction diverges first, so the "
            "largest eigenvalue sets the limit.",
        ),
    ],
    alternatives=(_torch_max_lr, lambda X: 2 * len(X) / np.linalg.norm(_with_ones(X), 2) ** 2),
    task=(
        "Write max_stable_lr(X): the supremum of the learning rates for which gradient descent on "
        "L = 1/(2B) sum of squared residuals, with an intercept, converges from every start."
    ),
)
