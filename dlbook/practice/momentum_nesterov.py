"""Exercise of the chapter on momentum: Nesterov's method as PyTorch stores it."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["nesterov"]


def _nesterov(theta, gradient, lr, beta, n_steps):
    m, points = 0.0, []
    for _ in range(n_steps):
        g = gradient(theta)
        m = beta * m + g
        theta = theta - lr * (beta * m + g)
        points.append(theta)
    return np.array(points)


def _look_ahead(ahead, stored):
    """Nesterov with the gradient at theta - ahead v; returns theta - stored v."""

    def run(theta, gradient, lr, beta, n_steps):
        v, points = np.zeros_like(theta), []
        for _ in range(n_steps):
            v = beta * v + lr * gradient(theta - ahead * beta * v)
            theta = theta - v
            points.append(theta - stored * beta * v)
        return np.array(points)

    return run


def _averaged_nesterov(theta, gradient, lr, beta, n_steps):
    m, points = np.zeros_like(theta), []
    for _ in range(n_steps):
        g = gradient(theta)
        m = beta * m + (1 - beta) * g
        theta = theta - lr * (beta * m + (1 - beta) * g)
        points.append(theta)
    return np.array(points)


def _slope(theta):
    """Gradient of theta_0^4/4 + theta_1^2 + theta_0 theta_1 / 2, not linear."""
    return np.array([theta[0] ** 3 + theta[1] / 2, 2 * theta[1] + theta[0] / 2])


def _other_slope(theta):
    return np.array([np.tanh(theta[0]), np.sin(theta[1]) + theta[2], theta[2] + theta[1]])


nesterov = Exercise(
    "mom-nesterov",
    _nesterov,
    [
        (np.array([1.2, -0.7]), _slope, 0.1, 0.8, 5),
        (np.array([0.5, 1.0, -2.0]), _other_slope, 0.2, 0.6, 4),
    ],
    [
        Mistake(
            "heavy-ball",
            _look_ahead(0.0, 0.0),
            "This is heavy ball: your step is the velocity alone. Nesterov's step is beta times "
            "the new velocity plus one more gradient.",
        ),
        Mistake(
            "unshifted",
            _look_ahead(1.0, 0.0),
            "The right method in the other variable: you return theta. PyTorch stores the "
            "look-ahead points, theta minus beta times the displacement.",
        ),
        Mistake(
            "look-back",
            _look_ahead(-1.0, -1.0),
            "You look the wrong way: theta moves by minus the displacement, so the look-ahead "
            "point is theta minus beta times it.",
        ),
        Mistake(
            "averaged",
            _averaged_nesterov,
            "You multiplied the gradient by 1 - beta. That is an average; PyTorch adds the "
            "gradient with weight 1.",
        ),
    ],
    alternatives=(_look_ahead(1.0, 1.0),),
    task="Write nesterov_points(theta, gradient, lr, beta, n_steps): what PyTorch holds.",
)
