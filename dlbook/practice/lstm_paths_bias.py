"""The exercise on setting the forget bias of an LSTM in all of PyTorch's bias vectors."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["forget_bias"]


def _set_forget_bias(biases, value, T):
    H = biases.shape[2] // 4
    new = biases.copy()
    new[:, 0, H : 2 * H] = value
    new[:, 1, H : 2 * H] = 0
    return new, (1 / (1 + np.exp(-value))) ** T


def _highway(value, T):
    return (1 / (1 + np.exp(-value))) ** T


def _fill(first=None, second=None, rows=1, layers=slice(None)):
    """Put `first` and `second` times the value into the rows of gate number `rows`."""

    def run(biases, value, T):
        L, _, H = biases.shape
        new = biases.copy().reshape(L, 2, 4, H // 4)
        for part, share in enumerate((first, second)):
            if share is not None:
                new[layers, part, rows] = share * value
        return new.reshape(biases.shape), _highway(value, T)

    return run


def _all_rows(biases, value, T):
    return np.stack([np.full_like(b, v) for v, b in ((value, biases[:, 0]), (0, biases[:, 1]))],
                    axis=1), _highway(value, T)  # fmt: skip


def _inverse(biases, value, T):
    return _set_forget_bias(biases, _highway(value, 1), 1)[0], _highway(value, T)


def _bias_as_gate(biases, value, T):
    return _set_forget_bias(biases, value, T)[0], value**T


def _one_step(biases, value, T):
    return _set_forget_bias(biases, value, T)[0], _highway(value, 1)


def _by_index(biases, value, T):
    forget = np.arange(biases.shape[2]) * 4 // biases.shape[2] == 1
    new = np.where(forget, np.array([[value], [0.0]]), biases)
    return new, np.exp(-T * np.log1p(np.exp(-value)))


def _with_torch(biases, value, T):
    import torch

    layers, H = len(biases) // 2, biases.shape[2] // 4
    net = torch.nn.LSTM(1, H, num_layers=layers, bidirectional=True, dtype=torch.float64)
    names = [n for n in dict(net.named_parameters()) if n.startswith("bias_ih")]
    new = []
    with torch.no_grad():
        for name, (ih, hh) in zip(names, biases, strict=True):
            pair = [net.get_parameter(n) for n in (name, name.replace("ih", "hh"))]
            for parameter, old, part in zip(pair, (ih, hh), (value, 0.0), strict=True):
                parameter.copy_(torch.tensor(old))
                parameter.chunk(4)[1].fill_(part)
            new.append(torch.stack(pair))
    return torch.stack(new), torch.tensor(value, dtype=torch.float64).sigmoid() ** T


def _inputs():
    rng = np.random.default_rng(229)
    return [
        (rng.uniform(-0.5, 0.5, (L, 2, 4 * H)), value, T)
        for L, H, value, T in ((4, 5, 2.5, 40), (2, 3, 1.5, 7))
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
        Mistake(
            "layer-0-only",
            _fill(1, 0, layers=0),
            "You set the first layer only. Every layer and every direction has its own pair of "
            "biases: set them all.",
        ),
        Mistake(
            "bias-as-gate",
            _bias_as_gate,
            "Your highway is the bias to the power T. What is multiplied is the gate, the sigmoid "
            "of the bias.",
        ),
        Mistake(
            "one-step",
            _one_step,
            "Your highway is that of a single step. After T steps the gate has been multiplied T "
            "times.",
        ),
    ],
    alternatives=(_by_index, _with_torch),
    returns=("biases", "highway"),
    task=(
        "Write set_forget_bias(biases, value, T): biases (L, 2, 4H) holds bias_ih and bias_hh for "
        "every layer and direction of an nn.LSTM. Return new ones whose forget rows add up to the "
        "value, all of it in the first and 0 in the second, every other row as it was; and what "
        "the highway keeps after T steps if every gate stays at its bias."
    ),
)
