"""The diabetes patients against scikit-learn's own loader."""

import numpy as np
import pytest

from dlbook.data import Diabetes, diabetes

D = diabetes()


def test_shapes_dtypes_and_ranges():
    assert isinstance(D, Diabetes)
    assert D.x.shape == (442, 10) and D.y.shape == (442,) and len(D.names) == 10
    assert {D.x.dtype, D.y.dtype} == {np.dtype(np.float64)}
    assert set(D.x[:, D.names.index("sex")]) == {1.0, 2.0}
    assert (D.y.min(), D.y.max()) == (25, 346)


def test_the_same_as_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets")
    theirs = datasets.load_diabetes(scaled=False)
    np.testing.assert_array_equal(D.x, theirs.data)
    np.testing.assert_array_equal(D.y, theirs.target)
    assert list(D.names) == theirs.feature_names
