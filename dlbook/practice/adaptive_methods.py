"""Exercises of the chapter on adaptive methods.

``adagrad_step``    AdaGrad on given gradients
``adam_step``       Adam on given gradients
``adadelta_step``   AdaDelta on given gradients
``nadam_weights``   how much each past gradient counts in Nadam's direction
"""

import numpy as np

from .adaptive_methods_average import adam_step, nadam_weights
from .engine import Exercise, Mistake

__all__ = ["adadelta_step", "adagrad_step", "adam_step", "nadam_weights"]


def _adagrad(theta0, grads, lr, eps):
    total = np.cumsum(grads**2, axis=0)
    return theta0 - np.cumsum(lr * grads / (np.sqrt(total) + eps), axis=0)


def _adagrad_by(step):
    """AdaGrad's path with another step, a function of (gradients, lr, eps)."""
    return lambda theta0, grads, lr, eps: theta0 - np.cumsum(step(grads, lr, eps), axis=0)


def _faded(x, beta):
    """Exponentially weighted average from zero, along the first axis."""
    a, out = np.zeros_like(x[0]), []
    for value in x:
        a = beta * a + (1 - beta) * value
        out.append(a)
    return np.array(out)


def _adagrad_loop(theta0, grads, lr, eps):
    theta, total, path = np.array(theta0, float), np.zeros(len(theta0)), []
    for g in grads:
        total = np.hypot(total, g)
        theta = theta - lr * g / (total + eps)
        path.append(theta)
    return path


def _gradients(seed, T, scales):
    """Signed gradients of these scales, (T, D); the last coordinate is mostly zero."""
    rng = np.random.default_rng(seed)
    grads = rng.normal(size=(T, len(scales))) * scales
    grads[np.arange(T) % 4 > 0, -1] = 0.0
    return rng.normal(size=len(scales)), grads


adagrad_step = Exercise(
    "ada-adagrad-step",
    _adagrad,
    [
        (*_gradients(0, 6, np.array([1.0, 1e-5, 3.0])), 0.3, 1e-8),
        (*_gradients(1, 9, np.array([2.0, 1e-4, 0.5, 1.0])), 0.7, 1e-6),
    ],
    [
        Mistake(
            "no-root",
            _adagrad_by(lambda g, lr, eps: lr * g / (np.cumsum(g**2, axis=0) + eps)),
            "You divided by the sum itself. Multiply all gradients by 10: your steps change, "
            "AdaGrad's do not. Take the root.",
        ),
        Mistake(
            "forgets",
            _adagrad_by(lambda g, lr, eps: lr * g / (np.abs(g) + eps)),
            "You used the square of the newest gradient only. Add it to the squares that have "
            "come before.",
        ),
        Mistake(
            "average",
            _adagrad_by(lambda g, lr, eps: lr * g / (np.sqrt(_faded(g**2, 0.9)) + eps)),
            "An exponentially weighted average is RMSProp, whose rate can rise again. AdaGrad "
            "adds up all squares with weight one.",
            also=(
                _adagrad_by(lambda g, lr, eps: lr * g / (np.sqrt(_faded(g**2, 0.99)) + eps)),
                _adagrad_by(lambda g, lr, eps: lr * g / (np.sqrt(_faded(g**2, 0.999)) + eps)),
            ),
        ),
        Mistake(
            "eps-inside",
            _adagrad_by(lambda g, lr, eps: lr * g / np.sqrt(np.cumsum(g**2, axis=0) + eps)),
            "Epsilon stands inside your root. PyTorch adds it after the root; look at the "
            "coordinate with the tiny gradients.",
        ),
        Mistake(
            "shared-sum",
            _adagrad_by(
                lambda g, lr, eps: (
                    lr * g / (np.sqrt(np.cumsum((g**2).sum(axis=1, keepdims=True), 0)) + eps)
                )
            ),
            "You added the squares of all coordinates. Each coordinate needs a sum of its own: "
            "that is the whole point.",
        ),
        Mistake(
            "sum-of-gradients",
            _adagrad_by(lambda g, lr, eps: lr * g / (np.abs(np.cumsum(g, axis=0)) + eps)),
            "You added up gradients and squared afterwards; opposite signs cancel. Square first, "
            "then add.",
        ),
    ],
    alternatives=(_adagrad_loop,),
    task="Write adagrad(theta0, grads, lr, eps): the parameters after each step, (T, D).",
)


