"""Recurrent networks: shapes, initial weights, and what the gates do."""

import numpy as np
import pytest
import torch

from dlbook.data import tasks
from dlbook.models.recurrent import KINDS, recurrent_classifier
from dlbook.models.rnn import rnn_forward
from dlbook.models.training import accuracy, cross_entropy, evaluate, train

MODULES = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
build = recurrent_classifier


def weights(model):
    return {name.split(".")[1]: value.detach() for name, value in model.named_parameters()}


@pytest.mark.parametrize("kind", KINDS)
def test_shapes(kind):
    x = torch.ones(4, 6, 3)
    assert build(kind, 3, 5, 2, seed=0)(x).shape == (4, 2)
    assert build(kind, 3, 5, 2, seed=0, every_step=True)(x).shape == (4, 6, 2)
    assert build(kind, 1, 1, 1, seed=0)(torch.ones(1, 1, 1)).shape == (1, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides_and_the_global_generator_is_left_alone(kind):
    torch.manual_seed(5)
    state = torch.get_rng_state()
    one, two, other = (weights(build(kind, 3, 4, 2, seed=s)) for s in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(one[k], two[k]) for k in one)
    assert not torch.equal(one["weight_ih_l0"], other["weight_ih_l0"])
    assert all(value.requires_grad for value in build(kind, 3, 4, 2, seed=1).parameters())


@pytest.mark.parametrize("kind", MODULES)
def test_plain_networks_have_the_weights_that_torch_draws(kind):
    ours = weights(build(kind, 3, 5, 2, seed=7))
    torch.manual_seed(7)
    theirs = dict(MODULES[kind](3, 5).named_parameters())
    readout = torch.nn.Linear(5, 2)
    for name, value in theirs.items():
        assert torch.equal(ours[name], value)
    assert torch.equal(ours["weight"], readout.weight)
    assert torch.equal(ours["bias"], readout.bias)


@pytest.mark.parametrize("every_step", [False, True])
def test_rnn_equals_the_numpy_reference(every_step):
    model = build("rnn", 3, 5, 2, seed=1, every_step=every_step).double()
    w = {name: value.numpy() for name, value in weights(model).items()}
    x = np.random.default_rng(0).normal(size=(2, 6, 3))
    for sequence, output in zip(x, model(torch.tensor(x)).detach().numpy(), strict=True):
        b = w["bias_ih_l0"] + w["bias_hh_l0"]
        h = rnn_forward(sequence, np.zeros(5), w["weight_ih_l0"], w["weight_hh_l0"], b)
        wanted = (h if every_step else h[-1]) @ w["weight"].T + w["bias"]
        np.testing.assert_allclose(output, wanted, rtol=1e-13, atol=1e-15)


def test_orthogonal():
    model = build("rnn-orthogonal", 3, 6, 2, seed=1)
    W = weights(model)["weight_hh_l0"]
    torch.testing.assert_close(W @ W.T, torch.eye(6), rtol=0, atol=1e-6)
    assert abs(W.diagonal()).max() < 0.99  # not the identity
    assert model.recurrent.nonlinearity == "tanh"
    plain = weights(build("rnn", 3, 6, 2, seed=1))
    assert torch.equal(weights(model)["weight_ih_l0"], plain["weight_ih_l0"])


def test_identity_relu():
    model = build("irnn", 40, 50, 2, seed=1)
    w = weights(model)
    assert model.recurrent.nonlinearity == "relu"
    assert torch.equal(w["weight_hh_l0"], torch.eye(50))
    assert not w["bias_ih_l0"].any() and not w["bias_hh_l0"].any()
    assert w["weight_ih_l0"].std().item() == pytest.approx(0.001, rel=0.1)
    assert w["weight"].any() and w["bias"].any()


@pytest.mark.parametrize("value", [0.0, 1.0, -2.5])
@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_forget_bias_is_the_sum_of_both_biases(kind, value):
    model, plain = (weights(build(kind, 3, 4, 2, seed=0, forget_bias=b)) for b in (value, None))
    total = model["bias_ih_l0"] + model["bias_hh_l0"]
    assert torch.equal(total[4:8], torch.full((4,), value))
    assert not model["bias_hh_l0"][4:8].any()
    for name in plain:
        rest = np.r_[0:4, 8 : len(plain[name])] if "bias_" in name else slice(None)
        assert torch.equal(model[name][rest], plain[name][rest])


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_large_forget_bias_keeps_the_state_and_a_small_one_drops_it(kind):
    """The slice that was set is the gate that keeps: f of the LSTM, z of the GRU."""
    x = torch.zeros(1, 1, 3)
    old = torch.full((1, 1, 4), 0.7)
    for bias, share in [(50.0, 1.0), (-50.0, 0.0)]:
        layer = build(kind, 3, 4, 2, seed=0, forget_bias=bias).double().recurrent
        with torch.no_grad():
            one, two = (
                layer(x.double(), (0 * old.double(), c) if kind == "lstm" else c)[1]
                for c in (old.double(), 2 * old.double())
            )
        if kind == "lstm":
            kept = (two[1] - one[1]) / 0.7
        else:
            kept = (two - one) / 0.7
        if kind == "gru" and share == 0:
            assert abs(kept).max() < 0.9  # what is left comes through the candidate
        else:
            torch.testing.assert_close(kept, torch.full_like(kept, share))


def test_without_a_forget_gate_the_cell_only_adds_and_training_keeps_it_so():
    model = build("lstm-no-forget", 9, 6, 9, seed=0, every_step=True)
    before = weights(model)["weight_ih_l0"].clone()
    train(model, lambda rng: tasks.first_letters(rng, 8, 5), cross_entropy,
          rng=np.random.default_rng(0), steps=20, lr=0.01, clip=1.0)  # fmt: skip
    w, f = weights(model), slice(6, 12)
    assert not torch.equal(before[:6], w["weight_ih_l0"][:6])  # the input gate has learned
    assert not w["weight_ih_l0"][f].any() and not w["weight_hh_l0"][f].any()
    assert torch.equal(torch.sigmoid(w["bias_ih_l0"] + w["bias_hh_l0"])[f], torch.ones(6))

    generator = torch.Generator().manual_seed(1)
    x, cell = (torch.randn(*s, generator=generator) for s in [(4, 1, 9), (1, 4, 6)])
    cell.requires_grad_()
    _, (_, new) = model.recurrent(x, (torch.zeros(1, 4, 6), cell))
    (slope,) = torch.autograd.grad(new.sum(), cell)
    assert torch.equal(slope, torch.ones_like(slope))  # c' = c + i*g


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rnm", 3, 4, 2), "kind must be one of rnn, .*; got 'rnm'"),
        (("rnn", 0, 4, 2), "sizes must be at least 1, got 0, 4 and 2"),
        (("rnn", 3, 0, 2), "sizes"),
        (("rnn", 3, 4, 0), "sizes"),
    ],
)
def test_senseless_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(*arguments, seed=0)


@pytest.mark.parametrize("kind", ["rnn", "rnn-orthogonal", "irnn", "lstm-no-forget"])
def test_a_bias_for_a_gate_that_is_not_there_is_refused(kind):
    with pytest.raises(ValueError, match=f"'{kind}' has no forget gate"):
        build(kind, 3, 4, 2, seed=0, forget_bias=1.0)


def test_a_small_memory_task_is_solved():
    held_out = tasks.first_symbol(np.random.default_rng(1), 200, 5)
    model = build("rnn-orthogonal", 6, 16, 4, seed=0)
    history = train(
        model,
        lambda rng: tasks.first_symbol(rng, 32, 5),
        cross_entropy,
        rng=np.random.default_rng(0),
        steps=400,
        lr=0.01,
        score=lambda model: evaluate(model, *held_out, accuracy),
        solved=lambda share: share > 0.95,
    )
    assert history.solved_at is not None
    assert history.scores[-1] > 0.95 >= max(history.scores[:-1], default=0)
