"""The exercise on reading a lag profile: does the far part vanish, and is the total small?

Profiles are computed from small networks. They are far from every reasonable threshold: the slope
of the logarithm is below -.25, within +-.015 or above .25 per step, and the sum of the norms is
below 1e-9 or above 1e-2.
"""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["verdict"]


def _classify_lags(norms):
    lags = np.arange(len(norms))
    far = lags >= len(norms) // 2
    slope = np.polyfit(lags[far], np.log(norms[far]), 1)[0]
    kind = "vanishes" if slope < -0.06 else "explodes" if slope > 0.06 else "flat"
    return {"far": kind, "total_small": bool(norms.sum() < 1e-6)}


def _kind(value, low, high):
    return "vanishes" if value < low else "explodes" if value > high else "flat"


def _by(slope, threshold=0.06, total=np.sum, small=1e-6):
    """Judge the far part by ``slope(norms)`` and the total by ``total(norms)``."""

    def run(norms):
        far = _kind(slope(norms), -threshold, threshold)
        return {"far": far, "total_small": bool(total(norms) < small)}

    return run


def _fit(norms, start=0):
    lags = np.arange(start, len(norms))
    return np.polyfit(lags, np.log(norms[start:]), 1)[0]


def _total_for_far(norms):
    total = norms.sum()
    return {"far": _kind(total, 1e-3, 1e3), "total_small": bool(total < 1e-6)}


def _last_for_total(norms):
    return norms[-1]


def _profile(x, h0, Wx, Wh, v, f=np.tanh, slope=lambda h: 1 - h**2):
    """Norms (T,) of the contributions of lag 0 to T-1 to the gradient of v @ h_T."""
    states, signal, norms = [h0], v, []
    for step in x:
        states.append(f(Wx @ step + Wh @ states[-1]))
    for t in range(len(x), 0, -1):
        delta = slope(states[t]) * signal
        norms.append(np.linalg.norm(delta) * np.linalg.norm(states[t - 1]))
        signal = Wh.T @ delta
    return np.array(norms)


def _network(seed, H, radius, T=50, D=3):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(H, H))
    Wh = radius * W / np.abs(np.linalg.eigvals(W)).max()
    Wx = rng.normal(size=(H, D)) / np.sqrt(D)
    return rng.normal(size=(T, D)), 0.5 * rng.normal(size=H), Wx, Wh, rng.normal(size=H)


def _inputs():
    x, h0, Wx, half, v = _network(1, 20, 0.5)
    orthogonal = np.linalg.qr(half)[0]
    y, g0, Wy, most, _ = _network(17, 20, 0.9)
    most_stretched = np.linalg.svd(most)[0][:, 0]  # so that lag 1 exceeds lag 0
    z, k0, Wz, triple, u = _network(0, 60, 3.0, T=60)
    drift = 2e-3 * np.abs(x)  # a positive state stays positive under an identity ReLU
    relu = (lambda a: np.maximum(a, 0), lambda h: np.where(h > 0, 1.0, 0.0))
    return [
        (_profile(x, h0, Wx, half, 1e-3 * v),),  # radius .5, vanishes
        (_profile(0.5 * y, g0, Wy, most, most_stretched),),  # radius .9, vanishes after a rise
        (_profile(3e-3 * x, 0.05 * h0, Wx, orthogonal, v),),  # orthogonal, flat
        (_profile(drift, np.abs(h0), np.abs(Wx), np.eye(20), 0.1 * v, *relu),),  # flat too
        (_profile(0.1 * z, k0, Wz, triple, u),),  # radius 3, explodes
        # One impulse (h0) and no input: every lag is equally tiny, flat and small in total.
        (_profile(0 * x, h0, Wx, 0.5 * orthogonal, v),),
    ]


verdict = Exercise(
    "bptt-verdict",
    _classify_lags,
    _inputs(),
    [
        Mistake(
            "total-for-far",
            _total_for_far,
            "You judged the far part by the total. A total of order 1 says nothing about the far "
            "terms, and equal terms may all be tiny: compare lag 40 with lag 0.",
        ),
        Mistake(
            "far-for-total",
            _by(lambda norms: _fit(norms, 10), total=_last_for_total),
            "You called the total small because its far terms are. The near terms are in the "
            "total too: add up the norms.",
        ),
        Mistake(
            "linear-scale",
            _by(lambda norms: norms[40] - norms[0], threshold=0.1),
            "You took a difference of norms. Small norms differ by little however fast they fall: "
            "use ratios or logarithms.",
            also=(_by(lambda norms: np.polyfit(np.arange(50), norms[:50], 1)[0], threshold=0.02),),
        ),
        Mistake(
            "single-lag",
            _by(lambda norms: np.log(norms[1] / norms[0])),
            "You compared lag 1 with lag 0. One step can rise where all later ones fall: fit the "
            "slope of the logarithm over the far lags.",
        ),
        Mistake(
            "read-backwards",
            _by(lambda norms: -_fit(norms)),
            "You read the profile backwards. Entry 0 is the last step, entry k lies k steps "
            "before it: a falling profile vanishes.",
        ),
        Mistake(
            "no-flat",
            _by(_fit, threshold=0.0),
            "You never say flat. A slope that is near 0 neither vanishes nor explodes: leave a "
            "band around 0, such as .05 per step.",
            also=(_by(lambda norms: np.log(norms[40] / norms[0]), threshold=0.0),),
        ),
    ],
    alternatives=(
        _by(_fit, threshold=0.02, small=1e-8),
        _by(_fit, threshold=0.2, small=1e-3),
        _by(lambda norms: np.log(norms[40] / norms[0]) / 40, threshold=0.1, total=np.max),
        _by(lambda norms: np.median(np.diff(np.log(norms[10:]))), threshold=0.05),
        lambda norms: {
            "far": _kind(norms[-10:].mean() / norms[:10].mean(), 1e-2, 1e2),
            "total_small": np.linalg.norm(norms) < 1e-6,
        },
    ),
    task=(
        "Write classify_lags(norms) for the norms (T,) of the contributions by lag, T >= 50, all "
        'positive. Return {"far": "vanishes", "explodes" or "flat", "total_small": True or '
        "False}, where the total is small when the sum of the norms, its upper bound, is below "
        "1e-6."
    ),
)
