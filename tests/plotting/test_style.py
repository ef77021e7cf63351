"""The style: sizes, what is painted as pixels, the same file every time, SVG in a notebook."""

import io
import re

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt

from dlbook import plotting
from dlbook.plotting import style


@pytest.fixture(autouse=True)
def book_style():
    with matplotlib.rc_context():
        plt.switch_backend("agg")
        plotting.use_book_style()
        yield
        plt.close("all")


def svg(fig):
    file = io.StringIO()
    fig.savefig(file, format="svg", **style.FILE)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "size"), style.SIZES.items())
def test_sizes_and_axes(kind, size):
    fig, ax = plotting.figure(kind)
    assert tuple(fig.get_size_inches()) == size
    assert isinstance(ax, matplotlib.axes.Axes) and isinstance(fig, plotting.BookFigure)
    fig, axs = plotting.figure(kind, rows=2, columns=3, sharex=True)
    assert axs.shape == (2, 3) and axs[0, 0].get_shared_x_axes().joined(axs[0, 0], axs[1, 2])
    assert tuple(fig.get_size_inches()) == pytest.approx((size[0], 1.8 * size[1]))


def test_figures_fit_the_page_and_a_phone_can_read_them():
    width = 72 * max(size[0] for size in style.SIZES.values())  # points
    assert width * 96 / 72 <= 700  # pixels of the text column
    assert set(style.SIZES) == {"single", "wide", "square"}


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind must be one of single, wide, square; got 'tall'"):
        plotting.figure("tall")


def test_the_file_has_the_declared_size_and_depends_on_the_picture_alone():
    def draw(last):
        fig, ax = plotting.figure()
        ax.plot([1, 2, last], marker="o", label="curve")
        ax.set_title("$\\rho^2$")
        plotting.label_lines(ax)
        return svg(fig)

    one, two, other = draw(3), draw(3), draw(4)
    assert one == two != other
    assert 'width="388.8pt" height="244.8pt"' in one
    assert "<text" not in one  # outlines, the same for every reader
    assert not re.search(r"Matplotlib|<dc:date>", one)


def test_paper_is_opaque_and_text_is_ink():
    fig, ax = plotting.figure()
    ax.set(xlabel="x", title="t")
    assert fig.get_facecolor() == (1, 1, 1, 1)
    assert ax.title.get_color() == ax.xaxis.label.get_color() == "#222222"
    assert re.search(r'M 0 244.8 \nL 388.8 244.8[^"]*" style="fill: #ffffff"', svg(fig))


def test_series_differ_by_more_than_colour():
    cycle = matplotlib.rcParams["axes.prop_cycle"]
    assert cycle.by_key()["color"] == list(plotting.CYCLE)
    assert len({(str(s["linestyle"]), s["color"] == plotting.BLACK) for s in cycle}) == 6
    assert matplotlib.rcParams["image.cmap"] == "cividis"


@pytest.mark.parametrize("n", [style.MANY, style.MANY + 1])
@pytest.mark.parametrize("what", ["scatter", "marks", "mesh", "circles"])
def test_many_marks_are_painted(what, n):
    fig, ax = plotting.figure()
    x = np.linspace(0, 1, n)
    if what == "scatter":
        ax.scatter(x, x)
    elif what == "marks":
        ax.plot(x, x, "o")
    elif what == "mesh":
        ax.pcolormesh(x[None])
    else:
        ax.scatter(x, x, c=x)
    assert svg(fig).count("<image") == (n > style.MANY)


def test_a_long_curve_and_many_short_ones_stay_lines():
    fig, ax = plotting.figure()
    ax.plot(np.sin(np.arange(9000)))
    ax.plot([1, 2], "o-")
    assert "<image" not in svg(fig)


def test_maps_have_no_grid_and_whole_numbers():
    fig, (left, right) = plotting.figure("wide", columns=2)
    fig.colorbar(left.imshow(np.eye(3)), ax=left)
    right.plot([0, 0.3])
    svg(fig)
    assert not any(line.get_visible() for line in left.get_xgridlines())
    assert all(line.get_visible() for line in right.get_ygridlines())
    assert all(tick == round(tick) for tick in [*left.get_xticks(), *left.get_yticks()])
    assert any(tick != round(tick) for tick in right.get_yticks())


def test_a_mesh_has_no_grid_but_keeps_its_ticks():
    fig, ax = plotting.figure()
    ax.pcolormesh([0, 0.1, 0.2], [0, 1], [[1, 2]])
    svg(fig)
    assert not any(line.get_visible() for line in ax.get_xgridlines())
    assert any(tick != round(tick) for tick in ax.get_xticks())


def test_ticks_that_were_chosen_stay_on_a_map():
    fig, ax = plotting.figure()
    ax.imshow(np.eye(3))
    ax.set_xticks([0.5, 1.5])
    svg(fig)
    assert list(ax.get_xticks()) == [0.5, 1.5]


def test_in_a_notebook_figures_are_svg_of_the_declared_size():
    """In a real kernel, as a chapter does it."""
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    cells = [
        "from dlbook import plotting\nplotting.use_book_style()",
        "fig, ax = plotting.figure('wide')\nax.plot([1, 2], label='a')\nplotting.label_lines(ax)",
        "plotting.slider(lambda ax, v: ax.plot([0, v]), [1, 2], name='v', alt='A line.')",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(book, timeout=60, kernel_name="python3").execute()
    silent, (figure,), (slider,) = [cell.outputs for cell in book.cells]
    assert not silent
    assert set(figure.data) == {"image/svg+xml", "text/plain"}
    assert 'width="518.4pt" height="230.4pt"' in figure.data["image/svg+xml"]
    assert "Matplotlib" not in figure.data["image/svg+xml"]
    assert slider.data["text/plain"] == "<SliderFigure: v from 1 to 2, 2 frames>"
    assert slider.data["text/html"].startswith('<figure class="dlbook-slider">')
