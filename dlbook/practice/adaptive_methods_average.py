"""Exercises on adaptive methods, continued: those with corrected averages."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["adam_step", "nadam_weights"]


def _adam(theta0, grads, lr, beta1, beta2, eps):
    theta, m, v, path = theta0, 0.0, 0.0, []
    for t, g in enumerate(grads, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        root = np.sqrt(v / (1 - beta2**t)) + eps
        theta = theta - lr * m / (1 - beta1**t) / root
        path.append(theta)
    return np.array(path)


def _adam_by(rule):
    """Adam with rule(m, v, g, t, b1, b2, eps) -> step / lr, m, v to keep."""

    def path(theta0, grads, lr, beta1, beta2, eps):
        theta, m, v, out = theta0, 0.0, 0.0, []
        for t, g in enumerate(grads, 1):
            step, m, v = rule(m, v, g, t, beta1, beta2, eps)
            theta = theta - lr * step
            out.append(theta)
        return np.array(out)

    return path


def _averages(m, v, g, b1, b2):
    return b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2


def _uncorrected(m, v, g, t, b1, b2, eps):
    m, v = _averages(m, v, g, b1, b2)
    return m / (np.sqrt(v) + eps), m, v


def _fed_back(m, v, g, t, b1, b2, eps):
    m, v = _averages(m, v, g, b1, b2)
    m, v = m / (1 - b1**t), v / (1 - b2**t)
    return m / (np.sqrt(v) + eps), m, v


def _from_zero(m, v, g, t, b1, b2, eps):
    """The step number starts at 0; the division by zero is guarded as people do."""
    m, v = _averages(m, v, g, b1, b2)
    k = max(t - 1, 1e-12)
    return m / (1 - b1**k) / (np.sqrt(v / (1 - b2**k)) + eps), m, v


def _one_late(m, v, g, t, b1, b2, eps):
    m, v = _averages(m, v, g, b1, b2)
    return m / (1 - b1 ** (t + 1)) / (np.sqrt(v / (1 - b2 ** (t + 1))) + eps), m, v


def _inside(m, v, g, t, b1, b2, eps):
    m, v = _averages(m, v, g, b1, b2)
    return m / (1 - b1**t) / np.sqrt(v / (1 - b2**t) + eps), m, v


def _centred(m, v, g, t, b1, b2, eps):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * (g - m) ** 2
    return m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


def _filtered(theta0, grads, lr, beta1, beta2, eps):
    """Both averages from their weights, all steps at once."""
    t = np.arange(1, len(grads) + 1)
    ages = t[:, None] - t
    m, v = (
        np.where(ages < 0, 0.0, (1 - beta) * beta ** np.abs(ages)) @ x / (1 - beta**t)[:, None]
        for beta, x in ((beta1, grads), (beta2, grads**2))
    )
    return theta0 - lr * np.cumsum(m / (np.sqrt(v) + eps), axis=0)


def _cheaper_order(theta0, grads, lr, beta1, beta2, eps):
    theta, m, v, path = theta0, 0.0, 0.0, []
    for t, g in enumerate(grads, 1):
        m, v = _averages(m, v, g, beta1, beta2)
        one = np.sqrt(1 - beta2**t)
        theta = theta - lr * one / (1 - beta1**t) * m / (np.sqrt(v) + eps * one)
        path.append(theta)
    return np.array(path)


def _drawn(seed, T, scales):
    """Start (D,) and gradients (T, D) of these scales, not centred."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=len(scales)), (0.4 + rng.normal(size=(T, len(scales)))) * scales


adam_step = Exercise(
    "ada-adam-step",
    _adam,
    [
        (*_drawn(0, 8, np.array([1.0, 1e-5, 30.0])), 0.1, 0.8, 0.95, 1e-8),
        (*_drawn(1, 5, np.array([2.0, 1e-4, 0.3, 7.0])), 0.4, 0.6, 0.9, 1e-6),
    ],
    [
        Mistake(
            "uncorrected",
            _adam_by(_uncorrected),
            "The averages start from zero and are too small at first. Divide copies of them by "
            "1 - beta^t before you use them.",
        ),
        Mistake(
            "fed-back",
            _adam_by(_fed_back),
            "You stored the corrected averages, so they are corrected again in the next step. "
            "Keep the raw ones and correct copies.",
        ),
        Mistake(
            "t-zero",
            _adam_by(_from_zero),
            "Your step number starts at zero, so the correction lags by one step; 1 - beta^0 is "
            "zero. Count from one.",
        ),
        Mistake(
            "t-two",
            _adam_by(_one_late),
            "Your correction is one step ahead: at the first step it divides by 1 - beta^2. "
            "Count the steps from one.",
        ),
        Mistake(
            "eps-inside",
            _adam_by(_inside),
            "Epsilon stands inside your root. Adam adds it after the root; look at the "
            "coordinate with the tiny gradients.",
        ),
        Mistake(
            "centred",
            _adam_by(_centred),
            "You averaged (g - m)^2, which is nearer to a variance. Adam's second moment is "
            "uncentred: average g^2.",
        ),
    ],
    alternatives=(_filtered, _cheaper_order),
    task="Write adam(theta0, grads, lr, beta1, beta2, eps): parameters after each step, (T, D).",
)


def _nadam_weights(t, beta1):
    weights = (1 - beta1) * beta1 ** np.arange(t, 0, -1.0) / (1 - beta1 ** (t + 1))
    weights[-1] += (1 - beta1) / (1 - beta1**t)
    return weights


def _adam_weights(t, beta1):
    return (1 - beta1) * beta1 ** np.arange(t - 1, -1, -1.0) / (1 - beta1**t)


def _uncorrected_weights(t, beta1):
    weights = (1 - beta1) * beta1 ** np.arange(t, 0, -1.0)
    weights[-1] += 1 - beta1
    return weights


def _same_index(t, beta1):
    return _uncorrected_weights(t, beta1) / (1 - beta1**t)


def _impulses(t, beta1):
    """One gradient of 1 at a time, through the recursion."""
    weights = []
    for k in range(1, t + 1):
        m = 0.0
        for step in range(1, t + 1):
            m = beta1 * m + (1 - beta1) * (step == k)
        weights.append(beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * (k == t) / (1 - beta1**t))
    return weights


nadam_weights = Exercise(
    "ada-nadam-weights",
    _nadam_weights,
    [(1, 0.9), (2, 0.6), (5, 0.9), (4, 0.7)],
    [
        Mistake(
            "same-index",
            _same_index,
            "You divided both parts by 1 - beta1^t. The shifted average belongs to step t + 1, so "
            "its divisor is 1 - beta1^(t+1).",
        ),
        Mistake(
            "adam",
            _adam_weights,
            "These are Adam's weights. Nadam uses the old part of the next step, so the newest "
            "gradient weighs more.",
        ),
        Mistake(
            "uncorrected",
            _uncorrected_weights,
            "Nothing is divided by 1 - beta1^t or 1 - beta1^(t+1). At t = 1 the newest gradient "
            "alone should already weigh more than one.",
        ),
        Mistake(
            "newest-first",
            lambda t, beta1: _nadam_weights(t, beta1)[::-1],
            "Your weights are in the wrong order. The oldest gradient stands first, the newest "
            "and heaviest last.",
        ),
    ],
    alternatives=(_impulses,),
    task="Write nadam_weights(t, beta1): the weights of g_1 .. g_t in Nadam's direction, (t,).",
)
