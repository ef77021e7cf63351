"""The training loop that the experiments of the book share."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class History:
    """What happened during training."""

    losses: tuple  # training loss of every step, before the update of that step
    scored_at: tuple  # the steps after which the model was scored: every, 2*every, ...
    scores: tuple  # the score after each of these steps
    solved_at: int | None  # the first of these steps at which `solved` said yes, or None


def train(model, sample, loss, *, rng, steps, lr, optimizer="adam", clip=None, score=None,
          every=50, solved=None):  # fmt: skip
    """Train a PyTorch model on fresh batches until it is solved or the steps are used up.

    Parameters
    ----------
    model : torch.nn.Module
        Trained in place.
    sample : callable, rng -> (x, y)
        Draws one batch; NumPy arrays are turned into tensors.
    loss : callable, (model(x), y) -> scalar tensor
    rng : numpy.random.Generator
        The only source of randomness of the loop; handed to `sample`.
    steps : int, at least 1
        Number of updates.
    lr : float, above 0
        Learning rate.
    optimizer : {"adam", "sgd"}
        PyTorch's, with its defaults; SGD is without momentum.
    clip : float or None
        Largest norm of the whole gradient; longer ones are scaled down to it.
    score : callable, model -> float, or None
        Measured every `every` steps, in evaluation mode and without gradients. None: the mean
        training loss of these steps.
    every : int, at least 1
    solved : callable, score -> bool, or None
        Training stops when it says yes.

    Returns
    -------
    History
        A loss that is NaN or infinite ends the training, before the update, and is the last one.

    Raises
    ------
    ValueError
        An unknown optimizer, or a number out of range.
    """
    import torch

    for name, value in {"steps": steps, "every": every}.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value!r}")
    for name, value in {"lr": lr, "clip": clip}.items():
        if value is not None and not value > 0:
            raise ValueError(f"{name} must be above 0, got {value!r}")
    optimizers = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
    if optimizer not in optimizers:
        raise ValueError(f"optimizer must be one of {sorted(optimizers)}, got {optimizer!r}")

    optimize = optimizers[optimizer](model.parameters(), lr=lr)
    losses, scored_at, scores, solved_at = [], [], [], None
    for step in range(1, steps + 1):
        x, y = map(torch.as_tensor, sample(rng))
        value = loss(model(x), y)
        losses.append(value.item())
        if not math.isfinite(losses[-1]):
            break
        optimize.zero_grad()
        value.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimize.step()
        if step % every == 0:
            scored_at.append(step)
            scores.append(_score(model, score) if score else math.fsum(losses[-every:]) / every)
            if solved and solved(scores[-1]):
                solved_at = step
                break
    return History(tuple(losses), tuple(scored_at), tuple(scores), solved_at)


def evaluate(model, x, y, measure):
    """Return ``measure(model(x), y)`` as a float, in evaluation mode and without gradients.

    Parameters
    ----------
    model : torch.nn.Module
    x, y : array or tensor
        One batch, as a task returns it.
    measure : callable, (model(x), y) -> scalar
        For example :func:`accuracy` or :func:`cross_entropy`.

    Returns
    -------
    float
    """
    import torch

    x, y = torch.as_tensor(x), torch.as_tensor(y)
    return _score(model, lambda model: measure(model(x), y))


def accuracy(logits, y):
    """Return the share of positions at which the largest logit is the right one, in [0, 1].

    Parameters
    ----------
    logits : (..., K) float tensor
    y : (...) int64 tensor in 0..K-1

    Returns
    -------
    scalar tensor

    Raises
    ------
    ValueError
        The shapes do not fit together.
    """
    _check_classes(logits, y)
    return (logits.argmax(-1) == y).double().mean()


def cross_entropy(logits, y):
    """Return the mean of ``-log softmax(logits)[y]`` over all positions, in nats.

    Parameters
    ----------
    logits : (..., K) float tensor
    y : (...) int64 tensor in 0..K-1

    Returns
    -------
    scalar tensor, at least 0

    Raises
    ------
    ValueError
        The shapes do not fit together.
    """
    import torch

    _check_classes(logits, y)
    return torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), y.reshape(-1))


def _score(model, score):
    import torch

    was_training = model.training
    model.eval()
    with torch.no_grad():
        value = float(score(model))
    model.train(was_training)
    return value


def _check_classes(logits, y):
    if tuple(logits.shape[:-1]) != tuple(y.shape):
        raise ValueError(
            f"logits of shape {tuple(logits.shape)} need labels of shape "
            f"{tuple(logits.shape[:-1])}, got {tuple(y.shape)}"
        )
