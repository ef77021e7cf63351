"""The bench counts what it says it counts. No test asserts a time."""

import gzip
import http.server
import threading

import nbformat
import pytest

from tests.bench import chapters, pages
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
