"""The bench counts what it says it counts. No test asserts a time."""

import gzip
import http.server
import threading

import nbformat
import pytest

from tests.bench import chapters, lighthouse, pages, side_by_side
from tests.browsers import browser_path

STYLE = "h1 { color: #123456; }\n" * 200
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>' * 50
PAGE = """<!doctype html><link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/style.css">
<h1>Weight</h1><img src="picture.svg" alt=""><img src="{foreign}" alt="">"""


@pytest.mark.skipif(browser_path() is None, reason="no Chromium or Chrome found")
def test_pages_are_weighed_by_what_a_browser_asks_for(tmp_path):
    html = tmp_path / "_build" / "html"
    (html / "_static").mkdir(parents=True)
    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    foreign = f"http://127.0.0.1:{other.server_port}/no-such-picture.png"
    texts = {
        "_static/style.css": STYLE,
        "picture.svg": PICTURE,
        "page.html": PAGE.format(foreign=foreign),
        "leads-elsewhere.html": "<p>no heading, no page</p>",
        "_static/part.html": "<h1>a template</h1>",
    }
    for name, text in texts.items():
        (html / name).write_text(text)
    (row,) = pages.measure(tmp_path)
    other.shutdown()
    other.server_close()

    weight = {name: len(gzip.compress(text.encode(), 6)) for name, text in texts.items()}
    assert row["page"] == "page.html"
    assert row["third_party"] == [foreign]
    assert row["first"] == {
        "requests": 3,
        "own_kb": round((weight["page.html"] + weight["picture.svg"]) / 1000, 1),
        "shared_kb": round(weight["_static/style.css"] / 1000, 1),
    }
    assert row["second"] == {"requests": 3, "own_kb": 0.0, "shared_kb": 0.0}
    assert "over budget" in "\n".join(pages.table([row]))


def test_the_peak_is_the_kernels(tmp_path):
    source = "block = b'x' * 300_000_000\nlen(block)"
    for name, cells in [("small", ["1 + 1"]), ("large", [source])]:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    small, large = (chapters.run(tmp_path / f"{name}.ipynb") for name in ("small", "large"))
    assert 250 < large["peak_mb"] - small["peak_mb"] < 350
    assert small["cpu_seconds"] > 0


def said(performance=None, quality=None, blocking=0.0, failing=()):
    """What Lighthouse says of one load, as far as the bench reads it."""
    audits = {name: {"numericValue": 100.0, "score": 1} for name in lighthouse.TIMES.values()}
    audits["total-blocking-time"]["numericValue"] = blocking
    audits["network-requests"] = {"score": None, "details": {"items": [
        {"url": "page", "transferSize": 1500}, {"url": "data:"}]}}  # fmt: skip
    audits |= {"colour": {"score": 0}, "hint": {"score": 0}, "sound": {"score": 1}}
    refs = [{"id": name, "weight": 0 if name == "hint" else 1} for name in [*failing, "sound"]]
    scores = {"performance": performance, **dict.fromkeys([*lighthouse.BUDGETS][1:], quality)}
    categories = {name: {"score": score, "auditRefs": refs}
                  for name, score in scores.items() if score is not None}  # fmt: skip
    return {"categories": categories, "audits": audits}


def test_a_page_is_judged_by_medians():
    reports = [said(quality=0.9, failing=["colour", "hint"]), said(0.9, blocking=300.0),
               said(0.97, blocking=40.0),
               said(0.96, blocking=50.0, failing=["colour"])]  # fmt: skip
    row = lighthouse.summary(reports)
    assert (row["performance"], row["seo"], row["runs"]) == (96, 90, 3)
    assert (row["TBT"], row["FCP"], row["kB"], row["requests"]) == (50.0, 100.0, 1.5, 2)
    assert row["costs"] == ["colour"]  # neither what has no weight nor what costs speed only
    text = "\n".join(lighthouse.table([{"page": "p.html"} | row]))
    assert "median of 3" in text
    assert "below budget: colour" in text


