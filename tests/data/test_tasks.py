"""Sequence tasks: shapes and edge sizes first, then what each answer is, by brute force."""

from functools import partial

import numpy as np
import pytest

from dlbook.data import tasks


def rng(seed=0):
    return np.random.default_rng(seed)


SHAPES = [  # task, sizes, shape and dtype of x, shape and dtype of y
    (tasks.adding_problem, dict(B=3, T=7), (3, 7, 2), "float32", (3, 1), "float32"),
    (tasks.adding_problem, dict(B=1, T=2), (1, 2, 2), "float32", (1, 1), "float32"),
    (tasks.first_symbol, dict(B=3, T=7), (3, 7, 6), "float32", (3,), "int64"),
    (tasks.first_symbol, dict(B=1, T=2, K=2), (1, 2, 4), "float32", (1,), "int64"),
    (tasks.first_letters, dict(B=3, n=5), (3, 8, 9), "float32", (3, 8), "int64"),
    (tasks.first_letters, dict(B=1, n=1, k=1, V=1), (1, 2, 2), "float32", (1, 2), "int64"),
    (
        tasks.first_letters,
        dict(B=3, n=4, k=2, V=5, episodes=6),
        (3, 36, 6),
        "float32",
        (3, 36),
        "int64",
    ),
    (tasks.before_after, dict(B=3, T=7), (3, 7), "int64", (3,), "int64"),
    (tasks.before_after, dict(B=1, T=2, V=3), (1, 2), "int64", (1,), "int64"),
    (tasks.look_back, dict(B=3, T=7), (3, 7), "int64", (3, 5), "int64"),
    (tasks.look_back, dict(B=1, T=2, k=1, V=2), (1, 2), "int64", (1, 1), "int64"),
]


@pytest.mark.parametrize(("task", "sizes", "x_shape", "x_dtype", "y_shape", "y_dtype"), SHAPES)
def test_shapes_dtypes_and_reproducibility(task, sizes, x_shape, x_dtype, y_shape, y_dtype):
    x, y = task(rng(), **sizes)
    assert (x.shape, x.dtype, y.shape, y.dtype) == (x_shape, x_dtype, y_shape, y_dtype)
    again = task(rng(), **sizes)
    assert np.array_equal(x, again[0]) and np.array_equal(y, again[1])
    if x.size > 10:
        assert not np.array_equal(x, task(rng(1), **sizes)[0])


GOOD = {
    tasks.adding_problem: dict(B=1, T=2),
    tasks.first_symbol: dict(B=1, T=2, K=2, noise=0),
    tasks.first_letters: dict(B=1, n=1, k=1, V=1, episodes=1),
    tasks.before_after: dict(B=1, T=2, V=3),
    tasks.look_back: dict(B=1, T=2, k=1, V=2),
}


@pytest.mark.parametrize(
    ("task", "name"), [(t, name) for t, sizes in GOOD.items() for name in sizes]
)
def test_the_smallest_sizes_work_and_one_less_is_an_error(task, name):
    task(rng(), **GOOD[task])
    with pytest.raises(ValueError, match=f"^{name} must be at least {GOOD[task][name]}, got"):
        task(rng(), **GOOD[task] | {name: GOOD[task][name] - 1})


def test_more_letters_than_were_read_cannot_be_written():
    with pytest.raises(ValueError, match="k=4, n=3"):
        tasks.first_letters(rng(), 2, 3, k=4)
    with pytest.raises(ValueError, match="T must be at least 4, got 3"):
        tasks.look_back(rng(), 2, 3, k=3)


