"""The exercise on the backward pass of an RNN with a loss at every step."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["backward"]


def _rnn_backward(x, h, h0, dh, Wx, Wh):
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(h0))
    carried = np.zeros(len(h0))  # Wh.T @ delta of the step after
    for t in range(len(x) - 1, -1, -1):
        delta = (dh[t] + carried) * (1 - h[t] ** 2)
        dWx += np.outer(delta, x[t])
        dWh += np.outer(delta, h[t - 1] if t > 0 else h0)
        db += delta
        carried = Wh.T @ delta
    return dWx, dWh, db, carried


def _slope(h):
    return 1 - h**2


def _deltas(h, dh, Wh, slope, reach=None):
    """All delta_t, (T, H); each loss reaches ``reach`` steps back, None for all."""
    deltas, T = np.zeros(h.shape), len(h)
    for end in range(T):
        signal = dh[end]
        for t in range(end, -1 if reach is None else max(end - reach, 0) - 1, -1):
            delta = slope[t] * signal
            deltas[t] += delta
            signal = Wh.T @ delta
    return deltas


def _gradients(x, before, deltas, Wh):
    return deltas.T @ x, deltas.T @ before, deltas.sum(axis=0), Wh.T @ deltas[0]


def _before(h, h0):
    return np.vstack([h0, h[:-1]])  # (T, H), row t is the state before step t


def _last_loss_only(x, h, h0, dh, Wx, Wh):
    only = np.zeros(dh.shape)
    only[-1] = dh[-1]
    return _rnn_backward(x, h, h0, only, Wx, Wh)


def _no_transpose(x, h, h0, dh, Wx, Wh):
    return _rnn_backward(x, h, h0, dh, Wx, Wh.T)


def _no_transpose_inside(x, h, h0, dh, Wx, Wh):
    return _gradients(x, _before(h, h0), _deltas(h, dh, Wh.T, _slope(h)), Wh)


def _no_transpose_at_start(x, h, h0, dh, Wx, Wh):
    return _gradients(x, _before(h, h0), _deltas(h, dh, Wh, _slope(h)), Wh.T)


def _wrong_time_index(x, h, h0, dh, Wx, Wh):
    return _gradients(x, h, _deltas(h, dh, Wh, _slope(h)), Wh)


def _wrapped_index(x, h, h0, dh, Wx, Wh):
    return _gradients(x, np.roll(h, 1, axis=0), _deltas(h, dh, Wh, _slope(h)), Wh)


def _without_h0(x, h, h0, dh, Wx, Wh):
    return _rnn_backward(x, h, 0 * h0, dh, Wx, Wh)


def _transposed_product(x, h, h0, dh, Wx, Wh):
    dWx, dWh, db, dh0 = _rnn_backward(x, h, h0, dh, Wx, Wh)
    return dWx, dWh.T, db, dh0


def _with_slope(change):
    def run(x, h, h0, dh, Wx, Wh):
        deltas = _deltas(h, dh, Wh, change(h, h0))
        return _gradients(x, _before(h, h0), deltas, Wh)

    return run


def _slope_misses_loss(x, h, h0, dh, Wx, Wh):
    deltas, carried = np.zeros(h.shape), np.zeros(len(h0))
    for t in reversed(range(len(h))):
        deltas[t] = dh[t] + _slope(h[t]) * carried
        carried = Wh.T @ deltas[t]
    return _gradients(x, _before(h, h0), deltas, Wh)


def _mean_over_time(x, h, h0, dh, Wx, Wh):
    *weights, dh0 = _rnn_backward(x, h, h0, dh, Wx, Wh)
    return *(gradient / len(x) for gradient in weights), dh0


def _mean_of_losses(x, h, h0, dh, Wx, Wh):
    return tuple(gradient / len(x) for gradient in _rnn_backward(x, h, h0, dh, Wx, Wh))


def _truncated(reach):
    def run(x, h, h0, dh, Wx, Wh):
        return _gradients(x, _before(h, h0), _deltas(h, dh, Wh, _slope(h), reach), Wh)

    return run


def _truncated_without_start(x, h, h0, dh, Wx, Wh):
    return *_truncated(0)(x, h, h0, dh, Wx, Wh)[:3], 0 * h0


def _start_is_delta(x, h, h0, dh, Wx, Wh):
    deltas = _deltas(h, dh, Wh, _slope(h))
    return *_gradients(x, _before(h, h0), deltas, Wh)[:3], deltas[0]


def _by_loss(x, h, h0, dh, Wx, Wh):
    """Each loss separately, all the way back, in lists."""
    gradients = _gradients(x, _before(h, h0), _deltas(h, dh, Wh, _slope(h)), Wh)
    return [gradient.tolist() for gradient in gradients]


def _autograd(x, h, h0, dh, Wx, Wh):
    import torch

    # The bias is not given; what the states tell about it is enough to repeat the forward pass.
    drive = np.arctanh(h) - x @ Wx.T - _before(h, h0) @ Wh.T  # (T, H)
    leaves = [torch.tensor(a, requires_grad=True) for a in (Wx, Wh, np.zeros(len(h0)), h0)]
    loss, state = 0.0, leaves[3]
    for step, offset, weight in zip(*map(torch.tensor, (x, drive, dh)), strict=True):
        state = torch.tanh(leaves[0] @ step + leaves[1] @ state + leaves[2] + offset)
        loss = loss + weight @ state
    return torch.autograd.grad(loss, leaves)


def _backward_case(rng, T, D, H):
    x, h0, b = 0.8 * rng.normal(size=(T, D)), 0.7 * rng.normal(size=H), 0.4 * rng.normal(size=H)
    Wx, Wh = rng.normal(size=(H, D)) / np.sqrt(D), rng.normal(size=(H, H))
    Wh *= 1.2 / np.linalg.norm(Wh, 2)
    h, state = np.zeros((T, H)), h0
    for t in range(T):
        state = h[t] = np.tanh(Wx @ x[t] + Wh @ state + b)
    return x, h, h0, rng.normal(size=(T, H)), Wx, Wh


def _backward_inputs():
    rng = np.random.default_rng(102)
    return [_backward_case(rng, T=7, D=3, H=5), _backward_case(rng, T=4, D=5, H=3)]


backward = Exercise(
    "bptt-backward",
    _rnn_backward,
    _backward_inputs(),
    [
        Mistake(
            "last-loss-only",
            _last_loss_only,
            "Yours is the gradient of the last loss alone. On the way back add dh[t], the part of "
            "step t's own loss, at every step.",
        ),
        Mistake(
            "no-transpose",
            _no_transpose,
            "Yours is right only when W_h is symmetric. Forwards W_h acts, backwards its "
            "transpose: Wh.T @ delta.",
            also=(_no_transpose_inside, _no_transpose_at_start),
        ),
        Mistake(
            "wrong-time-index",
            _wrong_time_index,
            "Your dWh uses the state AFTER the step. W_h multiplied h_{t-1}, so the term of step t "
            "is outer(delta_t, h_{t-1}), with h0 at the first step.",
        ),
        Mistake(
            "wrapped-index",
            _wrapped_index,
            "At the first step your h[t-1] is h[-1], and in Python that is the LAST state. The "
            "state before the first step is h0.",
        ),
        Mistake(
            "without-h0",
            _without_h0,
            "Your dWh lacks the term of the first step. W_h multiplied h0 there, so add "
            "outer(delta_1, h0).",
        ),
        Mistake(
            "transposed-product",
            _transposed_product,
            "Your dWh is transposed. Row i, column j of W_h takes h_{t-1}[j] to unit i, so the "
            "term is outer(delta_t, h_{t-1}), in this order.",
        ),
        Mistake(
            "missing-tanh",
            _with_slope(lambda h, h0: np.ones(h.shape)),
            "The derivative of tanh is missing. Multiply by 1 - h_t^2 before W_h^T acts.",
        ),
        Mistake(
            "tanh-twice",
            _with_slope(lambda h, h0: 1 - np.tanh(h) ** 2),
            "You took the tanh of h, but h is the tanh already: its derivative is 1 - h_t^2.",
        ),
        Mistake(
            "slope-of-state-before",
            _with_slope(lambda h, h0: 1 - _before(h, h0) ** 2),
            "Your derivative of tanh uses h_{t-1}. At step t it is 1 - h_t^2, with the state that "
            "came out of the tanh.",
        ),
        Mistake(
            "slope-misses-loss",
            _slope_misses_loss,
            "1 - h_t^2 multiplies the whole sum dh_t + W_h^T delta_{t+1}; you left dh_t outside.",
        ),
        Mistake(
            "mean-over-time",
            _mean_over_time,
            "Too small by the factor T. A weight that is used T times gets the SUM over its uses; "
            "do not divide.",
            also=(_mean_of_losses,),
        ),
        Mistake(
            "truncated",
            _truncated(0),
            "Each of your losses reaches at most one step back: this is truncated BPTT. Carry "
            "W_h^T delta on until the first step.",
            also=(_truncated_without_start, _truncated(1)),
        ),
        Mistake(
            "start-is-delta",
            _start_is_delta,
            "Your dh0 is delta_1, the gradient at the sum inside the first tanh. h0 went through "
            "W_h on its way there: dh0 = Wh.T @ delta_1.",
        ),
    ],
    alternatives=(_by_loss, _autograd),
    returns=("dWx", "dWh", "db", "dh0"),
    task=(
        "Write rnn_backward(x, h, h0, dh, Wx, Wh) for one sequence: x (T, D), the states h (T, H), "
        "h0 (H,), dh (T, H) with dh[t] the gradient of step t's own loss. Return dWx (H, D), "
        "dWh (H, H), db (H,), dh0 (H,)."
    ),
)
