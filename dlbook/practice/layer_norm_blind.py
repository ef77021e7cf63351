"""The exercise on what each normalisation is blind to."""

from .engine import Exercise, Mistake

__all__ = ["which_norm"]

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
    import numpy as np

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
