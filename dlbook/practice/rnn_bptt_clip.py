"""The exercise on clipping gradients by their global norm."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["clip"]


def _clip_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    scale = c / norm if norm > c else 1.0
    return [scale * g for g in grads]


def _norm(array):
    return np.sqrt(np.sum(array**2))


def _by(scale):
    """Multiply all arrays by ``scale(norms of the arrays, global norm, c)``."""

    def run(grads, c):
        norms = np.array([_norm(g) for g in grads])
        factor = scale(norms, _norm(norms), c)
        return [factor * g for g in grads]

    return run


def _per_tensor(grads, c):
    return [min(1.0, c / max(_norm(g), 1e-300)) * g for g in grads]


def _per_tensor_above(grads, c):
    total = _norm(np.array([_norm(g) for g in grads]))
    return [c / max(_norm(g), 1e-300) * g if total > c else g for g in grads]


def _torch_clip(grads, c):
    import torch

    parameters = [torch.nn.Parameter(torch.tensor(g)) for g in grads]
    for parameter in parameters:
        parameter.grad = parameter.detach().clone()
    torch.nn.utils.clip_grad_norm_(parameters, c)
    return [parameter.grad for parameter in parameters]


def _flat(grads, c):
    """All numbers in one vector; the small number guards against a division by zero."""
    vector = np.concatenate([np.ravel(g) for g in grads])
    vector = vector * min(1.0, c / (np.linalg.norm(vector) + 1e-8))
    ends = np.cumsum([g.size for g in grads])[:-1]
    pieces = np.split(vector, ends)
    return tuple(p.reshape(g.shape) for p, g in zip(pieces, grads, strict=True))


def _inputs():
    rng = np.random.default_rng(104)

    def arrays(*norms):
        shapes = [(3, 4), (5,), (2, 2, 2)]
        draws = [rng.normal(size=shape) for shape in shapes[: len(norms)]]
        return [n * d / _norm(d) for n, d in zip(norms, draws, strict=True)]

    return [
        (arrays(9.0, 0.5), 2.0),  # above c, very different norms
        (arrays(0.3, 0.02), 2.0),  # below c
        (arrays(1.2, 1.1, 0.9), 1.5),  # above c, though each array alone is below
        (arrays(0.5, 0.3), 0.4),  # above c, though the squared norm is below
        (arrays(2.0, 1.0), 3.5),  # below c, though the squared norm is above
        (arrays(0.0, 0.0), 1.0),  # nothing to clip, and nothing to divide by
    ]


clip = Exercise(
    "bptt-clip",
    _clip_global_norm,
    _inputs(),
    [
        Mistake(
            "per-tensor",
            _per_tensor,
            "You gave the arrays different factors, each from its own norm, so the direction of "
            "the step changed. Use one norm over all arrays, and one factor.",
            also=(_per_tensor_above,),
        ),
        Mistake(
            "always-rescale",
            _by(lambda norms, norm, c: c / norm),
            "A small gradient became larger. Clip only when the norm exceeds c: the factor is "
            "min(1, c / norm).",
        ),
        Mistake(
            "elementwise",
            lambda grads, c: [np.clip(g, -c, c) for g in grads],
            "You cut the components one by one. That is value clipping, and the direction changes; "
            "multiply all arrays by one factor.",
        ),
        Mistake(
            "squared",
            _by(lambda norms, norm, c: c / norm**2 if norm > c else 1.0),
            "After clipping, the norm is not c: you divided by the sum of squares. The norm is its "
            "square root.",
            also=(_by(lambda norms, norm, c: c / norm**2 if norm**2 > c else 1.0),),
        ),
        Mistake(
            "sum-of-norms",
            _by(lambda norms, norm, c: c / norms.sum() if norms.sum() > c else 1.0),
            "You added the norms of the arrays. Add their squares and take the root at the end.",
        ),
        Mistake(
            "largest-norm",
            _by(lambda norms, norm, c: c / norms.max() if norms.max() > c else 1.0),
            "You used the largest of the arrays' norms. The global norm takes all arrays as one "
            "long vector.",
        ),
        Mistake(
            "unit-norm",
            _by(lambda norms, norm, c: 1 / norm if norm > c else 1.0),
            "After clipping, the norm is 1, it should be c. Multiply by c / norm.",
        ),
    ],
    alternatives=(_torch_clip, _flat),
    tol=1e-5,  # torch adds 1e-6 to the norm before it divides
    task=(
        "Write clip_global_norm(grads, c): a list of new arrays, rescaled together so that the "
        "norm over all of them is at most c. Leave the arrays that are passed in as they are."
    ),
)
