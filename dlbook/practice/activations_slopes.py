"""The exercise on the derivatives of SiLU and GELU."""

import math

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["slopes"]


def expit(a):
    """The logistic sigmoid."""
    return 1 / (1 + np.exp(-a))


def ndtr(a):
    """The normal distribution function."""
    return np.vectorize(math.erfc)(-a / math.sqrt(2)) / 2


def _slopes(a):
    gate = expit(a)
    density = np.exp(-(a**2) / 2) / np.sqrt(2 * np.pi)
    return gate + a * gate * (1 - gate), ndtr(a) + a * density


def _density(a):
    return np.exp(-(a**2) / 2) / np.sqrt(2 * np.pi)


def _tanh_formula(a):
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (a + 0.044715 * a**3))
    return 0.5 * (1 + t) + 0.5 * a * (1 - t**2) * c * (1 + 3 * 0.044715 * a**2)


def _torch_slopes(a):
    import torch

    a = torch.tensor(np.asarray(a), requires_grad=True)
    functions = torch.nn.functional.silu, torch.nn.functional.gelu
    return tuple(torch.autograd.grad(phi(a).sum(), a)[0] for phi in functions)


slopes = Exercise(
    "activ-slopes",
    _slopes,
    [
        (np.array([-5.0, -1.28, -0.3, 0.7, 2.4, 8.0]),),
        (np.array([[1.1, -2.2], [0.4, -0.6], [3.0, -3.5]]),),
        (np.array([-4.0, -3.3, -2.9]),),  # here the tanh formula is off by more than rounding
    ],
    [
        Mistake(
            "gate-only",
            lambda a: (expit(a), ndtr(a)),
            "You treated the gate as a constant. It depends on a as well, so the product rule "
            "has a second term: a times the slope of the gate.",
        ),
        Mistake(
            "slope-of-gate-only",
            lambda a: (a * expit(a) * (1 - expit(a)), a * _density(a)),
            "You differentiated the gate only. The factor a in front has a derivative too, 1: "
            "add the gate itself.",
        ),
        Mistake(
            "at-activation",
            lambda a: (_slopes(a * expit(a))[0], _slopes(a * ndtr(a))[1]),
            "You put the output into the formula. The slope is taken at the pre-activation a.",
        ),
        Mistake(
            "tanh-formula",
            lambda a: (_slopes(a)[0], _tanh_formula(a)),
            "Your SiLU is right; your GELU is the tanh approximation. The exact one uses the "
            "normal distribution function and its density.",
        ),
        Mistake(
            "exchanged",
            lambda a: _slopes(a)[::-1],
            "Right, but the other way round: SiLU comes first, then GELU.",
        ),
    ],
    alternatives=(_torch_slopes,),
    returns=("SiLU", "GELU"),
    task=(
        "Write slopes(a): the derivatives of SiLU and of the exact GELU at the pre-activations a, "
        "as two arrays."
    ),
)
