"""The exercise on gradient checking."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["check"]


def _directional_check(f, grad, theta, v, eps):
    q = (f(theta + eps * v) - f(theta - eps * v)) / (2 * eps)
    g = grad(theta) @ v
    return abs(g - q) / (abs(g) + abs(q))


def _relative(g, q):
    return abs(g - q) / (abs(g) + abs(q))


def _with(quotient, error=_relative):
    return lambda f, grad, theta, v, eps: error(grad(theta) @ v, quotient(f, theta, v, eps))


def _central(f, theta, v, eps):
    return (f(theta + eps * v) - f(theta - eps * v)) / (2 * eps)


def _moved(f, theta, v, eps):
    """theta += eps v, then theta -= eps v: the second point is the start."""
    return (f(theta + eps * v) - f(theta)) / (2 * eps)


def _unit_direction(f, grad, theta, v, eps):
    u = v / np.linalg.norm(v)
    return _directional_check(f, grad, theta, u, eps)


def _own_gradient(f, grad, theta, v, eps):
    line = [f(theta + s * eps * v) for s in (-1, 1)]
    q = np.diff(line)[0] / (2 * eps)
    g = np.sum(grad(theta) * v)
    return np.abs(g - q) / (np.abs(g) + np.abs(q))


def _torch_check(f, grad, theta, v, eps):
    import torch

    q, g = torch.tensor(_central(f, theta, v, eps)), torch.tensor(grad(theta)) @ torch.tensor(v)
    return (g - q).abs() / (g.abs() + q.abs())


def _cubic(theta):
    return np.sum(theta**3) + np.exp(0.5 * theta[0] * theta[1])


def _cubic_gradient(theta):
    product = 0.5 * np.exp(0.5 * theta[0] * theta[1])
    return 3 * theta**2 + np.concatenate([product * theta[1::-1], np.zeros(len(theta) - 2)])


def _term_dropped(theta):
    return 3 * theta**2


def _small(theta):
    return 1e-8 * _cubic(theta)


def _small_wrong(theta):
    return 2e-8 * _cubic_gradient(theta)


_THETA, _V = np.array([0.9, -1.3, 0.6]), np.array([2.0, 0.5, -1.5])

check = Exercise(
    "backprop-grad-check",
    _directional_check,
    [
        (_cubic, _cubic_gradient, _THETA, _V, 0.1),
        (_cubic, _term_dropped, _THETA, _V, 0.01),
        (_small, _small_wrong, _THETA[::-1].copy(), -2 * _V, 0.05),
    ],
    [
        Mistake(
            "one-sided",
            _with(lambda f, theta, v, eps: (f(theta + eps * v) - f(theta)) / eps),
            "Your quotient walks to one side only, so its error is of order eps, not eps squared. "
            "Use both sides.",
        ),
        Mistake(
            "eps-not-doubled",
            _with(lambda f, theta, v, eps: 2 * _central(f, theta, v, eps)),
            "Your slope is twice the right one: the two points are 2 eps apart, not eps.",
        ),
        Mistake(
            "absolute",
            _with(_central, lambda g, q: abs(g - q)),
            "This is the absolute difference. A wrong gradient of size 1e-8 would always pass: "
            "divide by the sum of the absolute values.",
        ),
        Mistake(
            "in-place",
            _with(_moved),
            "The second evaluation starts from a point that has moved already. Make two new "
            "vectors, theta + eps v and theta - eps v.",
        ),
        Mistake(
            "unit-direction",
            _unit_direction,
            "You shortened v to length one before walking, so the step is not eps v as asked.",
        ),
    ],
    alternatives=(_own_gradient, _torch_check),
    task="Write directional_check(f, grad, theta, v, eps): |g - q| / (|g| + |q|), g = v . grad.",
)
