"""The map of the chapters: what it draws, where it leads, what it refuses."""

from pathlib import Path

import pytest

from dlbook.site.chapter_map import HEIGHT, levels, places, read
from tests.site import tiny_book

ROOT = Path(__file__).parents[2]
DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": ["a", "elsewhere"]}


def test_a_chapter_stands_below_all_that_it_needs():
    assert levels(DIAMOND) == [["a"], ["b", "c", "e"], ["d"]]
    at = places(DIAMOND)
    assert all(at[b][1] < at[c][1] for c, before in DIAMOND.items() for b in before if b in at)


def test_a_chapter_stands_just_above_one_that_needs_it():
    assert levels({"a": [], "b": ["a"], "c": [], "d": ["b", "c"]}) == [["a"], ["b", "c"], ["d"]]


def test_no_two_boxes_meet():
    at = places({str(k): [] for k in range(8)})
    assert len(set(at.values())) == 8
    rows = sorted({y for _, y in at.values()})
    assert len(rows) == 3 and min(b - a for a, b in zip(rows, rows[1:], strict=False)) > HEIGHT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", "expected 'chapter: \\[chapters it needs\\]', found \\['a', 'b'\\]"),
        ("a: b\n", "a needs a list of chapters, found 'b'"),
        ("a: [b]\nb: []\n", "a needs b, not above it"),
    ],
)
def test_a_senseless_file_is_refused(text, message, tmp_path):
    path = tmp_path / "needs.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read(path)


def test_the_map_leads_to_the_chapters_that_are_there(tmp_path):
    book = tiny_book.sound_book()
    book["other.md"] += "\n```{map}\n```\n"
    book["needs.yml"] = "chapter: []\nabsent: [chapter]\nother: [chapter, absent]\n"
    tiny_book.write(book, tmp_path)
    assert tiny_book.build(tmp_path, dlbook_needs="needs.yml") == (0, "")
    html = tiny_book.page(tmp_path, "other")
    drawn = html[html.index("<svg") : html.index("</svg>")]
    assert drawn.count("<rect") == 2 and drawn.count("marker-end") == 1
    assert drawn.count("<path d=") == 2  # the tip, and the one arrow between chapters of this book
    assert '<a href="chapter.html" aria-label="Chapter">' in drawn
    listed = html[html.index("The same as a list") :]
    assert listed.index("Other") < listed.index(" needs ") < listed.rindex("Chapter")


def test_a_part_without_chapters_is_told(tmp_path):
    book = tiny_book.sound_book()
    book["other.md"] += "\n```{map} nowhere\n```\n"
    book["needs.yml"] = "chapter: []\n"
    tiny_book.write(book, tmp_path)
    code, log = tiny_book.build(tmp_path, dlbook_needs="needs.yml")
    assert code == 1 and "needs.yml has no chapter in nowhere/" in log


def test_every_chapter_of_the_book_is_on_the_map():
    notebooks = {p.relative_to(ROOT / "chapters").with_suffix("").as_posix()
                 for p in (ROOT / "chapters").glob("*/*.ipynb")}  # fmt: skip
    assert set(read(ROOT / "chapters" / "needs.yml")) == notebooks
