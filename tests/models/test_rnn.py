"""The reference RNN against torch.nn.RNN, autograd and central differences."""

import numpy as np
import pytest
import torch

from dlbook.models.rnn import rnn_backward, rnn_forward

SIZES = [(1, 1, 1), (1, 3, 2), (7, 3, 5), (6, 5, 2), (0, 3, 2)]  # T, D, H


def problem(T, D, H, seed=0):
    rng = np.random.default_rng(seed)
    shapes = dict(x=(T, D), h0=(H,), Wx=(H, D), Wh=(H, H), b=(H,))
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}, rng.normal(size=(T, H))


def close(ours, theirs):
    assert ours.shape == tuple(theirs.shape)
    scale = np.abs(theirs).max() if theirs.size else 0
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-13 * scale)


@pytest.mark.parametrize("sizes", SIZES)
def test_gradients_equal_autograd(sizes):
    p, dh = problem(*sizes)
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in p.items()}
    h, states = leaves["h0"], []
    for x in leaves["x"]:
        h = torch.tanh(leaves["Wx"] @ x + leaves["Wh"] @ h + leaves["b"])
        states.append(h)
    ours = rnn_forward(**p)
    assert ours.shape == dh.shape
    gradients = rnn_backward(p["x"], ours, p["h0"], dh, p["Wx"], p["Wh"])
    if not states:
        assert [g.shape for g in gradients] == [p[k].shape for k in ("Wx", "Wh", "b", "h0")]
        assert not any(g.any() for g in gradients)
        return
    states = torch.stack(states)
    (states * torch.tensor(dh)).sum().backward()
    close(ours, states.detach().numpy())
    for ours, name in zip(gradients, ("Wx", "Wh", "b", "h0"), strict=True):
        close(ours, leaves[name].grad.numpy())


def test_states_equal_the_module_of_torch():
    p, _ = problem(9, 4, 3, seed=1)
    module = torch.nn.RNN(4, 3, dtype=torch.float64)
    with torch.no_grad():
        for name, value in dict(weight_ih=p["Wx"], weight_hh=p["Wh"], bias_ih=p["b"]).items():
            getattr(module, f"{name}_l0").copy_(torch.tensor(value))
        module.bias_hh_l0.zero_()
        theirs, _ = module(torch.tensor(p["x"]), torch.tensor(p["h0"])[None])
    close(rnn_forward(**p), theirs.numpy())


def test_gradients_equal_central_differences_along_a_direction():
    p, dh = problem(5, 2, 3, seed=2)
    rng = np.random.default_rng(3)
    step = {name: rng.normal(size=p[name].shape) for name in ("Wx", "Wh", "b", "h0")}

    def loss(sign):
        moved = {k: v + sign * 1e-6 * step[k] if k in step else v for k, v in p.items()}
        return np.sum(dh * rnn_forward(**moved))

    gradients = rnn_backward(p["x"], rnn_forward(**p), p["h0"], dh, p["Wx"], p["Wh"])
    along = sum(np.sum(g * step[k]) for g, k in zip(gradients, step, strict=True))
    assert along == pytest.approx((loss(1) - loss(-1)) / 2e-6, rel=1e-6)


def test_nothing_is_written_into_the_inputs():
    p, dh = problem(4, 2, 3)
    before = {name: value.copy() for name, value in p.items()}
    for value in (*p.values(), dh):
        value.flags.writeable = False
    h = rnn_forward(**p)
    rnn_backward(p["x"], h, p["h0"], dh, p["Wx"], p["Wh"])
    assert all(np.array_equal(p[name], before[name]) for name in p)


def test_precision_follows_the_inputs():
    p, dh = problem(4, 2, 3)
    single = {name: value.astype(np.float32) for name, value in p.items()}
    h = rnn_forward(**single)
    assert h.dtype == np.float32
    gradients = rnn_backward(single["x"], h, single["h0"], dh.astype(np.float32), single["Wx"],
                             single["Wh"])  # fmt: skip
    assert {g.dtype for g in gradients} == {np.dtype(np.float32)}
    whole = {name: np.ones(value.shape, int) for name, value in p.items()}
    assert rnn_forward(**whole).dtype == np.float64


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("x", (4,), r"x must have shape \(T, D\), got \(4,\)"),
        ("h0", (4,), r"Wh must have shape|Wx must have shape \(4, 2\)"),
        ("Wx", (2, 3), r"Wx must have shape \(3, 2\), got \(2, 3\)"),
        ("Wh", (3, 4), r"Wh must have shape \(3, 3\), got \(3, 4\)"),
        ("b", (1, 3), r"b must have shape \(3\), got \(1, 3\)"),
        ("b", (1,), r"b must have shape \(3\), got \(1,\)"),
    ],
)
def test_wrong_shapes_are_named(name, shape, message):
    p, _ = problem(4, 2, 3)
    with pytest.raises(ValueError, match=message):
        rnn_forward(**p | {name: np.zeros(shape)})


@pytest.mark.parametrize(("place", "name"), list(enumerate(["x", "h", "h0", "dh", "Wx", "Wh"])))
def test_wrong_shapes_are_named_backwards(place, name):
    p, dh = problem(4, 2, 3)
    arguments = [p["x"], rnn_forward(**p), p["h0"], dh, p["Wx"], p["Wh"]]
    arguments[place] = np.zeros((7, 5, 1))
    with pytest.raises(ValueError, match=f"^{name} must have shape"):
        rnn_backward(*arguments)
