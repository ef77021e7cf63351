"""Handwritten digits, 8x8 pixels, from the file that scikit-learn installs."""

from typing import NamedTuple

import numpy as np

from dlbook.data.packages import find
from dlbook.data.split import held_out

SOURCE = {
    "package": "sklearn",
    "member": "datasets/data/digits.csv.gz",
    "sha256": "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
    "install": "scikit-learn==1.9.1",
}


class Digits(NamedTuple):
    """Images and labels, split once and for all."""

    x_train: np.ndarray  # (N_train, 64) float32 in [0, 1], rows of the image one after the other
    y_train: np.ndarray  # (N_train,) int64 in 0..9
    x_test: np.ndarray  # (N_test, 64) float32 in [0, 1]
    y_test: np.ndarray  # (N_test,) int64 in 0..9


def digits(*, every=5):
    """Load 1797 digits with a fixed, stratified split.

    Within each class, in the order of the file, every `every`-th image is held out. The split
    depends on no random numbers, and each class has the same share of both parts to within one
    image. Writers are not separated: the same hand may occur in both parts.

    Parameters
    ----------
    every : int, at least 2
        One image in `every` goes to the test part; 5 gives 1442 and 355 images.

    Returns
    -------
    Digits
        Grey levels divided by 16, so in [0, 1]; ``x.reshape(-1, 8, 8)`` gives the images.

    Raises
    ------
    ValueError
        `every` is not an integer of at least 2.
    dlbook.data.packages.MissingPackage, dlbook.data.packages.ChangedData
        scikit-learn is not installed, or carries another file.

    Notes
    -----
    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI repository,
    1998, doi:10.24432/C50P49; the copy in scikit-learn is the test part of that set.
    """
    table = np.loadtxt(find(**SOURCE), delimiter=",")  # (1797, 65)
    x, y = (table[:, :-1] / 16).astype(np.float32), table[:, -1].astype(np.int64)
    test = held_out(y, every=every)
    return Digits(x[~test], y[~test], x[test], y[test])
