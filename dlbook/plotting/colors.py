"""The colours of the book: those of Okabe and Ito, which colour-blind readers can tell apart.

Source: M. Okabe and K. Ito, Color Universal Design, 2002 (https://jfly.uni-koeln.de/color/). The
cycle holds the colours that a thin line needs on white paper, darkest first; sky and yellow are for
areas only.
"""

from matplotlib.colors import to_rgb

BLACK = "#000000"
BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
ORANGE = "#E69F00"
SKY = "#56B4E9"
YELLOW = "#F0E442"

INK = "#222222"  # text and axes
GREY = "#767676"  # reference lines, things that stand back; readable as text
GRID = "#D9D9D9"
PAPER = "#FFFFFF"  # the figure's own background

CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, BLACK)


def contrast(one, other):
    """Return the contrast ratio of two colours, from 1 (the same) to 21 (black on white).

    ``(L1 + 0.05) / (L2 + 0.05)`` with the relative luminances L1 >= L2 (WCAG 2.2, 1.4.3).
    """
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def readable(color, *, paper=PAPER, ratio=4.5):
    """Darken a colour as far as text on paper needs, and no further.

    Parameters
    ----------
    color, paper : matplotlib color
    ratio : float
        The contrast wanted; WCAG asks 4.5 of text.

    Returns
    -------
    (r, g, b) of float in [0, 1]
    """
    rgb = to_rgb(color)
    for percent in range(100, -1, -1):
        darker = tuple(channel * percent / 100 for channel in rgb)
        if contrast(darker, paper) >= ratio:
            break
    return darker


def _luminance(color):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
