"""Exercises of the chapter on dropout.

``passes``          inverted dropout with a given mask, forward and backward
``expected_loss``   the squared loss averaged over all masks
``ensemble``        the geometric mean of all masked softmax layers
``variance_ratio``  how much the variance behind dropout shrinks from training to test
"""

import numpy as np

from .dropout_variance import variance_ratio
from .engine import Exercise, Mistake

__all__ = ["ensemble", "expected_loss", "passes", "variance_ratio"]


def _passes(h, mask, p, dout):
    scale = mask / (1 - p)
    return h * scale, h.copy(), dout * scale


def _scaled(forward, evaluation, backward):
    """A version of `passes` with these factors (functions of p) and the mask in its place."""
    return lambda h, mask, p, dout: (
        h * mask * forward(p), h * evaluation(p), dout * mask * backward(p))  # fmt: skip


def _mask_from_values(h, mask, p, dout):
    out = h * mask / (1 - p)
    return out, h.copy(), dout * (out != 0) / (1 - p)


def _torch_passes(h, mask, p, dout):
    import torch

    h = torch.tensor(np.asarray(h, dtype=float), requires_grad=True)
    out = h * torch.tensor(np.asarray(mask, dtype=float)) / (1 - p)
    (grad,) = torch.autograd.grad(out, h, torch.tensor(np.asarray(dout, dtype=float)))
    return out.detach(), h.detach(), grad


def _layer(seed, B, H, p):
    """Values, mask and gradient for an exercise; a kept value is exactly zero."""
    rng = np.random.default_rng(seed)
    h, mask = rng.normal(size=(B, H)), (rng.random((B, H)) > p).astype(float)
    h[0, 1], mask[0, 1], mask[1, 0] = 0.0, 1.0, 0.0
    return h, mask, p, rng.normal(size=(B, H))


passes = Exercise(
    "drop-passes",
    _passes,
    [_layer(0, 4, 3, 0.3), _layer(1, 2, 5, 0.2)],
    [
        Mistake(
            "scale-by-drop-rate",
            _scaled(lambda p: 1 / p, lambda p: 1, lambda p: 1 / p),
            "You divided by the drop probability. Divide by the probability of being kept, 1 - p; "
            "at p = 0.5 nobody would notice.",
        ),
        Mistake(
            "no-scale",
            _scaled(lambda p: 1, lambda p: 1, lambda p: 1),
            "Nothing was divided by 1 - p. The mean of the output then shrinks by 1 - p in "
            "training, and evaluation no longer matches it.",
        ),
        Mistake(
            "eval-scaled",
            _scaled(lambda p: 1 / (1 - p), lambda p: 1 - p, lambda p: 1 / (1 - p)),
            "In evaluation you multiplied by 1 - p. That belongs to the form without the division "
            "in training; inverted dropout is the identity there.",
        ),
        Mistake(
            "grad-unscaled",
            _scaled(lambda p: 1 / (1 - p), lambda p: 1, lambda p: 1),
            "The gradient misses the factor 1/(1 - p). What multiplies on the way forward "
            "multiplies on the way back too.",
        ),
        Mistake(
            "mask-from-values",
            _mask_from_values,
            "You read the mask off the output. A value may be zero without having been dropped; "
            "use the mask that was given.",
        ),
        Mistake(
            "grad-unmasked",
            lambda h, mask, p, dout: (h * mask / (1 - p), h.copy(), dout / (1 - p)),
            "A dropped value did not reach the output, so no gradient may come back to it: "
            "multiply the gradient by the mask as well.",
        ),
    ],
    alternatives=(_torch_passes,),
    returns=("out_train", "out_eval", "dh"),
    task="Write dropout_passes(h, mask, p, dout): output in training and in evaluation, and dL/dh.",
)


def _expected_loss(X, y, w, p):
    return np.sum((y - X @ w) ** 2) + p / (1 - p) * np.sum(X**2 @ w**2)


def _penalty(term):
    """Expected loss with another second term, a function of (X, y, w, p)."""
    return lambda X, y, w, p: np.sum((y - X @ w) ** 2) + term(X, y, w, p)


def _all_masks(n):
    """All 0/1 vectors of length n, (2^n, n)."""
    return (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(float)


def _expected_loss_by_masks(X, y, w, p):
    total = 0.0
    for mask in _all_masks(len(w)):
        chance = np.prod(np.where(mask == 1, 1 - p, p))
        total += chance * np.sum((y - (X * mask / (1 - p)) @ w) ** 2)
    return total


def _regression(seed, n, d, p):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) @ (np.eye(d) + 0.4 * rng.normal(size=(d, d)))
    return X * np.geomspace(0.1, 3, d), rng.normal(size=n), rng.normal(size=d), p


