"""The built site in a real browser: what a reader would stumble over."""

import gzip
from importlib import resources
from urllib.parse import unquote

import pytest

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf8")
HOME, CHAPTER = "chapters/intro.html", "chapters/memory/rnn-bptt.html"
OWN, SHARED = 300_000, 400_000  # bytes of a page, compressed: its own, and what all pages share

OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"
# The tests look at what is far down as if a reader had come there.
DRAW_ALL = "main * { content-visibility: visible !important }"
# Formulas and code are tens of thousands of elements that are nothing but coloured text. CONTRAST
# has looked at their colours and axe has nothing else to say of them, so they become one text each.
FLATTEN = """() => {
  for (const e of document.querySelectorAll('pre')) e.textContent = e.textContent;
  for (const e of document.querySelectorAll('.katex')) e.textContent = 'formula';
}"""
# Its rule on contrast takes a minute on a long chapter, so it runs on the home page only.
AXE_RUN = """async contrast => {
  const found = await axe.run(document, {
    preload: false, resultTypes: ['violations'], rules: {'color-contrast': {enabled: contrast}}});
  return found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(', '));
}"""

# Text on its background, as WCAG computes contrast; the background of an element is that of the
# first ancestor that has one.
CONTRAST = """() => {
  const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
  const rgba = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const seen = [], grounds = new Map(), tokens = new Set();
  const ground = e => {
    if (!e) return [255, 255, 255];
    if (!grounds.has(e)) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      grounds.set(e, c.length && (c[3] ?? 1) > 0.5 ? c : ground(e.parentElement));
    }
    return grounds.get(e);
  };
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || e.closest('.katex-mathml, svg, .skip-link, noscript')) continue;
    if (!e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    if (e.closest('pre')) {  // one token of each kind on each ground
      const token = [e.tagName, e.className, ground(e)].join(' ');
      if (tokens.has(token)) continue;
      tokens.add(token);
    }
    const back = ground(e);
    const [a, b] = [luminance(rgba(getComputedStyle(e).color)), luminance(back)];
    const name = e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30);
    seen.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), name, b]);
  }
  return seen;
}"""


