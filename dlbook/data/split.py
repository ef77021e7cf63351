"""A fixed, stratified split that depends on no random numbers."""

import numpy as np


def held_out(y, *, every):
    """Mark, within each class and in the order of `y`, every `every`-th example.

    Parameters
    ----------
    y : (N,) array of labels
    every : int, at least 2
        One example in `every` of each class is marked.

    Returns
    -------
    (N,) bool array
        True for the test part. Each class has the same share of it to within one example.

    Raises
    ------
    ValueError
        `every` is not an integer of at least 2.
    """
    if not isinstance(every, int) or every < 2:
        raise ValueError(f"every must be an integer of at least 2, got {every!r}")
    rank = np.empty(len(y), dtype=int)  # how many examples of the same class came before
    for k in np.unique(y):
        rank[y == k] = np.arange(np.sum(y == k))
    return rank % every == every - 1
