"""Small drawing helpers: names at the ends of curves, and points for seeds."""

import numpy as np
from matplotlib import rcParams

from dlbook.plotting.colors import readable


def label_lines(ax, *, gap=1.15):
    """Write the label of each curve at its right end, in its colour, without overlaps.

    A curve that leaves the axes is named where it leaves; one that is nowhere in them is not named.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes of a figure of the book. Its lines that have a label now are named; where the names
        stand is decided when the figure is drawn.
    gap : float
        Least distance between two names, in lines of text.

    Raises
    ------
    TypeError
        The axes are not in a figure of the book.
    ValueError
        No line has a label.
    """
    fig = ax.get_figure(root=True)
    if not hasattr(fig, "before_draw"):
        raise TypeError("label_lines needs axes of a figure made by dlbook.plotting.figure")
    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    if not lines:
        raise ValueError("no line of these axes has a label; plot with label=...")
    font = rcParams["legend.fontsize"]
    names = [
        ax.annotate(
            line.get_label(),
            _last_point(ax, line),
            textcoords="offset points",
            xytext=(6, 0),
            va="center",
            fontsize=font,
            color=readable(line.get_color()),
            annotation_clip=False,
        )
        for line in lines
    ]

    def place():
        ends = np.array([_last_point(ax, line) for line in lines])  # NaN: not in the axes
        heights = ax.transData.transform(ends)[:, 1] * 72 / fig.dpi  # in points
        order = np.argsort(heights, kind="stable")[: np.isfinite(heights).sum()]
        for name in names:
            name.set_visible(False)
        for i, height in zip(order, _apart(heights[order], gap * font), strict=True):
            names[i].xy = ends[i]
            names[i].set_position((6, height - heights[i]))
            names[i].set_visible(True)

    fig.before_draw.append(place)


def spread(ax, x, values_per_seed, *, label=None, color=None, marker="o"):
    """Draw one point per seed, and a line through the medians.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    x : (X,) numbers
    values_per_seed : (X, S) numbers
        One row per x, one column per seed.
    label : str or None
        Name of the median line, for :func:`label_lines`.
    color : matplotlib color or None
        None takes the next colour of the cycle.
    marker : str

    Raises
    ------
    ValueError
        The shapes do not fit, or a value is NaN or infinite: a run without a value must be shown
        in some other way, not left out.
    """
    x, values = np.asarray(x), np.asarray(values_per_seed, float)
    if x.ndim != 1 or values.ndim != 2 or len(x) != len(values) or values.size == 0:
        raise ValueError(f"x of shape (X,) needs values (X, S); got {x.shape} and {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"no finite value at x = {x[~np.isfinite(values).all(axis=1)]}")
    (line,) = ax.plot(x, np.median(values, axis=1), label=label)
    if color is not None:
        line.set_color(color)
    ax.plot(
        np.repeat(x, values.shape[1]),
        values.ravel(),
        linestyle="none",
        marker=marker,
        markerfacecolor="none",
        color=line.get_color(),
        alpha=0.8,
    )


def _last_point(ax, line):
    """The last point of a line that lies inside the limits; NaN if none does."""
    xy = np.column_stack([line.get_xdata(orig=False), line.get_ydata(orig=False)])
    low, high = np.sort([ax.get_xlim(), ax.get_ylim()]).T
    inside = np.flatnonzero(((xy >= low) & (xy <= high)).all(axis=1))  # NaN is not inside
    return xy[inside[-1]] if len(inside) else np.array([np.nan, np.nan])


def _apart(heights, least):
    """Move sorted heights as little as needed so that neighbours are `least` apart.

    Groups that touch are merged and spaced evenly around the mean of their heights.
    """
    groups = []  # [sum of heights, number of members]
    for height in heights:
        groups.append([height, 1])
        while len(groups) > 1:
            (s1, n1), (s2, n2) = groups[-2:]
            if s2 / n2 - s1 / n1 >= least * (n1 + n2) / 2:
                break
            groups[-2:] = [[s1 + s2, n1 + n2]]
    return np.concatenate(
        [s / n + least * (np.arange(n) - (n - 1) / 2) for s, n in groups] or [np.empty(0)]
    )
