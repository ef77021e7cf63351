"""The exercises on stored statistics, folding and rescaling of batch normalisation."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["fold", "running", "scale_decide"]


def _update(mean, var, x, momentum):
    mean = (1 - momentum) * mean + momentum * x.mean(axis=0)
    return mean, (1 - momentum) * var + momentum * x.var(axis=0, ddof=1)


def _update_biased(mean, var, x, momentum):
    return _update(mean, var, x, momentum)[0], (1 - momentum) * var + momentum * x.var(axis=0)


def _update_reversed(mean, var, x, momentum):
    return _update(mean, var, x, 1 - momentum)


def _update_std(mean, var, x, momentum):
    std = (1 - momentum) * np.sqrt(var) + momentum * x.std(axis=0, ddof=1)
    return _update(mean, var, x, momentum)[0], std**2


def _torch_update(mean, var, x, momentum):
    import torch

    layer = torch.nn.BatchNorm1d(len(mean), momentum=momentum, dtype=torch.float64)
    layer.running_mean.copy_(torch.tensor(mean))
    layer.running_var.copy_(torch.tensor(var))
    layer(torch.tensor(x))
    return layer.running_mean, layer.running_var


def _running_inputs():
    rng = np.random.default_rng(303)
    return [
        (rng.normal(size=2), 1 + rng.random(2), rng.normal(2, 3, size=(3, 2)), 0.1),
        (rng.normal(size=4), 2 + rng.random(4), rng.normal(-1, 2, size=(5, 4)), 0.3),
    ]


running = Exercise(
    "bn-running-update",
    _update,
    _running_inputs(),
    [
        Mistake(
            "biased",
            _update_biased,
            "You stored the biased variance of the batch. What is accumulated is the unbiased one, "
            "divided by B - 1.",
        ),
        Mistake(
            "reversed",
            _update_reversed,
            "Your momentum multiplies the old value. In PyTorch it is the weight of the new batch.",
        ),
        Mistake(
            "std",
            _update_std,
            "You averaged standard deviations. Variances are averaged, not their roots.",
        ),
    ],
    alternatives=(_torch_update,),
    returns=("mean", "var"),
    task="Write update_running(mean, var, x, momentum): one update as PyTorch does it.",
)


def _fold(W, b, mean, var, gamma, beta, eps):
    a = gamma / np.sqrt(var + eps)
    return a[:, None] * W, a * (b - mean) + beta


def _fold_columns(W, b, mean, var, gamma, beta, eps):
    a = gamma / np.sqrt(var + eps)
    return W * a, a * (b - mean) + beta


def _fold_no_bias(W, b, mean, var, gamma, beta, eps):
    return _fold(W, np.zeros_like(b), mean, var, gamma, beta, eps)


def _fold_mean_unscaled(W, b, mean, var, gamma, beta, eps):
    a = gamma / np.sqrt(var + eps)
    return a[:, None] * W, a * b + beta - mean


def _torch_fold(W, b, mean, var, gamma, beta, eps):
    import torch

    W, b, mean, var, gamma, beta = map(torch.tensor, (W, b, mean, var, gamma, beta))
    return tuple(torch.nn.utils.fuse_linear_bn_weights(W, b, mean, var, eps, gamma, beta))


def _fold_inputs():
    rng = np.random.default_rng(304)

    def case(H, D, eps):
        W, (b, mean, gamma, beta) = rng.normal(size=(H, D)), rng.normal(size=(4, H))
        return W, b, mean, 0.2 + 3 * rng.random(H), gamma, beta, eps

    return [case(3, 5, 0.1), case(3, 3, 1e-3)]


fold = Exercise(
    "bn-fold",
    _fold,
    _fold_inputs(),
    [
        Mistake(
            "columns",
            _fold_columns,
            "You scaled the columns of W. BN acts on outputs: scale the rows.",
        ),
        Mistake(
            "bias-forgotten",
            _fold_no_bias,
            "The bias b is lost. It is redundant in training mode, but not with stored statistics.",
        ),
        Mistake(
            "mean-unscaled",
            _fold_mean_unscaled,
            "You took off the mean as it is. It is multiplied by gamma / sqrt(var + eps) as well.",
        ),
    ],
    alternatives=(_torch_fold,),
    returns=("W", "b"),
    task="Write fold_bn(W, b, mean, var, gamma, beta, eps): linear layer and BN in one.",
)


def _rescaled(a, W, grad_W, grad_x, lr):
    rates = lr / (a**2 * np.einsum("hd,hd->h", W, W))
    return grad_W / a[:, None], grad_x, rates


def _unchanged(a, W, grad_W, grad_x, lr):
    return grad_W, *_rescaled(a, W, grad_W, grad_x, lr)[1:]


def _times_a(a, W, grad_W, grad_x, lr):
    return a[:, None] * grad_W, *_rescaled(a, W, grad_W, grad_x, lr)[1:]


def _input_scaled(a, W, grad_W, grad_x, lr):
    grad_W, _, rates = _rescaled(a, W, grad_W, grad_x, lr)
    return grad_W, grad_x / np.mean(a), rates


def _rate_of_length(a, W, grad_W, grad_x, lr):
    grad_W, grad_x, rates = _rescaled(a, W, grad_W, grad_x, lr)
    return grad_W, grad_x, lr * np.sqrt(rates / lr)


def _loop(a, W, grad_W, grad_x, lr):
    rates = [lr / (k * row @ row * k) for k, row in zip(a, W, strict=True)]
    return (grad_W.T / a).T, 1.0 * grad_x, np.array(rates)


def _scale_inputs():
    rng = np.random.default_rng(305)

    def case(a, D, B):
        return a, *rng.normal(size=(2, len(a), D)), rng.normal(size=(B, D)), 0.3

    return [case(np.array([7.0, 0.3, 2.0]), 5, 4), case(np.array([0.5, 4.0]), 2, 3)]


scale_decide = Exercise(
    "bn-scale-decide",
    _rescaled,
    _scale_inputs(),
    [
        Mistake(
            "unchanged-weights",
            _unchanged,
            "The function has the same value with other weights, so the slope per unit of weight "
            "is another one: the weight gradient does change.",
        ),
        Mistake(
            "times-a",
            _times_a,
            "You multiplied the weight gradient by a. It is divided by a.",
        ),
        Mistake(
            "input-scaled",
            _input_scaled,
            "You changed the gradient of x. The map from x to the loss is the same function as "
            "before.",
        ),
        Mistake(
            "rate-of-length",
            _rate_of_length,
            "You divided the learning rate by the length of each row. It is divided by the square "
            "of the length.",
        ),
    ],
    alternatives=(_loop,),
    returns=("grad_W", "grad_x", "rates"),
    task=(
        "Write rescaled(a, W, grad_W, grad_x, lr): gradients after W -> diag(a) W at eps = 0, and "
        "the effective learning rate of each unit."
    ),
)
