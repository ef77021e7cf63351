"""The exercise on units that stay equal."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["tied"]


def _tied(W1, b1, W2, i, j):
    same_in = np.all(W1[i] == W1[j]) and b1[i] == b1[j]
    same_out = np.all(W2[:, i] == W2[:, j])
    return bool(same_in and same_out)


def _tied_by_stack(W1, b1, W2, i, j):
    owned = np.hstack([W1, np.reshape(b1, (-1, 1)), W2.T])
    return bool((owned[i] == owned[j]).all())


def _tied_by_training(W1, b1, W2, i, j):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, W1.shape[1])), rng.normal(size=(8, len(W2)))
    W1, b1, W2 = W1.copy(), b1.copy(), W2.copy()
    for _ in range(10):
        h = np.tanh(x @ W1.T + b1)
        do = h @ W2.T - y
        da = do @ W2 * (1 - h**2)
        W1, b1, W2 = W1 - 0.1 * da.T @ x, b1 - 0.1 * da.sum(axis=0), W2 - 0.1 * do.T @ h
    owned = np.hstack([W1, b1[:, None], W2.T])
    return bool(np.allclose(owned[i], owned[j], atol=1e-10))


def _tied_inputs():
    W1 = np.array([[0.3, -0.7], [0.3, -0.7], [0.3, -0.7], [0.9, 0.2], [0.9, 0.2], [0.3, -0.7],
                   [0.0, 0.4], [1.1, -0.5]])  # fmt: skip
    b1 = np.array([0.1, 0.1, 0.6, 0.2, 0.2, 0.1, 0.3, 0.1])
    W2 = np.array([[0.5, 0.5, 0.5, 0.8, -0.4, 0.0, 0.7, 0.5],
                   [1.2, 1.2, 1.2, 0.1, 0.3, 0.0, -0.6, 1.2],
                   [0.4, 0.4, 0.4, 0.0, 0.6, 0.0, 0.2, 0.4]])  # fmt: skip
    pairs = (0, 1), (0, 2), (3, 4), (0, 5), (0, 7), (5, 6), (3, 6), (4, 2), (1, 0)
    return [(W1, b1, W2, i, j) for i, j in pairs]


def _incoming(W1, b1, W2, i, j):
    return bool(np.array_equal(W1[i], W1[j]) and b1[i] == b1[j])


tied = Exercise(
    "init-tied",
    _tied,
    _tied_inputs(),
    [
        Mistake(
            "incoming-only",
            _incoming,
            "You compare what comes in only. Different outgoing weights give the two units "
            "different gradients, and the tie breaks.",
        ),
        Mistake(
            "outgoing-only",
            lambda W1, b1, W2, i, j: bool(np.array_equal(W2[:, i], W2[:, j])),
            "You compare the columns of W2 only. Two units with different incoming weights or "
            "biases have different activations.",
        ),
        Mistake(
            "bias-ignored",
            lambda W1, b1, W2, i, j: bool(
                np.array_equal(W1[i], W1[j]) and np.array_equal(W2[:, i], W2[:, j])
            ),
            "You do not compare the biases. Units with equal weights and different biases have "
            "different activations.",
        ),
        Mistake(
            "zero-counts",
            lambda W1, b1, W2, i, j: bool(
                _tied(W1, b1, W2, i, j) or 0 in [*W1[i], *W1[j], *W2[:, i], *W2[:, j]]
            ),
            "You take a weight of zero for a tie. A zero is harmless unless the two units agree in "
            "everything they own.",
        ),
        Mistake(
            "rows-of-W2",
            lambda W1, b1, W2, i, j: bool(
                _incoming(W1, b1, W2, i, j) and np.array_equal(W2[i % len(W2)], W2[j % len(W2)])
            ),
            "You compare rows of W2. The outgoing weights of hidden unit i are a column, W2[:, i].",
        ),
    ],
    alternatives=(_tied_by_stack, _tied_by_training),
    task=(
        "Write tied(W1, b1, W2, i, j): do hidden units i and j of W2 @ tanh(W1 @ x + b1) stay "
        "equal for ever under gradient descent? W1 (n, D), b1 (n,), W2 (K, n)."
    ),
)
