"""The exercises on the forward and the backward pass of layer normalisation."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["backward", "forward"]


def _layer_norm(x, gamma, beta, eps):
    mean = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def _over(axes, ddof=0, eps_outside=False):
    """Statistics over other axes, with another divisor, or with eps beside the root."""

    def run(x, gamma, beta, eps):
        var = x.var(axis=axes, ddof=ddof, keepdims=True)
        spread = np.sqrt(var) + eps if eps_outside else np.sqrt(var + eps)
        return gamma * (x - x.mean(axis=axes, keepdims=True)) / spread + beta

    return run


def _torch_layer_norm(x, gamma, beta, eps):
    import torch

    x, gamma, beta = map(torch.tensor, (x, gamma, beta))
    return torch.nn.functional.layer_norm(x, gamma.shape, gamma, beta, eps)


def _token_inputs():
    rng = np.random.default_rng(311)
    shift = np.array([[3.0, -2.0, 0.5], [0.0, 10.0, -4.0]])[:, :, None]
    scale = np.array([[1.0, 4.0, 1e-3], [0.3, 2.0, 1.0]])[:, :, None]
    x = shift + scale * rng.normal(size=(2, 3, 5))  # one token of spread 1e-3
    long = 2 + rng.normal(size=(3, 2, 4)) * np.array([0.5, 3.0])[:, None]
    return [
        (x, 1 + rng.normal(size=5), rng.normal(size=5), 1e-5),
        (long, rng.normal(size=4), rng.normal(size=4), 0.1),
    ]


forward = Exercise(
    "ln-forward",
    _layer_norm,
    _token_inputs(),
    [
        Mistake(
            "batch-axis",
            _over(0),
            "Your statistics run over the batch. That is batch normalisation: change another "
            "sentence and your output changes.",
        ),
        Mistake(
            "sentence",
            _over((1, 2)),
            "You took one mean and one variance for a whole sentence. Each token has its own: look "
            "at the means of the tokens of your output.",
        ),
        Mistake(
            "token-axis",
            _over(1),
            "Your statistics run along the sentence, for each feature. They run over the features, "
            "for each token.",
        ),
        Mistake(
            "unbiased",
            _over(-1, ddof=1),
            "You divided by D - 1. The variance of layer normalisation divides by D.",
        ),
        Mistake(
            "eps-outside",
            _over(-1, eps_outside=True),
            "You added eps to the standard deviation. It stands under the root, with the variance; "
            "a token of tiny spread shows the difference.",
        ),
    ],
    alternatives=(_torch_layer_norm,),
    task="Write layer_norm(x, gamma, beta, eps) for x of shape (B, T, D).",
)


def _ln_backward(x, gamma, g, eps):
    s = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / s
    u = gamma * g
    along = np.mean(u * x_hat, axis=1, keepdims=True)
    return (u - u.mean(axis=1, keepdims=True) - along * x_hat) / s


def _backward_with(mean=1.0, spread=1.0, late=False):
    """Only some of the terms, or gamma after the projection."""

    def run(x, gamma, g, eps):
        s = np.sqrt(x.var(axis=1, keepdims=True) + eps)
        x_hat = (x - x.mean(axis=1, keepdims=True)) / s
        u = g if late else gamma * g
        along = np.mean(u * x_hat, axis=1, keepdims=True)
        inner = u - mean * u.mean(axis=1, keepdims=True) - spread * along * x_hat
        return (gamma * inner if late else inner) / s

    return run


def _sums_over_batch(x, gamma, g, eps):
    s = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / s
    u = gamma * g
    return (u - u.mean(axis=0) - np.mean(u * x_hat, axis=0) * x_hat) / s


def _no_gamma(x, gamma, g, eps):
    return _ln_backward(x, np.ones_like(gamma), g, eps)


def _torch_backward(x, gamma, g, eps):
    import torch

    x, gamma = torch.tensor(x, requires_grad=True), torch.tensor(gamma)
    y = torch.nn.functional.layer_norm(x, gamma.shape, gamma, None, eps)
    return torch.autograd.grad(y, x, torch.tensor(g))[0]


def _gradient_inputs():
    rng = np.random.default_rng(312)
    gamma = np.array([2.0, -0.7, 0.4, 1.6, -1.3, 0.2])
    return [
        (1 + 2 * rng.normal(size=(3, 6)), gamma, rng.normal(1, 1, size=(3, 6)), 0.1),
        (rng.normal(size=(5, 4)) - 1, gamma[1:5], rng.normal(size=(5, 4)) - 1, 1e-3),
    ]


backward = Exercise(
    "ln-backward",
    _ln_backward,
    _gradient_inputs(),
    [
        Mistake(
            "constants",
            _backward_with(mean=0.0, spread=0.0),
            "You treat mean and spread as constants. They depend on x, so two "
            "projections are missing.",
        ),
        Mistake(
            "gamma-late",
            _backward_with(late=True),
            "You multiplied by gamma at the end. It comes last on the way forward, so it comes "
            "first on the way back, before the projections.",
        ),
        Mistake(
            "bn-axes",
            _sums_over_batch,
            "Your sums run over the batch. They run over the features of one vector.",
        ),
        Mistake(
            "mean-only",
            _backward_with(spread=0.0),
            "Stretch x around its mean: for tiny eps the output does not change, so the gradient "
            "must vanish along x-hat. That term is missing.",
        ),
        Mistake(
            "spread-only",
            _backward_with(mean=0.0),
            "Add a constant to a vector: the output does not change, so each row of the gradient "
            "must add up to zero. That term is missing.",
        ),
        Mistake(
            "gamma-forgotten",
            _no_gamma,
            "Your gradient lacks gamma, which multiplies g first of all.",
        ),
    ],
    alternatives=(_torch_backward,),
    task="Write ln_backward(x, gamma, g, eps): the gradient with respect to x, (B, D).",
)
