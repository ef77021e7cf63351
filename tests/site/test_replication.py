"""The table of a replication: many seeds beside five."""

import json
import re

import pytest

from dlbook.replication.table import table
from tests.site.tiny_book import build, page, sound_book, write


def record(label, values):
    arm = {"name": "no clipping", "criterion": "below 0.1", "values": values}
    return {"label": label, "statistic": "final loss", "expected": "refuted", "threshold": 0.8,
            "seeds": list(range(len(values))), "arms": [arm]}  # fmt: skip


def built(folder, records, **changed):
    """Build a book whose beliefs were replicated so; the text of its page of tables."""
    found = {"date": "2026-11-01", "machine": "Linux x86_64, 8 cores", "seeds": 10,
             "claims": table({r["label"]: r for r in records})} | changed  # fmt: skip
    book = sound_book()
    book["tables.md"] += "\n```{replication} many.json\n```\n"
    book["many.json"] = json.dumps(found)
    write(book, folder)
    result = build(folder)
    html = page(folder, "tables") if result == (0, "") else ""
    return result, html, re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_a_belief_without_change_is_folded(tmp_path):
    result, html, text = built(tmp_path, [record("far-only", [0.5] * 10)])
    assert result == (0, "")
    assert ("1 belief over 10 seeds on 2026-11-01 (Linux x86_64, 8 cores): no other verdict than "
            "over the first five. Of the 1 condition that they were put to, none came out "
            "otherwise.") in text  # fmt: skip
    details = html[html.index("The 1 belief of which every"):]
    assert 'href="chapter.html#belief-far-only"' in details
    assert "5 seeds 10 seeds" in text
    assert ("no clipping below 0.1 0 (0 to 52 %), median 0.5 "
            "0 (0 to 31 %), median 0.5") in text  # fmt: skip


@pytest.mark.parametrize(("values", "caption", "pills"), [
    ([0.5] * 5 + [0.0] * 5, "Another verdict", ["refuted", "conditional"]),
    ([0.5] * 3 + [0.0] * 2 + [0.5, 0.0] * 30 + [0.5] * 200, "Another verdict",
     ["conditional", "refuted"]),
])
def test_a_verdict_that_changed_stands_in_the_open(tmp_path, values, caption, pills):
    result, html, text = built(tmp_path, [record("far-only", values)])
    assert result == (0, "")
    assert "1 verdict other than over the first five" in text
    assert "1 came out otherwise" in text
    assert "every condition" not in text
    table_ = html[html.index(caption):]
    assert re.findall(r"dlb-pill dlb-(\w+)", table_) == pills
    assert "<strong>no clipping</strong>" in table_


def test_what_was_not_replicated_is_named_and_what_is_gone_is_left_out(tmp_path):
    result, html, text = built(tmp_path, [record("long-gone", [0.5] * 10)])
    assert result == (0, "")
    assert "0 beliefs over 10 seeds" in text
    assert "Not in that run: It learns only far" in text
    assert "long-gone" not in html


@pytest.mark.parametrize("content", ["nothing", "[]", '{"date": "today"}'])
def test_another_file_is_refused(tmp_path, content):
    book = sound_book()
    book["tables.md"] += "\n```{replication} many.json\n```\n"
    book["many.json"] = content
    write(book, tmp_path)
    code, log = build(tmp_path)
    assert code == 1
    assert "many.json: " in log


def test_a_file_that_is_not_there_is_named(tmp_path):
    book = sound_book()
    book["tables.md"] += "\n```{replication} nil.json\n```\n"
    write(book, tmp_path)
    code, log = build(tmp_path)
    assert code == 1
    assert "nil.json: " in log
