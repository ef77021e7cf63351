"""Ledger and question bank with 2,000 rows each, in a browser: found, opened, shared, printed."""

import gzip
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.site.long_lists import CHAPTERS, EACH, build_long_lists
from tests.site.served import serve


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build_long_lists(tmp_path_factory.mktemp("long"))


@pytest.fixture(scope="module")
def address(folder):
    with serve(folder) as address:
        yield address


@pytest.fixture
def seen():
    """Addresses that the page asked for."""
    return []


def asked_for_katex(seen):
    return [url for url in seen if "katex.min.js" in url]


@pytest.fixture
def show(browser, address, seen):
    """Return a function that opens a page; it fails when a script of the page fails."""
    windows, faults = [], []

    def open_(name, **options):
        windows.append(browser.new_context(viewport={"width": 1000, "height": 800}, **options))
        page = windows[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: seen.append(request.url))
        page.goto(address + name)
        return page

    yield open_
    for window in windows:
        window.close()
    assert not faults


def query(page):
    """What the address of a page asks for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.parametrize("name", ["ledger.html", "bank.html"])
def test_a_long_list_is_light(folder, show, seen, name):
    """No formula is set before it is in view, and a row is a few elements."""
    assert len(gzip.compress((folder / name).read_bytes())) < 300_000
    page = show(name)
    rows = page.locator(".dlb-list [data-kind]")
    assert rows.count() == CHAPTERS * EACH
    assert page.locator(".dlb-tex").count() == CHAPTERS * EACH
    assert page.locator(".dlb-list .katex").count() == 0 and not asked_for_katex(seen)
    assert page.locator(".dlb-list *").count() < 32 * rows.count()
    assert page.locator(".dlb-ledger tr:visible").count() == 0


def test_a_chapter_of_the_ledger_opens_and_sets_what_is_in_view(show, seen):
    page = show("ledger.html")
    page.locator("summary", has_text="Chapter c3").press("Enter")
    page.locator(".dlb-ledger .katex").first.wait_for()
    row = page.locator("#ledger-eq-c3-0")
    assert row.locator("annotation").text_content().startswith("\\begin{split}y_{0} =")
    assert row.locator(".mathbb").count() == 1  # a macro of the book
    assert page.locator(".dlb-ledger .katex").count() < EACH / 2
    page.locator("summary", has_text="Chapter c4").press("Enter")
    page.locator("#ledger-eq-c4-0 .katex").wait_for()
    assert len(asked_for_katex(seen)) == 1


def test_an_address_leads_to_a_row_that_is_folded(show):
    page = show("ledger.html#ledger-eq-c17-60")
    row = page.locator("#ledger-eq-c17-60")
    row.locator(".katex").wait_for()
    page.wait_for_function("""() => {
        const top = document.querySelector('#ledger-eq-c17-60').getBoundingClientRect().top;
        return top > 0 && top < 400;
    }""")
    page = show("bank.html?kind=belief#question-c17-q60")  # the filter would hide it
    assert page.locator("#question-c17-q60 .dlb-answer-text").is_visible()


def test_a_row_is_found_by_what_stands_in_it(show):
    page = show("ledger.html")
    field, said = page.get_by_role("searchbox", name="Find"), page.get_by_role("status")
    assert said.inner_text() == "2000 equations"
    for text, count in [("eq-c7-42", 1), ("Y_{3} \\FRAC", 200), ("$eq-c7$ definition", 100)]:
        field.fill(text)
        assert said.inner_text() == f"{count} of 2000 equations"
    assert page.locator(".dlb-ledger tbody tr:visible").count() == 100
    page.get_by_label("Status").select_option("definition")
    page.get_by_label("Chapter").select_option("Chapter c8")
    assert "Nothing found for “$eq-c7$ definition” among 2000 equations." in said.inner_text()
    assert page.locator(".dlb-group:visible").count() == 0
    page.get_by_role("button", name="Show all again").click()
    assert said.inner_text() == "2000 equations"
    assert page.locator("details.dlb-group:visible").count() == CHAPTERS
    assert page.locator(".dlb-ledger tr:visible").count() == 0  # folded again


def test_questions_are_found_in_both_languages_and_in_answers(show):
    page = show("bank.html")
    field, said = page.get_by_role("searchbox", name="Find"), page.get_by_role("status")
    shown = page.locator(".dlb-list li:visible")
    for text, count in [("C13 so 42?", 1), ("为什么42", 20), ("word42", 20), ("\\sqrt{2} c13", 10)]:
        field.fill(text)
        assert said.inner_text() == f"{count} of 2000 questions"
        assert shown.count() == count
    assert page.locator(".dlb-inside").count() == 10  # the word is in the answer
    page.get_by_label("Kind").select_option("belief")
    assert said.inner_text() == "10 of 2000 questions"
    page.get_by_label("Chapter").select_option("Chapter c9")
    assert said.inner_text().startswith("Nothing found for")


@pytest.mark.parametrize(("text", "count"), [
    ("word-forty", 0), ("wor-d42", 20), ("becauseof", 2000), ("b e", 0), ("is c3", 100),
    ("Eq. word42", 20)])  # fmt: skip
def test_hyphens_blanks_and_single_letters_do_not_decide(show, text, count):
    page = show("bank.html")
    page.get_by_role("searchbox", name="Find").fill(text)
    said = page.get_by_role("status").inner_text()
    assert said.startswith(f"{count} of 2000" if count else "Nothing found")


def test_the_answer_is_folded_and_its_formula_set_when_it_opens(show):
    page = show("bank.html")
    item = page.locator("#question-c0-q4")
    assert not item.locator(".dlb-answer-text").is_visible()
    item.locator("summary").press("Enter")
    item.locator(".katex").wait_for()
    assert item.locator(".dlb-answer-text").is_visible()
    evidence = item.get_by_role("link", name="Eq. 5")
    assert evidence.get_attribute("href") == "c0.html#equation-eq-c0-4"
    place = item.get_by_role("link", name="The answer in its chapter")
    assert place.get_attribute("href") == "c0.html#answer-c0-q4"


def test_a_view_is_kept_in_the_address_and_the_language_for_the_next_visit(show, address):
    page = show("bank.html")
    english, chinese = page.locator(".dlb-en").first, page.locator(".dlb-zh").nth(1)
    assert english.is_visible() and chinese.is_visible()
    page.get_by_label("中文").check()
    assert not english.is_visible() and chinese.is_visible()
    assert page.get_by_text("答案只有英文版").is_visible()  # "The answers are in English."
    page.get_by_role("searchbox", name="Find").fill("c3 so 7")
    page.get_by_label("Kind").select_option("belief")
    page.get_by_label("Show all answers").check()
    page.wait_for_url("**answers**")
    asked = {"q": "c3 so 7", "kind": "belief", "lang": "zh", "answers": "on"}
    assert query(page) == asked
    other = show(page.url.removeprefix(address))  # another reader
    assert other.get_by_role("status").inner_text() == page.get_by_role("status").inner_text()
    assert other.locator("#question-c3-q7 .dlb-answer-text").is_visible()
    assert not other.locator(".dlb-en").first.is_visible()
    page.goto(address + "bank.html")
    assert not english.is_visible() and page.get_by_label("中文").is_checked()
    page.get_by_label("English").check()
    assert english.is_visible() and not chinese.is_visible()
    page.goto(address + "bank.html?kind=gossip&chapter=none&lang=la")
    assert page.get_by_role("status").inner_text() == "2000 questions"


def test_print_shows_the_chosen_questions_as_numbered_lists(show):
    page = show("bank.html?chapter=c5&lang=en&answers=on")
    page.evaluate("print = () => { window.printed = true }")
    page.get_by_role("button", name="Print").click()
    page.wait_for_function("window.printed")
    assert page.locator(".dlb-group:visible .dlb-tex").count() == 0  # every formula shown is set
    page.emulate_media(media="print")
    assert not page.get_by_role("searchbox", name="Find").is_visible()
    assert page.locator(".dlb-list h2:visible").all_inner_texts() == ["Chapter c5"]
    assert page.locator(".dlb-list ol:visible > li").count() == EACH
    assert page.locator(".dlb-answer-text:visible").count() == EACH
    assert not page.locator(".dlb-kind:visible, .dlb-zh:visible").count()


def test_without_scripts_everything_can_be_reached(show):
    page = show("bank.html", java_script_enabled=False)
    assert not page.get_by_role("searchbox", name="Find").is_visible()
    assert page.locator(".dlb-list li:visible").count() == CHAPTERS * EACH
    item = page.locator("#question-c0-q4")
    item.locator("summary").click()
    assert "\\sqrt{4}" in item.locator(".dlb-answer-text").inner_text()
    item.get_by_role("link", name="The answer in its chapter").click()
    assert page.url.endswith("c0.html#answer-c0-q4")
    page = show("ledger.html", java_script_enabled=False)
    page.locator("summary", has_text="Chapter c1").first.click()
    page.locator("#ledger-eq-c1-1").get_by_role("link", name="102").click()
    assert page.url.endswith("c1.html#equation-eq-c1-1")
