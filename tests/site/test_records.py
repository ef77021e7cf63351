"""What readers see of the evidence: lines, badges, boxes, tables."""

import pickle
import re
from types import SimpleNamespace

import numpy as np
import pytest
from docutils import nodes
from docutils.utils import new_document

from dlbook import evidence
from dlbook.site import questions, wording
from dlbook.site.domain import Entry, Index, complete_records, free_id, record_line
from dlbook.site.records import MIME, EvidencePlugin
from tests.site.tiny_book import build, claim, equation, page, sound_book, write


def text_of(html):
    """The text of some HTML, spaces made single."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A built book that shows everything once."""
    book = sound_book()
    book["chapter.ipynb"] += [
        equation(referee="central differences", tol=1e-6, cases=1, why="it is of second order",
                 wrong=[], worst=0.0),
        {"kind": "same", "what": "ours and theirs", "tol": 1e-12, "atol": 0.0, "why": None,
         "worst": 0.0},
        {"kind": "exercise", "name": "do", "status": "not attempted", "mistake": None,
         "message": "write it\nin this cell"},
        {"kind": "exercise", "name": "do", "status": "failed", "mistake": "x", "message": "no"},
        "$$ a \\le b $$ (eq-bound)", equation("eq-bound", relation="<=", atol=1e-15),
    ]  # fmt: skip
    book["index.md"] = book["index.md"].replace("chapter\nother\n", "other\nchapter\n")
    book["questions.yml"] += (
        "- {id: q-other, chapter: other, kind: how-to, en: 'How $x^2$?', zh: 怎样, "
        "evidence: [eq-other]}\n")
    book["other.md"] += ("\n(here)=\n## Here\n\n:::{answer} q-other\nSee {ref}`this belief "
                         "<belief-far-only>` of the chapter, with $x < 1$. [Back](#here).\n:::\n")
    folder = tmp_path_factory.mktemp("book")
    write(book, folder)
    assert build(folder) == (0, "")
    return folder


def test_the_page_shows_the_line_that_the_notebook_printed():
    rng = np.random.default_rng(0)
    cases = [(rng.normal(size=(2, 3)),) for _ in range(4)]
    checked = evidence.equation("eq-sum", lambda x: x.sum(0), lambda x: np.add.reduce(x), cases,
                                referee="numpy.add")  # fmt: skip
    told = evidence.claim("far", lambda seed: {"a": 1.0, "b": float(seed)}, statistic="loss",
                          criterion=evidence.below(0.5), verdict="refuted")  # fmt: skip
    same = evidence.same("ours and theirs", np.ones(3), np.ones(3))
    for record in (checked, told, same):
        bundle = record._repr_mimebundle_()
        state = wording.state_of(bundle[MIME])
        line = record_line(bundle[MIME], bundle["text/plain"]).astext()
        assert line == wording.MARKS[state] + " " + str(record).split(" ", 1)[1]
    assert wording.state_of(told.data) == "refuted"


def test_every_kind_of_record_becomes_a_line_with_an_anchor(folder):
    html = page(folder, "chapter")
    record = r'<div class="dlb-record ([\w-]+)[^"]*" id="([\w-]+)">(.*?)</div>'
    lines = re.findall(record, html, re.S)
    assert [(state, anchor) for state, anchor, _ in lines] == [
        ("dlb-checked", "evidence-eq-sum"), ("dlb-refuted", "evidence-far-only"),
        ("dlb-checked", "evidence-eq-sum-2"), ("dlb-checked", "evidence-ours-and-theirs"),
        ("dlb-not-attempted", "evidence-do"), ("dlb-failed", "evidence-do-2"),
        ("dlb-checked", "evidence-eq-bound")]  # fmt: skip
    assert text_of(lines[0][2]) == "✓ eq-sum : as printed"
    assert "vnd.dlbook" not in html and "&quot;kind&quot;" not in html


def test_an_output_of_another_kind_is_left_to_others():
    assert EvidencePlugin.handle_mime(None, SimpleNamespace(mime_type="text/html"), False) is None
    assert EvidencePlugin.handle_mime(None, SimpleNamespace(mime_type=MIME), True) is None
    with pytest.raises(ValueError, match="unknown kind 'rumour'"):
        wording.state_of({"kind": "rumour"})


