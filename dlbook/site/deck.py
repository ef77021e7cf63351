"""The question bank as a deck of cards for Anki (``_static/deep-learning-checked.apkg``).

A card is known by the id of its question, never by its text: importing a newer deck changes the
cards that a reader has and adds those that are new. Anki takes over a changed card only from a
deck that is newer, so the deck carries the time of the build (``SOURCE_DATE_EPOCH`` if that is
set); apart from it, the same book gives the same bytes.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
import zipfile
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx

from dlbook.site.nodes import element

FILE = "deep-learning-checked.apkg"
NAME = "Deep Learning, Checked"
DECK, MODEL = 1763712005, 1763712006  # never change: Anki knows the deck and its cards by them
FIELDS = ("Question", "Chinese", "Answer", "Evidence", "Place")
TAGS = {nodes.paragraph: "p", nodes.strong: "b", nodes.emphasis: "i", nodes.literal: "code",
        nodes.literal_block: "pre", nodes.bullet_list: "ul", nodes.enumerated_list: "ol",
        nodes.list_item: "li", nodes.subscript: "sub", nodes.superscript: "sup"}
FRONT = '<div>{{Question}}</div><div class="zh" lang="zh-Hans">{{Chinese}}</div>'
BACK = ('{{FrontSide}}<hr id="answer">{{Answer}}<div class="small">{{#Evidence}}'
        "<p>{{Evidence}}</p>{{/Evidence}}{{#Place}}<p>{{Place}}</p>{{/Place}}</div>")
STYLE = """.card { max-width: 40em; margin: 0 auto; font: 1.1em/1.5 system-ui, sans-serif; }
.zh, .small { opacity: 0.8; font-size: 0.9em; }"""


class Card(NamedTuple):
    """One question, as HTML for Anki."""

    id: str
    tags: tuple[str, ...]
    fields: tuple[str, ...]  # as FIELDS


def html(node: nodes.Node, address: str, macros: dict[str, str]) -> str:
    r"""Some content of a page for Anki, whose MathJax reads ``\( \)`` and ``\[ \]``.

    Parameters
    ----------
    node : docutils.nodes.Node
        With its references resolved.
    address : str
        Where the page stands; "" leaves the text of a link without the link.
    macros : dict of str
        Name -> replacement, as KaTeX knows them; Anki does not, so they are written out.
    """
    if isinstance(node, nodes.Text):
        return escape(node.astext(), quote=False)
    tex = isinstance(node, element) and "dlb-tex" in node["classes"]
    if tex or isinstance(node, nodes.math):
        formula = escape(without_macros(node.astext(), macros), quote=False)
        displayed = tex and "data-display" in node["attrs"]
        return rf"\[{formula}\]" if displayed else rf"\({formula}\)"
    inside = "".join(html(child, address, macros) for child in node.children)
    if isinstance(node, nodes.reference) and address and node.get("refuri"):
        return f'<a href="{escape(urljoin(address, node["refuri"]))}">{inside}</a>'
    tag = TAGS.get(type(node))
    return f"<{tag}>{inside}</{tag}>" if tag else inside


def without_macros(tex: str, macros: dict[str, str]) -> str:
    """A formula with its macros written out.

    Raises
    ------
    ValueError
        If it uses a macro that takes arguments.
    """
    for name, text in macros.items():
        found = re.compile(re.escape(name) + r"(?![a-zA-Z])")
        if "#" in text and found.search(tex):
            raise ValueError(f"a card cannot use {name}, a macro with arguments, found in {tex}")
        tex = found.sub(lambda _, text=text: "{" + text + "}", tex)
    return tex


def read_cards(doctree: nodes.document, address: str, macros: dict[str, str]) -> list[Card]:
    """The cards of a page that shows the question bank, in its order."""
    def part(item, cls):
        found = [n for n in item.findall(element) if cls in n["classes"]]
        return "".join(html(child, address, macros) for n in found for child in n.children)

    cards = []
    for group in doctree.findall(element):
        if "data-chapter" not in group["attrs"]:
            continue
        title = escape(group[0].astext())
        for item in group.findall(element):
            if "data-question" in item["attrs"]:
                chapter = group["attrs"]["data-chapter"].removeprefix("chapters/")
                tags = (f"chapter::{chapter.replace('/', '::')}",
                        f"kind::{item['attrs']['data-kind']}")
                place = part(item, "dlb-answer-place") if address else title
                classes = ("dlb-en", "dlb-zh", "dlb-answer-text", "dlb-answer-evidence")
                cards.append(Card(item["attrs"]["data-question"], tags,
                                  (*(part(item, cls) for cls in classes), place)))
    return cards


def pack(cards: list[Card], path: Path, now: float, address: str = "") -> None:
    """Write the deck.

    Parameters
    ----------
    cards : list of Card
        At most one for each id.
    path : pathlib.Path
        The file.
    now : float
        Seconds since 1970.
    address : str
        Where the book stands, "" if that is not known.
    """
    import genanki  # only here: a build without a question bank does without it

    model = genanki.Model(MODEL, NAME, fields=[{"name": name} for name in FIELDS], css=STYLE,
                          templates=[{"name": "Card", "qfmt": FRONT, "afmt": BACK}])
    source = f'<a href="{escape(address)}">{NAME}</a>' if address else NAME
    deck = genanki.Deck(DECK, NAME, f"The question bank of {source}. Text: CC BY 4.0.")
    for card in cards:
        deck.add_note(genanki.Note(model, list(card.fields), tags=list(card.tags),
                                   guid=genanki.guid_for(NAME, card.id)))
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, FILE)
        genanki.Package(deck).write_to_file(plain, timestamp=now)
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(plain) as found, zipfile.ZipFile(path, "w") as packed:
            for name in found.namelist():  # again, compressed and with the time that was given
                about = zipfile.ZipInfo(name, time.gmtime(max(now, 315532800))[:6])
                packed.writestr(about, found.read(name), zipfile.ZIP_DEFLATED)


def write_deck(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the deck of the question bank that a page shows."""
    base = app.config.html_baseurl
    base = base if not base or base.endswith("/") else base + "/"
    address = base and base + app.builder.get_target_uri(docname)
    cards = read_cards(doctree, address, getattr(app.config, "dlbook_macros", {}))
    now = float(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    pack(cards, Path(app.outdir, "_static", FILE), now, base)