def test_a_page_without_a_score_is_no_result():
    with pytest.raises(ValueError, match="no score for performance"):
        lighthouse.summary([said(quality=1.0)])


def test_a_page_on_which_lighthouse_fails_does_not_stop_the_others(monkeypatch):
    def report(url, categories):
        if url == "bad":
            raise lighthouse.Failed("it took too long")
        return said(0.99) if categories == ["performance"] else said(quality=1.0)

    monkeypatch.setattr(lighthouse, "report", report)
    good, bad = lighthouse.rows({"good.html": "good", "bad.html": "bad"}, runs=2)
    assert (good["performance"], good["runs"]) == (99, 2)
    assert bad == {"page": "bad.html", "failed": "it took too long"}
    assert "bad.html" in "\n".join(lighthouse.table([good, bad]))


@pytest.mark.parametrize("absent, line", [("node", "Node was not found"),
                                          ("npm", "npm was not found")])  # fmt: skip
def test_without_node_or_npm_one_line_says_so(monkeypatch, tmp_path, capsys, absent, line):
    monkeypatch.setattr(lighthouse, "TOOLS", tmp_path)
    monkeypatch.setattr(lighthouse, "browser_path", lambda: "a browser")
    monkeypatch.setattr(lighthouse.shutil, "which", lambda name: None if name == absent else name)
    (tmp_path / "_build" / "html").mkdir(parents=True)
    assert lighthouse.measure(tmp_path) == []
    assert capsys.readouterr().out == f"Lighthouse measures nothing: {line}.\n"
    assert side_by_side.measure(tmp_path) == {}
    assert capsys.readouterr().out == f"Nothing is measured side by side: {line}.\n"
    assert list(lighthouse.table([])) == list(side_by_side.table({})) == []


def test_flags_with_blanks_reach_the_browser_whole():
    assert '--host-resolver-rules="MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"' in lighthouse.CHROME_FLAGS
    assert lighthouse.CHROME_FLAGS.startswith("--headless=new --no-sandbox ")


NOTE = """# A note

:::{belief} some-belief
:verdict: refuted
:zh: 传言

It is said that $x$ is *small*.
:::

$$ y = x $$ (eq-note)

By {eq}`eq-note`.
"""


def test_the_neutral_book_shows_what_the_notebook_holds(tmp_path):
    cells = [nbformat.v4.new_markdown_cell(NOTE), nbformat.v4.new_code_cell("1 + 1")]
    side_by_side.write(tmp_path / "side", nbformat.v4.new_notebook(cells=cells))
    html = side_by_side.build(tmp_path / "side")
    page = (html / "chapter.html").read_text("utf8")
    assert "It is said that" in page
    assert ":verdict:" not in page
    assert "dlbook" not in page
    assert side_by_side.CDN in page
    (tmp_path / "mathjax" / "es5").mkdir(parents=True)
    (tmp_path / "mathjax" / "es5" / "tex-mml-chtml.js").write_text("// MathJax")
    side_by_side.with_local_mathjax(html, tmp_path / "mathjax")
    page = (html / "chapter.html").read_text("utf8")
    assert side_by_side.CDN not in page
    assert (html / "mathjax" / "es5" / "tex-mml-chtml.js").is_file()
    assert '"mathjax/es5/tex-mml-chtml.js"' in page
    with pytest.raises(SystemExit, match="has the default changed"):
        side_by_side.with_local_mathjax(html, tmp_path / "mathjax")


def test_side_by_side_prints_ratios():
    row = {"page": "ours"} | lighthouse.summary([said(quality=1.0), said(1.0, blocking=50.0)])
    other = row | {"TBT": 200.0, "CLS": 0.0}
    found = {"ours": row, "default": other, "third_party": {"ours": 0, "default": 1}}
    lines = {line[:44].strip(): line[44:].split() for line in side_by_side.table(found)}
    assert lines["total blocking time, ms"] == ["50", "200", "0.25"]
    assert lines["cumulative layout shift"][-1] == "-"  # nothing is no multiple of nothing
    assert lines["third-party requests"] == ["0", "1", "0.00"]
