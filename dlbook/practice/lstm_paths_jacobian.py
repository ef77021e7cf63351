"""The exercise on the exact Jacobian of the last cell state with respect to the first."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["total_jacobian"]


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _lstm_total_jacobian(x, h0, C0, W, U, b):
    h, C = h0, C0
    dC, dh = np.eye(len(h0)), np.zeros((len(h0), len(h0)))
    for step in x:
        i, f, g, o = np.split(W @ step + U @ h + b, 4)
        i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
        di, df, dg, do = np.split(U @ dh, 4)
        dC = (
            f[:, None] * dC
            + (C * f * (1 - f))[:, None] * df
            + (g * i * (1 - i))[:, None] * di
            + (i * (1 - g**2))[:, None] * dg
        )
        C = f * C + i * g
        shown = np.tanh(C)
        dh = (o * (1 - shown**2))[:, None] * dC + (shown * o * (1 - o))[:, None] * do
        h = o * shown
    return dC


def _factors(x, h0, C0, W, U, b):
    """diag(f), R, A and B of every step: dC = diag(f) dC + R dh, then dh = A dC + B dh."""
    h, C, found = h0, C0, []
    Ui, Uf, Ug, Uo = np.split(U, 4)
    for step in x:
        i, f, g, o = np.split(W @ step + U @ h + b, 4)
        i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
        R = np.diag(C * f * (1 - f)) @ Uf + np.diag(g * i * (1 - i)) @ Ui
        R = R + np.diag(i * (1 - g**2)) @ Ug
        C = f * C + i * g
        B = np.diag(np.tanh(C) * o * (1 - o)) @ Uo
        found.append((np.diag(f), R, np.diag(o * (1 - np.tanh(C) ** 2)), B))
        h = o * np.tanh(C)
    return found


def _joint(*case):
    """Products of 2H by 2H matrices of the pair (C, h)."""
    H = len(case[1])
    J = np.eye(2 * H)
    for F, R, A, B in _factors(*case):
        J = np.block([[F, R], [A @ F, A @ R + B]]) @ J
    return J[:H, :H]


def _highway(*case):
    J = np.eye(len(case[1]))
    for F, *_ in _factors(*case):
        J = F @ J
    return J


def _cell_only(*case):
    J = np.eye(len(case[1]))
    before = 0 * J  # h_0 is held fixed
    for F, R, A, _ in _factors(*case):
        J, before = (F + R @ before) @ J, A
    return J


def _wrong_order(*case):
    H = len(case[1])
    J = np.eye(2 * H)
    for F, R, A, B in _factors(*case):
        J = J @ np.block([[F, R], [A @ F, A @ R + B]])
    return J[:H, :H]


def _transposed(*case):
    return _joint(*case).T


def _state_at_last(*case):
    H = len(case[1])
    J = np.eye(2 * H)
    for F, R, A, B in _factors(*case):
        J = np.block([[F, R], [A @ F, A @ R + B]]) @ J
    return J[H:, :H]


def _autograd(x, h0, C0, W, U, b):
    import torch

    lstm = torch.nn.LSTM(x.shape[1], len(h0), dtype=torch.float64)
    for parameter, value in zip(lstm.parameters(), (W, U, b, 0 * b), strict=True):
        parameter.data = torch.tensor(value)

    def last(C):
        return lstm(torch.tensor(x), (torch.tensor(h0)[None], C[None]))[1][1][0]

    return torch.autograd.functional.jacobian(last, torch.tensor(C0))


def _inputs():
    rng = np.random.default_rng(227)
    H, D, T = 6, 3, 20
    b = np.repeat([0.5, 1.0, 0.0, 0.5], H) + 0.2 * rng.normal(size=4 * H)
    return [
        (rng.normal(size=(T, D)), rng.uniform(-0.8, 0.8, H), rng.normal(size=H),
         rng.normal(size=(4 * H, D)) / 2, 1.5 * rng.normal(size=(4 * H, H)) / np.sqrt(H), b)
        for T in (T, 5)
    ]  # fmt: skip


total_jacobian = Exercise(
    "lstm-total-jacobian",
    _lstm_total_jacobian,
    _inputs(),
    [
        Mistake(
            "highway-only",
            _highway,
            "That is the product of the forget gates, the highway alone. The gates answer to h as "
            "well: follow how h changes.",
        ),
        Mistake(
            "c-only-product",
            _cell_only,
            "You multiplied dC/dC of single steps. The output gate depends on the old h too, so "
            "carry the pair (dC, dh); yours is right only with o held fixed.",
        ),
        Mistake(
            "wrong-order",
            _wrong_order,
            "Your steps stand in the wrong order. Later steps act last, so they multiply from the "
            "LEFT.",
        ),
        Mistake(
            "transposed",
            _transposed,
            "Your Jacobian is transposed: one row for each entry of C_T, one column for each entry "
            "of C_0.",
        ),
        Mistake(
            "dh-dC",
            _state_at_last,
            "You return how h_T depends on C_0. Asked for is the last CELL state.",
        ),
    ],
    alternatives=(_autograd, _joint),
    task=(
        "Write lstm_total_jacobian(x, h0, C0, W, U, b) for x (T, D), h0 and C0 (H,), rows of W, U "
        "and b in the order i, f, g, o. Return dC_T/dC_0, (H, H), with h0 held fixed."
    ),
)
