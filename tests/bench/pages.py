"""What a browser loads: requests and compressed bytes, first and second visit of each page.

A page's own weight is everything but ``_static/``, which all pages share. The server compresses
like any other and here lets nothing be reused without asking (``Cache-Control: no-cache``), so
that a second visit shows every request that revalidation can cost.
"""

import gzip
import hashlib
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.browsers import FLAGS, browser_path

BUDGET_OWN, BUDGET_SHARED = 300, 400  # kB
TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")


@cache
def compressed(path):
    """The bytes that a server sends, its type and its validator."""
    kind = guess_type(path.name)[0] or "application/octet-stream"
    content = path.read_bytes()
    if kind.startswith(TEXT):
        content = gzip.compress(content, 6)
    return content, kind, f'"{hashlib.sha256(content).hexdigest()[:16]}"'


class Server(ThreadingHTTPServer):
    """Serves a folder and notes ``(address, bytes)`` of every answer.

    Parameters
    ----------
    folder : pathlib.Path
        What is served.
    caching : str
        ``Cache-Control`` of every answer.
    """

    def __init__(self, folder, caching="no-cache"):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.caching, self.sent = folder, caching, []
        self.address = f"http://127.0.0.1:{self.server_port}/"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """Compresses text, answers 304 to a matching validator."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name = unquote(urlsplit(self.path).path).lstrip("/")
        path = self.server.folder / (name or "index.html")
        content, kind, validator, status = b"", "text/plain", "", 404
        if path.is_file():
            content, kind, validator = compressed(path)
            status = 304 if self.headers["If-None-Match"] == validator else 200
        content = content if status == 200 else b""
        self.server.sent.append((name, len(content)))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", self.server.caching)
        self.send_header("ETag", validator)
        if status == 200 and kind.startswith(TEXT):
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Print nothing."""


def measure(book):
    """One row a page, or [] where there is no browser."""
    from playwright.sync_api import Error

    html = book / "_build" / "html"
    names = sorted(p.relative_to(html).as_posix() for p in html.rglob("*.html") if _is_page(p))
    try:
        return visits(html, names)
    except Error as error:
        print(f"Pages are not measured, no browser: {str(error).splitlines()[0]}")
        return []


def visits(html, names):
    """One row for each of some pages of a built site, visited twice."""
    from playwright.sync_api import sync_playwright

    server = Server(html)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
            return [_visit_twice(browser, server, name) for name in names]
    finally:
        server.shutdown()
        server.server_close()


def _is_page(path: Path):
    return "_static" not in path.parts and "<h1" in path.read_text("utf-8")


def _visit_twice(browser, server, name):
    foreign = set()

    def note(request):
        if not request.url.startswith((server.address, "data:", "blob:")):
            foreign.add(request.url)

    row = {"page": name}
    context = browser.new_context()
    context.on("request", note)
    for visit in ("first", "second"):
        server.sent.clear()
        page = context.new_page()
        page.goto(server.address + name, wait_until="networkidle")
        page.close()
        shared = sum(size for address, size in server.sent if address.startswith("_static/"))
        total = sum(size for _, size in server.sent)
        row[visit] = {
            "requests": len(server.sent),
            "own_kb": round((total - shared) / 1000, 1),
            "shared_kb": round(shared / 1000, 1),
        }
    context.close()
    return row | {"third_party": sorted(foreign)}


def table(rows):
    """Lines to print."""
    yield f"{'':44} {'first visit':^26} {'second visit':^26}"
    columns = f"{'requests':>8} {'own kB':>8} {'shared':>8}"
    yield f"{'page, compressed':44} {columns} {columns} {'third-party':>12}"
    for row in rows:
        cells = " ".join(
            f"{row[v]['requests']:8} {row[v]['own_kb']:8.0f} {row[v]['shared_kb']:8.0f}"
            for v in ("first", "second")
        )
        first = row["first"]
        over = first["own_kb"] > BUDGET_OWN or first["shared_kb"] > BUDGET_SHARED
        over = over or row["third_party"]
        yield (
            f"{row['page']:44} {cells} {len(row['third_party']):12}"
            f"{'  over budget' if over else ''}"
        )
    yield f"{'budget':44} {'':8} {BUDGET_OWN:8} {BUDGET_SHARED:8} {'':26} {0:12}"
