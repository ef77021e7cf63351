"""The exercises on output size and on equivariance of convolution."""

import math

from .engine import Exercise, Mistake

__all__ = ["equivariant", "size"]


def _size(n, k, s, p, d):
    return (n + 2 * p - d * (k - 1) - 1) // s + 1


def _no_floor(n, k, s, p, d):
    return (n + 2 * p - d * (k - 1) - 1) / s + 1


def _rounded(n, k, s, p, d):
    return int((n + 2 * p - d * (k - 1) - 1) / s + 1.5)


def _padding_once(n, k, s, p, d):
    return (n + p - d * (k - 1) - 1) // s + 1


def _dilation_k(n, k, s, p, d):
    return (n + 2 * p - d * k) // s + 1


def _no_dilation(n, k, s, p, d):
    return (n + 2 * p - k) // s + 1


def _ceil(n, k, s, p, d):
    return -((-(n + 2 * p - d * (k - 1) - 1)) // s) + 1


def _count_starts(n, k, s, p, d):
    return len(range(-p, n + p - d * (k - 1), s))


def _torch_size(n, k, s, p, d):
    import torch

    x, kernel = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
    return torch.nn.functional.conv1d(x, kernel, stride=s, padding=p, dilation=d).shape[2]


size = Exercise(
    "conv-size",
    _size,
    [(6, 3, 2, 0, 1), (11, 3, 3, 1, 2), (9, 3, 2, 1, 3), (10, 3, 2, 2, 1), (10, 3, 4, 1, 1)],
    [
        Mistake(
            "no-floor",
            _no_floor,
            "Your result is not always a whole number. A window that does not fit is dropped: "
            "divide with floor.",
        ),
        Mistake(
            "rounded",
            _rounded,
            "You rounded to the nearest whole number. A window that fits by half is dropped too: "
            "divide with floor.",
        ),
        Mistake(
            "padding-once",
            _padding_once,
            "You added p once. Padding is added on both sides: 2 * p.",
        ),
        Mistake(
            "dilation-times-k",
            _dilation_k,
            "You took d * k for the reach of the kernel. Between k taps there are k - 1 gaps: "
            "they span d * (k - 1) + 1 positions.",
        ),
        Mistake(
            "dilation-forgotten",
            _no_dilation,
            "The dilation is missing. Taps at distance d span d * (k - 1) + 1 positions, not k.",
        ),
        Mistake(
            "ceil",
            _ceil,
            "You rounded up. That is ceil_mode of pooling; a convolution drops the last window "
            "when it does not fit.",
        ),
    ],
    alternatives=(_count_starts, _torch_size),
    task="Write out_size(n, k, s, p, d): the length of the output of a 1-D convolution.",
)


def _equivariant(layers, shift):
    stride = 1
    exact = True
    for kind, value in layers:
        if kind == "conv" and value == "zeros":
            exact = False
        if kind == "stride":
            stride = stride * value
    exact = exact and shift % stride == 0
    moved = shift // stride if exact else 0
    return exact, moved


def _always(layers, shift):
    return _equivariant([layer for layer in layers if layer[1] != "zeros"], shift)


def _stride_ignored(layers, shift):
    return _equivariant([layer for layer in layers if layer[0] != "stride"], shift)


def _strides_apart(layers, shift):
    strides = [value for kind, value in layers if kind == "stride"]
    exact = _stride_ignored(layers, shift)[0] and not any(shift % value for value in strides)
    return exact, shift // math.prod(strides) if exact else 0


def _strides_add(layers, shift):
    total = sum(value for kind, value in layers if kind == "stride") or 1
    exact = _stride_ignored(layers, shift)[0] and shift % total == 0
    return exact, shift // total if exact else 0


def _relu_breaks(layers, shift):
    if any(kind == "relu" for kind, _ in layers):
        return False, 0
    return _equivariant(layers, shift)


def _not_divided(layers, shift):
    exact, _ = _equivariant(layers, shift)
    return exact, shift if exact else 0


def _by_trial(layers, shift):
    """Run the layers on a random ring of 24 numbers; compare with every shift of the output."""
    import numpy as np

    def run(x, rng):
        for kind, value in layers:
            if kind == "conv":
                w = rng.normal(size=3)
                mode = "wrap" if value == "ring" else "constant"
                x = np.convolve(np.pad(x, 1, mode=mode), w, "valid")
            elif kind == "stride":
                x = x[::value]
            else:
                x = np.logaddexp(0, x)  # smooth: a relu could be zero on all of a short ring
        return x

    x = np.random.default_rng(404).normal(size=24)
    y, moved = (run(a, np.random.default_rng(405)) for a in (x, np.roll(x, shift)))
    fits = [n for n in range(len(y)) if np.allclose(np.roll(y, n), moved)]
    return bool(fits), fits[0] if fits else 0


def _equivariance_inputs():
    ring, zeros, relu = ("conv", "ring"), ("conv", "zeros"), ("relu", None)
    two, three = ("stride", 2), ("stride", 3)
    return [
        ([ring, relu, ring], 5),
        ([ring, relu, zeros, relu], 1),
        ([ring, two, relu], 1),
        ([ring, two, ring], 4),
        ([ring, two, relu, three, ring], 5),
        ([ring, two, ring, three], 6),
        ([ring, two, relu, two], 6),
        ([zeros, two], 2),
        ([ring, three], 2),
    ]


equivariant = Exercise(
    "conv-equivariant-decide",
    _equivariant,
    _equivariance_inputs(),
    [
        Mistake(
            "zeros-forgotten",
            _always,
            "You let zero padding pass. At the border a zero stands where the signal was, and the "
            "zeros do not move with it.",
        ),
        Mistake(
            "stride-ignored",
            _stride_ignored,
            "You let every shift pass a stride. Taking every s-th entry commutes with shifts by "
            "multiples of s only.",
        ),
        Mistake(
            "strides-apart",
            _strides_apart,
            "You compared the same shift with every stride. Behind the first stride the shift is "
            "smaller: divide it, or multiply the strides.",
        ),
        Mistake(
            "strides-add",
            _strides_add,
            "You added the strides. A shift has to be a multiple of their product.",
        ),
        Mistake(
            "relu-breaks",
            _relu_breaks,
            "You said no because of the ReLU. What acts on each entry by itself commutes with "
            "every shift.",
        ),
        Mistake(
            "not-divided",
            _not_divided,
            "Your output moves as far as the input. Behind a stride of s one position is worth s: "
            "divide the shift by the product of the strides.",
        ),
    ],
    alternatives=(_by_trial,),
    returns=("exact", "moved"),
    task=(
        "Write equivariant(layers, shift): whether moving the input of a random network by shift "
        "only moves its output, and by how much (0 if not). Layers are pairs: ('conv', 'ring') or "
        "('conv', 'zeros'), ('stride', s), ('relu', None)."
    ),
)
