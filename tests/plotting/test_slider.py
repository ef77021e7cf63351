"""The slider figure: its HTML as text, then in a real browser."""

import gzip
import html.parser
import re

import matplotlib
import numpy as np
import pytest

from dlbook import plotting
from dlbook.plotting import style

T = np.arange(100)


def decay(ax, rho):
    ax.plot(T, rho**T * np.cos(T / 3), label="gradient")
    ax.plot(T, rho**T, label="bound")
    ax.set(xlabel="lag / steps", ylabel="norm")
    plotting.label_lines(ax)


def make(values=(0.9, 0.95, 1.0, 1.01), **options):
    settings = dict(name="radius <ρ>", alt='Decay & "growth".', caption="a < b", fmt="{:.2f}")
    return plotting.slider(decay, values, **settings | options)


class Page(html.parser.HTMLParser):
    """Elements with their attributes, and the text by element."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        while self.open.pop() != tag:
            pass

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else None, data))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


SLIDER = make(start=2)
HTML = SLIDER._repr_html_()
PAGE = Page(HTML)


def test_the_control_is_named_and_says_its_value():
    (control,) = PAGE.all("input")
    assert {k: control[k] for k in ("type", "min", "max", "value", "aria-valuetext")} == {
        "type": "range",
        "min": "0",
        "max": "3",
        "value": "2",
        "aria-valuetext": "1.00",
    }
    assert ("span", "radius <ρ>") in PAGE.texts and ("b", "1.00") in PAGE.texts
    assert ("figcaption", "a < b") in PAGE.texts
    assert "figcaption" not in make(caption="")._repr_html_()


def test_one_frame_shows_and_each_has_its_alt_text():
    frames = [a for a in PAGE.all("div") if "frame" in a["class"].split()]
    assert [a["class"].split() for a in frames] == [
        ["frame", "end"],
        ["frame"],
        ["frame", "on"],
        ["frame", "end"],
    ]
    assert [a["data-value"] for a in frames] == ["0.90", "0.95", "1.00", "1.01"]
    pictures = [a for a in PAGE.all("svg") if a.get("role") == "img"]
    assert [a["aria-label"] for a in pictures] == [
        f'Decay & "growth". radius <ρ>: {value}' for value in SLIDER.values
    ]
    printed = [text for tag, text in PAGE.texts if tag == "p"]
    assert printed == [f"radius <ρ>: {value}" for value in SLIDER.values]


def test_text_form_and_indices():
    assert repr(SLIDER) == "<SliderFigure: radius <ρ> from 0.90 to 1.01, 4 frames>"
    settings = dict(name="n", alt="a")
    plain = [
        plotting.slider(lambda ax, v: None, np.array([0.5, 1, 2]), **settings, **options)
        for options in ({}, {"start": 0}, {"start": 2}, {"start": -1}, {"start": -3})
    ]
    assert [figure.start for figure in plain] == [0, 0, 2, 2, 0]
    assert plain[0].values == ["0.5", "1", "2"]


def test_no_id_twice_on_a_page_of_several_sliders():
    page = HTML + make(start=0, caption="")._repr_html_() + make([0.5, 0.6])._repr_html_()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) > 30
    wanted = set(re.findall(r'(?:href="#|url\(#)([^")]+)', page))
    assert wanted == set(ids)
    again = make([0.5, 0.6])._repr_html_()
    assert not set(re.findall(r'\bid="([^"]+)"', again)) & set(re.findall(r'id="([^"]+)"', HTML))


def test_the_same_call_gives_the_same_text():
    assert make(start=2)._repr_html_() == HTML
    assert SLIDER._repr_html_() == HTML
    assert make([0.9, 0.96, 1.0, 1.01], start=2)._repr_html_() != HTML


def test_no_script_block_and_no_request():
    assert "<script" not in HTML
    assert not re.search(r"https?://|src=|@import", HTML)


def test_weight():
    frames = make(np.linspace(0.8, 1.02, 11), fmt="{:.3f}")
    text = frames._repr_html_().encode()
    assert len(gzip.compress(text)) < 16_000
    assert len(text) < 0.5 * sum(len(frame) for frame in frames.frames)


def test_frames_have_the_look_of_the_book_without_use_book_style():
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        assert make(start=2)._repr_html_() == HTML
        assert matplotlib.rcParams["image.cmap"] == "viridis"
    assert 'width="388.8pt" height="244.8pt"' in HTML
    wide = plotting.slider(
        lambda axs, v: axs[1, 0].plot([v]),
        [1, 2],
        name="n",
        alt="a",
        kind="wide",
        rows=2,
        columns=2,
    )
    height = 72 * style.SIZES["wide"][1] * 1.8
    assert f'width="518.4pt" height="{height:g}pt"' in wide._repr_html_()


def limits(draw, values=(1, 2), **options):
    seen = []

    def remember(ax, value):
        draw(ax, value)
        seen.append(ax)

    plotting.slider(remember, values, name="n", alt="a", **options)
    return [(ax.get_xlim(), ax.get_ylim()) for ax in seen]


def test_automatic_limits_are_the_same_in_all_frames():
    (first, second) = limits(lambda ax, v: ax.plot([0, v], [0, -10 * v]))
    assert first == second
    assert first[0] == pytest.approx((-0.1, 2.1)) and first[1] == pytest.approx((-21, 1))


def test_limits_that_were_set_stay():
    def draw(ax, v):
        ax.plot([0, v], [0, v])
        ax.set_ylim(0, v)

    (first, second) = limits(draw)
    assert first[0] == second[0] and (first[1], second[1]) == ((0, 1), (0, 2))


def test_an_axis_upside_down_stays_so():
    def draw(ax, v):
        ax.plot([0, v], [0, v])
        ax.yaxis.set_inverted(True)

    (first, second) = limits(draw)
    assert first == second and first[1] == pytest.approx((2.1, -0.1))


def test_maps_keep_their_own_limits():
    first, second = limits(lambda ax, v: ax.imshow(np.ones((v, v))), (2, 5))
    assert first[0] == (-0.5, 1.5) and second[0] == (-0.5, 4.5)


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([], {}, "at least 2 values, got 0"),
        ([1], {}, "at least 2 values, got 1"),
        ([1, 1.001], {}, r"writes two values as '1\.00'"),
        ([1, 2], dict(start=2), "start must be the index of one of the 2 values"),
        ([1, 2], dict(start=-3), "start"),
        ([1, 2], dict(name=" "), "needs a name and an alt text"),
        ([1, 2], dict(alt=""), "needs a name and an alt text"),
        ([1, 2], dict(kind="tall"), "kind must be one of"),
    ],
)
def test_senseless_sliders_are_refused(values, options, message):
    with pytest.raises(ValueError, match=message):
        make(values, **options)


BODY = f"<!doctype html><meta charset=utf-8><body>{HTML}{make([0.5, 0.6])._repr_html_()}</body>"
STATE = """[...document.querySelectorAll('.dlbook-slider')].map(f => [
    f.querySelector('label b').textContent,
    f.querySelector('input').getAttribute('aria-valuetext'),
    f.querySelector('label').checkVisibility(),
    [...f.querySelectorAll('.frame')].map(e => +e.checkVisibility()).join(''),
    [...f.querySelectorAll('p')].filter(e => e.checkVisibility()).map(e => e.textContent).join(),
])"""


def test_keys_move_one_slider_and_leave_the_other(browser):
    page = browser.new_page()
    faults = []
    page.on("pageerror", lambda fault: faults.append(fault))
    page.set_content(BODY)
    other = ["0.50", "0.50", True, "10", ""]
    assert page.evaluate(STATE) == [["1.00", "1.00", True, "0010", ""], other]
    control = page.get_by_role("slider", name="radius <ρ>").first
    for key, value, shown in [
        ("ArrowRight", "1.01", "0001"),
        ("ArrowRight", "1.01", "0001"),
        ("Home", "0.90", "1000"),
        ("ArrowUp", "0.95", "0100"),
    ]:
        control.press(key)
        assert page.evaluate(STATE) == [[value, value, True, shown, ""], other]
    picture = page.get_by_role("img").first
    assert picture.get_attribute("aria-label").endswith("radius <ρ>: 0.95")
    assert not faults
    page.close()


def test_print_shows_the_first_and_the_last_frame(browser):
    page = browser.new_page()
    page.set_content(BODY)
    page.emulate_media(media="print")
    assert [row[2:] for row in page.evaluate(STATE)] == [
        [False, "1001", "radius <ρ>: 0.90,radius <ρ>: 1.01"],
        [False, "11", "radius <ρ>: 0.50,radius <ρ>: 0.60"],
    ]
    page.close()


def test_without_scripts_the_same_and_no_dead_control(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(BODY)
    first = page.locator(".dlbook-slider").first
    assert not first.locator("input").is_visible()
    frames = first.locator(".frame")
    assert [frames.nth(k).is_visible() for k in (0, 1, 3)] == [True, False, True]
    context.close()


def test_a_phone_needs_no_sideways_scrolling(browser):
    page = browser.new_page(viewport={"width": 320, "height": 600})
    page.set_content(BODY)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()