def badge(html, label):
    """The badge of an equation."""
    after = html[html.index(f'id="equation-{label}"'):]
    return re.search(r'<details class="dlb-badge.*?</details>', after, re.S)[0]


def test_the_badge_of_a_checked_equation_lists_every_check(folder):
    html = page(folder, "chapter")
    found = badge(html, "eq-sum")
    summary = re.search(r"<summary>(.*?)</summary>", found, re.S)[1]
    assert '<span aria-hidden="true" class="dlb-mark">✓</span>' in summary
    assert text_of(summary) == "✓ checked : evidence for equation 2"
    for text in ("torch.autograd", "10 cases", "1e-12 relative", "3e-16", "no transpose",
                 "central differences", "1 case", "(it is of second order)"):  # fmt: skip
        assert text in found
    anchors = re.findall(r'href="#([\w-]+)"', found)
    assert len(anchors) == 2
    for anchor in anchors:
        assert re.search(rf'<div class="cell[^"]*" id="{anchor}">', html)
    assert len(re.findall(r'id="equation-eq-sum"', html)) == 1
    assert "Never above" in badge(html, "eq-bound") and "1e-15 absolute" in badge(html, "eq-bound")


def test_the_badge_of_a_definition_gives_the_reason(folder):
    found = badge(page(folder, "other"), "eq-other")
    assert text_of(found).startswith("≡ definition : equation 1 Definition. So be it.")


def test_no_id_stands_twice_and_no_link_leads_nowhere(folder):
    pages = {name: page(folder, name) for name in ("index", "chapter", "other", "tables")}
    ids = {name: re.findall(r'\bid="([^"]+)"', html) for name, html in pages.items()}
    for name, html in pages.items():
        assert len(ids[name]) == len(set(ids[name])), name
        for target, anchor in re.findall(r'href="(?:(\w+)\.html)?#([^"]+)"', html):
            assert anchor in ids[target or name], (name, target, anchor)
        for label in re.findall(r'aria-labelledby="([^"]+)"', html):
            assert label in ids[name]


def test_the_belief_box_shows_claim_verdict_and_numbers(folder):
    html = page(folder, "chapter")
    box = re.search(r' class="dlb-belief dlb-refuted".*?See the experiment', html, re.S)[0]
    said = text_of(box)
    assert "✗ refuted" in said and "It learns only far" in said
    assert 'lang="zh-Hans">只学到远的</span>' in box
    assert "Measured: final loss" in said and "over 5 seeds" in said
    assert "no clipping 3 (1 to 5) below 0.1 0 of 5" in said
    assert box.count('scope="col"') == 4 and box.count('scope="row"') == 1
    assert 'href="#cell-far-only"' in html


def test_questions_lead_to_answers_and_answers_to_evidence(folder):
    html = page(folder, "chapter")
    box = re.search(r'<details class="dlb-questions".*?</details>', html, re.S)[0]
    assert text_of(box) == "Questions this chapter answers (2) Sum? 问 Two? 问"
    assert 'href="#answer-q-sum"' in box and 'href="#answer-q-two"' in box
    answer = re.search(r'<div class="dlb-answer[^>]*id="answer-q-sum">.*?</div>', html, re.S)[0]
    assert text_of(answer) == "Sum? 问 First. Evidence: Eq. 2 , ✗ belief refuted"
    assert 'role="heading"' in answer and 'href="#belief-far-only"' in answer


def rows(html, cls):
    """The text of the rows of the tables of a class."""
    bodies = re.findall(rf'<table class="dlb-table {cls}".*?</thead>(.*?)</table>', html, re.S)
    return [text_of(row) for body in bodies for row in re.findall(r"<tr.*?</tr>", body, re.S)]


