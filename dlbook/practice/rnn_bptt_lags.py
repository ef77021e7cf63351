"""The exercise on the contributions of the single lags to the gradient of W_h."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["lag_terms"]


def _lag_terms(x, h0, Wx, Wh, b, v):
    states = [h0]
    for step in x:
        states.append(np.tanh(Wx @ step + Wh @ states[-1] + b))
    signal, terms = v, []
    for t in range(len(x), 0, -1):
        delta = (1 - states[t] ** 2) * signal
        terms.append(np.outer(delta, states[t - 1]))  # (H, H), lag T - t
        signal = Wh.T @ delta
    return np.array(terms)


def _slope(h):
    return 1 - h**2


def _lag_parts(x, h0, Wx, Wh, b, v, *, back=np.transpose, slope=_slope):
    """States (T+1, H) in order of time, deltas (T+1, H) in order of lag, the last at h0."""
    states, signal, deltas = [h0], v, []
    for step in x:
        states.append(np.tanh(Wx @ step + Wh @ states[-1] + b))
    for state in states[:0:-1]:
        deltas.append(slope(state) * signal)
        signal = back(Wh) @ deltas[-1]
    return np.array(states), np.array([*deltas, signal])


def _products(deltas, states):
    return deltas[:, :, None] * states[:, None, :]


def _lags_with(**change):
    def run(*arguments):
        states, deltas = _lag_parts(*arguments, **change)
        return _products(deltas[:-1], states[-2::-1])

    return run


def _lags_after(*arguments):
    states, deltas = _lag_parts(*arguments)
    return _products(deltas[:-1], states[:0:-1])


def _lags_and_start(*arguments):
    states, deltas = _lag_parts(*arguments)
    return _products(deltas, np.vstack([states[-2::-1], states[:1]]))


def _lags_and_last_again(*arguments):
    terms = _lag_terms(*arguments)
    return np.concatenate([terms, terms[-1:]])


def _lags_and_after(*arguments):
    states, deltas = _lag_parts(*arguments)
    return _products(deltas, states[::-1])


def _untied(x, h0, Wx, Wh, b, v):
    import torch

    copies = [torch.tensor(Wh, requires_grad=True) for _ in x]
    state = torch.tensor(h0)
    for step, copy in zip(x, copies, strict=True):
        state = torch.tanh(torch.tensor(Wx @ step + b) + copy @ state)
    return torch.autograd.grad(torch.tensor(v) @ state, copies)[::-1]  # a tuple of T tensors


def _by_jacobians(*arguments):
    """The product of Jacobians, written out for every lag."""
    x, _, _, Wh, _, v = arguments
    states, _ = _lag_parts(*arguments)
    terms = []
    for k in range(len(x)):
        row = v
        for t in range(len(x), len(x) - k, -1):
            row = row @ np.diag(_slope(states[t])) @ Wh
        t = len(x) - k
        terms.append(np.outer(row * _slope(states[t]), states[t - 1]))
    return terms


def _lag_case(rng, T, D, H):
    x, h0, b = 0.8 * rng.normal(size=(T, D)), 0.7 * rng.normal(size=H), 0.4 * rng.normal(size=H)
    Wx, Wh = rng.normal(size=(H, D)) / np.sqrt(D), rng.normal(size=(H, H))
    return x, h0, Wx, 1.2 * Wh / np.linalg.norm(Wh, 2), b, rng.normal(size=H)


def _lag_inputs():
    rng = np.random.default_rng(103)
    return [_lag_case(rng, T=6, D=3, H=4), _lag_case(rng, T=3, D=2, H=5)]


lag_terms = Exercise(
    "bptt-lag-terms",
    _lag_terms,
    _lag_inputs(),
    [
        Mistake(
            "reversed-order",
            lambda *a: _lag_terms(*a)[::-1],
            "Your entries are right but in order of time. Entry k is lag k: entry 0 belongs to the "
            "last step, entry T-1 to the first.",
        ),
        Mistake(
            "cumulative",
            lambda *a: np.cumsum(_lag_terms(*a), axis=0),
            "Your entries are sums over several lags. Their differences are the contributions: "
            "do not add up.",
            also=(lambda *a: np.cumsum(_lag_terms(*a)[::-1], axis=0)[::-1],),
        ),
        Mistake(
            "one-term-too-many",
            _lags_and_start,
            "You return T+1 terms. W_h is used exactly T times, the first time on h0: there are T "
            "terms, and the last one is outer(delta_1, h0).",
            also=(_lags_and_last_again, _lags_and_after),
        ),
        Mistake(
            "total",
            lambda *a: _lag_terms(*a).sum(axis=0),
            "You return the whole gradient. Keep the terms of the sum apart: (T, H, H).",
        ),
        Mistake(
            "norms",
            lambda *a: np.sqrt((_lag_terms(*a) ** 2).sum(axis=(1, 2))),
            "You return the norm of each contribution. Return the matrices: (T, H, H).",
        ),
        Mistake(
            "no-transpose",
            _lags_with(back=np.array),
            "Entry 0 is right, the others are not: backwards the transpose acts, Wh.T @ delta.",
        ),
        Mistake(
            "wrong-time-index",
            _lags_after,
            "Your terms use the state AFTER the step. W_h multiplied the state before: "
            "outer(delta_t, h_{t-1}).",
        ),
        Mistake(
            "missing-tanh",
            _lags_with(slope=np.ones_like),
            "The derivative of tanh is missing. Multiply by 1 - h_t^2 at every step, the last "
            "one included.",
        ),
        Mistake(
            "transposed-product",
            lambda *a: np.swapaxes(_lag_terms(*a), 1, 2),
            "Your matrices are transposed: the term is outer(delta_t, h_{t-1}), in this order.",
        ),
    ],
    alternatives=(_untied, _by_jacobians),
    task=(
        "Write lag_terms(x, h0, Wx, Wh, b, v) for one sequence x (T, D) and the loss v @ h_T. "
        "Return the contributions to dL/dWh, (T, H, H): entry k is lag k, the use of W_h at step "
        "T - k."
    ),
)