expected_loss = Exercise(
    "drop-expected-loss",
    _expected_loss,
    [_regression(0, 7, 5, 0.3), _regression(1, 4, 3, 0.2)],
    [
        Mistake(
            "odds-inverted",
            _penalty(lambda X, y, w, p: (1 - p) / p * np.sum(X**2 @ w**2)),
            "The odds are upside down. The noise grows with the drop probability, so the factor "
            "is p/(1 - p).",
        ),
        Mistake(
            "feature-scales-lost",
            _penalty(lambda X, y, w, p: p / (1 - p) * np.sum(w**2)),
            "Your penalty forgets the features. Each squared weight carries the sum of squares of "
            "its feature over the examples.",
        ),
        Mistake(
            "vanilla",
            lambda X, y, w, p: (
                np.sum((y - (1 - p) * X @ w) ** 2) + p * (1 - p) * np.sum(X**2 @ w**2)
            ),
            "This is the loss of dropout without rescaling. Inverted dropout divides by 1 - p, so "
            "the prediction keeps its mean.",
        ),
        Mistake(
            "cross-terms",
            _penalty(lambda X, y, w, p: p / (1 - p) * np.sum((X @ w) ** 2)),
            "You squared the sum over the features. The masks are independent, so variances are "
            "added feature by feature.",
        ),
        Mistake(
            "mean-over-examples",
            lambda X, y, w, p: _expected_loss(X, y, w, p) / len(y),
            "This is the mean over the examples. The task asks for the sum of the squared errors.",
        ),
        Mistake(
            "no-noise",
            _penalty(lambda X, y, w, p: 0.0),
            "You put the mean input into the loss. The mean of a square is the square of the mean "
            "plus a variance.",
        ),
    ],
    alternatives=(_expected_loss_by_masks,),
    task="Write expected_loss(X, y, w, p): the mean over masks of the summed squared error.",
)


def _ensemble(W, b, x, p):
    z = (1 - p) * W @ x + b
    e = np.exp(z - z.max())
    return e / e.sum()


def _softmax_rows(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _members(W, b, x, p):
    """Probabilities of all masked layers, (2^D, K), and the chances of their masks, (2^D,)."""
    masks = _all_masks(len(x))
    chances = np.prod(np.where(masks == 1, 1 - p, p), axis=1)
    return _softmax_rows((masks * x) @ W.T + b), chances


def _geometric(W, b, x, p):
    probabilities, chances = _members(W, b, x, p)
    mean = np.exp(chances @ np.log(probabilities))
    return mean / mean.sum()


def _uniform(W, b, x, p):
    mean = np.exp(np.log(_members(W, b, x, p)[0]).mean(axis=0))
    return mean / mean.sum()


def _arithmetic(W, b, x, p):
    probabilities, chances = _members(W, b, x, p)
    return chances @ probabilities


def _unnormalised(W, b, x, p):
    probabilities, chances = _members(W, b, x, p)
    return np.exp(chances @ np.log(probabilities))


def _bias_scaled(W, b, x, p):
    return _softmax_rows((1 - p) * (W @ x + b)[None])[0]


def _unmasked(W, b, x, p):
    return _softmax_rows((W @ x + b)[None])[0]


def _softmax_case(seed, K, D, p):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(K, D)), rng.normal(size=K), rng.normal(size=D), p


ensemble = Exercise(
    "drop-ensemble",
    _ensemble,
    [_softmax_case(0, 3, 6, 0.2), _softmax_case(1, 4, 5, 0.3)],
    [
        Mistake(
            "uniform-weights",
            _uniform,
            "You gave all masks the same weight. A mask that keeps k of D inputs has the "
            "probability (1 - p)^k p^(D - k); they are equal only at p = 1/2.",
        ),
        Mistake(
            "arithmetic",
            _arithmetic,
            "This is the arithmetic mean of the probabilities: close, but the question asks for "
            "the geometric one, which averages their logarithms.",
        ),
        Mistake(
            "unnormalised",
            _unnormalised,
            "A geometric mean of distributions does not sum to one. Divide it by its sum.",
        ),
        Mistake(
            "bias-scaled",
            _bias_scaled,
            "You scaled the bias as well. The mask acts on the inputs only, so only W x is "
            "multiplied by 1 - p.",
        ),
        Mistake(
            "nothing-scaled",
            _unmasked,
            "This is the layer with all inputs kept. Without the division in training, the logits "
            "of the average have W x multiplied by 1 - p.",
        ),
    ],
    alternatives=(_geometric,),
    task="Write geometric_ensemble(W, b, x, p): normalised geometric mean over all masks, (K,).",
)
