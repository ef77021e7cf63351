"""Exercises of the chapter on momentum.

``steps``      heavy ball on given gradients under a schedule, in the convention of PyTorch
``average``    the bias-corrected exponentially weighted moving average
``nesterov``   Nesterov's method with the look-ahead points stored
``tune``       the best heavy ball for a range of eigenvalues
"""

import numpy as np

from .engine import Exercise, Mistake
from .momentum_average import average
from .momentum_nesterov import nesterov
from .momentum_tune import tune

__all__ = ["average", "nesterov", "steps", "tune"]


def _steps(theta, grads, lrs, beta):
    m, path = 0.0, []
    for g, lr in zip(grads, lrs, strict=True):
        m = beta * m + g
        theta = theta - lr * m
        path.append(theta)
    return np.array(path)


def _with_rule(rule):
    """Heavy ball with another rule (m, g, lr, beta) -> new m, move."""

    def run(theta, grads, lrs, beta):
        m, path = np.zeros_like(theta), []
        for g, lr in zip(grads, lrs, strict=True):
            m, move = rule(m, g, lr, beta)
            theta = theta - move
            path.append(theta)
        return np.array(path)

    return run


def _unrolled_steps(theta, grads, lrs, beta):
    T = len(grads)
    memory = np.tril(beta ** np.abs(np.subtract.outer(np.arange(T), np.arange(T))))
    return theta - np.cumsum(np.asarray(lrs)[:, None] * (memory @ np.asarray(grads)), axis=0)


def _gradients(seed, T, D, lrs, beta):
    rng = np.random.default_rng(seed)
    return rng.normal(size=D), rng.normal(size=(T, D)) + 0.5, np.array(lrs), beta


steps = Exercise(
    "mom-steps",
    _steps,
    [
        _gradients(0, 5, 3, (0.1, 0.1, 0.1, 0.02, 0.02), 0.9),
        _gradients(1, 4, 2, (0.05, 0.3, 0.2, 0.01), 0.6),
    ],
    [
        Mistake(
            "literal",
            _with_rule(lambda m, g, lr, beta: (beta / lr * m + g, lr * (beta / lr * m + g))),
            "Your old velocity is multiplied by beta/lr, which is far above 1. The factor on the "
            "velocity is beta alone.",
        ),
        Mistake(
            "averaged",
            _with_rule(
                lambda m, g, lr, beta: (
                    beta * m + (1 - beta) * g,
                    lr * (beta * m + (1 - beta) * g),
                )
            ),
            "This is the averaging form: all steps are 1 - beta times too small. In PyTorch the "
            "gradient enters with weight 1.",
        ),
        Mistake(
            "stale-velocity",
            _with_rule(lambda m, g, lr, beta: (beta * m + g, lr * m)),
            "You moved with the velocity of the step before. Add the new gradient to the velocity "
            "first, then move.",
        ),
        Mistake(
            "rate-inside",
            _with_rule(lambda m, g, lr, beta: (beta * m + lr * g, beta * m + lr * g)),
            "Your learning rate stands inside the velocity, so old gradients keep their old rate. "
            "In PyTorch the rate of today multiplies the whole velocity.",
        ),
        Mistake(
            "rate-twice",
            _with_rule(lambda m, g, lr, beta: (beta * m + lr * g, lr * (beta * m + lr * g))),
            "The learning rate stands in twice, once in the velocity and once in the step. "
            "Leave it in the step only.",
        ),
    ],
    alternatives=(_unrolled_steps,),
    task="Write heavy_ball_steps(theta, grads, lrs, beta): the points after each step, (T, D).",
)
