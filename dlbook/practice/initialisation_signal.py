"""The exercises on what random weights do to a signal, and on units that stay equal."""

import math

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["second_moment", "tied"]


def _moment(m0, widths, variances):
    m = m0
    for layer, v in enumerate(variances):
        n_in = widths[layer]
        m = m * n_in * v / 2
    return m


def _half_of(share, count=lambda N: N):
    """The recursion with another share kept by ReLU, in `count` of the N layers."""

    def run(m0, widths, variances):
        gains = [n * v for n, v in zip(widths, variances, strict=False)]
        return m0 * math.prod(gains) * share ** count(len(gains))

    return run


def _moment_by_product(m0, widths, variances):
    return m0 * np.prod(np.array(widths[:-1]) * np.array(variances) / 2)


second_moment = Exercise(
    "init-second-moment",
    _moment,
    [
        (1.7, (100, 400, 50, 300), (1 / 100, 3 / 400, 2 / 50)),
        (0.4, (20, 30, 70), (0.05, 0.2)),
        (2.5, (10, 7), (0.3,)),
    ],
    [
        Mistake(
            "no-half",
            _half_of(1.0),
            "Your network has no ReLU: every layer multiplies by n v. ReLU keeps half of the "
            "second moment, so each layer multiplies by n v / 2.",
        ),
        Mistake(
            "variance-of-relu",
            _half_of(0.5 - 0.5 / math.pi),
            "You passed on the variance of the ReLU outputs. Their mean is not zero; the next "
            "layer sees E[h²], which is half of E[a²].",
        ),
        Mistake(
            "fan-out",
            lambda m0, widths, variances: _moment(m0, (*widths[1:], 0), variances),
            "You counted the outputs of each layer. A pre-activation is a sum over the inputs, so "
            "the number that enters is the width below.",
        ),
        Mistake(
            "last-layer",
            _half_of(0.5, lambda N: N - 1),
            "You left out one half. Every layer ends in a ReLU, also the last: the task asks for "
            "E[h²] after it, not for E[a²].",
        ),
        Mistake(
            "input-halved",
            _half_of(0.5, lambda N: N + 1),
            "You halved once too often. The input is data and not the output of a ReLU: N layers "
            "give N halves.",
        ),
        Mistake(
            "deviation",
            lambda m0, widths, variances: _moment(m0, widths, [math.sqrt(v) for v in variances]),
            "You multiplied by standard deviations. The second moment is a mean of squares, so it "
            "takes the variances themselves.",
        ),
    ],
    alternatives=(_moment_by_product,),
    task=(
        "Write second_moment(m0, widths, variances): E[h²] after the last of N ReLU layers without "
        "biases; widths (n_0, ..., n_N), variances (v_1, ..., v_N), and m0 the mean square of the "
        "input."
    ),
)


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
