"""The colours, measured as the accessibility guidelines do."""

import pytest

from dlbook.plotting import colors
from dlbook.plotting.colors import CYCLE, contrast, readable

# published ratios: WCAG 2.2 (21 and 1), WebAIM's contrast checker
KNOWN = [
    ("#000000", "#FFFFFF", 21.0),
    ("#FFFFFF", "#000000", 21.0),
    ("#767676", "#FFFFFF", 4.54),
    ("#777777", "#FFFFFF", 4.48),
    ("#FF0000", "#FFFFFF", 4.00),
    ("#0000FF", "#FFFFFF", 8.59),
    ("#008000", "#FFFFFF", 5.14),
    ("#050505", "#000000", 1.03),
    ("#123456", "#123456", 1.0),
]


@pytest.mark.parametrize(("one", "other", "ratio"), KNOWN)
def test_contrast(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.006)


def test_text_is_readable_and_lines_are_visible_on_the_paper_of_the_book():
    assert contrast(colors.INK, colors.PAPER) > 12
    assert contrast(colors.GREY, colors.PAPER) >= 4.5
    for color in CYCLE[:4]:
        assert contrast(color, colors.PAPER) >= 3
    for color in CYCLE:
        assert contrast(color, colors.PAPER) >= 2.2
    assert len(set(CYCLE)) == 6
    assert not {colors.SKY, colors.YELLOW} & set(CYCLE)


@pytest.mark.parametrize("color", [*CYCLE, colors.YELLOW, colors.SKY, "white", "red"])
def test_readable_darkens_no_more_than_needed(color):
    dark = readable(color)
    assert contrast(dark, "white") >= 4.5
    if contrast(color, "white") >= 4.5:
        assert dark == colors.to_rgb(color)
    else:
        assert contrast(dark, "white") < 4.8
        lightest = max(dark)
        assert [c / lightest for c in dark] == pytest.approx(  # the hue stays
            [c / max(colors.to_rgb(color)) for c in colors.to_rgb(color)], abs=1e-12
        )


def test_readable_on_other_paper():
    assert contrast(readable("white", paper="#808080", ratio=3), "#808080") >= 3
    assert contrast("black", "#757575") > 4.55  # so little that only black itself will do
    assert readable("#757575", paper="#757575", ratio=4.55) == (0, 0, 0)
