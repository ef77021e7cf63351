"""The exercise on naming an LSTM from three measured curves.

The curves come from small random networks: how the size of dC_t/dC_0 changes with the number of
steps, how the largest entry of the cell changes when the sequence gets longer, and an accuracy,
which is made up so that it misleads. After 40 steps the gradient is below 1e-6, between 0.05 and 5,
or above 100; where it is neither tiny nor huge, the cell grows from the shortest to the longest
sequence less than twofold (bias 3) or more than eightfold (no gate).
"""

import numpy as np

from .engine import Exercise, Mistake
from .lstm_paths_jacobian import _factors

__all__ = ["diagnose"]

HALF, OPEN, NONE, LARGE = "forget bias 0", "forget bias 3", "no forget gate", "large weights"


def _diagnose_lstm(gradient, cells, accuracy):
    if gradient[-1] < 1e-3 * gradient[0]:
        return HALF
    if gradient[-1] > 10 * gradient[0]:
        return LARGE
    return NONE if cells[-1] > 4 * cells[0] else OPEN


def _by_slopes(gradient, cells, accuracy):
    slope = np.polyfit(np.arange(len(gradient)), np.log(gradient), 1)[0]
    growth = np.polyfit(np.arange(len(cells)), np.log(cells), 1)[0]
    if abs(slope) > 0.1:
        return HALF if slope < 0 else LARGE
    return NONE if growth > 0.35 else OPEN


def _accuracy_only(gradient, cells, accuracy):
    return OPEN if accuracy > 0.9 else NONE if accuracy > 0.6 else HALF


def _growth_as_vanishing(gradient, cells, accuracy):
    if cells[-1] > 4 * cells[0]:
        return HALF
    return _diagnose_lstm(gradient, cells, accuracy)


def _growth_as_explosion(gradient, cells, accuracy):
    if cells[-1] > 4 * cells[0]:
        return LARGE
    return _diagnose_lstm(gradient, cells, accuracy)


def _explosion_missed(gradient, cells, accuracy):
    if gradient[-1] < 1e-3 * gradient[0]:
        return HALF
    return NONE if cells[-1] > 4 * cells[0] else OPEN


def _cells_ignored(gradient, cells, accuracy):
    if gradient[-1] < 1e-3 * gradient[0]:
        return HALF
    return LARGE if gradient[-1] > 10 * gradient[0] else OPEN


def _curves(seed, forget, gain, accuracy, H=12, D=4, T=40):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(4 * H, D)) / np.sqrt(D)
    U = gain * rng.normal(size=(4 * H, H)) / np.sqrt(H)
    b = forget * (np.arange(4 * H) // H == 1)
    if forget > 100:  # no forget gate: the gate reads nothing
        W[H : 2 * H], U[H : 2 * H] = 0, 0
    x, h0, C0 = 0.5 + 0.5 * rng.normal(size=(640, D)), np.zeros(H), 0.5 * rng.normal(size=H)
    dC, dh, gradient = np.eye(H), np.zeros((H, H)), []
    for F, R, A, B in _factors(0.5 * x[:T], h0, C0, W, U, b):
        dC = F @ dC + R @ dh
        dh = A @ dC + B @ dh
        gradient.append(np.linalg.norm(dC) / np.sqrt(H))
    h, C, cells = h0, C0, []
    for step in x:
        i, f, g, o = np.split(W @ step + U @ h + b, 4)
        i, f, o = (1 / (1 + np.exp(-np.clip(a, -700, 700))) for a in (i, f, o))
        C = f * C + i * np.tanh(g)
        h = o * np.tanh(C)
        cells.append(np.abs(C).max())
    return np.array(gradient), np.array(cells)[[39, 79, 159, 319, 639]], accuracy


def _inputs():
    return [
        _curves(1, 0.0, 0.5, 0.97),
        _curves(2, 3.0, 0.5, 0.97),
        _curves(3, 1000.0, 0.3, 0.97),
        _curves(4, 1.0, 12.0, 0.70),
        _curves(5, 0.0, 0.5, 0.25),
        _curves(6, 3.0, 0.5, 0.70),
        _curves(7, 1000.0, 0.3, 0.95),
        _curves(8, 1.0, 12.0, 0.30),
    ]


diagnose = Exercise(
    "lstm-diagnose",
    _diagnose_lstm,
    _inputs(),
    [
        Mistake(
            "accuracy-only",
            _accuracy_only,
            "You looked at the accuracy. Networks of different kinds have the same accuracy here; "
            "the gradient and the cell tell them apart.",
        ),
        Mistake(
            "growth-as-vanishing",
            _growth_as_vanishing,
            "You took a growing cell for a vanishing gradient. Where the gradient stays and the "
            "cell grows with the length, nothing is ever cleared: no forget gate.",
        ),
        Mistake(
            "growth-as-explosion",
            _growth_as_explosion,
            "You took a growing cell for an exploding gradient. The cell is a sum here; large "
            "weights show in the gradient.",
        ),
        Mistake(
            "explosion-missed",
            _explosion_missed,
            "You missed the explosion. A gradient that grows with the number of steps comes from "
            "large recurrent weights: no forget bias does that.",
        ),
        Mistake(
            "cells-ignored",
            _cells_ignored,
            "You never looked at the cell. With an open gate and with none the gradient stays; "
            "only without a gate does the cell grow with the length.",
        ),
    ],
    alternatives=(_by_slopes,),
    task=(
        "Write diagnose_lstm(gradient, cells, accuracy): gradient (40,) the size of dC_t/dC_0 "
        "after 1 to 40 steps, cells (5,) the largest |C| for lengths 40, 80, 160, 320 and 640, "
        'and an accuracy. Return "forget bias 0", "forget bias 3", "no forget gate" or '
        '"large weights".'
    ),
)
