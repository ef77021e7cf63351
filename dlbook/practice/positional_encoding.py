"""Exercises of the chapter on positional encoding.

``table``         the sinusoidal table
``shift_matrix``  the matrix that carries PE_p to PE_{p+k}
``rope_scores``   scores of rotary positions
``order_report``  is a layer permutation equivariant, and does it see order?
"""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["order_report", "rope_scores", "shift_matrix", "table"]


def _sinusoid_table(n_positions, d, base=10000.0):
    angle = np.outer(np.arange(n_positions), base ** (-np.arange(0, d, 2) / d))
    return np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(n_positions, d)


def _unpaired(n_positions, d, base=10000.0):
    j = np.arange(d)
    angle = np.outer(np.arange(n_positions), base ** (-j / d))
    return np.where(j % 2 == 0, np.sin(angle), np.cos(angle))


def _halves(n_positions, d, base=10000.0):
    pairs = _sinusoid_table(n_positions, d, base)
    return np.hstack([pairs[:, ::2], pairs[:, 1::2]])


def _cosines_first(n_positions, d, base=10000.0):
    pairs = _sinusoid_table(n_positions, d, base).reshape(n_positions, d // 2, 2)
    return pairs[:, :, ::-1].reshape(n_positions, d)


def _by_position(n_positions, d, base=10000.0):
    angle = np.repeat(
        np.outer(np.arange(n_positions), base ** (-np.arange(0, d, 2) / d)), 2, axis=1
    )
    return np.where(np.arange(n_positions)[:, None] % 2 == 0, np.sin(angle), np.cos(angle))


def _table_with_logarithm(n_positions, d, base=10000.0):
    rate = np.exp(-np.arange(0, d, 2) * np.log(base) / d)
    out = np.zeros((n_positions, d))
    out[:, 0::2] = np.sin(np.arange(n_positions)[:, None] * rate)
    out[:, 1::2] = np.cos(np.arange(n_positions)[:, None] * rate)
    return out


def _torch_table(n_positions, d, base=10000.0):
    import torch

    rate = base ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    angle = torch.arange(n_positions, dtype=torch.float64)[:, None] * rate
    return torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1)


table = Exercise(
    "pe-table",
    _sinusoid_table,
    [(7, 12, 100.0), (5, 6, 37.0), (130, 8, 10000.0)],
    [
        Mistake(
            "unpaired-frequencies",
            _unpaired,
            "Your exponent uses the dimension, so a sine and its cosine turn at different speeds "
            "and a shift is no longer a linear map. Both columns of pair i take the exponent "
            "2i/d.",
        ),
        Mistake(
            "halves",
            _halves,
            "You put all sines first and then all cosines. Inner products are the same, but here "
            "the even columns must be sines and the odd ones cosines.",
        ),
        Mistake(
            "doubled-exponent",
            lambda n_positions, d, base=10000.0: _sinusoid_table(n_positions, d, base**2),
            "Your hands slow down twice too fast: 2i is doubled again. For pair i, which fills "
            "the columns 2i and 2i+1, the exponent is 2i/d.",
        ),
        Mistake(
            "start-at-one",
            lambda n_positions, d, base=10000.0: _sinusoid_table(n_positions + 1, d, base)[1:],
            "Your first row is position 1. Positions start at 0, whose row is (0, 1, 0, 1, ...).",
        ),
        Mistake(
            "cosines-first",
            _cosines_first,
            "Sine and cosine are swapped: even columns are sines, odd columns are cosines. The "
            "row of position 0 is (0, 1, 0, 1, ...).",
        ),
        Mistake(
            "by-position",
            _by_position,
            "You gave sines to even positions and cosines to odd ones. Even and odd are columns: "
            "every position has both.",
        ),
        Mistake(
            "frequency-inverted",
            lambda n_positions, d, base=10000.0: _sinusoid_table(n_positions, d, 1 / base),
            "Your hands get faster from pair to pair. The exponent is negative: the frequency of "
            "pair i is base ** (-2i/d).",
        ),
    ],
    alternatives=(_table_with_logarithm, _torch_table),
    task="Write sinusoid_table(n_positions, d, base): positions 0, 1, ..., a row each; d even.",
)


def _shift_matrix(k, d, base=10000.0):
    angle = k * base ** (-np.arange(0, d, 2) / d)
    M, even = np.zeros((d, d)), np.arange(0, d, 2)
    M[even, even] = M[even + 1, even + 1] = np.cos(angle)
    M[even, even + 1] = np.sin(angle)
    M[even + 1, even] = -np.sin(angle)
    return M


def _from_vectors(p):
    """The matrix of one position only: it carries PE_p to PE_{p+k}, and nothing else."""

    def run(k, d, base=10000.0):
        rate = base ** (-np.arange(0, d, 2) / d)
        here, there = (
            np.stack([np.sin(q * rate), np.cos(q * rate)], axis=1).ravel() for q in (p, p + k)
        )
        return np.outer(there, here) / (d / 2)

    return run


def _halves_matrix(k, d, base=10000.0):
    order = np.r_[0:d:2, 1:d:2]
    return _shift_matrix(k, d, base)[np.ix_(order, order)]


