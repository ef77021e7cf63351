"""Names at the ends of curves, and points for seeds."""

import io

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from dlbook import plotting
from dlbook.plotting import style
from dlbook.plotting.helpers import _apart


@pytest.fixture(autouse=True)
def book_style():
    with matplotlib.rc_context():
        plt.switch_backend("agg")
        plotting.use_book_style()
        yield
        plt.close("all")


def boxes(ax):
    ax.figure.savefig(io.BytesIO(), **style.FILE)
    return [text.get_window_extent() for text in ax.texts]


def test_names_stand_at_the_right_end_of_their_lines():
    fig, ax = plotting.figure()
    for k, name in enumerate(["low", "middle", "high"]):
        ax.plot([0, 1, 2], [0, 1, k], label=name)
    ax.plot([0, 1], [5, 5])  # no label, no name
    plotting.label_lines(ax)
    found = boxes(ax)
    assert [text.get_text() for text in ax.texts] == ["low", "middle", "high"]
    for k, box in enumerate(found):
        x, y = ax.transData.transform((2, k))
        assert 0 < box.x0 - x < 0.2 * fig.dpi  # a gap of less than a fifth of an inch
        assert (box.y0 + box.y1) / 2 == pytest.approx(y, abs=0.03 * fig.dpi)
        assert box.x1 <= fig.bbox.x1  # inside the figure
        assert plotting.colors.contrast(ax.texts[k].get_color(), "white") >= 4.5


@pytest.mark.parametrize(("scale", "limits"), [("linear", (0, 6)), ("log", (0.1, 1000))])
def test_names_do_not_overlap_and_keep_the_order_of_the_lines(scale, limits):
    fig, ax = plotting.figure()
    ends = np.array([3.0, 3.01, 1.0, 3.02, 3.0])
    for k, end in enumerate(ends):
        ax.plot([0, 1], [2, end], label=f"line {k}")
    plotting.label_lines(ax)
    ax.set_yscale(scale)  # limits that change afterwards are taken into account
    ax.set_ylim(limits)
    found = sorted(boxes(ax), key=lambda box: box.y0)
    for low, high in zip(found[:-1], found[1:], strict=True):
        assert high.y0 >= low.y0 + 0.9 * (low.y1 - low.y0)
    heights = np.array([text.get_window_extent().y0 for text in ax.texts])
    assert list(np.argsort(heights)) == [2, 0, 4, 1, 3]
    middle = np.mean([(b.y0 + b.y1) / 2 for b in found[1:]])  # the crowd stays where it is
    assert middle == pytest.approx(ax.transData.transform((1, 3.0075))[1], abs=0.05 * fig.dpi)


def test_a_line_that_leaves_the_axes_is_named_where_it_leaves():
    fig, ax = plotting.figure()
    ax.plot([0, 1, 2, 3], [0, 1, 50, 60], label="up")
    ax.plot([0, 1, 2, 3], [0, 1, np.nan, np.nan], label="ends early")
    ax.plot([0, 1], [50, 60], label="outside")
    ax.set_ylim(2, 0)  # also when the axis is upside down
    plotting.label_lines(ax)
    boxes(ax)
    assert [tuple(text.xy) for text in ax.texts[:2]] == [(1, 1), (1, 1)]
    assert [text.get_visible() for text in ax.texts] == [True, True, False]
    ax.set_ylim(0, 100)
    boxes(ax)
    assert [tuple(text.xy) for text in ax.texts] == [(3, 60), (1, 1), (1, 60)]
    assert all(text.get_visible() for text in ax.texts)


def test_a_line_that_ends_exactly_at_the_limit_is_named_there():
    fig, ax = plotting.figure()
    ax.plot(["a", "b", "c"], ["low", "low", "high"], label="categories")
    ax.margins(0)
    plotting.label_lines(ax)
    boxes(ax)
    assert tuple(ax.texts[0].xy) == (2, 1)


def test_lines_that_cannot_be_named():
    fig, ax = plotting.figure()
    ax.plot([1, 2])
    with pytest.raises(ValueError, match="no line of these axes has a label"):
        plotting.label_lines(ax)
    with pytest.raises(TypeError, match=r"dlbook\.plotting\.figure"):
        plotting.label_lines(plt.figure().subplots())


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), max_size=12), st.floats(0.5, 20))
def test_apart(heights, least):
    heights = np.sort(np.array(heights, float))
    moved = _apart(heights, least)
    assert moved.shape == heights.shape
    assert (np.diff(moved) >= least - 1e-9).all()
    assert moved.sum() == pytest.approx(heights.sum(), abs=1e-6)
    if (np.diff(heights) >= least).all():
        np.testing.assert_allclose(moved, heights, atol=1e-9)


def test_apart_is_the_closest_such_arrangement():
    """Against a solver: least squares under the constraint of distance."""
    optimize = pytest.importorskip("scipy.optimize")
    heights = np.array([0.0, 0.1, 0.2, 5.0, 5.5, 9.0])
    found = optimize.minimize(
        lambda p: np.sum((p - heights) ** 2),
        np.arange(6) * 2.0,
        method="SLSQP",
        constraints={"type": "ineq", "fun": lambda p: np.diff(p) - 1.5},
        options={"ftol": 1e-12},
    )
    np.testing.assert_allclose(_apart(heights, 1.5), found.x, atol=1e-5)


def test_spread_shows_every_seed_and_the_median():
    fig, ax = plotting.figure()
    values = np.array([[3.0, 1.0, 2.0], [9.0, 4.0, 4.5]])
    plotting.spread(ax, [10, 20], values, label="LSTM")
    line, points = ax.get_lines()
    np.testing.assert_array_equal(line.get_xydata(), [[10, 2], [20, 4.5]])
    wanted = [[10, 3], [10, 1], [10, 2], [20, 9], [20, 4], [20, 4.5]]
    np.testing.assert_array_equal(points.get_xydata(), wanted)
    assert line.get_label() == "LSTM" and points.get_label().startswith("_")
    assert line.get_color() == points.get_color() == plotting.BLUE
    assert points.get_linestyle() == "None" and points.get_marker() == "o"
    plotting.spread(ax, [10, 20], values)
    assert ax.get_lines()[2].get_color() == ax.get_lines()[3].get_color() == plotting.VERMILION
    plotting.spread(ax, [10], [[1]], color=plotting.BLACK, marker="s")
    line, points = ax.get_lines()[-2:]
    assert line.get_color() == points.get_color() == plotting.BLACK
    assert points.get_marker() == "s"


@pytest.mark.parametrize(
    ("x", "values", "message"),
    [
        ([1, 2], [[1, 2]], r"got \(2,\) and \(1, 2\)"),
        ([1, 2], [1, 2], r"got \(2,\) and \(2,\)"),
        (1, [[1, 2]], r"got \(\) and"),
        ([1], [[]], r"got \(1,\) and \(1, 0\)"),
        ([1, 2, 3], [[1, 2], [1, np.nan], [np.inf, 1]], r"no finite value at x = \[2 3\]"),
    ],
)
def test_spread_refuses_what_it_cannot_show(x, values, message):
    fig, ax = plotting.figure()
    with pytest.raises(ValueError, match=message):
        plotting.spread(ax, x, values)
