"""The exercise on the variance behind dropout, in training and at test."""

import math

from .engine import Exercise, Mistake

__all__ = ["variance_ratio"]


def _variance_ratio(mean, var, p):
    return var / (var + p / (1 - p) * (var + mean**2))


def _variance_ratio_by_moments(mean, var, p):
    q = 1 - p
    return var / ((var + mean**2) / q - mean**2)


variance_ratio = Exercise(
    "drop-variance-ratio",
    _variance_ratio,
    [(0.6, 1.3, 0.3), (0.0, 0.7, 0.2), (-2.0, 0.5, 0.1)],
    [
        Mistake(
            "mean-forgotten",
            lambda mean, var, p: 1 - p,
            "This is right for mean zero only. The noise is proportional to the mean square, "
            "which is the variance plus the squared mean.",
        ),
        Mistake(
            "inverted",
            lambda mean, var, p: 1 / _variance_ratio(mean, var, p),
            "You returned training over test. Dropout adds variance in training, so the ratio "
            "asked for is below one.",
        ),
        Mistake(
            "drop-for-keep",
            lambda mean, var, p: _variance_ratio(mean, var, 1 - p),
            "The odds are upside down: the noise has p/(1 - p) times the mean square, p being the "
            "probability of being dropped.",
        ),
        Mistake(
            "standard-deviations",
            lambda mean, var, p: math.sqrt(_variance_ratio(mean, var, p)),
            "This is the ratio of the standard deviations. Batch norm stores variances, and the "
            "task asks for those.",
        ),
        Mistake(
            "vanilla",
            lambda mean, var, p: var / ((1 - p) * var + p * (1 - p) * mean**2),
            "This compares with dropout that is not rescaled. Inverted dropout divides by 1 - p, "
            "so the variance in training is larger by 1/(1 - p)^2.",
        ),
    ],
    alternatives=(_variance_ratio_by_moments,),
    task="Write variance_ratio(mean, var, p): variance at test over variance in training.",
)
