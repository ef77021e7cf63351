"""The exercise on the backward pass of an LSTM."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["backward"]


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _lstm_backward(x, h0, C0, W, U, b, dh):
    h, C, steps = h0, C0, []
    for step in x:
        i, f, g, o = np.split(W @ step + U @ h + b, 4)
        i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
        before, old = h, C
        C = f * old + i * g
        h = o * np.tanh(C)
        steps.append((i, f, g, o, np.tanh(C), old, before))
    dW, dU, db = np.zeros(W.shape), np.zeros(U.shape), np.zeros(b.shape)
    carried_h, carried_C = np.zeros(h.shape), np.zeros(h.shape)
    for t in range(len(x) - 1, -1, -1):
        i, f, g, o, shown, old, before = steps[t]
        dh_t = dh[t] + carried_h
        dC_t = carried_C + dh_t * o * (1 - shown**2)
        da = np.concatenate(
            [dC_t * g * i * (1 - i), dC_t * old * f * (1 - f), dC_t * i * (1 - g**2),
             dh_t * shown * o * (1 - o)]
        )  # fmt: skip
        dW += np.outer(da, x[t])
        dU += np.outer(da, before)
        db += da
        carried_h, carried_C = U.T @ da, f * dC_t
    return dW, dU, db, carried_h, carried_C


def _variant(cell=True, output=True, next_gate=True, slope=True, old_cell=True, local=False,
             negative=False, new_state=False):  # fmt: skip
    """The backward pass with a part left out or replaced."""

    def run(x, h0, C0, W, U, b, dh):
        h, C, steps = [h0], [C0], []
        for row in x:
            i, f, g, o = np.split(W @ row + U @ h[-1] + b, 4)
            i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
            steps.append((i, f, g, o))
            C.append(f * C[-1] + i * g)
            h.append(o * np.tanh(C[-1]))
        dW, dU, db = 0, 0, 0
        back_h, back_C, gate = 0 * h0, 0 * h0, 0 * h0
        for t in reversed(range(len(x))):
            i, f, g, o = steps[t]
            dh_t = dh[t] + (0 if local else back_h)
            through = -(np.tanh(C[t + 1]) ** 2) if negative else 1 - np.tanh(C[t + 1]) ** 2
            dC = (back_C * (gate if next_gate else f) if cell else 0 * back_C) + (
                dh_t * o * through if output else 0
            )
            s = (lambda a: a * (1 - a)) if slope else (lambda a: a)
            kept = C[t] if old_cell else C[t + 1]
            da = np.concatenate([dC * g * s(i), dC * kept * s(f), dC * i * (1 - g**2),
                                 dh_t * np.tanh(C[t + 1]) * s(o)])  # fmt: skip
            dW, db = dW + np.outer(da, x[t]), db + da
            dU = dU + np.outer(da, h[t + 1] if new_state else h[t])
            back_h, back_C, gate = U.T @ da, dC, f
        return dW, dU, db, back_h, back_C * gate if cell else 0 * h0

    return run


def _torch(x, h0, C0, W, U, b, dh):
    import torch

    lstm = torch.nn.LSTM(x.shape[1], len(h0), dtype=torch.float64)
    values = (W, U, b, 0 * b)
    for parameter, value in zip(lstm.parameters(), values, strict=True):
        parameter.data = torch.tensor(value)
    start = [torch.tensor(a)[None].requires_grad_() for a in (h0, C0)]
    h, _ = lstm(torch.tensor(x), tuple(start))
    (h * torch.tensor(dh)).sum().backward()
    W, U, b, _ = (parameter.grad for parameter in lstm.parameters())
    return W, U, b, start[0].grad[0], start[1].grad[0]


def _inputs():
    rng = np.random.default_rng(223)

    def case(T, D, H):
        b = np.repeat([0.2, 0.7, -0.1, 0.4], H) + 0.3 * rng.normal(size=4 * H)
        return (rng.normal(size=(T, D)), rng.uniform(-0.8, 0.8, H), rng.normal(size=H),
                rng.normal(size=(4 * H, D)) / 2, rng.normal(size=(4 * H, H)) / 2, b,
                rng.normal(size=(T, H)))  # fmt: skip

    return [case(6, 3, 5), case(4, 2, 3)]


backward = Exercise(
    "lstm-backward-pass",
    _lstm_backward,
    _inputs(),
    [
        Mistake(
            "drop-cell-path",
            _variant(cell=False),
            "Nothing comes back along the cell: your gradients are those of a network without the "
            "highway. Pass f * dC to the step before.",
        ),
        Mistake(
            "drop-output-path",
            _variant(output=False),
            "The loss reaches the cell through the output as well: dC gets dh * o * (1 - "
            "tanh(C)**2).",
        ),
        Mistake(
            "wrong-f",
            _variant(next_gate=False),
            "You pass dC back with the gate of the wrong step. What kept C_t is the forget gate of "
            "the NEXT step.",
        ),
        Mistake(
            "gates-no-derivative",
            _variant(slope=False),
            "You multiply by a gate where its derivative belongs: a sigmoid s has slope s * "
            "(1 - s).",
        ),
        Mistake(
            "old-cell",
            _variant(old_cell=False),
            "In the gradient of the forget gate stands the cell that it multiplied: the OLD one, "
            "C_{t-1}.",
        ),
        Mistake(
            "local-only",
            _variant(local=True),
            "You use only the loss of the step itself. The state also feeds the gates of the next "
            "step: add U.T @ da of that step.",
        ),
        Mistake(
            "minus-tanh-squared",
            _variant(negative=True),
            "Your derivative of tanh is -tanh**2. It is 1 - tanh**2.",
        ),
        Mistake(
            "new-state",
            _variant(new_state=True),
            "In dU stands the state that U multiplied: h_{t-1}, not h_t.",
        ),
    ],
    alternatives=(_torch, _variant()),
    returns=("dW", "dU", "db", "dh0", "dC0"),
    task=(
        "Write lstm_backward(x, h0, C0, W, U, b, dh) for x (T, D), h0 and C0 (H,), rows of W, U "
        "and b in the order i, f, g, o, and dh (T, H) the gradient of the loss of each step with "
        "respect to its h. Return dW, dU, db, dh0, dC0."
    ),
)
