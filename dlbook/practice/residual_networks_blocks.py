"""The exercises on the dose of a branch and on the size of a block."""

import math

from .engine import Exercise, Mistake

__all__ = ["params", "scale"]


def _scale(N, G):
    share = 1 / N
    per_block = G**share  # 1 + s²
    added = per_block - 1
    return math.sqrt(added)


scale = Exercise(
    "res-branch-scale",
    _scale,
    [(12, math.e), (12, 1.5), (3, 7.0), (1, 5.0)],
    [
        Mistake(
            "linear",
            lambda N, G: (G - 1) / N,
            "You shared the growth out evenly and took no root. Squares add up: each block "
            "multiplies by 1 + s².",
        ),
        Mistake(
            "not-root",
            lambda N, G: G ** (1 / N) - 1,
            "This is the square of the scale. A branch times s adds s² of the squared length.",
        ),
        Mistake(
            "inverse-N",
            lambda N, G: 1 / N,
            "A scale of 1/N keeps the squared length near 1 for many blocks, whatever growth was "
            "asked for.",
        ),
        Mistake(
            "inverse-root-N",
            lambda N, G: 1 / math.sqrt(N),
            "A scale of one over the root of N gives a growth near e for many blocks, whatever "
            "growth was asked for.",
        ),
        Mistake(
            "lengths",
            lambda N, G: G ** (1 / N / 2) - 1,
            "You let lengths add up, (1 + s) a block. The branch is uncorrelated with the skip, so "
            "the squares add up: 1 + s².",
        ),
        Mistake(
            "first-order",
            lambda N, G: math.sqrt((G - 1) / N),
            "You took growth without compound interest, 1 + N s². Each block multiplies what the "
            "blocks before it have made.",
        ),
    ],
    task=(
        "Write branch_scale(N, G): the factor s on the branches for which N blocks, whose branches "
        "keep the mean square, let the expected squared length grow by the factor G."
    ),
)


def _params(kind, c_in, c_mid, stride):
    if kind == "basic":
        c_out = c_mid
        total = 9 * c_in * c_mid + 9 * c_mid * c_mid
    else:
        c_out = 4 * c_mid
        total = c_in * c_mid + 9 * c_mid * c_mid + c_mid * c_out
    if stride != 1 or c_in != c_out:
        total = total + c_in * c_out
    return total


def _params_by_torch(kind, c_in, c_mid, stride):
    from torch import nn

    sizes = {
        "basic": [(c_in, c_mid, 3), (c_mid, c_mid, 3)],
        "bottleneck": [(c_in, c_mid, 1), (c_mid, c_mid, 3), (c_mid, 4 * c_mid, 1)],
    }[kind]
    if stride > 1 or c_in != sizes[-1][1]:
        sizes.append((c_in, sizes[-1][1], 1))
    layers = [nn.Conv2d(a, b, k, bias=False, device="meta") for a, b, k in sizes]
    return sum(layer.weight.numel() for layer in layers)


def _always(kind, c_in, c_mid, stride):
    return _params(kind, c_in, c_mid, 2)


def _three_by_three(kind, c_in, c_mid, stride):
    if kind == "basic":
        return _params(kind, c_in, c_mid, stride)
    branch = 9 * (c_in * c_mid + c_mid * c_mid + c_mid * 4 * c_mid)
    shortcut = c_in * 4 * c_mid if stride != 1 or c_in != 4 * c_mid else 0
    return branch + shortcut


def _narrow(kind, c_in, c_mid, stride):
    if kind == "basic":
        return _params(kind, c_in, c_mid, stride)
    shortcut = c_in * c_mid if stride != 1 or c_in != c_mid else 0
    return c_in * c_mid + 10 * c_mid * c_mid + shortcut


def _never(kind, c_in, c_mid, stride):
    c_out = c_mid if kind == "basic" else 4 * c_mid
    changes = stride != 1 or c_in != c_out
    return _params(kind, c_in, c_mid, stride) - changes * c_in * c_out


params = Exercise(
    "res-params",
    _params,
    [
        ("basic", 64, 64, 1),
        ("basic", 64, 128, 2),
        ("bottleneck", 256, 64, 1),
        ("bottleneck", 256, 128, 2),
        ("bottleneck", 64, 64, 1),
        ("basic", 32, 32, 2),
    ],
    [
        Mistake(
            "projection-always",
            _always,
            "You count a projection where the shapes agree. There the skip is the identity and "
            "costs nothing.",
        ),
        Mistake(
            "projection-never",
            _never,
            "You count no projection. Where the stride or the number of channels changes the "
            "shape, the skip is a 1x1 convolution.",
        ),
        Mistake(
            "bottleneck-three",
            _three_by_three,
            "Your bottleneck has three 3x3 convolutions. It is 1x1, 3x3, 1x1.",
        ),
        Mistake(
            "expansion",
            _narrow,
            "Your bottleneck ends with c_mid channels. It widens to 4 c_mid.",
        ),
        Mistake(
            "channels-only",
            lambda kind, c_in, c_mid, stride: _params(kind, c_in, c_mid, 1),
            "You look at the channels only. A stride of 2 halves the map, so the skip needs a "
            "projection even if the channels agree.",
        ),
    ],
    alternatives=(_params_by_torch,),
    task=(
        "Write params(kind, c_in, c_mid, stride): the weights of a 'basic' or 'bottleneck' block, "
        "convolutions only; a projection shortcut only if the shape changes."
    ),
)
