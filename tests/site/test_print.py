"""A chapter on paper: what cannot be opened there is written out, what has no use is gone."""

import pytest

CHAPTERS = ["chapters/memory/rnn-bptt.html", "chapters/depth/batch-norm.html"]
PAPER = 680  # px: A4 without its margins
CUT = """() => [...document.querySelectorAll('main pre, main table, main img, main .base')]
  .filter(e => e.checkVisibility() && !e.closest('.katex-mathml'))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > innerWidth)
  .map(e => e.tagName + ': ' + e.textContent.slice(0, 40))"""


@pytest.fixture(scope="module", params=CHAPTERS)
def paper(request, browser, address):
    """A chapter as it is printed; scripts are off, so that nothing but the style sheet can help."""
    size = {"width": PAPER, "height": 800}
    window = browser.new_context(viewport=size, java_script_enabled=False)
    page = window.new_page()
    page.goto(address + request.param)
    page.emulate_media(media="print")
    yield page
    window.close()


def seen(page, selector):
    """How many elements are visible."""
    return page.locator(selector).locator("visible=true").count()


def test_badges_become_notes(paper):
    assert seen(paper, ".dlb-badge.dlb-checked") == 0
    checked = paper.locator(".dlb-badge.dlb-checked").count()
    marks = paper.locator(".dlb-note-mark sup").all_inner_texts()
    assert marks == [str(k + 1) for k in range(checked)] and checked > 9
    assert seen(paper, ".dlb-note-mark") == seen(paper, ".dlb-notes li") == checked
    note = paper.locator(".dlb-notes li").first.inner_text()
    for said in ("Eq. ", "Compared with ", " cases; tolerance ", "worst error ", "rejected: "):
        assert said in note
    assert seen(paper, ".dlb-definition .dlb-panel") == paper.locator(".dlb-definition").count()


def test_a_slider_shows_its_first_and_last_frame_side_by_side(paper):
    sliders = paper.locator(".dlbook-slider").all()
    assert sliders
    for slider in sliders:
        frames = slider.locator(".frame").locator("visible=true").all()
        first, last = (frame.bounding_box() for frame in frames)
        assert first["y"] == last["y"] and first["x"] + first["width"] < last["x"]
        assert last["x"] + last["width"] <= PAPER
        assert not slider.locator("input").is_visible()


def test_only_the_text_is_printed(paper):
    assert seen(paper, "main p") > 50
    for gone in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", "footer",
                 ".prev-next-footer", "a.headerlink", "button", "input"):  # fmt: skip
        assert seen(paper, gone) == 0, gone


def test_what_is_folded_lies_open_or_is_said_to_be_folded(paper):
    assert seen(paper, ".dlb-questions li") == paper.locator(".dlb-questions li").count() > 5
    for box in paper.locator("details.sd-dropdown").all():
        assert box.locator("p, pre").last.is_visible()
    said = paper.evaluate("""() => [...document.querySelectorAll('details.hide > summary')]
        .map(e => getComputedStyle(e, '::after').content)""")
    assert all("folded" in text for text in said)
    assert seen(paper, "details.hide pre") == 0


def test_the_question_bank_prints_the_answers_that_were_opened(open_page):
    page = open_page("chapters/questions.html", width=PAPER, scripts=False)
    page.locator(".dlb-list details > summary").first.click()
    page.emulate_media(media="print")
    assert seen(page, ".dlb-list details > summary") > 100
    assert seen(page, ".dlb-list details > :not(summary)") == 1


def test_nothing_is_cut(paper):
    assert paper.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert paper.evaluate(CUT) == []


def test_paper_is_light(open_page):
    page = open_page(CHAPTERS[0], theme="dark")
    root = page.locator("html")
    assert root.get_attribute("data-theme") == "dark"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert root.get_attribute("data-theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert root.get_attribute("data-theme") == "dark"


def test_the_screen_shows_nothing_of_it(open_page):
    page = open_page(CHAPTERS[0])
    assert page.locator("link[href*='print.css']").get_attribute("media") == "print"
    assert seen(page, ".dlb-note-mark, .dlb-notes") == 0


def test_formulas_have_their_fonts_without_being_looked_at(open_page):
    """A printer waits for no font; without it a sum has no sign."""
    page = open_page("chapters/memory/lstm-paths.html")
    page.wait_for_function("""() => ['KaTeX_Size2', 'KaTeX_Size3'].every(name =>
        [...document.fonts].some(font => font.family === name && font.status === 'loaded'))""")
