"""Exercise of the chapter on momentum: the bias-corrected moving average."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["average"]


def _average(x, beta):
    s, out = 0.0, []
    for t, value in enumerate(x, 1):
        s = beta * s + (1 - beta) * value
        out.append(s / (1 - beta**t))
    return np.array(out)


def _raw(x, beta):
    s, out = 0.0, []
    for value in x:
        s = beta * s + (1 - beta) * value
        out.append(s)
    return np.array(out)


def _fed_back(x, beta):
    s, out = 0.0, []
    for t, value in enumerate(x, 1):
        s = (beta * s + (1 - beta) * value) / (1 - beta**t)
        out.append(s)
    return np.array(out)


def _late_divisor(x, beta):
    return _raw(x, beta) / (1 - beta ** np.arange(2, len(x) + 2))


def _from_first(x, beta):
    return _raw(np.asarray(x) - x[0], beta) + x[0]


def _constant_divisor(x, beta):
    return _raw(x, beta) / (1 - beta)


def _average_by_weights(x, beta):
    x = np.asarray(x, dtype=float)
    return np.array(
        [np.average(x[:t], weights=beta ** np.arange(t)[::-1]) for t in range(1, len(x) + 1)]
    )


def _average_by_matrix(x, beta):
    ages = np.subtract.outer(np.arange(len(x)), np.arange(len(x)))
    memory = np.tril(beta ** np.abs(ages))
    return memory @ x / memory.sum(axis=1)


average = Exercise(
    "mom-average",
    _average,
    [
        (np.array([40.0, 39.0, 55.0, 12.0, 60.0]), 0.98),
        (np.array([-3.0, 4.0, 0.5, 7.0]), 0.6),
    ],
    [
        Mistake(
            "fed-back",
            _fed_back,
            "The corrected value goes back into your recursion and is divided again at each step. "
            "Keep the raw average in the recursion and correct a copy.",
        ),
        Mistake(
            "uncorrected",
            _raw,
            "Nothing was corrected: your first value is 1 - beta times the first observation. "
            "Divide by the sum of the weights so far.",
        ),
        Mistake(
            "late-index",
            _late_divisor,
            "Your power of beta is one too high. At the first step the divisor is 1 - beta.",
        ),
        Mistake(
            "from-first-value",
            _from_first,
            "You started at the first observation. That gives it the weight beta^(t-1), far more "
            "than its share; start at zero and divide.",
        ),
        Mistake(
            "constant-divisor",
            _constant_divisor,
            "You divide by 1 - beta at every step. The weights of t values add up to "
            "1 - beta^t, which is 1 - beta only for the first.",
        ),
    ],
    alternatives=(_average_by_weights, _average_by_matrix),
    task="Write corrected_average(x, beta): the bias-corrected moving average at every step.",
)
