"""A site whose ledger and question bank have 2,000 rows each, for the tests and the bench.

Two chapters are built; the pages of the lists then get eighteen more, copies of the second under
names of their own, which takes a second instead of a minute.
"""

import re

from tests.site.tiny_book import build, write

CHAPTERS, EACH = 20, 100
KINDS = ("definition", "derivation", "belief", "design", "how-to")
CONF = {"extensions": ["myst_nb", "sphinx_exercise", "dlbook.site"],
        "html_theme": "sphinx_book_theme", "html_math_renderer": "dlbook",
        "dlbook_macros": {"\\R": "\\mathbb{R}"}}  # fmt: skip


def two_chapters():
    """A book of two chapters: equations, all by definition, and questions with answers."""
    book = {"index.md": "# Long\n\n```{toctree}\nc0\nc1\nledger\nbank\n```\n",
            "ledger.md": "# Ledger\n\n```{ledger}\n```\n", "questions.yml": "",
            "bank.md": "# Bank\n\n```{question-bank}\n```\n"}  # fmt: skip
    for name in ("c0", "c1"):
        parts = [f"# Chapter {name}"]
        for k in range(EACH):
            tex = f"y_{{{k % 10}}} = \\frac{{a}}{{b}} x \\in \\R \\\\ z"
            parts += [f"$$ {tex} $$ (eq-{name}-{k})",
                      f":::{{definition}} eq-{name}-{k}\nIt is.\n:::",
                      f":::{{answer}} {name}-q{k}\n"
                      f"Because of $\\sqrt{{{k % 10}}}$ and word{k}.\n:::"]  # fmt: skip
            book["questions.yml"] += (
                f"- {{id: {name}-q{k}, chapter: {name}, kind: {KINDS[k % 5]}, "
                f"en: Why is {name} so {k}?, zh: 为什么{k}?, evidence: [eq-{name}-{k}]}}\n")
        book[f"{name}.md"] = "\n\n".join(parts)
    return book


def lengthen(page):
    """Repeat the second chapter of a list until there are twenty, each under a name of its own."""
    html = page.read_text("utf8").replace(f"{2 * EACH} ", f"{CHAPTERS * EACH} ")
    for part in (r'<option value="c1">.*?</option>',
                 r'<(details|section) class="dlb-group" data-chapter="c1".*?</\1>'):  # fmt: skip
        one = re.search(part, html, re.S)[0]
        copies = [re.sub(r"\bc1\b", f"c{k}", one) for k in range(2, CHAPTERS)]
        html = html.replace(one, one + "".join(copies))
    page.write_text(html, "utf8")


def build_long_lists(folder):
    """Build the site in a folder; returns where its pages are."""
    write(two_chapters(), folder)
    done = build(folder, **CONF)
    if done != (0, ""):
        raise RuntimeError(f"the book of long lists is not sound: {done}")
    html = folder / "_build" / "html"
    for name in ("ledger.html", "bank.html"):
        lengthen(html / name)
    return html
