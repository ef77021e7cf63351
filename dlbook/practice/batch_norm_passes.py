"""The exercises on the forward and the backward pass of batch normalisation."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["backward", "forward"]


def _bn_maps(x, gamma, beta, eps):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    return gamma[:, None, None] * (x - mean) / np.sqrt(var + eps) + beta[:, None, None]


def _maps_over(axes, ddof=0, eps_outside=False):
    """Statistics over other axes, with another divisor, or with eps beside the root."""

    def run(x, gamma, beta, eps):
        centred = x - x.mean(axis=axes, keepdims=True)
        var = x.var(axis=axes, ddof=ddof, keepdims=True)
        spread = np.sqrt(var) + eps if eps_outside else np.sqrt(var + eps)
        return gamma[:, None, None] * centred / spread + beta[:, None, None]

    return run


def _added_mean(x, gamma, beta, eps):
    mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return gamma[:, None, None] * (x + mean) / np.sqrt(var + eps) + beta[:, None, None]


def _torch_maps(x, gamma, beta, eps):
    import torch

    x, gamma, beta = map(torch.tensor, (x, gamma, beta))
    return torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


def _map_inputs():
    rng = np.random.default_rng(301)
    x = rng.normal(2.0, 1.5, size=(2, 3, 2, 3))
    x[:, 1] = 2 + rng.normal(size=(2, 2, 3)) / 1000  # a channel that hardly varies
    return [
        (x, rng.normal(size=3), rng.normal(size=3), 1e-3),
        (rng.normal(1.0, 2.0, size=(3, 2, 4, 2)), rng.normal(size=2), rng.normal(size=2), 0.1),
    ]


forward = Exercise(
    "bn-forward-train",
    _bn_maps,
    _map_inputs(),
    [
        Mistake(
            "per-sample",
            _maps_over((1, 2, 3)),
            "You normalise each sample by itself. Batch statistics are taken over batch, height "
            "and width, one pair for each channel.",
        ),
        Mistake(
            "per-pixel",
            _maps_over((0,)),
            "Each position has statistics of its own. All positions of a channel share one mean "
            "and one variance.",
        ),
        Mistake(
            "unbiased",
            _maps_over((0, 2, 3), ddof=1),
            "You divided by m - 1. The batch is normalised with the biased variance, by m; the "
            "unbiased one is for the running average.",
        ),
        Mistake(
            "eps-outside",
            _maps_over((0, 2, 3), eps_outside=True),
            "You added eps to the standard deviation. It stands under the root, with the variance; "
            "a channel that hardly varies shows the difference.",
        ),
        Mistake(
            "mean-added",
            _added_mean,
            "You added the mean. It has to be taken off.",
        ),
    ],
    alternatives=(_torch_maps,),
    task="Write bn_maps(x, gamma, beta, eps): batch normalisation in training mode, (B, C, H, W).",
)


def _bn_backward(x, gamma, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / s
    inner = g - g.mean(axis=0) - x_hat * np.mean(g * x_hat, axis=0)
    return gamma / s * inner, np.sum(g * x_hat, axis=0), g.sum(axis=0)


def _backward_with(mean=1.0, spread=1.0):
    """Only some of the terms in the gradient of the input."""

    def run(x, gamma, g, eps):
        s = np.sqrt(x.var(axis=0) + eps)
        x_hat = (x - x.mean(axis=0)) / s
        inner = g - mean * g.mean(axis=0) - spread * x_hat * np.mean(g * x_hat, axis=0)
        return gamma / s * inner, np.sum(g * x_hat, axis=0), g.sum(axis=0)

    return run


def _dgamma_with_x(x, gamma, g, eps):
    dx, _, dbeta = _bn_backward(x, gamma, g, eps)
    return dx, np.sum(g * x, axis=0), dbeta


def _no_gamma(x, gamma, g, eps):
    return _bn_backward(x, np.ones_like(gamma), g, eps)


def _torch_backward(x, gamma, g, eps):
    import torch

    x, gamma = (torch.tensor(a, requires_grad=True) for a in (x, gamma))
    beta = torch.zeros_like(gamma, requires_grad=True)
    y = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
    return torch.autograd.grad(y, (x, gamma, beta), torch.tensor(g))


def _batch_inputs():
    rng = np.random.default_rng(302)
    return [
        (rng.normal(1, 2, size=(5, 3)), np.array([1.5, -0.7, 0.4]), rng.normal(1, 1, (5, 3)), 0.1),
        (rng.normal(-1, 1, size=(4, 2)), np.array([-2.0, 0.6]), rng.normal(size=(4, 2)) - 1, 1e-3),
    ]


backward = Exercise(
    "bn-backward-pass",
    _bn_backward,
    _batch_inputs(),
    [
        Mistake(
            "constant-statistics",
            _backward_with(mean=0.0, spread=0.0),
            "Mean and variance depend on x too: in the gradient of x two terms are missing.",
        ),
        Mistake(
            "no-variance-term",
            _backward_with(spread=0.0),
            "The term through the variance is missing in the gradient of x: for tiny eps it must "
            "be orthogonal to x-hat.",
        ),
        Mistake(
            "no-mean-term",
            _backward_with(mean=0.0),
            "Shift all inputs by a constant: the loss does not change, so the gradient of x must "
            "add up to zero in each column. The term through the mean is missing.",
        ),
        Mistake(
            "dgamma-with-x",
            _dgamma_with_x,
            "gamma multiplies the normalised value, so its gradient sums g times x-hat, not g "
            "times x.",
        ),
        Mistake(
            "gamma-forgotten",
            _no_gamma,
            "The gradient of x lacks the factor gamma.",
        ),
    ],
    alternatives=(_torch_backward,),
    returns=("dx", "dgamma", "dbeta"),
    task="Write bn_back(x, gamma, g, eps): the gradients with respect to x, gamma and beta.",
)
