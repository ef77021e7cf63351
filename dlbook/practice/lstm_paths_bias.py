"""The exercise on setting the forget bias of an LSTM in PyTorch's two bias vectors."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["forget_bias"]


def _set_forget_bias(bias_ih, bias_hh, value):
    H = len(bias_ih) // 4
    first, second = bias_ih.copy(), bias_hh.copy()
    first[H : 2 * H] = value
    second[H : 2 * H] = 0
    return first, second


def _fill(first=None, second=None, rows=1, part=None):
    """Put `first` and `second` times the value into the rows of gate number `rows`."""

    def run(bias_ih, bias_hh, value):
        gates = [np.split(b.copy(), 4) for b in (bias_ih, bias_hh)]
        for gate, share in zip(gates, (first, second), strict=True):
            if share is not None:
                gate[rows] = np.full(len(gate[rows]), share * value)
        return np.concatenate(gates[0]), np.concatenate(gates[1])

    return run


def _all_rows(bias_ih, bias_hh, value):
    return np.full(len(bias_ih), value), np.zeros(len(bias_hh))


def _inverse(bias_ih, bias_hh, value):
    gate = 1 / (1 + np.exp(-value))
    return _set_forget_bias(bias_ih, bias_hh, gate)


def _by_index(bias_ih, bias_hh, value):
    rows = np.arange(len(bias_ih)) * 4 // len(bias_ih) == 1
    return np.where(rows, value, bias_ih), np.where(rows, 0, bias_hh)


def _with_torch(bias_ih, bias_hh, value):
    import torch

    cell = torch.nn.LSTMCell(1, len(bias_ih) // 4, dtype=torch.float64)
    cell.bias_ih.data, cell.bias_hh.data = torch.tensor(bias_ih), torch.tensor(bias_hh)
    with torch.no_grad():
        cell.bias_ih.chunk(4)[1].fill_(value)
        cell.bias_hh.chunk(4)[1].zero_()
    return cell.bias_ih, cell.bias_hh


def _inputs():
    rng = np.random.default_rng(229)
    return [
        (rng.uniform(-0.5, 0.5, 4 * H), rng.uniform(-0.5, 0.5, 4 * H), value)
        for H, value in ((5, 2.5), (3, 1.0))
    ]


forget_bias = Exercise(
    "lstm-forget-bias",
    _set_forget_bias,
    _inputs(),
    [
        Mistake(
            "both-biases",
            _fill(1, 1),
            "Both of your biases have the value. They are added in the cell, so the gate gets "
            "twice as much: set one and zero the other.",
        ),
        Mistake(
            "other-left",
            _fill(1, None),
            "You left the second bias as it was drawn. The gate gets the sum of both: zero the "
            "forget rows of the other one.",
        ),
        Mistake(
            "wrong-slice",
            _fill(1, 0, rows=0),
            "Those are the rows of the input gate. The order is i, f, g, o, so forget is H:2H.",
            also=(_fill(1, None, rows=0),),
        ),
        Mistake(
            "candidate-rows",
            _fill(1, 0, rows=2),
            "Those are the rows of the candidate. The order is i, f, g, o, so forget is H:2H.",
        ),
        Mistake(
            "all-rows",
            _all_rows,
            "You filled the whole bias. Input gate, candidate and output gate changed too: only "
            "rows H:2H are asked for.",
        ),
        Mistake(
            "gate-for-bias",
            _inverse,
            "You stored the gate, the sigmoid of the value. The bias itself is stored; the cell "
            "applies the sigmoid.",
        ),
    ],
    alternatives=(_by_index, _with_torch),
    returns=("bias_ih", "bias_hh"),
    task=(
        "Write set_forget_bias(bias_ih, bias_hh, value) for the two biases (4H,) of an nn.LSTM. "
        "Return new ones whose forget rows add up to the value, all of it in the first and 0 in "
        "the second; every other row stays."
    ),
)
