"""The exercises on stable rates and on schedules of gradient descent."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["decide", "stable_lr"]


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


def _decide(kind, p, eta, lam, s):
    reaches = kind == "power" and p <= 1
    settles = kind == "geometric" or p > 0.5
    return {"reaches": reaches, "settles": settles, "floor": eta * s**2 / (lam * (2 - eta * lam))}


def _by_steps(kind, p, eta, lam, s):
    variance = 0.0
    for _ in range(2000):
        variance = (1 - eta * lam) ** 2 * variance + (eta * s) ** 2
    slow = {True: p > 0.5, False: True}[kind == "power"]
    return {"reaches": kind != "geometric" and not p > 1, "settles": slow, "floor": variance}


def _wrong(key, value):
    """The right answer with one entry replaced by value(kind, p, eta, lam, s)."""

    def version(*case):
        return _decide(*case) | {key: value(*case)}

    return version


decide = Exercise(
    "gd-decide-schedule",
    _decide,
    [(kind, p, eta, lam, s) for kind, p, eta, lam, s in (
        ("power", 1.0, 0.5, 3.0, 0.7), ("power", 0.5, 0.1, 2.0, 1.5),
        ("power", 0.75, 1.2, 1.5, 0.4), ("power", 1.5, 0.3, 0.8, 2.0),
        ("power", 0.0, 0.6, 2.5, 0.9), ("geometric", 0.9, 0.2, 4.0, 1.1),
        ("geometric", 0.3, 0.4, 1.7, 0.6))],
    [
        Mistake(
            "noise-of-one-step",
            _wrong("floor", lambda kind, p, eta, lam, s: eta**2 * s**2),
            "Your floor is the noise of a single step. The noise of earlier steps is still there, "
            "shrunk by (1 - eta lambda) each time.",
        ),
        Mistake(
            "small-rate-only",
            _wrong("floor", lambda kind, p, eta, lam, s: eta * s**2 / (2 * lam)),
            "Your floor is right in the limit of small rates only. Keep the factor 2 - eta lambda "
            "in the denominator.",
        ),
        Mistake(
            "geometric-reaches",
            _wrong("reaches", lambda kind, p, eta, lam, s: kind == "geometric" or p <= 1),
            "You let a geometric schedule reach everything. Its sum is finite, so it may stop "
            "before it arrives.",
        ),
        Mistake(
            "too-fast-reaches",
            _wrong("reaches", lambda kind, p, eta, lam, s: kind == "power"),
            "You let every power of t reach everything. The sum of 1/t^p is finite if p is above "
            "1.",
        ),
        Mistake(
            "root-settles",
            _wrong("settles", lambda kind, p, eta, lam, s: kind == "geometric" or p >= 0.5),
            "You let 1/sqrt(t) settle. Its squares are 1/t, and their sum is infinite, though it "
            "grows slowly.",
        ),
    ],
    alternatives=(_by_steps,),
    task=(
        'Write decide(kind, p, eta, lam, s). The schedule is t^-p if kind is "power", and p^t if '
        'it is "geometric". Return {"reaches": is the sum of its rates infinite, "settles": is the '
        'sum of their squares finite, "floor": the long-run mean square error at the CONSTANT rate '
        "eta, for curvature lam and gradient noise of standard deviation s}."
    ),
)  # fmt: skip
