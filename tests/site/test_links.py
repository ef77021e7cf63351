"""Outside links, asked of a server on this machine."""

import http.server
import threading

import pytest

from dlbook.site import links


class Server(http.server.BaseHTTPRequestHandler):
    """Pages that exist, moved, never existed, and one that is busy at first."""

    asked: list = []

    def do_GET(self):
        first = self.path not in self.asked
        self.asked.append(self.path)
        busy = self.path == "/busy" and first
        code = {"/moved": 301, "/gone": 404}.get(self.path, 429 if busy else 200)
        self.send_response(code)
        if code == 301:
            self.send_header("Location", "/good")
        if busy:
            self.send_header("Retry-After", "1")
        body = b"<html><h1 id='here'>Fine</h1></html>"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, format, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    Server.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def write(root, *hrefs):
    """A built site with these links on two pages."""
    site = root / links.SITE
    (site / "_static").mkdir(parents=True)
    anchors = "".join(f'<a class="x"\n href="{href}">a link</a>' for href in hrefs)
    (site / "index.html").write_text(anchors)
    (site / "second.html").write_text(anchors + '<a href="local.html">x</a>')
    (site / "_static" / "third.html").write_text('<a href="http://not.read/">x</a>')
    config = "sphinx: {config: {dlbook_repository: '', html_baseurl: 'https://own.example/b'}}"
    (root / "_config.yml").write_text(config)
    return root


def test_good_moved_busy_and_broken_links_are_told_apart(tmp_path, server, capsys):
    names = ["good?a=1&amp;b=(2)_", "moved", "busy", "good#here", "gone", "good#nowhere"]
    write(tmp_path, *(f"{server}/{name}" for name in names), "https://own.example/b/chapter.html")
    assert links.main(tmp_path) == 1
    *said, summary = capsys.readouterr().out.splitlines()
    assert summary == "6 outside links: 3 work, 1 are redirected, 2 are broken"
    broken, reasons = said[::2], said[1::2]
    assert broken == [f"broken: {server}/gone", f"broken: {server}/good#nowhere"]
    assert all(reason.startswith("    on index.html: ") for reason in reasons)
    assert "404" in reasons[0] and "nowhere" in reasons[1]
    assert "/good?a=1&b=(2)_" in Server.asked and Server.asked.count("/busy") > 1


def test_without_a_fault_it_succeeds_and_without_a_site_it_says_so(tmp_path, server, capsys):
    assert links.main(write(tmp_path / "fine", f"{server}/good", f"{server}/moved")) == 0
    assert links.main(tmp_path / "nothing") == 1
    assert "build the book first" in capsys.readouterr().err


def test_a_doi_is_looked_up_at_the_registry():
    assert links.asked("https://doi.org/10.1/a(b)") == "https://doi.org/api/handles/10.1/a(b)"
    assert links.asked("https://example.org/doi.org/") == "https://example.org/doi.org/"