@pytest.mark.parametrize("T", [2, 3, 7, 10])
def test_adding_problem(T):
    x, y = tasks.adding_problem(rng(), 4000, T)
    values, marks = x[..., 0], x[..., 1]
    for v, m, total in zip(values, marks, y, strict=True):
        i, j = np.flatnonzero(m)  # exactly two
        assert i < T // 2 <= j
        assert total == v[i] + v[j]
    assert set(np.unique(marks)) <= {0, 1}
    assert (marks.mean(axis=0) > 0.5 / T).all()  # every place gets a mark
    assert abs(values.mean() - 0.5) < 0.02 and values.min() >= 0 and values.max() < 1
    assert values.min() < 0.01 and values.max() > 0.99
    assert abs(np.mean((y - 1) ** 2) - 1 / 6) < 0.02  # the baseline of the docstring


def test_first_symbol():
    x, y = tasks.first_symbol(rng(), 4000, 5, K=3, noise=0.25)
    np.testing.assert_array_equal(x[:, 0, :3], np.eye(3)[y])
    assert not x[:, 1:, :3].any() and not x[:, 0, 3].any()
    np.testing.assert_array_equal(x[..., 4], np.tile([0, 0, 0, 0, 1], (4000, 1)))
    assert (abs(x[:, 1:, 3].std(axis=0) - 0.25) < 0.02).all()
    assert (abs(x[:, 1:, 3].mean(axis=0)) < 0.02).all()
    assert (abs(np.bincount(y, minlength=3) / 4000 - 1 / 3) < 0.05).all()
    assert not tasks.first_symbol(rng(), 5, 5, noise=0)[0][..., 4].any()
    assert abs(tasks.first_symbol(rng(), 500, 50)[0][:, 1:, 4].std() - 0.5) < 0.02


def test_first_letters():
    x, y = tasks.first_letters(rng(), 500, 5, k=2, V=4, episodes=3)
    symbols = x.argmax(axis=-1)
    assert (x.sum(axis=-1) == 1).all() and set(np.unique(x)) == {0, 1}
    for row, answer in zip(symbols, y, strict=True):
        for e in range(3):
            episode, said = row[7 * e : 7 * e + 7], answer[7 * e : 7 * e + 7]
            assert set(episode[:5]) <= {1, 2, 3, 4}
            assert list(episode[5:]) == [0, 0]
            assert list(said) == [0] * 5 + list(episode[:2])
    assert set(np.unique(symbols)) == {0, 1, 2, 3, 4}
    assert not np.array_equal(symbols[:, :7], symbols[:, 7:14])


def test_before_after():
    x, y = tasks.before_after(rng(), 6000, 4, V=6)
    pairs = np.zeros((4, 4))
    for row, answer in zip(x, y, strict=True):
        (i,), (j,) = np.flatnonzero(row == 0), np.flatnonzero(row == 1)
        assert answer == (i < j)
        pairs[i, j] += 1
    share = pairs / 6000  # all ordered pairs of places are equally likely
    assert (abs(share[~np.eye(4, dtype=bool)] - 1 / 12) < 0.02).all()
    assert set(np.unique(x)) == {0, 1, 2, 3, 4, 5}


def test_look_back():
    x, y = tasks.look_back(rng(), 200, 9, k=3, V=5)
    for t in range(3, 9):
        np.testing.assert_array_equal(y[:, t - 3], x[:, t - 3])
    np.testing.assert_array_equal(y, np.roll(x, 3, axis=1)[:, 3:])  # the answers for steps 3..8
    assert set(np.unique(x)) == {0, 1, 2, 3, 4}
    y[:] = -1
    assert x.min() == 0  # the answers are a copy


def test_a_generator_is_consumed_not_copied():
    generator = rng()
    draw = partial(tasks.adding_problem, generator, 2, 5)
    assert not np.array_equal(draw()[0], draw()[0])


def test_default_vocabularies():
    for task, least, most in [(tasks.before_after, 0, 9), (tasks.look_back, 0, 7)]:
        x, _ = task(rng(), 200, 20)
        assert (x.min(), x.max()) == (least, most)
    assert tasks.first_letters(rng(), 2, 7)[0].shape == (2, 10, 9)
    assert tasks.first_symbol(rng(), 200, 3)[1].max() == 3
