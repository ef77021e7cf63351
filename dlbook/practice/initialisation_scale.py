"""The exercises on the scale of random weights."""

import math

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["he_weights", "uniform_bound"]


def _he(Z):
    n_out, n_in = Z.shape
    kept = 1 / 2  # the part of the second moment that ReLU lets through
    variance = 1 / (kept * n_in)
    return np.sqrt(variance) * Z.reshape(n_out, n_in)


def _scaled(factor):
    return lambda Z: Z * factor(Z.shape[1], Z.shape[0])


def _torch_he(Z):
    import torch

    fan, _ = torch.nn.init._calculate_fan_in_and_fan_out(torch.as_tensor(Z))
    return torch.as_tensor(Z) * (torch.nn.init.calculate_gain("relu") / math.sqrt(fan))


def _he_inputs():
    rng = np.random.default_rng(19)
    return [(rng.standard_normal((12, 3)),), (rng.standard_normal((5, 40)),)]


he_weights = Exercise(
    "init-he-weights",
    _he,
    _he_inputs(),
    [
        Mistake(
            "variance-as-std",
            _scaled(lambda n_in, n_out: 2 / n_in),
            "You multiplied by 2/n. That is the variance; the draws are scaled by the standard "
            "deviation, its square root.",
        ),
        Mistake(
            "fan-out",
            _scaled(lambda n_in, n_out: math.sqrt(2 / n_out)),
            "You counted the outputs. He's forward rule counts the inputs of the layer, the "
            "columns of an (n_out, n_in) matrix.",
        ),
        Mistake(
            "glorot",
            _scaled(lambda n_in, n_out: math.sqrt(2 / (n_in + n_out))),
            "That is Glorot's variance, 2/(n_in + n_out). For ReLU the variance is 2/n_in, "
            "because half of the second moment is cut away.",
        ),
        Mistake(
            "no-two",
            _scaled(lambda n_in, n_out: math.sqrt(1 / n_in)),
            "Your variance is 1/n_in, which is right for a linear layer. ReLU keeps only half of "
            "the second moment, so the variance has to be twice that.",
        ),
        Mistake(
            "torch-default",
            _scaled(lambda n_in, n_out: math.sqrt(1 / (3 * n_in))),
            "Your variance is 1/(3 n_in), the default of torch.nn.Linear. He's variance is 2/n_in, "
            "six times as large.",
        ),
        Mistake(
            "transposed",
            lambda Z: _he(Z).T,
            "Your matrix is transposed. A layer that maps n_in inputs to n_out outputs keeps the "
            "shape (n_out, n_in).",
        ),
    ],
    alternatives=(_torch_he,),
    task=(
        "Write he_weights(Z): Z (n_out, n_in) holds standard normal draws; return He-initialised "
        "weights of the same shape."
    ),
)


def _bound(n_in, n_out, gain=1.0):
    mean_fan = (n_in + n_out) / 2
    variance = gain**2 / mean_fan
    return np.sqrt(3 * variance)


def _in_one_line(n_in, n_out, gain=1.0):
    return gain * math.sqrt(6 / (n_in + n_out))


uniform_bound = Exercise(
    "init-uniform-bound",
    _bound,
    [(30, 50, 1.0), (7, 100, 5 / 3), (64, 10, math.sqrt(2))],
    [
        Mistake(
            "deviation-as-bound",
            lambda n_in, n_out, gain=1.0: gain * math.sqrt(2 / (n_in + n_out)),
            "Your bound is the standard deviation. A uniform distribution on (-a, a) has the "
            "variance a²/3, so the bound is larger by the square root of 3.",
        ),
        Mistake(
            "sum-for-mean",
            lambda n_in, n_out, gain=1.0: gain * math.sqrt(3 / (n_in + n_out)),
            "Your variance is 1/(n_in + n_out). Glorot divides by the mean of the two, so the "
            "variance is 2/(n_in + n_out).",
        ),
        Mistake(
            "fan-in-only",
            lambda n_in, n_out, gain=1.0: gain * math.sqrt(3 / n_in),
            "You used the inputs only. Glorot's rule takes the mean of inputs and outputs.",
        ),
        Mistake(
            "gain-squared",
            lambda n_in, n_out, gain=1.0: gain**2 * math.sqrt(6 / (n_in + n_out)),
            "You multiplied the bound by the gain squared. The gain scales the weights; its square "
            "belongs to the variance.",
        ),
        Mistake(
            "gain-under-root",
            lambda n_in, n_out, gain=1.0: math.sqrt(gain * 6 / (n_in + n_out)),
            "You put the gain under the root. It scales the weights, so it stands in front of the "
            "root, or squared under it.",
        ),
        Mistake(
            "variance-returned",
            lambda n_in, n_out, gain=1.0: gain**2 * 2 / (n_in + n_out),
            "That is the variance of the weights. The bound a of a uniform distribution with this "
            "variance is the square root of three times it.",
        ),
    ],
    alternatives=(_in_one_line,),
    task=(
        "Write uniform_bound(n_in, n_out, gain): the a of U(-a, a) for Glorot's rule, with all "
        "weights scaled by the gain."
    ),
)
