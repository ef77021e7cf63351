"""What makes pages quick takes nothing from a reader: styles, scripts, images, places far down."""

import re

import pytest
from docutils.core import publish_doctree

from dlbook.site import finish, styles, theme

HOME, CHAPTER = "chapters/intro.html", "chapters/memory/rnn-bptt.html"
FONT = "src: url(fonts/a.woff2)"


@pytest.mark.parametrize("css, kept", [
    (".a,.b .a{x:1}", ".a{x:1}"),
    (".b{x:1}", ""),
    ("#b{x:1}.a#main{x:1}", ".a#main{x:1}"),
    ("p:not(.b){x:1}", "p:not(.b){x:1}"),
    (":is(.a,.b) p{x:1}", ":is(.a,.b) p{x:1}"),
    ('[title=".b"]{x:1}', '[title=".b"]{x:1}'),
    (r".b\:c{x:1}", r".b\:c{x:1}"),
    ("@media print{.b{x:1}}", ""),
    ("@media print{.b{x:1}.a{x:1}}", "@media print{.a{x:1}}"),
    ("@font-face{src:url(b.woff)}", "@font-face{src:url(b.woff)}"),
    ("@keyframes b{from{x:1}}", "@keyframes b{from{x:1}}"),
    ('.a{x:";}"}', '.a{x:";}"}'),
])  # fmt: skip
def test_only_rules_that_can_match_nothing_are_left_out(css, kept):
    assert styles.without_unused(css, {"a", "main"}).replace("\n", "") == kept


def test_a_broken_style_sheet_is_an_error():
    with pytest.raises(ValueError, match="style sheet, line 2"):
        styles.without_unused(".a{x:1}\n}", {"a"})


def test_style_sheets_are_joined_with_what_they_ask_for(tmp_path):
    (tmp_path / "_static" / "theme").mkdir(parents=True)
    (tmp_path / "_static" / "base.css").write_text("/* base */b{x:url('data:image/png;base64,')}")
    (tmp_path / "_static" / "theme" / "t.css").write_text(
        '@charset "utf-8";@import "../base.css";' + "a{" + FONT + "}")  # fmt: skip
    joined = styles.joined(tmp_path, ["_static/theme/t.css"])
    assert joined == "b{x:url('data:image/png;base64,')}a{src: url(theme/fonts/a.woff2)}"


def test_words_come_from_pages_and_scripts(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "s.js").write_text("e.classList.add('from-script')")
    (tmp_path / "_static" / "fontawesome.js").write_text("x = 'not-loaded'")
    (tmp_path / "page.html").write_text('<p class="one two" id="three">four</p>')
    words = styles.words_in_use(tmp_path)
    assert {"one", "two", "three", "from-script"} <= words
    assert not {"four", "not-loaded"} & words


def test_scripts_wait_for_their_turn():
    html = '<script src="a.js"></script><script defer src="b.js"></script><script>c()</script>'
    html += '<link rel="preload" as="script" href="a.js" />'
    assert theme.in_its_turn(html) == (
        '<script defer src="a.js"></script><script defer src="b.js"></script><script>c()</script>'
    )


@pytest.mark.parametrize("text, description", [
    ("Title\n=====\n\nFirst *words*\nhere.\n\nSecond.\n", "First words here."),
    ("Title\n=====\n\n.. note:: Aside.\n\nFirst.\n", "First."),
    ("Title\n=====\n", "instead"),
    ("Title\n=====\n\n" + "many, " * 40, "many, " * 25 + "many\u2026"),
])  # fmt: skip
def test_a_page_is_described_by_its_first_paragraph(text, description):
    found = finish.described(publish_doctree(text), "instead")
    assert found == description
    assert len(found) <= finish.LONGEST


def test_a_page_without_text_is_described_too():
    assert finish.described(None, "Search") == "Search"


def test_images_get_their_size(tmp_path):
    picture = tmp_path / "p.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"/>')
    files = {"p.svg": picture}
    html = finish.sized('<img alt="a" src="../_images/p.svg" />', files)
    assert html == '<img loading="lazy" width="96" height="48" alt="a" src="../_images/p.svg" />'
    for own in ('<img src="p.svg" style="width: 50%" />', '<img src="other.png" loading="eager">'):
        assert "width=" not in finish.sized(own, files)
    assert finish.sized('<img src="other.png" loading="eager">', files).count("loading") == 1


def test_marks_that_are_taken_off_code_had_the_colour_of_code(site):
    css = (site / "_static" / "pygments.css").read_text("utf8")
    for mode in ("light", "dark"):
        rules = rf'html\[data-theme="{mode}"\] \.highlight( \.\w+)? {{ ([^}}]*) }}'
        rules = {mark.strip(" ."): rule for mark, rule in re.findall(rules, css)}
        plain = re.search("(?<!-)color: #[0-9a-fA-F]+", rules[""])[0]
        assert len(rules) > 40
        for mark in finish.PLAIN:
            assert rules.get(mark, plain) in (plain, "color: #bbbbbb"), (mode, mark)


def test_the_one_style_sheet_has_the_colours_of_code_for_both_themes(site):
    css = (site / styles.BUNDLE).read_text("utf8")
    assert css.count('html[data-theme="light"] .highlight .k{') == 1
    assert css.count('html[data-theme="dark"] .highlight .k{') == 1
    assert not re.search(r"^\.highlight \.k\{", css, flags=re.MULTILINE)


def heads(site, pages):
    """Each page's name, head and whole text."""
    for name in pages:
        text = (site / name).read_text("utf8")
        yield name, text[: text.index("</head>")], text


