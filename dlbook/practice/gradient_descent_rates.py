"""The exercise on stable rates of gradient descent."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["stable_lr"]


def _stable_lr(H):
    lam = np.linalg.eigvalsh(H)
    return 2 / lam[-1], 2 / (lam[0] + lam[-1])


def _by_norms(H):
    top, bottom = np.linalg.norm(H, 2), 1 / np.linalg.norm(np.linalg.inv(H), 2)
    return 2 / top, 2 / (top + bottom)


def _torch_stable_lr(H):
    import torch

    s = torch.linalg.svdvals(torch.tensor(np.asarray(H), dtype=torch.float64))
    return 2 / s.max(), 2 / (s.max() + s.min())


def _instead(limit=None, best=None):
    """The right answer with one of its two numbers replaced."""

    def version(H):
        right = _stable_lr(H)
        return (limit(H) if limit else right[0], best(H) if best else right[1])

    return version


def _hessians():
    rng = np.random.default_rng(812)

    def case(*curvatures):
        Q = np.linalg.qr(rng.normal(size=(len(curvatures), len(curvatures))))[0]
        return ((Q * curvatures) @ Q.T,)

    return [case(0.3, 1, 4, 11), case(0.05, 0.2, 0.6)]


stable_lr = Exercise(
    "gd-largest-stable-lr",
    _stable_lr,
    _hessians(),
    [
        Mistake(
            "one-over",
            _instead(limit=lambda H: 1 / np.linalg.norm(H, 2)),
            "Your limit is one over the largest eigenvalue. There the steepest direction begins to "
            "alternate; it still shrinks up to twice that rate.",
        ),
        Mistake(
            "trace",
            _instead(limit=lambda H: 2 / np.trace(H)),
            "Your limit uses the trace, the sum of all eigenvalues. Only the largest of them "
            "decides.",
        ),
        Mistake(
            "frobenius",
            _instead(limit=lambda H: 2 / np.linalg.norm(H)),
            "Your limit uses the Frobenius norm, which is not the largest eigenvalue unless all "
            "others are zero.",
        ),
        Mistake(
            "half-the-limit",
            _instead(best=lambda H: 1 / np.linalg.norm(H, 2)),
            "Your best rate is half the limit. The best one makes the factors of the flattest and "
            "the steepest direction equal in size.",
        ),
        Mistake(
            "mean-curvature",
            _instead(best=lambda H: len(H) / np.trace(H)),
            "Your best rate is one over the mean of all eigenvalues. It takes the mean of the "
            "smallest and the largest only.",
        ),
    ],
    alternatives=(_by_norms, _torch_stable_lr),
    returns=("limit", "best"),
    task=(
        "Write stable_lr(H) for a symmetric positive definite Hessian: the supremum of the stable "
        "rates, and the rate that shrinks the slowest direction most."
    ),
)
