"""The tanh recurrent network, forward and backward through time, for one sequence in NumPy.

The chapter on backpropagation through time derives both functions; a test shows that the chapter's
versions and these agree.
"""

import numpy as np


def rnn_forward(x, h0, Wx, Wh, b):
    """Return all states of a tanh RNN.

    ``h_t = tanh(Wx x_t + Wh h_{t-1} + b)`` for t = 1..T.

    Parameters
    ----------
    x : (T, D) float
        The sequence, one row per step; T may be 0.
    h0 : (H,) float
        The state before the first step.
    Wx, Wh, b : (H, D), (H, H), (H,) float
        Input weights, recurrent weights, bias.

    Returns
    -------
    h : (T, H) float in (-1, 1)
        Row t-1 is the state after step t.

    Raises
    ------
    ValueError
        The shapes do not fit together.
    """
    _check_shapes(x=(x, "TD"), h0=(h0, "H"), Wx=(Wx, "HD"), Wh=(Wh, "HH"), b=(b, "H"))
    a = x @ Wx.T + b  # (T, H), everything that does not depend on the state
    h = np.empty(a.shape, np.result_type(a, Wh, h0, np.float32))  # integers become floats
    previous = h0
    for t in range(len(x)):
        previous = h[t] = np.tanh(a[t] + Wh @ previous)
    return h


def rnn_backward(x, h, h0, dh, Wx, Wh):
    """Return the gradients of a scalar loss with respect to the parameters and h0.

    With ``delta_t`` the gradient at the pre-activation of step t,
    ``delta_t = (1 - h_t^2) * (dh_t + Wh^T delta_{t+1})``, ``delta_{T+1} = 0``;
    ``dWx = sum_t delta_t x_t^T``, ``dWh = sum_t delta_t h_{t-1}^T``, ``db = sum_t delta_t``,
    ``dh0 = Wh^T delta_1``.

    Parameters
    ----------
    x, h, h0 : (T, D), (T, H), (H,) float
        Input and output of :func:`rnn_forward`.
    dh : (T, H) float
        What the loss sends directly into each state, not through later states.
    Wx, Wh : (H, D), (H, H) float
        The weights of the forward pass. Wx is only looked at for its shape.

    Returns
    -------
    dWx, dWh, db, dh0 : (H, D), (H, H), (H,), (H,) float
        Each has the shape of what it differentiates.

    Raises
    ------
    ValueError
        The shapes do not fit together.
    """
    _check_shapes(x=(x, "TD"), h=(h, "TH"), h0=(h0, "H"), dh=(dh, "TH"), Wx=(Wx, "HD"),
                  Wh=(Wh, "HH"))  # fmt: skip
    delta = np.empty_like(h)
    carried = np.zeros_like(h0)  # Wh^T delta_{t+1}
    for t in reversed(range(len(x))):
        delta[t] = (1 - h[t] ** 2) * (dh[t] + carried)
        carried = Wh.T @ delta[t]
    before = np.concatenate([h0[None], h[:-1]])[: len(x)]  # (T, H), row t is h_{t-1}
    return delta.T @ x, delta.T @ before, delta.sum(axis=0), carried


def _check_shapes(**arrays):
    sizes = {}
    for name, (array, axes) in arrays.items():
        shape = np.shape(array)
        wanted = tuple(sizes.get(axis, axis) for axis in axes)
        if len(shape) == len(axes):
            for axis, size in zip(axes, shape, strict=True):
                sizes.setdefault(axis, size)
            wanted = tuple(sizes[axis] for axis in axes)
        if shape != wanted:
            text = ", ".join(map(str, wanted))
            raise ValueError(f"{name} must have shape ({text}), got {shape}")
