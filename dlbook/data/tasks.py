"""Synthetic sequence tasks, each a function of an explicit NumPy generator.

Every task returns one batch ``(x, y)`` of NumPy arrays in the precision that networks train in
(float32 and int64). :func:`dlbook.models.training.train` turns them into tensors.
"""

import numpy as np


def adding_problem(rng, B, T):
    """Add the two marked numbers of a long row.

    ``y = v_i + v_j``, with one mark i in the first half of the row and one mark j in the second.
    A constant answer of 1 has mean squared error 1/6.

    Parameters
    ----------
    rng : numpy.random.Generator
    B, T : int
        Batch size, at least 1; length, at least 2.

    Returns
    -------
    x : (B, T, 2) float32
        Values in [0, 1), uniform; marks, 1 at i in 0..T//2-1 and at j in T//2..T-1, else 0.
    y : (B, 1) float32 in [0, 2)

    Raises
    ------
    ValueError
        A size is too small.

    Notes
    -----
    Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 9(8), 1997, experiment 4,
    with values in [-1, 1] there; the form with values in [0, 1] is that of Le, Jaitly and Hinton,
    2015, arXiv:1504.00941. Used in the chapter on backpropagation through time.
    """
    _at_least(B=(B, 1), T=(T, 2))
    x = np.zeros((B, T, 2), np.float32)
    x[:, :, 0] = rng.random((B, T), dtype=np.float32)
    rows = np.arange(B)
    i, j = rng.integers(0, T // 2, B), rng.integers(T // 2, T, B)
    x[rows, i, 1] = x[rows, j, 1] = 1
    return x, (x[rows, i, 0] + x[rows, j, 0])[:, None]


def first_symbol(rng, B, T, K=4, noise=0.5):
    """Name, at the last step, the symbol that was shown at the first step.

    Pure memory: nothing has to be computed, one of K symbols has to survive T-1 steps of noise.

    Parameters
    ----------
    rng : numpy.random.Generator
    B, T, K : int
        Batch size, at least 1; length, at least 2; number of symbols, at least 2.
    noise : float, at least 0
        Standard deviation of the distracting channel.

    Returns
    -------
    x : (B, T, K+2) float32
        Channels 0..K-1: the symbol, one-hot, at step 0 only. Channel K: normal noise from step 1
        on. Channel K+1: 1 at the last step, the signal to answer.
    y : (B,) int64 in 0..K-1

    Raises
    ------
    ValueError
        A size or the noise is too small.
    """
    _at_least(B=(B, 1), T=(T, 2), K=(K, 2), noise=(noise, 0))
    y = rng.integers(0, K, B)
    x = np.zeros((B, T, K + 2), np.float32)
    x[np.arange(B), 0, y] = 1
    x[:, 1:, K] = noise * rng.standard_normal((B, T - 1), dtype=np.float32)
    x[:, -1, K + 1] = 1
    return x, y


def first_letters(rng, B, n, k=3, V=8, episodes=1):
    """Read n letters, then write the first k of them: abcdefg... becomes .......abc

    The blank is symbol 0, the letters are 1..V. The answer to a letter is the blank; score the
    k answers at the end of an episode, because the blanks are known beforehand.

    Parameters
    ----------
    rng : numpy.random.Generator
    B, n, k, V : int
        Batch size, letters read, letters to write, alphabet; each at least 1, and k at most n.
    episodes : int, at least 1
        Independent repetitions that follow one another in the same row.

    Returns
    -------
    x : (B, episodes*(n+k), V+1) float32
        One-hot symbols; k blanks end each episode.
    y : (B, episodes*(n+k)) int64 in 0..V
        ``y[:, -k:]`` are the letters of the last episode.

    Raises
    ------
    ValueError
        A size is too small, or k is larger than n.
    """
    _at_least(B=(B, 1), n=(n, 1), k=(k, 1), V=(V, 1), episodes=(episodes, 1))
    if k > n:
        raise ValueError(f"k letters of n are written, so k <= n is needed; got k={k}, n={n}")
    letters = rng.integers(1, V + 1, (B * episodes, n))
    read = np.pad(letters, ((0, 0), (0, k)))  # letters, then blanks
    y = np.pad(letters[:, :k], ((0, 0), (n, 0)))  # blanks, then the first letters
    x = np.eye(V + 1, dtype=np.float32)[read.reshape(B, -1)]
    return x, y.reshape(B, -1)


def before_after(rng, B, T, V=10):
    """Tell whether symbol 0 stands before symbol 1; both occur exactly once.

    The bag of symbols is the same whichever comes first, so a model that does not see positions
    cannot do better than one half.

    Parameters
    ----------
    rng : numpy.random.Generator
    B, T, V : int
        Batch size, at least 1; length, at least 2; vocabulary, at least 3.

    Returns
    -------
    x : (B, T) int64 in 0..V-1
        Symbols 0 and 1 at two different places, the others from 2..V-1.
    y : (B,) int64
        1 where symbol 0 comes before symbol 1, else 0.

    Raises
    ------
    ValueError
        A size is too small.
    """
    _at_least(B=(B, 1), T=(T, 2), V=(V, 3))
    x = rng.integers(2, V, (B, T))
    rows, i, gap = np.arange(B), rng.integers(0, T, B), rng.integers(1, T, B)
    j = (i + gap) % T
    x[rows, i], x[rows, j] = 0, 1
    return x, (i < j).astype(np.int64)


def look_back(rng, B, T, k=2, V=8):
    """Name, at each step, the symbol that stood k steps earlier.

    Parameters
    ----------
    rng : numpy.random.Generator
    B, T, k, V : int
        Batch size, at least 1; length, larger than k; steps back, at least 1; vocabulary, at
        least 2.

    Returns
    -------
    x : (B, T) int64 in 0..V-1
    y : (B, T-k) int64 in 0..V-1
        The answers for the steps k..T-1, so that ``y[:, t] == x[:, t]`` and the model's outputs
        at ``[:, k:]`` are the ones to score.

    Raises
    ------
    ValueError
        A size is too small.
    """
    _at_least(B=(B, 1), k=(k, 1), V=(V, 2), T=(T, k + 1))
    x = rng.integers(0, V, (B, T))
    return x, x[:, : T - k].copy()


def _at_least(**sizes):
    for name, (value, least) in sizes.items():
        if not value >= least:
            raise ValueError(f"{name} must be at least {least}, got {value!r}")
