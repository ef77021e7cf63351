"""Exercises of the chapter on softmax and cross-entropy.

``stable_log_softmax``  log-probabilities that survive large logits
``backward``            loss and gradients of softmax regression
``smoothing``           label-smoothed cross-entropy
``which_loss``          the output and the loss that fit a problem
"""

import numpy as np

from .engine import Exercise, Mistake
from .softmax_cross_entropy_outputs import which_loss

__all__ = ["backward", "smoothing", "stable_log_softmax", "which_loss"]


def _log_softmax(Z):
    shifted = Z - Z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(Z, axis):
    """The probabilities along an axis, for any logits."""
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def _quietly(function):
    """The function with NumPy's warnings off: what overflows shows in the values."""

    def run(*args):
        with np.errstate(all="ignore"):
            return function(*args)

    return run


def _naive(Z):
    E = np.exp(Z)
    return np.log(E / E.sum(axis=-1, keepdims=True))


def _log_of_stable(Z):
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return np.log(E / E.sum(axis=-1, keepdims=True))


def _one_maximum(Z):
    shifted = Z - Z.max()
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _torch_log_softmax(Z):
    import torch

    return torch.log_softmax(torch.as_tensor(Z), -1)


def _scipy_log_softmax(Z):
    from scipy.special import log_softmax

    return log_softmax(Z, axis=-1)


def _logits():
    rng = np.random.default_rng(301)
    far = rng.normal(size=(3, 5)) * [[1.0], [2.0], [3.0]] + [[0.0], [1000.0], [-1000.0]]
    far[0, 2] -= 900.0  # a probability that underflows
    return [(far,), (2 * rng.normal(size=(2, 3)),), (3 * rng.normal(size=(4, 3)),)]


stable_log_softmax = Exercise(
    "smce-stable-log-softmax",
    _log_softmax,
    _logits(),
    [
        Mistake(
            "naive-log",
            _quietly(_naive),
            "Right for small logits; near 1000 you get nan or inf. Subtract the maximum of each "
            "row first, and never take the logarithm of a probability.",
            also=(_quietly(lambda Z: Z - np.log(np.exp(Z).sum(axis=-1, keepdims=True))),),
        ),
        Mistake(
            "log-of-softmax",
            _quietly(_log_of_stable),
            "A probability far below the largest one is rounded to 0, and its logarithm is -inf. "
            "Subtract the logarithm of the sum instead.",
        ),
        Mistake(
            "wrong-axis",
            lambda Z: _log_softmax(Z.T).T,
            "Your columns are normalised, over the batch. Each row must exponentiate to a sum of "
            "one.",
        ),
        Mistake(
            "global-shift-underflow",
            _quietly(_one_maximum),
            "One maximum for all rows is harmless until another row underflows: take the maximum "
            "of each row.",
        ),
        Mistake(
            "no-log-sum",
            lambda Z: Z - Z.max(axis=-1, keepdims=True),
            "You shifted but did not normalise. Subtract the logarithm of the sum of the shifted "
            "exponentials as well.",
        ),
    ],
    alternatives=(_torch_log_softmax, _scipy_log_softmax),
    task="Write log_softmax(Z): the log-probabilities of each row of Z (B, K), for any logits.",
)


def _softmax_ce(X, y, W, b):
    P = softmax(X @ W.T + b, axis=1)
    rows = np.arange(len(y))
    loss = -np.log(P[rows, y]).mean()
    dZ = P.copy()
    dZ[rows, y] -= 1
    return loss, dZ.T @ X / len(y), dZ.sum(axis=0) / len(y)


def _changed(loss=1, gradient=1):
    """The right answer with the loss and the gradients multiplied by numbers or by "B"."""

    def run(X, y, W, b):
        right = _softmax_ce(X, y, W, b)
        factors = [len(y) if f == "B" else f for f in (loss, gradient, gradient)]
        return tuple(f * r for f, r in zip(factors, right, strict=True))

    return run


def _columns(X, y, W, b):
    _, dW, db = _softmax_ce(X, y, W, b)
    return -_log_softmax(X @ W.T + b)[:, y].mean(), dW, db


def _transposed(X, y, W, b):
    loss, dW, db = _softmax_ce(X, y, W, b)
    return loss, dW.T, db


def _from_p_only(X, y, W, b):
    Y = np.eye(len(b))[y]
    dP = -Y / softmax(X @ W.T + b, axis=1) / len(y)
    return _softmax_ce(X, y, W, b)[0], dP.T @ X, dP.sum(axis=0)


