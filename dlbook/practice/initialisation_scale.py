"""The exercise on drawing random weights of the right scale."""

import math

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["he_weights"]


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
