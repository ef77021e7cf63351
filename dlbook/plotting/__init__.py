"""The look of the book's figures. Chapters choose what to draw; size, colour and font live here.

``use_book_style``  the one style line of a chapter
``figure``          a figure of one of the book's sizes
``label_lines``     names written at the ends of curves, instead of a legend
``spread``          one point per seed, and the line of the medians
``slider``          a figure with a slider, that works without a library
``BLUE`` ...        the colours, by name
"""

from dlbook.plotting.colors import (
    BLACK,
    BLUE,
    CYCLE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
)
from dlbook.plotting.helpers import label_lines, spread
from dlbook.plotting.slider import SliderFigure, slider
from dlbook.plotting.style import BookFigure, figure, use_book_style

__all__ = [
    "BLACK",
    "BLUE",
    "CYCLE",
    "GREEN",
    "GREY",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILION",
    "YELLOW",
    "BookFigure",
    "SliderFigure",
    "figure",
    "label_lines",
    "slider",
    "spread",
    "use_book_style",
]
