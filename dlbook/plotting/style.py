"""The book's matplotlib style, and figures of the book's sizes.

Figures are SVG on their own white paper. An opaque background is the only choice that is legible
everywhere: on a light page, on a dark page (where the site dims it a little), in a notebook with a
dark theme, in print, and as a file on its own. Text is drawn as outlines of the font that
matplotlib brings along, so that every reader sees the same figure.
"""

import sys

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib import pyplot as plt
from matplotlib.collections import Collection, QuadMesh
from matplotlib.figure import Figure
from matplotlib.ticker import AutoLocator

from dlbook.plotting import colors

MANY = 2000  # more marks than this are painted as pixels: as SVG they weigh more than a photo
SIZES = {"single": (5.4, 3.4), "wide": (7.2, 3.2), "square": (4.8, 4.1)}  # inches, whole figure
STYLE = {
    "figure.figsize": SIZES["single"],
    "figure.dpi": 144,  # of the painted parts
    "savefig.dpi": 144,
    "figure.constrained_layout.use": True,  # for figures that are not BookFigures
    "figure.facecolor": colors.PAPER,
    "savefig.facecolor": "auto",
    "axes.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "mathtext.fontset": "dejavusans",
    "text.color": colors.INK,
    "axes.labelcolor": colors.INK,
    "axes.titlecolor": colors.INK,
    "axes.edgecolor": colors.INK,
    "xtick.color": colors.INK,
    "ytick.color": colors.INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": colors.GRID,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "axes.prop_cycle": cycler(color=colors.CYCLE)
    + cycler(linestyle=["-", (0, (5, 2)), (0, (5, 1.5, 1, 1.5)), (0, (2, 1)), (0, (8, 2)), "-"]),
    "image.cmap": "cividis",
    "image.interpolation": "nearest",
    "svg.fonttype": "path",
    "svg.hashsalt": "dlbook",  # ids in the file depend on the picture alone
}
FILE = {"metadata": {"Date": None, "Creator": None}, "bbox_inches": None}


def use_book_style():
    """Set the style of the book, and SVG as the format in which a notebook shows figures."""
    matplotlib.rcParams.update(STYLE)
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and hasattr(shell, "kernel"):
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", **FILE)


class BookFigure(Figure):
    """A figure that looks itself over before it is drawn.

    What has too many marks for SVG is painted as pixels; a map has no grid, and whole numbers at
    its cells; helpers that depend on the final limits (:func:`dlbook.plotting.label_lines`) add
    themselves to `before_draw`.
    """

    def __init__(self, *args, **settings):
        super().__init__(*args, **{"layout": "compressed"} | settings)
        self.before_draw = []  # functions without arguments

    def draw(self, renderer):
        for ax in self.axes:
            for part in [*ax.lines, *ax.collections]:
                part.set_rasterized(_marks(part) > MANY)
            if ax.images or any(isinstance(part, QuadMesh) for part in ax.collections):
                ax.grid(False)
            if ax.images:
                for axis in (ax.xaxis, ax.yaxis):
                    if isinstance(axis.get_major_locator(), AutoLocator):
                        axis.get_major_locator().set_params(integer=True)
        for place in self.before_draw:
            place()  # saving draws twice, so the second time the layout is known
        super().draw(renderer)


def figure(kind="single", *, rows=1, columns=1, **subplots):
    """Return a new figure of the book and its axes.

    Parameters
    ----------
    kind : {"single", "wide", "square"}
        "single" for one plot, "wide" for plots side by side or long time axes, "square" for maps
        with a colour bar. The size is that of the whole figure; more than one row makes it higher.
    rows, columns : int, at least 1
    **subplots
        What else :func:`matplotlib.pyplot.subplots` takes: ``sharex``, ``width_ratios`` ...

    Returns
    -------
    fig : BookFigure
    ax : matplotlib.axes.Axes, or array of them if there are several

    Raises
    ------
    ValueError
        An unknown kind.
    """
    return plt.subplots(rows, columns, FigureClass=BookFigure, figsize=size(kind, rows), **subplots)


def size(kind, rows=1):
    """Return width and height in inches; each row after the first adds four fifths of a height."""
    if kind not in SIZES:
        raise ValueError(f"kind must be one of {', '.join(SIZES)}; got {kind!r}")
    width, height = SIZES[kind]
    return width, height * (1 + 0.8 * (rows - 1))


def _marks(part):
    """How many marks a line (without marks it is one path) or a collection consists of."""
    if isinstance(part, Collection):
        return max(np.size(part.get_array()), len(part.get_offsets()))
    return 0 if part.get_marker() in ("None", "none", None, "", " ") else len(part.get_xdata())
