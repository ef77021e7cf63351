"""The same executed notebook on our site and on one of a neutral Jupyter Book: ratios from one run.

The other site is what Jupyter Book makes of its defaults: its theme as it comes, MathJax in the
browser, one page of contents. Of this book it gets the notebook, the bibliography and stand-ins
for the directives, which only show what they hold. Both are loaded in turn, from the same server,
in the same browser. By default MathJax comes from another site, which the browser is not let out
to: a copy of the same files is served beside the pages. That spares the default a connection, and
is in its favour; what it would have asked of others is counted first.
"""

import re
import shutil
import subprocess
import sys

import nbformat
from jupyter_cache import get_cache

from dlbook.site.fingerprint import cache_path
from tests.bench import lighthouse, pages

CHAPTER = "chapters/memory/rnn-bptt"
MATHJAX = "3.2.2"
CDN = "https://cdn.jsdelivr.net/npm/mathjax@3/"
# `jupyter-book create` writes these, the extensions are what the notebook itself asks for.
CONFIG = """\
title: A neutral book
author: nobody
execute: {execute_notebooks: "off"}
bibtex_bibfiles: [references.bib]
sphinx:
  extra_extensions: [sphinx_exercise, stand_ins]
  local_extensions: {stand_ins: .}
"""
STAND_INS = '''\
"""Directives of another book, which here only show what they hold."""

from docutils import nodes
from docutils.parsers.rst import Directive, directives


class Plain(Directive):
    has_content, optional_arguments, final_argument_whitespace = True, 1, True
    option_spec = {name: directives.unchanged for name in OPTIONS}

    def run(self):
        box = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def setup(app):
    for name in NAMES:
        app.add_directive(name, Plain)
    return {"parallel_read_safe": True}
'''
OURS = ("answer", "belief", "definition", "map", "questions")  # directives in chapters
OPTIONS = ("verdict", "zh")


def write(folder, notebook, bibliography=""):
    """Write the neutral book around a notebook.

    Parameters
    ----------
    folder : pathlib.Path
        Where; it is emptied.
    notebook : nbformat.NotebookNode
        Executed: what it shows is taken from it.
    bibliography : str
        Its sources, as BibTeX.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = f"NAMES, OPTIONS = {OURS}, {OPTIONS}\n\n"
    (folder / "stand_ins.py").write_text(names + STAND_INS, "utf8")
    (folder / "_config.yml").write_text(CONFIG, "utf8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: intro\nchapters:\n- file: chapter\n")
    (folder / "intro.md").write_text("# A neutral book\n\n{doc}`chapter`\n", "utf8")
    (folder / "references.bib").write_text(bibliography, "utf8")
    nbformat.write(notebook, folder / "chapter.ipynb")


def build(folder):
    """Build the neutral book; returns its site."""
    run = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", run, "build", ".", "--quiet", "--keep-going"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    html = folder / "_build" / "html"
    if done.returncode or not (html / "chapter.html").is_file():
        raise SystemExit(f"The neutral book was not built:\n{done.stdout}{done.stderr[-3000:]}")
    return html


def with_local_mathjax(html, mathjax):
    """Serve MathJax beside the pages; fails if the pages do not ask for it where they used to."""
    page = html / "chapter.html"
    text, found = re.subn(re.escape(CDN), "mathjax/", page.read_text("utf8"))
    if not found:
        raise SystemExit(f"The neutral page does not load {CDN}: has the default changed?")
    page.write_text(text, "utf8")
    shutil.copytree(mathjax / "es5", html / "mathjax" / "es5", dirs_exist_ok=True)


def measure(book):
    """Both pages and what was measured of each, or {} where something is missing."""
    ours = next((b for b in (book, lighthouse.ROOT) if _page(b).is_file()), None)
    lacking = lighthouse.missing() or (None if ours else "there is no site, run make book")
    mathjax = lacking or lighthouse.from_npm("mathjax", MATHJAX)
    if isinstance(mathjax, str):
        print(f"Nothing is measured side by side: {mathjax}.")
        return {}
    notebook = executed(ours, ours / f"{CHAPTER}.ipynb")
    folder = lighthouse.ROOT / "_build" / "bench" / "side"
    write(folder, notebook, (ours / "chapters" / "references.bib").read_text("utf8"))
    html = build(folder)
    foreign = {name: _foreign(root, page) for name, root, page in _both(ours, html)}
    with_local_mathjax(html, mathjax)
    return compared(ours, html) | {"third_party": foreign}


def executed(book, path):
    """Return a notebook with the outputs that the build of `book` has in its cache."""
    cache = get_cache(cache_path(book))
    try:
        return cache.merge_match_into_notebook(nbformat.read(path, 4))[1]
    except KeyError:
        raise SystemExit(f"{path.name} was not executed as it is now: run make book") from None
    finally:
        cache.db.dispose()


def _page(book):
    return book / "_build" / "html" / f"{CHAPTER}.html"


def _both(ours, html):
    yield "ours", ours / "_build" / "html", f"{CHAPTER}.html"
    yield "default", html, "chapter.html"


def _foreign(root, page):
    """How many addresses of other sites a page asks for; they are refused."""
    (row,) = pages.visits(root, [page])
    return len(row["third_party"])


def compared(ours, html):
    """Lighthouse's rows of both pages."""
    servers = {name: (pages.Server(root, caching="max-age=600"), page)
               for name, root, page in _both(ours, html)}  # fmt: skip
    try:
        urls = {name: server.address + page for name, (server, page) in servers.items()}
        return {row["page"]: row for row in lighthouse.rows(urls)}
    finally:
        for server, _ in servers.values():
            server.shutdown()
            server.server_close()


def table(found):
    """Lines to print."""
    if not found:
        return
    title = f"{CHAPTER}, side by side, median of {found['ours'].get('runs', 0)}"
    yield f"{title:44} {'ours':>9} {'default':>9} {'ratio':>7}"
    for name in ("ours", "default"):
        if "failed" in found[name]:
            yield f"{name} failed: {found[name]['failed']}"
            return
    names = {"performance": "performance (0 to 100)", "FCP": "first contentful paint, ms",
             "LCP": "largest contentful paint, ms", "TBT": "total blocking time, ms",
             "CLS": "cumulative layout shift", "kB": "compressed kB", "requests": "requests"}
    for key, name in names.items():
        yield _line(name, *(found[page][key] for page in ("ours", "default")))
    third = found["third_party"]
    yield _line("third-party requests", third["ours"], third["default"])


def _line(name, ours, default):
    digits = 3 if max(ours, default) < 1 else 0
    ratio = f"{ours / default:7.2f}" if default else f"{'-':>7}"
    return f"{name:44} {ours:9.{digits}f} {default:9.{digits}f} {ratio}"
