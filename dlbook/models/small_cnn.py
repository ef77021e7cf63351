"""Several small convolutional networks of one architecture at the same time, for tiny images.

On maps of 8x8 a convolution spends most of its time being called. Here a convolution is written as
its matrix, whose entries are the kernel's weights or zero, and the matrices of all members of a
fleet are multiplied at once. Every member computes what ``torch.nn.Conv2d`` would compute.
"""

import numpy as np
import torch
from torch import nn

__all__ = ["SmallCNNs"]


class SmallCNNs(nn.Module):
    """S networks with the same layers and different weights.

    Parameters
    ----------
    layers : list of tuples (kind, out, k, s, p, g)
        kind "conv" (``out`` channels, kernel k, stride s, padding p, g = 1 group) is followed by
        the activation; "pool" and "mean" take the largest and the mean value of windows of k with
        stride k; "dense" reads everything and writes ``out`` numbers, without an activation.
    shape : (C, H, W)
        Of one image.
    seeds : sequence of S int
        Weights are normal with variance 2 / fan-in before a ReLU and 1 / fan-in otherwise, biases
        zero; member i draws them in the order of the layers from ``default_rng(seeds[i])``.
    activation : {"relu", "tanh"}
    shortcuts : bool
        True: after the first convolution, every two convolutions are a residual block,
        ``activation(x + conv(activation(conv(x))))``. Only convolutions may stand in between that
        keep the shape.

    Raises
    ------
    ValueError
        Groups, windows that overlap or do not fill the map, an unknown kind or activation, or a
        shortcut around convolutions that change the shape.
    """

    def __init__(self, layers, shape, seeds, *, activation="relu", shortcuts=False):
        super().__init__()
        if activation not in ("relu", "tanh"):
            raise ValueError(f"activation must be 'relu' or 'tanh', got {activation!r}")
        self.act = getattr(torch, activation)
        self.shortcuts = shortcuts
        self.steps, self.weights, self.biases = [], nn.ParameterList(), nn.ParameterList()
        rngs = [np.random.default_rng(seed) for seed in seeds]
        convs = 0
        for kind, out, k, s, p, g in layers:
            C, H, W = shape
            if kind in ("pool", "mean"):
                if (s, p) != (k, 0) or H % k or W % k:
                    raise ValueError(f"windows of {k} with stride {s} do not tile {H}x{W}")
                shape = (C, H // k, W // k)
                self.steps.append((kind, (C, H // k, k, W // k, k)))
                continue
            if kind not in ("conv", "dense") or g != 1:
                raise ValueError(f"no layer of kind {kind!r} with {g} groups here")
            if kind == "conv":
                size, gain = (out, C, k, k), 2 if activation == "relu" else 1
                pattern = _pattern(H, W, k, s, p)
                shape = (out, (H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1)
                inner = shortcuts and convs > 0
                if inner and shape != (C, H, W):
                    raise ValueError(f"no shortcut from {(C, H, W)} to {shape}")
                role = ("close", "open")[convs % 2] if inner else "conv"
                self.steps.append((role, pattern))
                convs += 1
            else:
                size, gain, shape = (out, C * H * W), 1, (out, 1, 1)
                self.steps.append(("dense", None))
            std = np.sqrt(gain / np.prod(size[1:]))
            drawn = np.stack([rng.normal(size=size) * std for rng in rngs])
            self.weights.append(nn.Parameter(torch.tensor(drawn, dtype=torch.float32)))
            self.biases.append(nn.Parameter(torch.zeros(len(rngs), out)))
        self.out = shape

    def forward(self, x):
        """Return logits (S, B, N) for images (S, B, C, H, W)."""
        S, B = x.shape[:2]
        h, number = x.flatten(2), 0
        for kind, info in self.steps:
            if kind in ("pool", "mean"):
                windows = h.view(S, B, *info)
                h = windows.amax((4, 6)) if kind == "pool" else windows.mean((4, 6))
                h = h.flatten(2)
                continue
            K, b = self.weights[number], self.biases[number]
            number += 1
            if kind == "dense":
                h = torch.baddbmm(b[:, None], h, K.mT)
                continue
            if kind == "open":
                kept = h  # what goes around the block
            out, C, k = K.shape[1:4]
            taps, N, P = info.shape
            M = (K.reshape(S * out * C, k * k) @ info.view(taps, N * P)).view(S, out, C, N, P)
            M = M.permute(0, 2, 3, 1, 4).reshape(S, C * N, out * P)
            h = torch.baddbmm(b.repeat_interleave(P, 1)[:, None], h, M)
            h = self.act(h + kept if kind == "close" else h)
        return h

    def member(self, i):
        """Weights and biases of one network: list of (weight, bias), in the order of layers."""
        return [(K[i].detach(), b[i].detach())
                for K, b in zip(self.weights, self.biases, strict=True)]  # fmt: skip


def _pattern(H, W, k, s, p):
    """Which weight joins which input and output position, (k * k, H * W, H' * W'), zero or one."""
    images = torch.eye(H * W).view(H * W, 1, H, W)
    kernels = torch.eye(k * k).view(k * k, 1, k, k)
    joined = nn.functional.conv2d(images, kernels, stride=s, padding=p)  # (H * W, k * k, H', W')
    return joined.flatten(2).transpose(0, 1).contiguous()
