"""The exercise on the the limit of gradient descent with more features than examples."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["min_norm"]


def _gd_limit(X, y, w0):
    inverse = np.linalg.pinv(X)
    kept = w0 - inverse @ (X @ w0)
    return inverse @ y + kept


def _basic(X, y, w0):
    B = len(X)
    return np.append(np.linalg.solve(X[:, :B], y), np.zeros(X.shape[1] - B))


def _ridge(X, y, w0):
    return np.linalg.solve(X.T @ X + np.eye(X.shape[1]), X.T @ y)


def _by_projection(X, y, w0):
    null = np.eye(X.shape[1]) - np.linalg.pinv(X) @ X
    return np.linalg.pinv(X) @ y + null @ w0


def _by_descent(X, y, w0):
    lr, w = 1 / np.linalg.norm(X, 2) ** 2, w0.copy()
    for _ in range(5000):
        w = w - lr * X.T @ (X @ w - y)
    return w


def _by_lstsq(X, y, w0):
    return w0 + np.linalg.lstsq(X, y - X @ w0, rcond=None)[0]


def _norm_inputs():
    rng = np.random.default_rng(53)
    return [
        (rng.normal(size=(B, D)), rng.normal(size=B) + 1, 2 * rng.normal(size=D))
        for B, D in ((5, 9), (3, 8))
    ]


min_norm = Exercise(
    "linreg-min-norm",
    _gd_limit,
    _norm_inputs(),
    [
        Mistake(
            "ignores-w0",
            lambda X, y, w0: np.linalg.pinv(X) @ y,
            "That is right for w0 = 0 only. The part of w0 in the null space of X never changes, "
            "so it is still there at the end.",
        ),
        Mistake(
            "adds-w0",
            lambda X, y, w0: np.linalg.pinv(X) @ y + w0,
            "You added all of w0. Only its part in the null space of X survives; the part in the "
            "row space is forgotten.",
        ),
        Mistake(
            "basic-solution",
            _basic,
            "You solved for the first B weights and set the rest to zero. That fits the data, and "
            "gradient descent does not end there.",
        ),
        Mistake(
            "ridge-one",
            _ridge,
            "You solved with a penalty of 1, which changes the fitted values. Gradient descent "
            "has no penalty; its limit fits the data exactly.",
        ),
        Mistake(
            "row-space-part",
            lambda X, y, w0: np.linalg.pinv(X) @ (y + X @ w0),
            "You kept the part of w0 in the row space. That is the part which descent replaces; "
            "the part in the null space stays.",
        ),
    ],
    alternatives=(_by_projection, _by_descent, _by_lstsq),
    tol=1e-7,
    task=(
        "Write gd_limit(X, y, w0): where gradient descent on the squared residuals ends if it "
        "starts at w0, for X (B, D) with D > B and linearly independent rows; no intercept."
    ),
)
