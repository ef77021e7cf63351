"""The exercises on which entries share statistics."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["group_norm", "which_norm"]


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

NORMS = ("BN", "LN", "IN", "GN", "RMS")
CHANGES = (
    "factor per channel",
    "factor per sample",
    "factor per sample and channel",
    "shift of everything",
    "shift per channel",
    "factor per group",
)


def _invariant(norm, change):
    sets = {"BN": (0, 2), "LN": (1, 0), "IN": (1, 2), "GN": (1, 1), "RMS": (1, 0)}
    samples = "sample" in change
    channels = 2 * ("channel" in change) + ("group" in change)
    if norm == "RMS" and change.startswith("shift"):
        return False
    return samples <= sets[norm][0] and channels <= sets[norm][1]


def _with(answer, *pairs):
    """The table with other answers at some places."""

    def run(norm, change):
        return answer if (norm, change) in pairs else _invariant(norm, change)

    return run


def _measured(norm, change):
    """Ask random arrays: six channels in two groups, positive factors, no epsilon."""
    rng = np.random.default_rng(314)
    x = 1 + rng.normal(size=(3, 6, 4, 5))
    draw = {
        "factor per channel": (rng.uniform(0.5, 2, (1, 6, 1, 1)), 0.0),
        "factor per sample": (rng.uniform(0.5, 2, (3, 1, 1, 1)), 0.0),
        "factor per sample and channel": (rng.uniform(0.5, 2, (3, 6, 1, 1)), 0.0),
        "shift of everything": (1.0, 0.7),
        "shift per channel": (1.0, rng.normal(size=(1, 6, 1, 1))),
        "factor per group": (np.repeat([0.5, 2.0], 3).reshape(1, 6, 1, 1), 0.0),
    }[change]

    def normalise(x):
        parts = x.reshape(3, 2, 3, 4, 5) if norm == "GN" else x
        axes = {"BN": (0, 2, 3), "LN": (1, 2, 3), "IN": (2, 3), "GN": (2, 3, 4), "RMS": (1, 2, 3)}
        mean = 0.0 if norm == "RMS" else parts.mean(axis=axes[norm], keepdims=True)
        square = np.mean((parts - mean) ** 2, axis=axes[norm], keepdims=True)
        return ((parts - mean) / np.sqrt(square)).reshape(x.shape)

    return bool(np.allclose(normalise(x), normalise(draw[0] * x + draw[1])))


which_norm = Exercise(
    "ln-which-norm",
    _invariant,
    [(norm, change) for norm in NORMS for change in CHANGES],
    [
        Mistake(
            "ln-per-channel",
            _with(True, ("LN", "factor per channel"), ("LN", "shift per channel")),
            "Layer normalisation mixes the channels of a sample: a change of one channel against "
            "the others shows in its output.",
        ),
        Mistake(
            "bn-per-sample",
            _with(True, ("BN", "factor per sample")),
            "Batch normalisation mixes the samples: one sample that is louder than the others "
            "stays louder.",
        ),
        Mistake(
            "rms-shift",
            _with(True, ("RMS", "shift of everything")),
            "RMSNorm does not take a mean off, so a shift shows in its output.",
        ),
        Mistake(
            "in-global",
            _with(False, ("IN", "factor per sample and channel")),
            "Instance normalisation has statistics for each sample and channel, so it does not see "
            "a factor for each of these.",
        ),
        Mistake(
            "gn-as-ln",
            _with(False, ("GN", "factor per group")),
            "Each group has its own statistics in group normalisation, so a factor for each group "
            "is lost.",
        ),
    ],
    alternatives=(_measured,),
    task="Write invariant(norm, change): is the output unchanged? True or False.",
)