def _complex_shift(k, d, base=10000.0):
    turn = np.exp(1j * k * base ** (-np.arange(0, d, 2) / d))
    blocks = np.array([[turn.real, turn.imag], [-turn.imag, turn.real]])
    return np.einsum("abi,ij->iajb", blocks, np.eye(d // 2)).reshape(d, d)


def _scipy_shift(k, d, base=10000.0):
    from scipy.linalg import block_diag, expm

    G = block_diag(*([[0, w], [-w, 0]] for w in base ** (-np.arange(0, d, 2) / d)))
    return expm(k * G)


shift_matrix = Exercise(
    "pe-shift-matrix",
    _shift_matrix,
    [(3, 8, 37.0), (-5, 8, 37.0), (2, 6, 100.0)],
    [
        Mistake(
            "rotation-sign",
            lambda k, d, base=10000.0: _shift_matrix(-k, d, base),
            "Your matrix shifts by -k. The pair is (sin, cos), so the block is the transpose of "
            "the usual rotation matrix: cos, sin in its first row.",
        ),
        Mistake(
            "angle-without-frequency",
            lambda k, d, base=10000.0: _shift_matrix(k, d, 1.0),
            "You turned every block by the angle k. Block i turns by k times its own frequency, "
            "base ** (-2i/d).",
        ),
        Mistake(
            "depends-on-p",
            _from_vectors(0),
            "Your matrix is right for one position only, because it is built from the vectors at "
            "that position. The blocks contain k and the frequencies, no p.",
            also=(_from_vectors(1),),
        ),
        Mistake(
            "half-layout",
            _halves_matrix,
            "Your matrix expects all sines first and then all cosines. Here sine and cosine of a "
            "pair are neighbours, so the 2 by 2 blocks stand along the diagonal.",
        ),
        Mistake(
            "unpaired-exponent",
            lambda k, d, base=10000.0: _shift_matrix(k, d, base**0.5),
            "Block i turns too fast: its exponent is i/d instead of 2i/d.",
        ),
    ],
    alternatives=(_complex_shift, _scipy_shift),
    task="Write shift_matrix(k, d, base): the matrix M with M @ PE[p] == PE[p + k] for every p.",
)


def _rope_scores(q, k, base=10000.0):
    T, d = q.shape
    angle = np.outer(np.arange(T), base ** (-np.arange(0, d, 2) / d))
    cos, sin = np.cos(angle), np.sin(angle)

    def turn(x):
        even, odd = x[:, 0::2], x[:, 1::2]
        return np.stack([even * cos - odd * sin, even * sin + odd * cos], axis=2).reshape(T, d)

    return turn(q) @ turn(k).T


def _complex(q, k, base, turn_q, turn_k):
    """Scores of complex pairs; turn_q and turn_k are the signs of the two rotations."""
    T, d = q.shape
    angle = np.outer(np.arange(T), base ** (-np.arange(0, d, 2) / d))
    q, k = (x[:, 0::2] + 1j * x[:, 1::2] for x in (q, k))
    return ((q * np.exp(1j * turn_q * angle)).conj() @ (k * np.exp(1j * turn_k * angle)).T).real


def _scores(turn_q, turn_k):
    return lambda q, k, base=10000.0: _complex(q, k, base, turn_q, turn_k)


def _added(q, k, base=10000.0):
    P = _sinusoid_table(*q.shape, base)
    return (q + P) @ (k + P).T


def _half_layout(q, k, base=10000.0):
    d = q.shape[1]
    order = np.arange(d).reshape(2, d // 2).T.ravel()
    return _complex(q[:, order], k[:, order], base, 1, 1)


def _torch_rope(q, k, base=10000.0):
    import torch

    q, k = torch.as_tensor(q), torch.as_tensor(k)
    T, d = q.shape
    rate = base ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    turns = torch.polar(torch.ones(T, d // 2).double(), torch.arange(T)[:, None] * rate)
    q, k = (torch.view_as_complex(x.unflatten(1, (-1, 2)).contiguous()) * turns for x in (q, k))
    return (q.conj() @ k.mT).real


def _rope_inputs():
    rng = np.random.default_rng(211)
    return [
        (rng.normal(size=(9, 10)), 2 * rng.normal(size=(9, 10)), 10000.0),
        (rng.normal(size=(4, 6)), rng.normal(size=(4, 6)), 50.0),
    ]


rope_scores = Exercise(
    "pe-rope-scores",
    _rope_scores,
    _rope_inputs(),
    [
        Mistake(
            "identity",
            lambda q, k, base=10000.0: q @ k.T,
            "These are the plain products of queries and keys: nothing is turned. Turn row t of "
            "both by t times the frequencies first.",
        ),
        Mistake(
            "added-not-rotated",
            _added,
            "You added sinusoids to queries and keys. That leaves products of content and "
            "position, which change when both move together. Turn the pairs instead.",
        ),
        Mistake(
            "half-layout",
            _half_layout,
            "You paired dimension i with i + d/2. That is another layout, right for permuted "
            "weights only; here the pairs are neighbours, 2i and 2i+1.",
        ),
        Mistake(
            "one-sided",
            _scores(1, 0),
            "You turned the queries only, so the score depends on the query's position, not on "
            "the offset. Turn the keys too, by their own position.",
        ),
        Mistake(
            "one-sided-keys",
            _scores(0, 1),
            "You turned the keys only, so the score depends on the key's position, not on the "
            "offset. Turn the queries too, by their own position.",
        ),
        Mistake(
            "conjugated",
            _scores(1, -1),
            "Queries and keys turn in opposite directions, so your scores depend on i + j. Turn "
            "both the same way; the product leaves the difference.",
        ),
        Mistake(
            "backwards",
            _scores(-1, -1),
            "Both turn, and both backwards, so before and after are exchanged. The pair becomes "
            "(x cos - y sin, x sin + y cos).",
        ),
        Mistake(
            "scaled",
            lambda q, k, base=10000.0: _rope_scores(q, k, base) / np.sqrt(q.shape[1]),
            "The turns are right, and every score is too small by the square root of d. This "
            "exercise asks for the products without scaling.",
        ),
    ],
    alternatives=(_scores(1, 1), _torch_rope),
    task="Write rope_scores(q, k, base): the product of turned query i and turned key j, (T, T).",
)


def _softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _plain(x):
    return _softmax(x @ x.T) @ x


def _causal(x):
    return _softmax(np.where(np.tri(len(x)) > 0, x @ x.T, -1e9)) @ x


def _positioned(x):
    return _plain(x + np.sin(np.arange(1, len(x) + 1))[:, None])


def _mirror(x):
    """Each row and the mean of its two neighbours: the same from left and right."""
    left, right = np.vstack([0 * x[:1], x[:-1]]), np.vstack([x[1:], 0 * x[:1]])
    return x + (left + right) / 2


def _running_mean(x):
    return np.cumsum(x, axis=0) / np.arange(1, len(x) + 1)[:, None]


def _mean_only(x):
    return np.tile(x.mean(axis=0), (len(x), 1))


def _report(equivariant):
    return {"equivariant": bool(equivariant), "order_visible": not equivariant}


def _close(a, b):
    return bool(np.max(np.abs(a - b)) < 1e-9)


def _order_report(layer, x):
    z = np.random.default_rng(5).normal(size=x.shape)
    p = np.roll(np.arange(len(x)), 1)
    blind = np.max(np.abs(layer(z[p]) - layer(z)[p])) < 1e-9
    return {"equivariant": bool(blind), "order_visible": bool(not blind)}


def _invariance(layer, x):
    rng = np.random.default_rng(5)
    z, p = rng.normal(size=x.shape), np.roll(np.arange(len(x)), 1)
    return _report(_close(layer(z[p]), layer(z)))


def _reversal(layer, x):
    z = np.random.default_rng(5).normal(size=x.shape)
    return _report(_close(layer(z[::-1]), layer(z)[::-1]))


def _equal_rows(layer, x):
    p = np.roll(np.arange(len(x)), 1)
    return _report(_close(layer(x[p]), layer(x)[p]))


def _always(equivariant):
    return lambda layer, x: _report(equivariant)


def _many_shuffles(layer, x):
    rng = np.random.default_rng(9)
    for _ in range(10):
        z, p = rng.normal(size=np.shape(x)), rng.permutation(len(x))
        if not np.allclose(layer(z[p]), layer(z)[p], rtol=0, atol=1e-8):
            return {"equivariant": False, "order_visible": True}
    return {"equivariant": True, "order_visible": False}


def _order_inputs():
    rng = np.random.default_rng(31)
    rows, equal = rng.normal(size=(7, 3)), np.tile(rng.normal(size=3), (7, 1))
    return [
        (_plain, rows),
        (_causal, rows),
        (_positioned, rows),
        (_mirror, rows),
        (_causal, equal),
        (_running_mean, equal),
        (_mean_only, rows),
    ]


order_report = Exercise(
    "pe-causal-order",
    _order_report,
    _order_inputs(),
    [
        Mistake(
            "invariance",
            _invariance,
            "You compared f(Px) with f(x). That is invariance. Equivariance shuffles the output "
            "too: f(Px) = P f(x).",
        ),
        Mistake(
            "one-permutation",
            _reversal,
            "You tried the reversal only. A layer that looks left and right alike passes that and "
            "still sees order. Try random permutations.",
        ),
        Mistake(
            "identical-rows",
            _equal_rows,
            "You shuffled the rows of x even where they are all equal, and equal rows hide every "
            "difference. Draw distinct rows of the same shape.",
        ),
        Mistake(
            "always-blind",
            _always(True),
            "You report every layer as equivariant. Run the layer on distinct rows and on a "
            "shuffle of them, and compare.",
        ),
        Mistake(
            "always-sees",
            _always(False),
            "You report that every layer sees order. Plain attention and a plain mean do not: "
            "f(Px) = P f(x) holds for them.",
        ),
    ],
    alternatives=(_many_shuffles,),
    task=(
        "Write order_report(layer, x): is the layer permutation equivariant, and does it see "
        "order? x shows the shape (T, d) of its input and may hold equal rows."
    ),
)
