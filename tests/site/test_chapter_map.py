"""The map of the chapters: what it draws, where it leads, what it refuses."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dlbook.site.chapter_map import drawing, read
from dlbook.site.layered import layout, levels
from tests.site import tiny_book

ROOT = Path(__file__).parents[2]
DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": ["a", "elsewhere"]}


def test_a_chapter_stands_below_all_that_it_needs():
    assert levels(DIAMOND) == [["a"], ["b", "c", "e"], ["d"]]
    at, routes = layout(DIAMOND, 10, 2, 1)
    assert all(at[b][1] < at[c][1] for c, before in DIAMOND.items() for b in before if b in at)
    assert len(routes) == 5


def test_a_chapter_stands_just_above_one_that_needs_it():
    assert levels({"a": [], "b": ["a"], "c": [], "d": ["b", "c"]}) == [["a"], ["b", "c"], ["d"]]


def graph(n, seed):
    """Each of n chapters needs up to three of those above it."""
    rng = np.random.default_rng(seed)
    return {str(k): [str(b) for b in set(rng.integers(0, k, min(k, 3)).tolist())] for k in range(n)}


@pytest.mark.parametrize("needs", [*(graph(n, n) for n in (1, 2, 9, 25)), {"a": [], "b": []}])
def test_neither_boxes_nor_arrows_meet_a_box(needs):
    box, lane, gap = 10, 2, 1
    at, routes = layout(needs, box, lane, gap)
    wide = [(x, row, box) for x, row in at.values()]
    wide += [(x, row, lane) for route in routes for x, row in route[1:-1]]
    assert all(x >= width / 2 - 1e-6 for x, _, width in wide)
    for (x, row, a), (y, other, b) in pairwise(sorted(wide, key=lambda place: place[1::-1])):
        assert row != other or y - x >= (a + b) / 2 + gap - 1e-6
    for route in routes:
        assert [row for _, row in route] == list(range(route[0][1], route[-1][1] + 1))


def test_a_need_that_another_need_has_is_not_drawn_twice():
    _, routes = layout({"a": [], "b": ["a"], "c": ["a", "b"]}, 10, 2, 1)
    assert len(routes) == 2


def test_no_arrow_crosses_another_where_that_can_be_had():
    at, _ = layout({"a": [], "b": [], "c": ["b"], "d": ["a"]}, 10, 2, 1)
    assert (at["a"][0] - at["b"][0]) * (at["d"][0] - at["c"][0]) > 0


def test_a_long_title_stays_in_its_box():
    name = "16. Backpropagation through time"
    drawn = drawing({"a/b": []}, {"a/b": name}, {"a/b": "b.html"})
    ends = [float(y) for y in re.findall(r'<text x="\d+" y="([\d.]+)"', drawn)]
    assert len(ends) == 2 and 15 < ends[0] < ends[1] < 48


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
