"""The exercises on the backward passes of convolution and pooling."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["input_gradient", "pool_backward"]


def _input_gradient(g, w):
    B, _, rows, columns = g.shape
    _, C, k, m = w.shape
    dx = np.zeros((B, C, rows + k - 1, columns + m - 1))
    for u in range(k):
        for v in range(m):
            part = np.einsum("boij,oc->bcij", g, w[:, :, u, v])
            dx[:, :, u : u + rows, v : v + columns] += part
    return dx


def _not_flipped(g, w):
    return _input_gradient(g, w[:, :, ::-1, ::-1])


def _valid(g, w):
    k, m = w.shape[2:]
    full = _input_gradient(g, w)
    return full[:, :, k - 1 : full.shape[2] - k + 1, m - 1 : full.shape[3] - m + 1]


def _channels_kept(g, w):
    out, C, k, m = w.shape
    return _input_gradient(g, w.reshape(C, out, k, m).swapaxes(0, 1))


def _overwritten(g, w):
    B, _, rows, columns = g.shape
    _, C, k, m = w.shape
    dx = np.zeros((B, C, rows + k - 1, columns + m - 1))
    for i in range(rows):
        for j in range(columns):
            dx[:, :, i : i + k, j : j + m] = np.einsum("bo,ocuv->bcuv", g[:, :, i, j], w)
    return dx


def _torch_transposed(g, w):
    import torch

    return torch.nn.functional.conv_transpose2d(torch.tensor(g), torch.tensor(w))


def _full_correlation(g, w):
    k, m = w.shape[2:]
    g = np.pad(g, ((0, 0), (0, 0), (k - 1, k - 1), (m - 1, m - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(g, (k, m), axis=(2, 3))
    return np.einsum("boijuv,ocuv->bcij", windows, w[:, :, ::-1, ::-1])


def _gradient_inputs():
    rng = np.random.default_rng(401)
    return [
        (rng.normal(size=(2, 4, 5, 4)), rng.normal(size=(4, 3, 3, 2))),
        (rng.normal(size=(1, 2, 4, 6)), rng.normal(size=(2, 3, 2, 3))),
    ]


input_gradient = Exercise(
    "conv-input-gradient",
    _input_gradient,
    _gradient_inputs(),
    [
        Mistake(
            "not-flipped",
            _not_flipped,
            "You used the kernel the wrong way round. The weight K[u] sent x[p] to output p - u, "
            "so x[p] receives from output p - u through K[u].",
        ),
        Mistake(
            "valid",
            _valid,
            "Your result is smaller than the input. Let the windows reach over the border of g, "
            "with zeros outside.",
        ),
        Mistake(
            "channels-kept",
            _channels_kept,
            "The channel axes are mixed up. Sum over the output channels now, and swap the two "
            "axes; a reshape does not swap them.",
        ),
        Mistake(
            "overwritten",
            _overwritten,
            "You assigned where you should add. The windows overlap, and a pixel receives from "
            "every window that it was in.",
        ),
    ],
    alternatives=(_torch_transposed, _full_correlation),
    task="Write conv_dx(g, w): the gradient of the input of a convolution, stride 1, no padding.",
)


def _pool_backward(x, g, k, s, kind):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*g.shape):
        window = np.s_[i * s : i * s + k, j * s : j * s + k]
        if kind == "mean":
            dx[window] += g[i, j] / k**2
        else:
            u, v = divmod(np.argmax(x[window]), k)
            dx[i * s + u, j * s + v] += g[i, j]
    return dx


def _overwrite(x, g, k, s, kind):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*g.shape):
        window = np.s_[i * s : i * s + k, j * s : j * s + k]
        if kind == "mean":
            dx[window] = g[i, j] / k**2
        else:
            u, v = divmod(np.argmax(x[window]), k)
            dx[i * s + u, j * s + v] = g[i, j]
    return dx


def _all_maxima(x, g, k, s, kind):
    if kind == "mean":
        return _pool_backward(x, g, k, s, kind)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*g.shape):
        window = np.s_[i * s : i * s + k, j * s : j * s + k]
        dx[window] += g[i, j] * (x[window] == x[window].max())
    return dx


def _undivided(x, g, k, s, kind):
    return _pool_backward(x, g, k, s, kind) * (k**2 if kind == "mean" else 1)


def _everywhere(x, g, k, s, kind):
    if kind == "mean":
        return _pool_backward(x, g, k, s, kind)
    return _undivided(x, g, k, s, "mean")


def _by_input(x, g, k, s, kind):
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(*x.shape):
        for i, j in np.ndindex(*g.shape):
            u, v = p - i * s, q - j * s
            if 0 <= u < k and 0 <= v < k:
                best = x[i * s : i * s + k, j * s : j * s + k].argmax()
                dx[p, q] += g[i, j] / k**2 if kind == "mean" else g[i, j] * (best == u * k + v)
    return dx


def _pool_inputs():
    rng = np.random.default_rng(402)
    x, g = rng.normal(size=(7, 9)), rng.normal(size=(3, 4))
    tied = rng.normal(size=(5, 7))
    tied[0, 1] = tied[1, 0] = 4.0
    up = rng.normal(size=(2, 3))
    return [(x, g, 3, 2, "max"), (x, g, 3, 2, "mean"), (tied, up, 3, 2, "max")]


pool_backward = Exercise(
    "conv-pool-backward",
    _pool_backward,
    _pool_inputs(),
    [
        Mistake(
            "overwrite",
            _overwrite,
            "You assigned where you should add. Windows overlap, and an entry may belong to "
            "several of them.",
        ),
        Mistake(
            "all-maxima",
            _all_maxima,
            "At a tie you sent the gradient to every maximum, and so multiplied it. Take one, "
            "the first in reading order.",
        ),
        Mistake(
            "undivided",
            _undivided,
            "For the mean you copied the gradient. Each entry has weight 1 / k**2 in the mean.",
        ),
        Mistake(
            "max-everywhere",
            _everywhere,
            "For the maximum you sent the gradient to the whole window. Only the largest entry "
            "moved the output.",
        ),
    ],
    alternatives=(_by_input,),
    task=(
        "Write pool_backward(x, g, k, s, kind): the gradient of max or mean pooling without "
        "padding; kind is 'max' or 'mean'. At a tie, the first maximum in reading order counts."
    ),
)
