"""The exercise on the best heavy ball for a range of eigenvalues."""

import math

from .engine import Exercise, Mistake

__all__ = ["tune"]


def _tune(low, high, shrink):
    root = math.sqrt(high / low)
    rate = (root - 1) / (root + 1)
    lr = 4 / (math.sqrt(low) + math.sqrt(high)) ** 2
    return lr, rate**2, math.log(shrink) / math.log(rate)


def _plain_rate(low, high, shrink):
    return 2 / (low + high), *_tune(low, high, shrink)[1:]


def _root_forgotten(low, high, shrink):
    rate = (high - low) / (high + low)
    return _tune(low, high, shrink)[0], rate**2, math.log(shrink) / math.log(rate)


def _square_forgotten(low, high, shrink):
    lr, beta, n = _tune(low, high, shrink)
    return lr, math.sqrt(beta), n


def _rate_is_beta(low, high, shrink):
    lr, beta, n = _tune(low, high, shrink)
    return lr, beta, n / 2


def _tune_by_ends(low, high, shrink):
    """From the ends of the complex interval: beta first, then lr from the left end."""
    a, b = math.sqrt(low), math.sqrt(high)
    beta = ((b - a) / (b + a)) ** 2
    return (1 - math.sqrt(beta)) ** 2 / low, beta, 2 * math.log(shrink) / math.log(beta)


tune = Exercise(
    "mom-tune",
    _tune,
    [(0.5, 72.0, 1e-6), (2.0, 50.0, 1e-3)],
    [
        Mistake(
            "plain-rate",
            _plain_rate,
            "Your learning rate is the best one without momentum. With momentum both ends of the "
            "complex interval count; it is larger.",
        ),
        Mistake(
            "root-forgotten",
            _root_forgotten,
            "You put kappa where its square root belongs: that is the rate of plain descent. "
            "The gain of momentum is the root.",
        ),
        Mistake(
            "square-forgotten",
            _square_forgotten,
            "Your beta is the rate itself. The rate is the square root of beta, so beta must be "
            "the square of the rate.",
        ),
        Mistake(
            "rate-is-beta",
            _rate_is_beta,
            "Your number of steps takes beta for the rate. With complex roots an error shrinks by "
            "the square root of beta per step, so it takes twice as many.",
        ),
    ],
    alternatives=(_tune_by_ends,),
    returns=("lr", "beta", "n_steps"),
    task="Write tune(low, high, shrink): the best lr and beta of heavy ball, and the steps.",
)
