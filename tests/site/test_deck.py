"""The deck of cards, read back out of its file."""

import json
import re
import sqlite3
import zipfile

import pytest
from docutils import nodes

from dlbook.site import deck
from dlbook.site.mathematics import typeset
from dlbook.site.nodes import formula
from dlbook.site.questions import load
from tests.site.tiny_book import build, sound_book, write

FORMULA = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.S)


def read(path, folder):
    """The notes (guid -> tags and fields), decks and models of a package."""
    with zipfile.ZipFile(path) as package:
        package.extract("collection.anki2", folder)
    with sqlite3.connect(folder / "collection.anki2") as base:
        notes = {guid: (tags.split(), fields.split("\x1f"))
                 for guid, tags, fields in base.execute("select guid, tags, flds from notes")}
        cards = base.execute("select count(*) from cards").fetchone()[0]
        (decks, models), = base.execute("select decks, models from col")
    base.close()
    assert cards == len(notes)
    return notes, json.loads(decks), json.loads(models)


def unescaped(text):
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.fixture
def book():
    """A sound book in which an answer says everything that an answer can."""
    book = sound_book()
    book["chapter.ipynb"][-1] = (
        ":::{answer} q-sum\nFirst *one* & `two`, $a < \\R$, {eq}`eq-sum`.\n\n"
        "$$ b \\\\ c $$\n:::\n\n:::{answer} q-two\nSecond.\n:::")
    return book


def built(book, folder, **conf):
    """The package of a book that is built."""
    write(book, folder)
    assert build(folder, **conf) == (0, "")
    return folder / "_build" / "html" / "_static" / deck.FILE


def test_a_card_holds_both_languages_the_answer_its_evidence_and_the_way_back(book, tmp_path):
    path = built(book, tmp_path, html_baseurl="https://book.example/x", math_numfig=False)
    notes, decks, models = read(path, tmp_path)
    assert len(notes) == 2 and str(deck.DECK) in decks and list(models) == [str(deck.MODEL)]
    assert decks[str(deck.DECK)]["name"] == deck.NAME
    tags, fields = next(iter(notes.values()))
    assert tags == ["chapter::chapter", "kind::belief"]
    question, chinese, answer, evidence, place = fields
    assert (question, chinese) == ("Sum?", "问")
    equation = '<a href="https://book.example/x/chapter.html#equation-eq-sum">'
    assert answer == ("<p>First <i>one</i> &amp; <code>two</code>, \\(a &lt; \\R\\), "
                      f"{equation}(1)</a>.</p>"
                      "\\[\\begin{split}b \\\\ c\\end{split}\\]")  # fmt: skip
    assert f"{equation}Eq. 1</a>" in evidence and "belief refuted" in evidence
    assert place == ('<a href="https://book.example/x/chapter.html#answer-q-sum">'
                     "The answer in its chapter</a>")  # fmt: skip
    assert "Place" in models[str(deck.MODEL)]["tmpls"][0]["afmt"]


def test_a_new_text_changes_the_card_and_not_its_name(book, tmp_path):
    first = read(built(book, tmp_path), tmp_path)[0]
    assert "href" not in str(first)  # nobody knows yet where the book stands
    assert {fields[-1] for _, fields in first.values()} == {"Chapter"}
    book["chapter.ipynb"][-1] = book["chapter.ipynb"][-1].replace("Second.", "Another.")
    book["questions.yml"] = book["questions.yml"].replace("Two?", "Three?")
    second = read(built(book, tmp_path), tmp_path)[0]
    assert list(first) == list(second)
    assert "Second." in str(first) and "Two?" in str(first)
    assert "Another." in str(second) and "Three?" in str(second)


def test_the_same_book_gives_the_same_bytes(book, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for name in "ab":
        built(book, tmp_path / name)
    first, second = ((tmp_path / name / "_build/html/_static" / deck.FILE).read_bytes()
                     for name in "ab")  # fmt: skip
    assert first == second
    deck.pack([], tmp_path / "later.apkg", 1800000000)
    assert (tmp_path / "later.apkg").read_bytes()[10:14] != first[10:14]  # the date of a file


def test_a_macro_is_written_out_for_anki():
    macros = {"\\R": "\\mathbb{R}", "\\norm": "\\lVert #1 \\rVert"}
    assert deck.without_macros("\\R x \\Rightarrow", macros) == "{\\mathbb{R}} x \\Rightarrow"
    assert deck.html(formula("\\R", display=True), "", macros) == "\\[{\\mathbb{R}}\\]"
    assert deck.html(nodes.math("", "\\R"), "", macros) == "\\({\\mathbb{R}}\\)"
    with pytest.raises(ValueError, match="cannot use .norm, a macro with arguments"):
        deck.without_macros("\\norm{x}", macros)


def test_every_question_of_the_book_is_a_card_whose_formulas_can_be_set(site, tmp_path):
    class Config:
        dlbook_questions = "chapters/questions.yml"

    class App:
        srcdir, config = site.parents[1], Config

    notes, _, _ = read(site / "_static" / deck.FILE, tmp_path)
    assert len(notes) == len(load(App).questions) > 300
    count = 0
    for tags, (question, chinese, answer, *_) in notes.values():
        assert tags[0].startswith("chapter::") and tags[1].startswith("kind::")
        assert question and re.search("[\u4e00-\u9fff]", chinese) and answer
        for text in (question, chinese, answer):
            for inline, display in FORMULA.findall(text):
                typeset(unescaped(inline or display), bool(display))
                count += 1
            rest = FORMULA.sub("", re.sub("<code>.*?</code>", "", text))
            assert "$" not in rest and "\\" not in rest, rest
    assert count > 500
