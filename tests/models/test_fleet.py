"""A fleet trains each of its members as the ordinary training loop does."""

import numpy as np
import pytest
import torch

from dlbook.data import tasks
from dlbook.models.fleet import cross_entropies, train_fleet
from dlbook.models.recurrent import recurrent_classifier
from dlbook.models.training import cross_entropy, train

functional = torch.nn.functional
RATES = [0.01, 0.02, 0.03]


def networks(kind, every_step=False, hidden=5):
    return [recurrent_classifier(kind, 6, hidden, 4, seed=s, every_step=every_step)
            for s in (0, 1, 2)]  # fmt: skip


def sample(rng):
    return tasks.first_symbol(rng, 7, T=6)


def weights(model):
    return torch.nn.utils.parameters_to_vector(model.parameters()).detach()


@pytest.mark.parametrize("clip", [0.05, 10.0])
@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm", "lstm-no-forget"])
def test_members_are_trained_as_alone(kind, clip):
    together, alone = networks(kind), networks(kind)
    found = train_fleet(together, sample, cross_entropies, seeds=[3, 4, 3], steps=8,
                        lr=RATES, clip=clip)  # fmt: skip
    assert found.shape == (8, 3)
    for number, (seed, lr) in enumerate(zip((3, 4, 3), RATES, strict=True)):
        history = train(alone[number], sample, cross_entropy, rng=np.random.default_rng(seed),
                        steps=8, lr=lr, clip=clip)  # fmt: skip
        assert np.allclose(found[:, number], history.losses, atol=1e-5)
        assert torch.allclose(weights(together[number]), weights(alone[number]), atol=1e-4)


def test_every_step_and_a_shared_rate():
    def letters(rng):
        return tasks.first_letters(rng, 7, 3, k=2, V=5)

    together, alone = ([recurrent_classifier("lstm", 6, 5, 6, seed=s, every_step=True)
                        for s in (0, 1)] for _ in range(2))  # fmt: skip
    found = train_fleet(together, letters, cross_entropies, seeds=[0, 0], steps=5, lr=0.02)
    history = train(alone[1], letters, cross_entropy, rng=np.random.default_rng(0), steps=5,
                    lr=0.02, clip=1.0)  # fmt: skip
    assert np.allclose(found[:, 1], history.losses, atol=1e-5)
    assert torch.allclose(weights(together[1]), weights(alone[1]), atol=1e-4)


def one_step(cut=None, units=None, candidate=torch.tanh):
    """Weights after one step with a rate so small that Adam moves by the sign of the gradient."""
    fleet = networks("lstm", every_step=True)
    train_fleet(fleet, sample_all, cross_entropies, seeds=[0] * 3, steps=1, lr=1e-2, clip=1e9,
                cut=cut, units=units, candidate=candidate)  # fmt: skip
    return fleet


def sample_all(rng):
    x, _ = tasks.first_symbol(rng, 7, T=6)
    return x, rng.integers(4, size=(7, 6))


def loop(model, cut=False, units=5, candidate=torch.tanh):
    """Gradients of one batch by a plain loop over an LSTM cell."""
    x, y = map(torch.as_tensor, sample_all(np.random.default_rng(0)))
    net = model.recurrent
    h = C = torch.zeros(7, 5)
    outputs = []
    for x_t in x.unbind(1):
        h = h.detach() if cut else h
        i, f, g, o = (functional.linear(x_t, net.weight_ih_l0, net.bias_ih_l0)
                      + functional.linear(h, net.weight_hh_l0, net.bias_hh_l0)).chunk(4, 1)
        C = f.sigmoid() * C + i.sigmoid() * candidate(g)
        h = o.sigmoid() * C.tanh() * (torch.arange(5) < units)
        outputs.append(model.readout(h))
    cross_entropy(torch.stack(outputs, 1), y).backward()
    return [p.grad for p in model.parameters()]


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("units", [2, 5])
@pytest.mark.parametrize("candidate", [torch.tanh, torch.sigmoid])
def test_options_of_an_lstm(cut, units, candidate):
    trained = one_step([False, cut, True], [1, units, 5], candidate)[1]
    start = networks("lstm", every_step=True)[1]
    old = [p.detach().clone() for p in start.parameters()]
    for before, after, g in zip(old, trained.parameters(), loop(start, cut, units, candidate),
                                strict=True):  # fmt: skip
        assert torch.allclose(before - after, 1e-2 * g / (g.abs() + 1e-8), atol=1e-4)


def test_a_cut_gradient_differs():
    whole, cut = one_step()[1], one_step([True] * 3)[1]
    assert not torch.allclose(weights(whole), weights(cut), atol=1e-3)


def test_errors():
    def call(models, **options):
        options = {"seeds": [0] * 3, "lr": 0.1, **options}
        return train_fleet(models, sample, cross_entropies, steps=1, **options)

    with pytest.raises(ValueError, match="one entry for each of the 3"):
        call(networks("lstm"), seeds=[0, 1])
    with pytest.raises(ValueError, match="one entry for each of the 3"):
        call(networks("lstm"), lr=[0.1, 0.2])
    with pytest.raises(ValueError, match="one kind and one size"):
        call([*networks("lstm")[:2], networks("lstm", hidden=4)[0]])
    with pytest.raises(ValueError, match="one kind and one size"):
        call([*networks("lstm")[:2], networks("gru")[0]])
    with pytest.raises(ValueError, match="options of an LSTM"):
        call(networks("gru"), cut=[True] * 3)
