"""A figure with a slider: one SVG per value, computed beforehand, and an ordinary range input.

No library and no script block: the input carries one line that shows the frame of its value, so any
number of sliders can stand on a page, and one pasted into another page still works. In print, and
where scripts are off, the first and the last frame are shown instead.
"""

import html
import io
from hashlib import sha256

import matplotlib
import numpy as np

from dlbook.plotting.style import FILE, STYLE, BookFigure, size
from dlbook.plotting.svg import share

SHOW = (
    "const f=this.closest('figure').querySelectorAll('.frame'),v=f[this.value].dataset.value;"
    "f.forEach((e,k)=>e.classList.toggle('on',k==this.value));"
    "this.previousElementSibling.textContent=v;this.setAttribute('aria-valuetext',v)"
)
CSS = """
.dlbook-slider{margin:1em 0}
.dlbook-slider>label{display:flex;flex-wrap:wrap;align-items:center;gap:.25em .75em;padding:.25em 0}
.dlbook-slider input{flex:1 1 12em;max-width:28em;min-width:0;height:1.75em;margin:0}
.dlbook-slider label b{min-width:3em;font-variant-numeric:tabular-nums}
.dlbook-slider .frame{display:none}
.dlbook-slider .frame.on{display:block}
.dlbook-slider .frame svg{display:block;max-width:100%;height:auto;border-radius:4px}
.dlbook-slider .frame p{display:none;margin:.5em 0 0}
.dlbook-slider .shared{position:absolute;width:0;height:0}
@media (scripting:none){.dlbook-slider>label{display:none}.dlbook-slider .frame.end,
.dlbook-slider .frame.end p{display:block}}
@media print{.dlbook-slider>label,.dlbook-slider .frame.on{display:none}
.dlbook-slider .frame.end,.dlbook-slider .frame.end p{display:block;break-inside:avoid}}
"""


class SliderFigure:
    """Frames of a figure, shown one at a time in HTML. Made by :func:`slider`."""

    def __init__(self, frames, values, *, name, alt, caption, start):
        self.frames = frames  # one SVG document per value, text
        self.values = values  # the values as the reader sees them, text
        self.name, self.alt, self.caption, self.start = name, alt, caption, start

    def __repr__(self):
        first, last = self.values[0], self.values[-1]
        return f"<SliderFigure: {self.name} from {first} to {last}, {len(self.frames)} frames>"

    def _repr_html_(self):
        mark = sha256("\0".join([self.name, *self.values, *self.frames]).encode()).hexdigest()[:8]
        shared, drawings = share(self.frames, prefix=f"s{mark}-")
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        last = len(drawings) - 1
        return (
            f'<figure class="dlbook-slider"><style>{CSS}</style>'
            f"<label><span>{html.escape(self.name)}</span>"
            f'<b aria-hidden="true">{html.escape(self.values[self.start])}</b>'
            f'<input type="range" min="0" max="{last}" value="{self.start}" autocomplete="off" '
            f'aria-valuetext="{html.escape(self.values[self.start])}" oninput="{SHOW}"></label>'
            f'<svg class="shared" aria-hidden="true"><defs>{shared}</defs></svg>'
            + "".join(self._frame(k, drawings[k], last) for k in range(len(drawings)))
            + f"{caption}</figure>"
        )

    def _frame(self, k, drawing, last):
        shown = f"{self.name}: {self.values[k]}"
        kind = "frame" + " on" * (k == self.start) + " end" * (k in (0, last))
        label = html.escape(f"{self.alt} {shown}")
        return (
            f'<div class="{kind}" data-value="{html.escape(self.values[k])}">'
            f"<p>{html.escape(shown)}</p>"
            + drawing.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
            + "</div>"
        )


def slider(draw, values, *, name, alt, caption="", fmt="{:g}", start=0, kind="single", rows=1,
           columns=1):  # fmt: skip
    """Draw a figure for each value of a parameter, behind a slider.

    The limits of axes that `draw` leaves automatic are made the same in all frames, except for
    maps, so that what moves is the data and not the axes.

    Parameters
    ----------
    draw : callable, (ax, value) -> anything
        Draws one frame on empty axes; `ax` is an array if there are several.
    values : sequence of at least 2 values
    name : str
        What the slider changes, as its label says it.
    alt : str
        What the figure shows, for a reader who does not see it; a sentence. Name and value of the
        slider are added to it.
    caption : str
        The answer that the figure gives, in one sentence.
    fmt : str
        How a value is written beside the slider. Different values have to look different.
    start : int
        Index of the value shown at first; negative counts from the end.
    kind, rows, columns
        As in :func:`dlbook.plotting.figure`.

    Returns
    -------
    SliderFigure
        The last expression of a cell.

    Raises
    ------
    ValueError
        Fewer than two values, two that are written alike, no name or alt text, or a start that
        does not exist.
    """
    values = list(values)
    if len(values) < 2:
        raise ValueError(f"a slider needs at least 2 values, got {len(values)}")
    labels = [fmt.format(value) for value in values]
    for label in labels:
        if labels.count(label) > 1:
            raise ValueError(f"fmt={fmt!r} writes two values as {label!r}")
    if not (name.strip() and alt.strip()):
        raise ValueError("a slider needs a name and an alt text")
    start = range(len(values))[start] if -len(values) <= start < len(values) else None
    if start is None:
        raise ValueError(f"start must be the index of one of the {len(values)} values")

    with matplotlib.rc_context(STYLE):
        figures = []
        for value in values:
            figures.append(BookFigure(figsize=size(kind, rows)))
            draw(figures[-1].subplots(rows, columns), value)
        _same_limits(figures)
        frames = [_svg(fig) for fig in figures]
    return SliderFigure(frames, labels, name=name, alt=alt.strip(), caption=caption, start=start)


def _same_limits(figures):
    """Give axes that correspond the union of their automatic limits; maps keep theirs."""
    for axes in zip(*(fig.axes for fig in figures), strict=False):
        if any(ax.images for ax in axes):
            continue
        for axis in "xy":
            if all(getattr(ax, f"get_autoscale{axis}_on")() for ax in axes):
                limits = np.array([getattr(ax, f"get_{axis}lim")() for ax in axes])
                first, last = limits.T
                ends = (first.min(), last.max()) if first[0] <= last[0] else (
                    first.max(), last.min())  # fmt: skip
                for ax in axes:
                    getattr(ax, f"set_{axis}lim")(ends)


def _svg(fig):
    file = io.StringIO()
    fig.savefig(file, format="svg", **FILE)
    return file.getvalue()
