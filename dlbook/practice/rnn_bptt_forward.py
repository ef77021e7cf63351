"""The exercise on running an RNN over a batch of sequences."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["unroll"]


def _rnn_forward(x, h0, Wx, Wh, b):
    state, states = h0, []
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ Wx.T + state @ Wh.T + b)  # (B, H)
        states.append(state)
    return np.stack(states, axis=1)  # (B, T, H)


def _transposed_recurrent(x, h0, Wx, Wh, b):
    return _rnn_forward(x, h0, Wx, Wh.T, b)


def _stale_state(x, h0, Wx, Wh, b):
    return np.tanh(x @ Wx.T + (h0 @ Wh.T)[:, None] + b)


def _no_bias(x, h0, Wx, Wh, b):
    return _rnn_forward(x, h0, Wx, Wh, 0 * b)


def _bias_twice(x, h0, Wx, Wh, b):
    return _rnn_forward(x, h0, Wx, Wh, 2 * b)


def _zero_start(x, h0, Wx, Wh, b):
    return _rnn_forward(x, 0 * h0, Wx, Wh, b)


def _same_input(x, h0, Wx, Wh, b):
    return _rnn_forward(np.repeat(x[:, :1], x.shape[1], axis=1), h0, Wx, Wh, b)


def _time_major(x, h0, Wx, Wh, b):
    return np.swapaxes(_rnn_forward(np.swapaxes(x, 0, 1), h0, Wx, Wh, b), 0, 1)


def _time_major_stacked(x, h0, Wx, Wh, b):
    return _rnn_forward(np.swapaxes(x, 0, 1), h0, Wx, Wh, b)


def _stacked_in_front(x, h0, Wx, Wh, b):
    return np.swapaxes(_rnn_forward(x, h0, Wx, Wh, b), 0, 1)


def _with_start(x, h0, Wx, Wh, b):
    return np.concatenate([h0[:, None], _rnn_forward(x, h0, Wx, Wh, b)], axis=1)


def _shifted(x, h0, Wx, Wh, b):
    return _with_start(x, h0, Wx, Wh, b)[:, :-1]


def _last_only(x, h0, Wx, Wh, b):
    return _rnn_forward(x, h0, Wx, Wh, b)[:, -1]


def _with_function(f):
    def run(x, h0, Wx, Wh, b):
        state, states = h0, []
        for t in range(x.shape[1]):
            state = f(x[:, t] @ Wx.T + state @ Wh.T + b)
            states.append(state)
        return np.stack(states, axis=1)

    return run


def _merged(x, h0, Wx, Wh, b):
    """One matrix [Wh Wx] acts on the stacked vector (h, x), one sequence at a time."""
    W, result = np.hstack([Wh, Wx]), []
    for sequence, state in zip(x, h0, strict=True):
        states = []
        for step in sequence:
            state = np.tanh(W @ np.concatenate([state, step]) + b)
            states.append(state.tolist())
        result.append(states)
    return result  # nested lists


def _torch_rnn(x, h0, Wx, Wh, b):
    import torch

    rnn = torch.nn.RNN(x.shape[2], h0.shape[1], batch_first=True, dtype=torch.float64)
    values = {"weight_ih_l0": Wx, "weight_hh_l0": Wh, "bias_ih_l0": b / 4, "bias_hh_l0": 3 * b / 4}
    rnn.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    return rnn(torch.tensor(x), torch.tensor(h0)[None])[0]


def _case(rng, B, T, D, H):
    x, h0 = rng.normal(size=(B, T, D)), 0.8 * rng.normal(size=(B, H))
    Wx, Wh = rng.normal(size=(H, D)) / np.sqrt(D), rng.normal(size=(H, H)) / np.sqrt(H)
    return x, h0, Wx, Wh, 0.5 * rng.normal(size=H)


def _inputs():
    rng = np.random.default_rng(101)
    # All sizes different; then B = T, where a loop over the wrong axis runs and gives numbers.
    return [_case(rng, B=3, T=5, D=4, H=6), _case(rng, B=4, T=4, D=3, H=5)]


unroll = Exercise(
    "bptt-unroll",
    _rnn_forward,
    _inputs(),
    [
        Mistake(
            "transposed-recurrent",
            _transposed_recurrent,
            "Your W_h acts transposed. The states of a batch are rows here, and W_h h for a row is "
            "written h @ Wh.T; a symmetric W_h would hide this.",
        ),
        Mistake(
            "stale-state",
            _stale_state,
            "Every step of yours starts from h0. Feed in the state that you have just computed.",
        ),
        Mistake(
            "no-bias",
            _no_bias,
            "The bias is missing: with zero inputs and h0 = 0 your states are 0, they should be "
            "driven by b. Add b inside the tanh.",
        ),
        Mistake(
            "bias-twice",
            _bias_twice,
            "You add b twice at each step. There is one bias; only torch.nn.RNN has two.",
        ),
        Mistake(
            "zero-start",
            _zero_start,
            "You start from zeros. The first step must use the h0 that is passed in.",
        ),
        Mistake(
            "same-input",
            _same_input,
            "You feed the first input x[:, 0] at every step. Step t needs x[:, t].",
        ),
        Mistake(
            "time-major",
            _time_major,
            "You step through the batch. Axis 0 is the sequence, axis 1 is time: loop over axis 1 "
            "and take x[:, t].",
            also=(_time_major_stacked,),
        ),
        Mistake(
            "stacked-in-front",
            _stacked_in_front,
            "The states are right, but time stands in front: (T, B, H). Stack them along axis 1 to "
            "get (B, T, H).",
        ),
        Mistake(
            "starts-with-h0",
            _shifted,
            "Your first entry is h0. Return the states after each step, h_1 to h_T; h0 is not one "
            "of them.",
            also=(_with_start,),
        ),
        Mistake(
            "last-only",
            _last_only,
            "You return the last state only. Collect the state of every step: (B, T, H).",
        ),
        Mistake(
            "no-tanh",
            _with_function(lambda a: a),
            "The tanh is missing: your states are linear in x and h0 and not bounded by 1.",
        ),
        Mistake(
            "sigmoid",
            _with_function(lambda a: 1 / (1 + np.exp(-a))),
            "Your states come from a sigmoid and are all positive. The state uses tanh.",
        ),
    ],
    alternatives=(_merged, _torch_rnn),
    task=(
        "Write rnn_forward(x, h0, Wx, Wh, b) for x (B, T, D), h0 (B, H), Wx (H, D), Wh (H, H), "
        "b (H,). Return all states h_1 to h_T, (B, T, H)."
    ),
)
