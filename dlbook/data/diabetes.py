"""Disease progression of 442 diabetes patients, from the files that scikit-learn installs."""

from typing import NamedTuple

import numpy as np

from dlbook.data.packages import find

SOURCES = {
    "x": {
        "package": "sklearn",
        "member": "datasets/data/diabetes_data_raw.csv.gz",
        "sha256": "7fc0ded571454b1982210d3bb43f0aca44eae01a0b8654a3b24022bdb6b38009",
        "install": "scikit-learn==1.9.1",
    },
    "y": {
        "package": "sklearn",
        "member": "datasets/data/diabetes_target.csv.gz",
        "sha256": "8e53f65eb811df43c206f3534bb3af0e5fed213bc37ed6ba36310157d6023803",
        "install": "scikit-learn==1.9.1",
    },
}
NAMES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


class Diabetes(NamedTuple):
    """Ten measurements of each patient, in their own units, and what became of the disease."""

    x: np.ndarray  # (442, 10) float64: age in years, sex as a code 1 or 2, body mass index, ...
    y: np.ndarray  # (442,) float64 in 25..346: progression one year later
    names: tuple  # the ten columns


def diabetes():
    """Load the data set of Efron, Hastie, Johnstone and Tibshirani, not scaled.

    Returns
    -------
    Diabetes
        ``x`` in the units of the file: age (years), sex (code 1 or 2), body mass index (kg/m^2),
        mean blood pressure, and six measurements of the blood serum; ``y`` without a unit.

    Raises
    ------
    dlbook.data.packages.MissingPackage, dlbook.data.packages.ChangedData
        scikit-learn is not installed, or carries other files.

    Notes
    -----
    Source: B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least angle regression, Annals of
    Statistics 32, 2004, 407-499. ``sklearn.datasets.load_diabetes(scaled=False)`` is the same.
    """
    x = np.loadtxt(find(**SOURCES["x"]))
    y = np.loadtxt(find(**SOURCES["y"]))
    return Diabetes(x, y, NAMES)