def test_every_page_is_described_once(site, pages):
    seen = {}
    for name, head, _ in heads(site, pages):
        found = re.findall(r'<meta (?:name|content)="description"[^>]*|'
                           r'<meta content="[^"]*" name="description"', head)  # fmt: skip
        assert len(found) == 1, name
        text = re.search(r'content="([^"]*)"', found[0])[1]
        assert len(text) > 10, name
        seen.setdefault(text, []).append(name)
    assert not {text: names for text, names in seen.items() if len(names) > 1}


def test_a_page_waits_for_one_style_sheet_and_no_script(site, pages):
    for name, head, text in heads(site, pages):
        waits = re.findall(r'<link(?![^>]*media="print")[^>]*stylesheet[^>]*>', text)
        assert len(waits) == 1, (name, waits)
        assert f"{styles.BUNDLE}?v=" in waits[0], name
        scripts = re.findall(r"<script[^>]*src=[^>]*>", head)
        assert scripts, name
        if name != "search.html":
            assert [s for s in scripts if "defer" not in s] == [], name


def test_every_image_in_a_page_has_a_size_and_comes_when_it_is_near(site, pages):
    for name, _, text in heads(site, pages):
        for image in re.findall(r"<img\b[^>]*>", text):
            assert 'loading="lazy"' in image, (name, image)
            assert "width" in image, (name, image)


def test_the_theme_leaves_what_scrolls_to_the_book(site):
    script = (site / "_static/scripts/pydata-sphinx-theme.js").read_text("utf8")
    assert "scrollWidth" in script  # else the theme changed: look at it again
    assert theme.MARKS_WHAT_SCROLLS not in script


# Everything but tokens of code, parts of formulas and addresses (seen from elsewhere).
LOOKS = """() => [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('pre *, .katex *, svg *, head, script, template, dialog'))
  .map(e => ['', '::before', '::after', '::marker'].map(part => {
    const style = getComputedStyle(e, part || null);
    if (part && style.content === 'none') return '';
    return [...style].filter(name => !name.startsWith('--'))
      .map(name => style.getPropertyValue(name).replace(/url\\([^)]*\\)/g, '')).join();
  }).join())"""


@pytest.mark.parametrize("name", [HOME, "search.html"])
def test_without_the_unused_rules_everything_looks_the_same(open_page, site, name):
    files = ["pygments.css", "styles/sphinx-book-theme.css", "katex/katex.css", "togglebutton.css",
             "copybutton.css", next((site / "_static").glob("mystnb.*.css")).name, "exercise.css",
             "proof.css", "evidence.css", "sphinx-design.min.css", "book.css"]  # fmt: skip
    names = [*theme.STYLES_OF_THE_LAYOUT, *(f"_static/{file}" for file in files)]
    every_rule = styles.joined(site, names)

    def with_every_rule(page):
        answer = {"body": every_rule, "content_type": "text/css"}
        page.route(f"**/{styles.BUNDLE}*", lambda route: route.fulfill(**answer))

    looks = []
    for watch in (None, with_every_rule):
        page = open_page(name, watch=watch)
        page.wait_for_load_state("networkidle")
        looks.append(page.evaluate(LOOKS))
    light, full = looks
    assert sum(map(len, full)) > 100_000
    assert [pair for pair in zip(light, full, strict=True) if pair[0] != pair[1]][:1] == []


PLACE = """async id => {
  const target = document.getElementById(id);
  const top = () => target.getBoundingClientRect().top;
  for (let before = NaN; before !== top();) {
    before = top();
    await new Promise(done => setTimeout(done, 200));
  }
  return top();
}"""


@pytest.mark.parametrize("width", [360, 1280])
def test_a_deep_link_leads_to_its_place(open_page, width):
    """Also where nothing above the place has been laid out."""
    names = open_page(CHAPTER).evaluate("""() => {
        const kinds = 'section[id], .dlb-belief[id], div.math[id], .exercise[id]';
        const found = [...document.querySelectorAll(kinds)].map(e => e.id);
        return [...[0.3, 0.6, 0.95].map(part => found[Math.floor(part * found.length)]),
                document.querySelectorAll('.exercise[id]')[2].id];
    }""")
    for name in names:
        page = open_page(f"{CHAPTER}#{name}", width=width)
        assert -2 <= page.evaluate(PLACE, name) <= 130, name
    page = open_page(CHAPTER, width=width)
    page.evaluate("id => { location.hash = id }", names[-1])
    assert -2 <= page.evaluate(PLACE, names[-1]) <= 130


FAR = "section#sources p"
DRAWN = "e => e.checkVisibility({contentVisibilityAuto: true})"


def test_what_is_far_is_drawn_when_it_comes_near_and_always_on_paper(open_page):
    page = open_page(CHAPTER)
    far = page.locator(FAR).first
    assert not far.evaluate(DRAWN)
    assert page.evaluate("text => window.find(text)", far.evaluate("e => e.textContent")[:20])
    far.scroll_into_view_if_needed()
    page.wait_for_function(f"({DRAWN})(document.querySelector('{FAR}'))")
    page.emulate_media(media="print")
    drawn = "all => all.every(e => getComputedStyle(e).contentVisibility === 'visible')"
    assert page.locator("main section, main section > *").evaluate_all(drawn)


def test_a_wide_formula_far_down_can_be_reached_with_the_keyboard(open_page):
    page = open_page(CHAPTER, width=360)
    assert page.locator("main .katex-display[tabindex='0']").count() < 20
    wide = page.evaluate_handle("""async () => {
        for (const box of [...document.querySelectorAll('main .katex-display')].reverse()) {
          box.scrollIntoView();
          await new Promise(done => setTimeout(done, 100));
          if (box.scrollWidth > box.clientWidth && box.clientWidth) return box;
        }
    }""").as_element()
    page.wait_for_function("e => e.tabIndex === 0 && e.ariaLabel === 'Wide formula'", arg=wide)
