"""Each member of a fleet of small CNNs computes what torch.nn computes."""

import numpy as np
import pytest
import torch
from torch import nn

from dlbook.models.small_cnn import SmallCNNs

STEM = [("conv", 3, 3, 2, 1, 1), ("conv", 3, 3, 1, 1, 1), ("conv", 3, 3, 1, 1, 1)]
NETWORKS = {
    "pooled": ([("conv", 4, 5, 1, 2, 1), ("pool", 0, 2, 2, 0, 1), ("conv", 3, 2, 1, 0, 1),
                ("dense", 5, 1, 1, 0, 1)], (2, 6, 8)),
    "means": ([("conv", 3, 3, 1, 1, 1), ("mean", 0, 2, 2, 0, 1), ("mean", 0, 3, 3, 0, 1),
               ("dense", 4, 1, 1, 0, 1)], (1, 6, 12)),
    "strided": ([*STEM, ("dense", 6, 1, 1, 0, 1)], (2, 7, 5)),
}  # fmt: skip


def plain(layers, weights, act, shortcuts, x):
    """The same network out of torch.nn.functional; x (B, C, H, W)."""
    weights, convs, kept = iter(weights), 0, None
    for kind, _, k, s, p, _ in layers:
        if kind == "pool":
            x = nn.functional.max_pool2d(x, k)
        elif kind == "mean":
            x = nn.functional.avg_pool2d(x, k)
        elif kind == "dense":
            W, b = next(weights)
            x = nn.functional.linear(x.flatten(1), W, b)
        else:
            if convs % 2:
                kept = x
            K, b = next(weights)
            x = nn.functional.conv2d(x, K, b, stride=s, padding=p)
            if shortcuts and convs and convs % 2 == 0:
                x = x + kept
            x, convs = act(x), convs + 1
    return x


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("name, shortcuts", [*((name, False) for name in NETWORKS),
                                             ("strided", True)])  # fmt: skip
def test_members_are_plain_networks(name, activation, shortcuts):
    layers, shape = NETWORKS[name]
    nets = SmallCNNs(layers, shape, [3, 4], activation=activation, shortcuts=shortcuts)
    for b in nets.biases:
        b.data += torch.linspace(-1, 1, b.numel()).view(b.shape)
    x = torch.tensor(np.random.default_rng(0).normal(size=(2, 5, *shape)), dtype=torch.float32)
    out = nets(x)
    for i in range(2):
        act = getattr(torch, activation)
        expected = plain(layers, nets.member(i), act, shortcuts, x[i])
        torch.testing.assert_close(out[i], expected, rtol=1e-4, atol=1e-5)


def test_weights_depend_on_the_seed_alone():
    layers, shape = NETWORKS["pooled"]
    alone = SmallCNNs(layers, shape, [4]).member(0)
    among = SmallCNNs(layers, shape, [9, 4, 2]).member(1)
    for (K, b), (K2, b2) in zip(alone, among, strict=True):
        assert torch.equal(K, K2) and torch.equal(b, b2)
    assert not torch.equal(SmallCNNs(layers, shape, [5]).member(0)[0][0], alone[0][0])


@pytest.mark.parametrize("activation, gain", [("relu", 2), ("tanh", 1)])
def test_variance_of_the_weights(activation, gain):
    layers = [("conv", 60, 3, 1, 1, 1), ("conv", 40, 3, 1, 1, 1), ("dense", 50, 1, 1, 0, 1)]
    weights = SmallCNNs(layers, (8, 4, 4), [0], activation=activation).member(0)
    for (K, b), one in zip(weights, (gain, gain, 1), strict=True):
        assert float(K.var() * K[0].numel()) == pytest.approx(one, rel=0.1)
        assert not b.any()


@pytest.mark.parametrize(
    "layers, options, message",
    [
        ([("conv", 4, 3, 1, 1, 2)], {}, "groups"),
        ([("pool", 0, 3, 2, 0, 1)], {}, "tile"),
        ([("mean", 0, 4, 4, 0, 1)], {}, "tile"),
        ([("blur", 0, 2, 2, 0, 1)], {}, "blur"),
        ([("conv", 4, 3, 1, 1, 1)], {"activation": "sin"}, "activation"),
        ([("conv", 4, 3, 1, 1, 1), ("conv", 5, 3, 1, 1, 1)], {"shortcuts": True}, "shortcut"),
    ],
)
def test_what_cannot_be_built(layers, options, message):
    with pytest.raises(ValueError, match=message):
        SmallCNNs(layers, (2, 6, 6), [0], **options)