def test_the_tables_follow_the_table_of_contents(folder):
    html = page(folder, "tables")
    said = text_of(html)
    assert "3 labelled equations: 2 checked, 1 by definition. 3 checks in all, which also " in said
    assert "reject 2 wrong versions." in said
    heads = re.findall(r'<details class="dlb-group"[^>]*>\s*<summary>(.*?)</summary>', html, re.S)
    assert [text_of(head) for head in heads] == ["Other 1 equation: 1 by definition",
                                                "Chapter 2 equations: 2 checked"]  # fmt: skip
    ledger = rows(html, "dlb-ledger")
    assert ledger[0] == "1 eq-other a = b ≡ definition –"
    assert ledger[2].startswith("3 eq-bound a \\le b ✓ checked")
    assert ledger[1].endswith("✓ checked torch.autograd , 3e-16 central differences , 0")
    assert "1 belief tested: 1 refuted." in said
    assert rows(html, "dlb-beliefs")[0].startswith("It learns only far")
    assert "final loss, predicted below 0.1. no clipping: no (median 3). 5 seeds" in said
    for head in re.findall(r"<th\b[^>]*>", html):
        assert "scope=" in head
    for file in ("find.js", "formulas.js", "lists.css"):
        assert file in html and file not in page(folder, "chapter")


def test_the_bank_holds_question_answer_evidence_and_the_way_to_the_chapter(folder):
    html = page(folder, "tables")
    items = dict(re.findall(r'<li [^>]*id="question-([\w-]+)">(.*?)</li>', html, re.S))
    assert list(items) == ["q-other", "q-sum", "q-two"]
    assert text_of(items["q-sum"]) == ("Sum? 问 belief First. Evidence: Eq. 2 , ✗ belief refuted "
                                       "The answer in its chapter")  # fmt: skip
    assert 'href="chapter.html#answer-q-sum"' in items["q-sum"]
    assert "Evidence" not in items["q-two"]
    said = text_of(items["q-other"])
    assert "See this belief of the chapter, with x &lt; 1 ." in said  # its formula waits as TeX
    assert 'href="chapter.html#belief-far-only"' in items["q-other"]
    assert re.search(r'<code class="dlb-tex[^>]*>x &lt; 1</code>', items["q-other"])
    assert 'href="other.html#here"' in items["q-other"]  # a link inside that page leads to it


def test_entries_survive_pickling_and_keep_reading_order():
    entries = {name: [Entry("equation", f"eq-{name}", name, 1, "", {"latex": "x"})]
               for name in ("b", "a", "c")}  # fmt: skip
    index = Index(pickle.loads(pickle.dumps(entries)), ["index", "c", "b"])
    assert [e.docname for e in index.all("equation")] == ["c", "b", "a"]
    assert index.first("equation", "eq-a").docname == "a" and index.get("claim", "x") == []


def test_ids_and_lines_of_records_without_a_printed_text():
    document = new_document("page")
    box = nodes.container(ids=["evidence-far-only"], dlb_entry=("claim", "far-only",
                          {"record": claim()}))  # fmt: skip
    document += box
    document.set_id(box)
    complete_records(document)
    assert box.astext() == "✗ far-only" and box["dlb_entry"][2]["cell"] == "evidence-far-only"
    assert free_id(document, "evidence-far-only") == "evidence-far-only-2"


@pytest.mark.parametrize(("text", "problem"), [
    ("- 1\n", "expected a question with"), ("a: 1\n", "expected a list"),
    ("- {id: x, other: 1}\n", "missing"), ("", None),
])  # fmt: skip
def test_what_is_wrong_with_the_question_file_is_told(text, problem, tmp_path):
    (tmp_path / "questions.yml").write_text(text)
    app = SimpleNamespace(srcdir=tmp_path, config=SimpleNamespace(dlbook_questions="questions.yml"))
    found = questions.load(app)
    assert found.questions == {}
    assert [problem in message for _, message in found.problems] == ([True] if problem else [])
    app.config.dlbook_questions = "gone.yml"
    assert questions.load(app) == ({}, ())


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0"), (3.44e-16, "3e-16"), (0.25, "2e-01"), (None, "–"),
])  # fmt: skip
def test_errors_have_one_digit(value, text):
    assert wording.one_digit(value) == text


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0"), (0.0123, "0.012"), (1234.0, "1.2e3"), (1e-7, "1e-7"), (3.0, "3"), (1e12, "1e12"),
])  # fmt: skip
def test_statistics_have_two_digits(value, text):
    assert wording.short(value) == text
