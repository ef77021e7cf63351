"""The home page: what is different here on one screen, and a map that can be read on a phone."""

from tests.site.conftest import ROOT

HOME = "chapters/intro.html"


def test_one_screen_shows_what_is_different(open_page):
    page = open_page(HOME)  # 1280 x 800
    cards = [card.bounding_box() for card in page.locator(".dlb-showcase .dlb-card").all()]
    assert len(cards) == 3
    assert all(box["y"] > 0 and box["y"] + box["height"] <= 800 for box in cards)
    texts = page.locator(".dlb-showcase").inner_text()
    assert "Compared with" in texts and "Verdict:" in texts and "Wrong versions" in texts
    assert page.locator(".dlb-showcase .katex-display").is_visible()


def test_what_the_showcase_shows_is_in_its_chapter(open_page):
    page = open_page(HOME)
    leads = page.locator(".dlb-showcase a").evaluate_all("all => all.map(a => a.href)")
    assert len(leads) >= 6
    for url in leads:
        page.goto(url)
        assert "#" not in url or page.locator(":target").count() == 1, url


def test_the_map_shows_every_chapter_and_its_text_can_be_read_on_a_phone(open_page):
    page = open_page(HOME, width=360)
    chapters = len(list((ROOT / "chapters").glob("*/*.ipynb")))
    links = page.locator(".dlb-map a")
    assert links.count() == chapters
    box = page.locator(".dlb-map-scroll")
    inside = box.evaluate("e => [e.scrollWidth, e.clientWidth, innerWidth]")
    assert inside[1] <= 360 == inside[2] < inside[0]  # it scrolls, the page does not
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    root = box.locator("svg a").first.bounding_box()  # the first chapter is in sight
    assert root["x"] >= 0 and root["x"] + root["width"] <= 360
    scale = page.locator(".dlb-map").evaluate("e => e.getScreenCTM().a")
    size = page.locator(".dlb-map text").first.evaluate("e => getComputedStyle(e).fontSize")
    assert scale * float(size.removesuffix("px")) >= 11
    links.nth(chapters - 1).focus()  # the keyboard reaches what is out of sight
    place = links.nth(chapters - 1).bounding_box()
    assert 0 <= place["x"] and place["x"] + place["width"] <= 360
    links.nth(chapters - 1).press("Enter")
    page.wait_for_url("**/chapters/*/*.html")


def test_no_text_of_the_map_leaves_its_box(open_page):
    page = open_page(HOME)
    out = page.evaluate("""() => [...document.querySelectorAll('.dlb-map a')].filter(a => {
        const box = a.querySelector('rect').getBoundingClientRect();
        return [...a.querySelectorAll('text')].some(t => { const r = t.getBoundingClientRect();
            return r.left < box.left || r.right > box.right || r.bottom > box.bottom; });
    }).map(a => a.textContent)""")
    assert out == []
