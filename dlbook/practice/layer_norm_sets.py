"""The exercise on groups of channels that share statistics."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["group_norm"]


def _group_norm(x, G, eps):
    parts = x.reshape(len(x) * G, -1)
    mean = parts.mean(axis=1, keepdims=True)
    var = np.mean((parts - mean) ** 2, axis=1, keepdims=True)
    return ((parts - mean) / np.sqrt(var + eps)).reshape(x.shape)


def _groups_of_g(x, G, eps):
    return _group_norm(x, x.shape[1] // G, eps)


def _interleaved(x, G, eps):
    out = np.empty_like(x)
    for k in range(G):
        out[:, k::G] = _group_norm(x[:, k::G], 1, eps)
    return out


def _per_position(x, G, eps):
    B, C, height, width = x.shape
    parts = x.reshape(B, G, C // G, height, width)
    centred = parts - parts.mean(axis=2, keepdims=True)
    return (centred / np.sqrt(parts.var(axis=2, keepdims=True) + eps)).reshape(x.shape)


def _with_batch(x, G, eps):
    B, C, height, width = x.shape
    parts = x.reshape(B, G, C // G * height * width)
    centred = parts - parts.mean(axis=(0, 2), keepdims=True)
    return (centred / np.sqrt(parts.var(axis=(0, 2), keepdims=True) + eps)).reshape(x.shape)


def _torch_group_norm(x, G, eps):
    import torch

    return torch.nn.functional.group_norm(torch.tensor(x), G, eps=eps)


def _map_inputs():
    rng = np.random.default_rng(313)
    scale = np.array([0.5, 1, 2, 3, 1, 0.2])[:, None, None]
    return [
        (1 + scale * rng.normal(size=(2, 6, 2, 3)), 2, 1e-3),
        (1 + scale * rng.normal(size=(3, 6, 3, 2)), 3, 0.1),
        (1 + scale * rng.normal(size=(2, 6, 2, 2)), 1, 0.1),
        (1 + scale * rng.normal(size=(2, 6, 2, 3)), 6, 0.1),
    ]


group_norm = Exercise(
    "ln-group-norm",
    _group_norm,
    _map_inputs(),
    [
        Mistake(
            "groups-of-g",
            _groups_of_g,
            "Your groups have G channels each. G is the number of groups; each has C / G channels.",
        ),
        Mistake(
            "interleaved",
            _interleaved,
            "Channel c went to group c % G. Groups are blocks of neighbouring channels.",
        ),
        Mistake(
            "per-position",
            _per_position,
            "Each position has statistics of its own. Height and width belong to the set as well.",
        ),
        Mistake(
            "with-batch",
            _with_batch,
            "Your samples share statistics. Each sample has its own, as in layer normalisation.",
        ),
    ],
    alternatives=(_torch_group_norm,),
    task="Write group_norm(x, G, eps) for x of shape (B, C, height, width), without gain and bias.",
)
