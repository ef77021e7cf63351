"""The exercise on a weight matrix that is used in two layers."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["tied"]


def _tied_grad(x, W, target):
    h1 = np.tanh(W @ x)
    h2 = np.tanh(W @ h1)
    d2 = (h2 - target) * (1 - h2**2)
    d1 = (W.T @ d2) * (1 - h1**2)
    return np.outer(d2, h1) + np.outer(d1, x)


def _terms(combine, turn=np.transpose):
    """The terms of the outer and of the inner use, put together."""

    def run(x, W, target):
        h1 = np.tanh(W @ x)
        h2 = np.tanh(W @ h1)
        d2 = (h2 - target) * (1 - h2**2)
        d1 = (turn(W) @ d2) * (1 - h1**2)
        return combine(np.outer(d2, h1), np.outer(d1, x))

    return run


def _torch_tied(x, W, target):
    import torch

    x, W, target = (torch.tensor(v) for v in (x, W, target))
    W.requires_grad_()
    h = torch.tanh(W @ torch.tanh(W @ x))
    return torch.autograd.grad(((h - target) ** 2).sum() / 2, W)[0]


def _cases():
    rng = np.random.default_rng(53)
    return [tuple(rng.normal(size=s) for s in ((H,), (H, H), (H,))) for H in (3, 4)]


tied = Exercise(
    "backprop-tied",
    _tied_grad,
    _cases(),
    [
        Mistake(
            "last-only",
            _terms(lambda outer, inner: outer),
            "You have the term of the outer use. A shared weight collects a term from every use, "
            "so the inner one is missing.",
        ),
        Mistake(
            "first-only",
            _terms(lambda outer, inner: inner),
            "You have the term of the inner use. The outer use, where W meets h_1, has a term of "
            "its own.",
        ),
        Mistake(
            "average",
            _terms(lambda outer, inner: (outer + inner) / 2),
            "You have half the gradient. The total derivative is a sum over the uses, not a mean.",
        ),
        Mistake(
            "no-transpose",
            _terms(np.add, turn=lambda W: W),
            "The message to the inner use went through W, not through its transpose. A square "
            "matrix does not complain.",
        ),
    ],
    alternatives=(_terms(np.add), _torch_tied),
    task="Write tied_grad(x, W, target) for the loss |tanh(W tanh(W x)) - target|^2 / 2.",
)
