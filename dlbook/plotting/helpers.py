"""Small drawing helpers: names at the ends of curves, and points for seeds."""

import numpy as np
from matplotlib import rcParams

from dlbook.plotting.colors import readable


def label_lines(ax, *, gap=1.15):
    """Write the label of each curve at its right end, in its colour, without overlaps.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes of a figure of the book. Its lines that have a label now are named; where the names
        stand is decided when the figure is drawn.
    gap : float
        Least distance between two names, in lines of text.

    Returns
    -------
    list of matplotlib.text.Annotation
        In the order of the lines.

    Raises
    ------
    ValueError
        No line has a label, or a line has no finite point to be named at.
    """
    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    if not lines:
        raise ValueError("no line of these axes has a label; plot with label=...")
    font = rcParams["legend.fontsize"]
    names = [
        ax.annotate(
            line.get_label(),
            _last_visible(ax, line),
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
        ends = [_last_visible(ax, line) for line in lines]
        heights = ax.transData.transform(ends)[:, 1] * 72 / ax.figure.dpi  # in points
        order = np.argsort(heights, kind="stable")
        places = _apart(heights[order], gap * font)
        for i, height in zip(order, places, strict=True):
            names[i].xy = ends[i]
            names[i].set_position((6, height - heights[i]))

    ax.figure.before_draw.append(place)
    return names


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

    Returns
    -------
    matplotlib.lines.Line2D
        The line of the medians.

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
    return line


def _last_visible(ax, line):
    """The last point of a line inside the limits, or else the last finite one."""
    xy = np.column_stack([line.get_xdata(orig=False), line.get_ydata(orig=False)])
    xy = xy[np.isfinite(ax.transData.transform(xy)).all(axis=1)]
    if not len(xy):
        raise ValueError(f"the line {line.get_label()!r} has no finite point to be named at")
    low, high = np.sort(np.array([ax.get_xlim(), ax.get_ylim()]), axis=1).T
    inside = ((xy >= low) & (xy <= high)).all(axis=1)
    return xy[np.flatnonzero(inside)[-1]] if inside.any() else xy[-1]


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