class Log:
    """What a page asks for and what it complains about."""

    def __init__(self):
        self.requests, self.faults, self.weights = [], [], {}

    def __call__(self, page):
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda r: self.faults.append(f"failed: {r.url} {r.failure}"))
        page.on("response", self.answered)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("console", self.said)

    def answered(self, response):
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def said(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(f"console {message.type}: {message.text}")


# What a page shows at once, whatever its theme and width.
LOOK = """() => ({
  lang: document.documentElement.lang,
  h1: [...document.querySelectorAll('h1')].filter(e => e.checkVisibility()).length,
  main: document.querySelectorAll('main#main-content').length,
  skip: document.querySelector('#pst-skip-link a')?.getAttribute('href'),
  icon: document.querySelectorAll('link[rel=icon]').length,
  unnamed: [...document.querySelectorAll('main img, main [role=img]')]
    .filter(e => !(e.getAttribute('alt') || e.getAttribute('aria-label') || '').trim())
    .map(e => e.outerHTML.slice(0, 100)),
})"""
SIDEWAYS = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [innerWidth + ' px: ' + [...document.querySelectorAll('main *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth)
    .slice(0, 3).map(e => e.tagName + '.' + e.className)]"""


@pytest.fixture(scope="module")
def tour(pages, browser, address):
    """Every page, seen once in each theme and width, with everything on it opened: name -> dict."""
    seen = {}
    for name in pages:
        window = browser.new_context(viewport={"width": 1280, "height": 800})
        page, log = window.new_page(), Log()
        log(page)
        page.goto(address + name)
        page.add_style_tag(content=DRAW_ALL)
        page.evaluate(OPEN_ALL)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        seen[name] = {"log": log, "look": page.evaluate(LOOK), "sideways": []}
        for theme, width in [("light", 768), ("dark", 360), ("light", 1280)]:
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_timeout(350)  # the theme marks what scrolls 300 ms after a change
            seen[name]["sideways"] += page.evaluate(SIDEWAYS)
            if width != 768:
                root = page.locator("html").get_attribute("data-theme")
                seen[name][theme] = (root, page.evaluate(CONTRAST))
        # The theme marks what scrolls while the page still settles into its new width: once more.
        page.evaluate("dispatchEvent(new Event('resize'))")
        page.wait_for_timeout(700)
        page.evaluate(FLATTEN)
        page.evaluate(AXE)
        seen[name]["axe"] = page.evaluate(AXE_RUN, name == HOME)
        window.close()
    return seen


def expect_none(tour, faults):
    """Fail with one line for each fault that `faults` finds in what was seen of a page."""
    lines = [f"{name}: {fault}" for name, seen in tour.items() for fault in faults(seen)]
    if lines:
        pytest.fail("\n".join(dict.fromkeys(lines)), pytrace=False)


def test_no_page_fails_a_request_leaves_the_site_or_complains(tour, address):
    def faults(seen):
        assert seen["log"].requests
        yield from seen["log"].faults
        for url in seen["log"].requests:
            if not url.startswith((address, "data:", "blob:")):
                yield f"off-site: {url}"

    expect_none(tour, faults)


def test_a_page_weighs_little(tour, site, address):
    """A first visit in bytes, as a server that compresses would send them."""

    def faults(seen):
        sizes = {"own": 0, "shared": 0}
        for url in {url.split("?")[0].split("#")[0] for url in seen["log"].requests}:
            path = site / unquote(url.removeprefix(address))
            if url.startswith(address) and path.is_file():
                size = min(path.stat().st_size, len(gzip.compress(path.read_bytes())))
                sizes["shared" if "_static" in path.parts else "own"] += size
        assert sizes["own"]
        if sizes["own"] > OWN or sizes["shared"] > SHARED:
            yield sizes

    expect_none(tour, faults)


def test_icons_come_from_the_small_font(tour):
    def faults(seen):
        if not any("icons.woff" in url for url in seen["log"].requests):
            yield "no icons"
        yield from [url for url in seen["log"].requests if "fontawesome" in url]

    expect_none(tour, faults)


def test_only_the_search_page_loads_the_search_index(tour):
    loading = [name for name, seen in tour.items()
               if any("searchindex.js" in url for url in seen["log"].requests)]  # fmt: skip
    assert loading == ["search.html"]


def test_every_page_says_what_it_is(tour):
    def faults(seen):
        right = {"lang": "en", "h1": 1, "main": 1, "skip": "#main-content", "icon": 1}
        yield from [f"{k}: {seen['look'][k]}" for k in right if seen["look"][k] != right[k]]

    expect_none(tour, faults)


def test_every_image_has_a_text(tour):
    expect_none(tour, lambda seen: seen["look"]["unnamed"])


def test_the_chapter_has_figures_and_they_are_loaded(open_page):
    page = open_page(CHAPTER)
    widths = page.evaluate("""async () => {
        const images = [...document.querySelectorAll('main img')];
        for (const i of images) i.loading = 'eager';
        await Promise.all(images.map(i => i.decode()));
        return images.map(i => i.naturalWidth);
    }""")
    assert widths
    assert min(widths) > 100


def test_no_page_scrolls_sideways(tour):
    expect_none(tour, lambda seen: seen["sideways"])


def test_a_wide_formula_scrolls_inside_itself(open_page):
    page = open_page(CHAPTER, width=360)
    page.add_style_tag(content=DRAW_ALL)
    wide = page.locator("main .katex-display[tabindex='0']")
    wide.first.wait_for()
    box = wide.first
    assert box.evaluate("e => e.scrollWidth > e.clientWidth && e.clientWidth < 360")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(tour, theme):
    def faults(seen):
        root, texts = seen[theme]
        dark = sum(ground < 0.2 for *_, ground in texts) > len(texts) / 2
        if root != theme or dark != (theme == "dark"):
            yield f"not {theme}"
        assert texts
        yield from [f"contrast {ratio:.1f}: {what}" for ratio, what, _ in texts if ratio < 4.5]

    expect_none(tour, faults)


def test_figures_can_be_read_in_the_dark(open_page):
    """A figure brings its own light paper, whatever the page behind it."""
    page = open_page(CHAPTER, theme="dark")
    grounds = page.locator("main .cell_output img").evaluate_all(
        "all => all.map(i => getComputedStyle(i).backgroundColor)")  # fmt: skip
    assert set(grounds) == {"rgb(255, 255, 255)"}


def test_axe_finds_nothing_serious(tour):
    """All its rules, in the light theme: what changes in the dark is the contrast, tested above."""
    expect_none(tour, lambda seen: seen["axe"])


def test_formulas_are_set_and_can_be_heard(open_page):
    page = open_page(CHAPTER)
    page.add_style_tag(content=DRAW_ALL)
    assert page.locator("main .katex-error, main code:has-text('\\\\frac')").count() == 0
    formulas = page.locator("main div.math")
    assert formulas.count() > 2
    assert page.locator("main div.math .katex-mathml math").count() == formulas.count()
    assert page.locator("main div.math .katex-html[aria-hidden=true]").count() == formulas.count()
    fonts = page.evaluate("""async () => {
        await document.fonts.ready;
        return [...document.fonts].filter(f => f.family.includes('KaTeX')).map(f => f.status);
    }""")
    assert "loaded" in fonts and "unloaded" in fonts  # those that the page needs, no others
    assert "error" not in fonts


def test_a_badge_opens_with_the_keyboard(open_page):
    page = open_page(CHAPTER)
    badge = page.locator("details.dlb-badge.dlb-checked").first
    assert badge.get_attribute("open") is None
    badge.locator("summary").focus()
    page.keyboard.press("Enter")
    assert badge.get_attribute("open") is not None
    assert badge.get_by_text("Compared with").is_visible()
    badge.get_by_role("link").last.press("Enter")
    page.wait_for_function("document.querySelector(':target')")
    assert page.locator(":target").locator("visible=true").count()


def test_a_badge_opens_without_scripts(open_page):
    page = open_page(CHAPTER, scripts=False)
    badge = page.locator("details.dlb-badge.dlb-checked").first
    badge.locator("summary").click()
    assert badge.get_by_text("Compared with").is_visible()


@pytest.mark.parametrize("term", ["vanishing", "Pascanu", "循环神经网络"])
def test_the_search_finds_a_term(open_page, term):
    log = Log()
    page = open_page(HOME, watch=log)
    page.keyboard.press("Control+k")
    field = page.locator("#pst-search-dialog input[type=search]")
    field.fill(term)
    field.press("Enter")
    page.wait_for_url("**/search.html?*")
    result = page.locator("#search-results li a").first
    result.wait_for()
    assert not log.faults
    result.click()
    page.wait_for_load_state()
    assert term.lower() in page.locator("main").text_content().lower()


def test_the_reader_chooses_light_or_dark(open_page):
    page = open_page(HOME)
    button = page.locator("button.theme-switch-button:visible").first
    seen = set()
    for _ in range(3):
        button.click()
        seen.add(page.locator("html").get_attribute("data-theme"))
    assert seen == {"light", "dark"}
    mode = page.evaluate("localStorage.getItem('mode')")
    page.reload()
    assert page.locator("html").get_attribute("data-mode") == mode


def test_the_home_page_leads_to_the_chapter(open_page):
    page = open_page("index.html")
    page.wait_for_url(f"**/{HOME}")
    page.locator("main").get_by_role("link", name="Backpropagation through time").first.click()
    page.wait_for_url(f"**/{CHAPTER}")


def test_a_phone_reaches_the_contents(open_page):
    page = open_page(CHAPTER, width=360)
    page.locator("button.primary-toggle:visible").click()
    link = page.get_by_role("link", name="Glossary").locator("visible=true").first
    link.click()
    page.wait_for_url("**/chapters/glossary.html")