def _torch_backward(X, y, W, b):
    import torch

    X, W, b = (torch.tensor(a, dtype=torch.float64) for a in (X, W, b))
    W, b = W.requires_grad_(), b.requires_grad_()
    loss = torch.nn.functional.cross_entropy(X @ W.T + b, torch.as_tensor(y))
    return (loss.detach(), *torch.autograd.grad(loss, [W, b]))


def _batches():
    rng = np.random.default_rng(302)
    shapes = ((6, 4, 3, [0, 2, 2, 1, 2, 2]), (5, 3, 4, [3, 0, 0, 2, 0]))
    return [
        (rng.normal(size=(B, D)), np.array(y), rng.normal(size=(K, D)), rng.normal(size=K))
        for B, D, K, y in shapes
    ]


backward = Exercise(
    "smce-backward",
    _softmax_ce,
    _batches(),
    [
        Mistake(
            "sum-loss",
            _changed(loss="B", gradient="B"),
            "Loss or gradient is B times too large: the loss is the mean over the batch, so both "
            "carry a factor 1/B.",
            also=(_changed(gradient="B"), _changed(loss="B")),
        ),
        Mistake(
            "column-selection",
            _columns,
            "The gradients are right. In the loss, log_p[:, y] selects B columns for every row; "
            "take one entry per row, log_p[range(B), y].",
        ),
        Mistake(
            "sign",
            _changed(gradient=-1),
            "Your gradients have the opposite sign: the derivative at the logits is p - y.",
        ),
        Mistake(
            "transposed",
            _transposed,
            "Your gradient of W is transposed. A gradient has the shape of its parameter, here "
            "(K, D).",
        ),
        Mistake(
            "through-p-only",
            _from_p_only,
            "You differentiated with respect to p, which gives -y/p, and forgot the Jacobian of "
            "the softmax.",
        ),
    ],
    alternatives=(_torch_backward,),
    returns=("loss", "dW", "db"),
    task=(
        "Write softmax_ce(X, y, W, b) for X (B, D), integer labels y (B,), W (K, D), b (K,): the "
        "mean cross-entropy and its gradients with respect to W and b."
    ),
)


def _smoothed_ce(Z, y, eps):
    B, K = Z.shape
    target = (1 - eps) * np.eye(K)[y] + eps / K
    loss = np.log(np.exp(Z).sum(axis=1)) - np.sum(target * Z, axis=1)
    return loss.sum() / B


def _with_target(target):
    """Cross-entropy with ``target(one_hot, eps, K)``."""

    def run(Z, y, eps):
        B, K = Z.shape
        return -(target(np.eye(K)[y], eps, K) * _log_softmax(Z)).sum() / B

    return run


def _smoothed_prediction(Z, y, eps):
    B, K = Z.shape
    p = (1 - eps) * softmax(Z, axis=1) + eps / K
    return -np.log(p[np.arange(B), y]).mean()


def _torch_smoothed(Z, y, eps):
    import torch

    Z, y = torch.as_tensor(Z), torch.as_tensor(y)
    return torch.nn.functional.cross_entropy(Z, y, label_smoothing=eps)


def _smoothing_inputs():
    rng = np.random.default_rng(303)
    return [
        (2 * rng.normal(size=(4, 5)), np.array([3, 0, 3, 1]), 0.2),
        (rng.normal(size=(3, 4)) + 2.0, np.array([0, 2, 1]), 0.35),
    ]


smoothing = Exercise(
    "smce-smoothing",
    _smoothed_ce,
    _smoothing_inputs(),
    [
        Mistake(
            "minus",
            _with_target(lambda Y, eps, K: (1 - eps) * Y - eps / K),
            "You subtract the uniform part. With a minus the loss rewards confidence and has no "
            "lower bound: both terms are added.",
        ),
        Mistake(
            "others-only",
            _with_target(lambda Y, eps, K: np.where(Y > 0, 1 - eps, eps / (K - 1))),
            "You gave eps/(K-1) to each wrong class. That is the other convention; here the true "
            "class also gets its share eps/K.",
        ),
        Mistake(
            "unnormalised",
            _with_target(lambda Y, eps, K: np.where(Y > 0, 1, eps / K)),
            "Your target sums to more than one, because the true class kept its 1. It gets "
            "1 - eps + eps/K.",
        ),
        Mistake(
            "smooth-prediction",
            _smoothed_prediction,
            "You mixed eps into the prediction. Smooth the target, not the prediction.",
        ),
    ],
    alternatives=(_torch_smoothed,),
    task=(
        "Write smoothed_ce(Z, y, eps) for logits Z (B, K) and labels y (B,): the mean "
        "cross-entropy with the target (1 - eps) one-hot + eps/K."
    ),
)
