"""The digits against scikit-learn's own loader."""

import subprocess
import sys

import numpy as np
import pytest

from dlbook.data import Digits, digits
from dlbook.data.digits import SOURCE

D = digits()


def test_shapes_dtypes_and_ranges():
    assert isinstance(D, Digits)
    assert (D.x_train.shape, D.x_test.shape) == ((1442, 64), (355, 64))
    assert (D.y_train.shape, D.y_test.shape) == ((1442,), (355,))
    assert {a.dtype for a in (D.x_train, D.x_test)} == {np.dtype(np.float32)}
    assert {a.dtype for a in (D.y_train, D.y_test)} == {np.dtype(np.int64)}
    assert D.x_train.min() == 0 and D.x_train.max() == 1


def test_both_parts_together_are_the_set_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets")
    theirs = datasets.load_digits()
    ours = np.column_stack(
        [np.vstack([D.x_train, D.x_test]) * 16, np.hstack([D.y_train, D.y_test])]
    )
    wanted = np.column_stack([theirs.data, theirs.target])
    order = lambda table: table[np.lexsort(table.T)]  # noqa: E731
    np.testing.assert_array_equal(order(ours), order(wanted))
    assert len(np.unique(ours[:, :-1], axis=0)) == 1797  # so the parts share no image
    first = wanted[wanted[:, -1] == 3]  # every fifth of its class, in the order of the file
    np.testing.assert_array_equal(D.x_test[D.y_test == 3] * 16, first[4::5, :-1])
    rest = np.delete(first, np.s_[4::5], axis=0)
    np.testing.assert_array_equal(D.x_train[D.y_train == 3] * 16, rest[:, :-1])


def test_the_split_is_stratified():
    test, train = np.bincount(D.y_test, minlength=10), np.bincount(D.y_train, minlength=10)
    np.testing.assert_array_equal(test, (test + train) // 5)


def test_the_share_can_be_chosen():
    assert len(digits(every=2).y_test) == 896
    assert len(digits(every=10_000).y_test) == 0


@pytest.mark.parametrize("every", [1, 0, -3, 2.5])
def test_a_senseless_share_is_refused(every):
    with pytest.raises(ValueError, match="every must be an integer of at least 2"):
        digits(every=every)


def test_loading_imports_neither_sklearn_nor_torch():
    code = "import sys; from dlbook import data; data.digits(); print('sklearn' in sys.modules, "
    code += "'torch' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"] * 3
    assert SOURCE["install"].startswith("scikit-learn==")
