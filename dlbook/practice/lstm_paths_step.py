"""The exercise on one step of an LSTM."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["step"]


def _lstm_step(x, h, C, W, U, b):
    i, f, g, o = np.split(W @ x + U @ h + b, 4)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    C = f * C + i * np.tanh(g)
    return o * np.tanh(C), C


def _with(order="ifgo", candidate=np.tanh, output=np.tanh, old=False, gates=None):
    gates = gates or (lambda a: 1 / (1 + np.exp(-a)))

    def run(x, h, C, W, U, b):
        part = dict(zip(order, np.split(W @ x + U @ h + b, 4), strict=True))
        new = gates(part["f"]) * C + gates(part["i"]) * candidate(part["g"])
        return gates(part["o"]) * output(C if old else new), new

    return run


def _no_state(x, h, C, W, U, b):
    return _lstm_step(x, 0 * h, C, W, U, b)


def _torch_cell(x, h, C, W, U, b):
    import torch

    cell = torch.nn.LSTMCell(len(x), len(h), dtype=torch.float64)
    values = {"weight_ih": W, "weight_hh": U, "bias_ih": b / 3, "bias_hh": 2 * b / 3}
    cell.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    h, C = cell(torch.tensor(x)[None], (torch.tensor(h)[None], torch.tensor(C)[None]))
    return h[0], C[0]


def _by_unit(x, h, C, W, U, b):
    """A loop over units, with the sigmoid written as a tanh."""
    H, shown, kept = len(h), [], []
    for j in range(H):
        i, f, g, o = (W[k] @ x + U[k] @ h + b[k] for k in range(j, 4 * H, H))
        i, f, o = (0.5 + 0.5 * np.tanh(a / 2) for a in (i, f, o))
        kept.append(f * C[j] + i * np.tanh(g))
        shown.append(o * np.tanh(kept[-1]))
    return shown, kept


def _inputs():
    rng = np.random.default_rng(211)
    D, H = 4, 6
    bias = np.repeat([0.3, 1.0, -0.4, -0.8], H)  # every gate has its own
    return [
        (rng.normal(size=D), rng.uniform(-0.9, 0.9, H), rng.normal(size=H) * 1.5,
         rng.normal(size=(4 * H, D)) / 2, rng.normal(size=(4 * H, H)) / 2,
         bias + 0.3 * rng.normal(size=4 * H))
        for _ in range(2)
    ]  # fmt: skip


step = Exercise(
    "lstm-step",
    _lstm_step,
    _inputs(),
    [
        Mistake(
            "no-output-tanh",
            _with(output=lambda C: C),
            "Your h is o * C. It grows without bound when C does: show h = o * tanh(C).",
        ),
        Mistake(
            "gate-order",
            _with(order="figo"),
            "Two blocks of rows are swapped. PyTorch stacks the rows of the gates as i, f, g, o.",
            also=(_with(order="ifog"), _with(order="igfo"), _with(order="oigf")),
        ),
        Mistake(
            "sigmoid-candidate",
            _with(candidate=lambda a: 1 / (1 + np.exp(-a))),
            "Your candidate is never negative, so nothing new can lower C. The candidate g is "
            "signed: use tanh.",
        ),
        Mistake(
            "h-uses-old-C",
            _with(old=True),
            "Your h reads the old cell state. Update C first; the output shows the new one.",
        ),
        Mistake(
            "tanh-gates",
            _with(gates=np.tanh),
            "Your gates can be negative. A gate lies between 0 and 1: i, f and o are sigmoids.",
        ),
        Mistake(
            "no-state",
            _no_state,
            "Your gates do not look at h. Add U @ h to all four pre-activations.",
        ),
    ],
    alternatives=(_torch_cell, _by_unit),
    returns=("h", "C"),
    task=(
        "Write lstm_step(x, h, C, W, U, b) for x (D,), h and C (H,), W (4H, D), U (4H, H), b (4H,) "
        "with rows in the order i, f, g, o. Return the new h and C."
    ),
)