def _adadelta(theta0, grads, rho, eps):
    theta, v, s, path = theta0, 0.0, 0.0, []
    for g in grads:
        v = rho * v + (1 - rho) * g**2
        step = np.sqrt((s + eps) / (v + eps)) * g
        s = rho * s + (1 - rho) * step**2
        theta = theta - step
        path.append(theta)
    return np.array(path)


def _adadelta_by(rule):
    """AdaDelta with rule(g, s, v, rho, eps) -> step, new s."""

    def path(theta0, grads, rho, eps):
        theta, v, s, out = theta0, 0.0 * theta0, 0.0 * theta0, []
        for g in grads:
            v = rho * v + (1 - rho) * g**2
            step, s = rule(g, s, v, rho, eps)
            theta = theta - step
            out.append(theta)
        return np.array(out)

    return path


def _current_update(g, s, v, rho, eps):
    """The step that solves for an average which contains it already."""
    k = g**2 / (v + eps)
    square = k * (rho * s + eps) / (1 - (1 - rho) * k)
    return np.sign(g) * np.sqrt(square), rho * s + (1 - rho) * square


def _peeking(g, s, v, rho, eps):
    """The average is updated with a first guess of the step before it is used."""
    guess = np.sqrt((s + eps) / (v + eps)) * g
    s = rho * s + (1 - rho) * guess**2
    return np.sqrt((s + eps) / (v + eps)) * g, s


def _not_squared(g, s, v, rho, eps):
    step = np.sqrt((np.abs(s) + eps) / (v + eps)) * g
    return step, rho * s + (1 - rho) * step


def _not_squared_root(g, s, v, rho, eps):
    step = (np.abs(s) + np.sqrt(eps)) / np.sqrt(v + eps) * g
    return step, rho * s + (1 - rho) * step


def _eps_only_below(g, s, v, rho, eps):
    step = np.sqrt(s / (v + eps)) * g
    return step, rho * s + (1 - rho) * step**2


def _eps_outside(g, s, v, rho, eps):
    step = (np.sqrt(s) + eps) / (np.sqrt(v) + eps) * g
    return step, rho * s + (1 - rho) * step**2


def _adadelta_in_place(theta0, grads, rho, eps):
    """With torch's tensors and its operations, as torch.optim.Adadelta has them."""
    import torch

    p, path = torch.tensor(np.asarray(theta0, dtype=float)), []
    square, acc = torch.zeros_like(p), torch.zeros_like(p)
    for g in torch.tensor(np.asarray(grads, dtype=float)):
        square.mul_(rho).addcmul_(g, g, value=1 - rho)
        delta = acc.add(eps).sqrt_().div_(square.add(eps).sqrt_()).mul_(g)
        acc.mul_(rho).addcmul_(delta, delta, value=1 - rho)
        p = p - delta
        path.append(p)
    return torch.stack(path)


def _alternating(seed, T, D):
    """Gradients whose signs mostly alternate, (T, D)."""
    rng = np.random.default_rng(seed)
    signs = np.where(np.arange(T)[:, None] % 2, -1.0, 1.0)
    return rng.normal(size=D), signs * rng.uniform(0.2, 2.0, size=(T, D)) + 0.1


adadelta_step = Exercise(
    "ada-adadelta-step",
    _adadelta,
    [(*_alternating(0, 6, 3), 0.9, 1e-4), (*_alternating(1, 8, 2), 0.8, 1e-2)],
    [
        Mistake(
            "current-update",
            _adadelta_by(_peeking),
            "Your numerator already contains the current step. It is not known yet: use the "
            "average of the steps before it.",
            also=(_adadelta_by(_current_update),),
        ),
        Mistake(
            "not-squared",
            _adadelta_by(_not_squared),
            "You averaged the steps, not their squares. Steps of opposite sign cancel in your "
            "average.",
            also=(_adadelta_by(_not_squared_root),),
        ),
        Mistake(
            "eps-only-below",
            _adadelta_by(_eps_only_below),
            "Without epsilon in the numerator the first step is zero, and so is every later one. "
            "It belongs in both roots.",
        ),
        Mistake(
            "eps-outside",
            _adadelta_by(_eps_outside),
            "In AdaDelta epsilon stands inside both roots, not behind them. The very first step "
            "shows the difference.",
        ),
    ],
    alternatives=(_adadelta_in_place,),
    task="Write adadelta(theta0, grads, rho, eps): the parameters after each step, (T, D).",
)
