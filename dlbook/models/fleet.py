"""Train many small recurrent networks at the same time, as one network with an extra axis.

An experiment over seeds and settings trains dozens of networks so small that most of the time goes
into calling operations, not into arithmetic. A fleet stacks their weights along a first axis S and
steps all of them at once. Every member is trained exactly as
:func:`dlbook.models.training.train` with Adam would train it alone on the same batches.
"""

import numpy as np
import torch
from torch import nn

__all__ = ["cross_entropies", "train_fleet"]


def cross_entropies(outputs, y):
    """Mean cross-entropy of each member of a fleet, a loss for :func:`train_fleet`.

    Parameters
    ----------
    outputs : (S, ..., K) float tensor
        Logits of S members for each example (and step).
    y : (S, ...) int64 tensor
        The classes, 0 to K-1.

    Returns
    -------
    (S,) float tensor
        In nats, at least 0.
    """
    each = nn.functional.cross_entropy(outputs.movedim(-1, 1), y, reduction="none")
    return each.flatten(1).mean(dim=1)


def train_fleet(models, sample, loss, *, seeds, steps, lr, clip=1.0, cut=None, units=None,
                candidate=torch.tanh):  # fmt: skip
    """Train recurrent networks of one kind and one size together, in place, with Adam.

    Parameters
    ----------
    models : list of S RecurrentClassifier
        All with an nn.RNN (tanh), all with an nn.GRU or all with an nn.LSTM, of equal sizes.
    sample : callable, rng -> (x, y)
        Draws one batch. Members with the same seed get the same batches.
    loss : callable, (outputs (S, B, ...), y (S, B, ...)) -> (S,) losses
        One loss for each member; it must not mix the members.
    seeds : sequence of S int
        The seed of each member's batches.
    steps : int, at least 1
    lr : float or sequence of S floats, above 0
    clip : float, above 0
        Largest norm of a member's whole gradient.
    cut : sequence of S bool, or None
        LSTM only. True: no gradient goes through h into the gates and the candidate.
    units : sequence of S int, or None
        LSTM only. Of how many units the state h is used, counted from the first; the others show 0.
    candidate : callable
        LSTM only. The function of the candidate.

    Returns
    -------
    (steps, S) float array
        The training losses, before the update of each step.

    Raises
    ------
    ValueError
        The lists differ in length, the networks differ in kind or size, or an option is asked of
        a network that is no LSTM.
    """
    S, first = len(models), models[0].recurrent
    lists = [seeds, *(a for a in (cut, units) if a is not None)]
    lists += [lr] if np.ndim(lr) else []
    if any(len(a) != S for a in lists):
        raise ValueError(f"one entry for each of the {S} networks is needed")
    kinds = {(type(m.recurrent), m.recurrent.hidden_size, m.every_step) for m in models}
    if len(kinds) > 1:
        raise ValueError("the networks of a fleet must be of one kind and one size")
    special = cut is not None or units is not None or candidate is not torch.tanh
    if special and not isinstance(first, nn.LSTM):
        raise ValueError("cut, units and candidate are options of an LSTM")

    stacked = [torch.stack([p.detach() for p in group]).requires_grad_()
               for group in zip(*(m.parameters() for m in models), strict=True)]  # fmt: skip
    m, v = ([torch.zeros_like(p) for p in stacked] for _ in range(2))
    rates = torch.as_tensor(np.broadcast_to(lr, S).copy(), dtype=torch.float32)
    options = {}
    if isinstance(first, nn.LSTM):
        flags = torch.as_tensor(np.zeros(S, bool) if cut is None else np.asarray(cut))
        count = np.full(S, first.hidden_size) if units is None else np.asarray(units)
        shown = torch.as_tensor(np.arange(first.hidden_size) < count[:, None]).float()
        options = {"cut": flags[:, None, None], "candidate": candidate,
                   "shown": None if units is None else shown[:, None]}  # fmt: skip
    step_of = {nn.RNN: _rnn, nn.GRU: _gru, nn.LSTM: _lstm}[type(first)]
    rngs, losses = {seed: np.random.default_rng(seed) for seed in seeds}, []
    for step in range(1, steps + 1):
        batch = {seed: sample(rng) for seed, rng in rngs.items()}
        x, y = (torch.as_tensor(np.stack([batch[seed][k] for seed in seeds])) for k in (0, 1))
        Wx, Wh, bx, bh, Wo, bo = stacked
        h = step_of(x, Wx, Wh, bx, bh, **options)  # (S, B, T, H)
        h = h if models[0].every_step else h[:, :, -1:]
        out = h.flatten(1, 2) @ Wo.mT + bo[:, None]
        out = out.unflatten(1, h.shape[1:3])
        value = loss(out if models[0].every_step else out[:, :, 0], y)
        losses.append(value.detach().numpy().astype(float))
        gradients = torch.autograd.grad(value.sum(), stacked)
        _adam(stacked, gradients, m, v, rates, clip, step)
    for number, model in enumerate(models):
        for parameter, values in zip(model.parameters(), stacked, strict=True):
            parameter.data = values[number].detach().clone()
    return np.array(losses)


def _adam(stacked, gradients, m, v, rates, clip, step):
    """One step of Adam with PyTorch's defaults, after clipping each member by itself."""
    norm = sum(g.flatten(1).square().sum(1) for g in gradients).sqrt()
    scale = (clip / (norm + 1e-6)).clamp(max=1.0)
    with torch.no_grad():
        for p, g, first, second in zip(stacked, gradients, m, v, strict=True):
            shape = (-1, *[1] * (p.ndim - 1))
            g = g * scale.view(shape)
            first.lerp_(g, 0.1)
            second.mul_(0.999).addcmul_(g, g, value=0.001)
            root = (second / (1 - 0.999**step)).sqrt_().add_(1e-8)
            p.sub_(rates.view(shape) / (1 - 0.9**step) * first / root)


def _project(x, W, b):
    """W x + b of every step: list over T of (S, B, rows)."""
    flat = torch.baddbmm(b[:, None], x.flatten(1, 2), W.mT)
    return flat.unflatten(1, x.shape[1:3]).unbind(2)


def _rnn(x, Wx, Wh, bx, bh):
    h, states, back = x.new_zeros(*x.shape[:2], Wh.shape[2]), [], Wh.mT
    for a in _project(x, Wx, bx + bh):
        h = torch.baddbmm(a, h, back).tanh()
        states.append(h)
    return torch.stack(states, dim=2)


def _gru(x, Wx, Wh, bx, bh):
    h, states, back = x.new_zeros(*x.shape[:2], Wh.shape[2]), [], Wh.mT
    for a in _project(x, Wx, bx):
        r, z, n = a.chunk(3, dim=2)
        hr, hz, hn = torch.baddbmm(bh[:, None], h, back).chunk(3, dim=2)
        n = (n + (r + hr).sigmoid() * hn).tanh()
        h = n + (z + hz).sigmoid() * (h - n)
        states.append(h)
    return torch.stack(states, dim=2)


def _lstm(x, Wx, Wh, bx, bh, *, cut, shown, candidate):
    h = C = x.new_zeros(*x.shape[:2], Wh.shape[2])
    states, back, some = [], Wh.mT, bool(cut.any())
    for a in _project(x, Wx, bx + bh):
        before = torch.where(cut, h.detach(), h) if some else h
        i, f, g, o = torch.baddbmm(a, before, back).chunk(4, dim=2)
        C = f.sigmoid() * C + i.sigmoid() * candidate(g)
        h = o.sigmoid() * C.tanh()
        h = h if shown is None else h * shown
        states.append(h)
    return torch.stack(states, dim=2)
