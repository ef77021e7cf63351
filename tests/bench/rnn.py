"""The from-scratch RNN, forward and backward, against ``torch.nn.RNN`` on the same inputs."""

import time
from statistics import median

import numpy as np

STEPS, FEATURES, HIDDEN, ROUNDS = 100, 32, 64, 40


def measure(book):
    """Median milliseconds of both and their ratio; the rounds alternate, in one thread."""
    import torch

    from dlbook.models.rnn import rnn_backward, rnn_forward

    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    x, dh = rng.normal(size=(STEPS, FEATURES)), rng.normal(size=(STEPS, HIDDEN))
    Wx = rng.normal(size=(HIDDEN, FEATURES)) / np.sqrt(FEATURES)
    Wh = rng.normal(size=(HIDDEN, HIDDEN)) / np.sqrt(HIDDEN)
    b, h0 = rng.normal(size=HIDDEN), rng.normal(size=HIDDEN)

    layer = torch.nn.RNN(FEATURES, HIDDEN, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.from_numpy(Wx))
        layer.weight_hh_l0.copy_(torch.from_numpy(Wh))
        layer.bias_ih_l0.copy_(torch.from_numpy(b))
        layer.bias_hh_l0.zero_()
    x_torch, dh_torch = torch.from_numpy(x), torch.from_numpy(dh)
    h0_torch = torch.from_numpy(h0[None]).requires_grad_()
    weights = (layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, h0_torch)

    def ours():
        h = rnn_forward(x, h0, Wx, Wh, b)
        return rnn_backward(x, h, h0, dh, Wx, Wh)

    def theirs():
        h, _ = layer(x_torch, h0_torch)
        return torch.autograd.grad(h, weights, dh_torch)

    for mine, other in zip(ours(), theirs(), strict=True):
        np.testing.assert_allclose(mine, other.numpy().reshape(mine.shape), rtol=1e-9, atol=1e-9)

    seconds = {ours: [], theirs: []}
    for _ in range(ROUNDS):
        for function, taken in seconds.items():
            started = time.perf_counter()
            function()
            taken.append(time.perf_counter() - started)
    ours_ms, theirs_ms = (median(taken) * 1000 for taken in seconds.values())
    return {
        "size": {"T": STEPS, "D": FEATURES, "H": HIDDEN},
        "numpy_ms": round(ours_ms, 3),
        "torch_ms": round(theirs_ms, 3),
        "ratio": round(ours_ms / theirs_ms, 2),
    }


def table(row):
    """Lines to print."""
    size = ", ".join(f"{axis}={n}" for axis, n in row["size"].items())
    yield f"RNN forward and backward ({size}, float64, one thread)"
    yield (
        f"NumPy from scratch {row['numpy_ms']:.2f} ms, torch.nn.RNN {row['torch_ms']:.2f} ms: "
        f"ratio {row['ratio']:.2f}"
    )
