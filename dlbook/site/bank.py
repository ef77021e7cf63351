"""The question bank: every question with its answer folded under it."""

from __future__ import annotations

from functools import cached_property

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import docname_join

from dlbook.site import questions
from dlbook.site.badges import Show, evidence_links
from dlbook.site.deck import FILE, write_deck
from dlbook.site.domain import Entry
from dlbook.site.finder import finder, items
from dlbook.site.nodes import chinese, el, element, formula, link, slot

LANGUAGES = {"both": "both", "en": "English", "zh": "中文"}


class ShowBank(Show):
    """Fills the question bank."""

    def run(self, **kwargs):
        for node in list(self.document.findall(slot)):
            if node["shows"] == "question-bank":
                node.replace_self(self.bank(node))

    def bank(self, node: slot) -> list[nodes.Node]:
        bank = questions.load(self.app).questions
        place = self.index.order
        asked = sorted((item for item in node.children if item["question"] in bank),
                       key=lambda item: place.get(bank[item["question"]].docname, len(place)))
        by_chapter: dict[str, list[nodes.Node]] = {}
        for item in asked:
            question = bank[item["question"]]
            by_chapter.setdefault(question.docname, []).append(self.item(item, question))
        titles = {docname: self.env.titles[docname].astext() for docname in by_chapter
                  if docname in self.env.titles}
        kinds = [kind for kind in questions.KINDS
                 if any(bank[item["question"]].kind == kind for item in asked)]
        groups = [el("section", el("h2", link(self, docname, "", titles[docname])),
                     el("ol", by_chapter[docname]), cls="dlb-group", data_chapter=docname,
                     style=f"--dlb-rows: {len(by_chapter[docname])}") for docname in titles]
        form = finder("bank", "question", len(asked), titles, "Kind", kinds, *self.fields())
        note = chinese("答案只有英文版。 ",
                       el("span", "The answers are in English.", lang="en"), tag="p",
                       cls="dlb-only-zh")
        return [self.deck(), form, items(self, "bank", [note, *groups])]

    def fields(self) -> list[nodes.Node]:
        """What the form offers besides searching."""
        radios = [el("label", el("input", type="radio", name="lang", value=value,
                                 **({"checked": "checked"} if value == "both" else {})),
                     el("span", f" {text}", **({"lang": "zh-Hans"} if value == "zh" else {})))
                  for value, text in LANGUAGES.items()]
        return [el("fieldset", el("legend", "Language"), radios),
                el("label", el("input", type="checkbox", name="answers"), " Show all answers"),
                el("button", "Print", type="button", name="print")]

    def deck(self) -> nodes.Node:
        """Where the same questions are as cards."""
        root = "../" * self.env.docname.count("/")
        file = nodes.reference("", "", nodes.Text("a deck of cards for Anki"), internal=True,
                               refuri=f"{root}_static/{FILE}")
        return nodes.paragraph(
            "", "", nodes.Text("To revise elsewhere, download "), file,
            nodes.Text(": every question with its short answer. Importing a newer deck changes "
                       "the cards that you have and keeps your progress."),
            classes=["dlb-deck"])

    def item(self, item: slot, question) -> nodes.Node:
        """One question, and folded under it the answer, the evidence, the way to the chapter."""
        answer = self.index.first("answer", question.id)
        en, zh = item.children
        en["classes"].append("dlb-en")
        kind = el("span", question.kind, cls="dlb-kind")
        inside: list[nodes.Node] = []
        if answer:
            inside = [el("div", self.answer(answer), cls="dlb-answer-text")]
        evidence = evidence_links(self, question)
        if evidence:
            inside.append(el("p", nodes.strong("", "Evidence: "), evidence,
                             cls="dlb-answer-evidence"))
        if answer:
            inside.append(el("p", link(self, answer.docname, answer.anchor,
                                       "The answer in its chapter"), cls="dlb-answer-place"))
        summary = el("summary", en, " ", zh, " ", kind)
        panel = el("div", inside, cls="dlb-answer-panel")
        return el("li", el("details", summary, panel), id=f"question-{question.id}",
                  data_kind=question.kind, data_question=question.id)

    @cached_property
    def trees(self) -> dict[str, dict[str, nodes.Element]]:
        """The answers of the chapters that were read from Sphinx's store so far."""
        return {}

    def answer(self, entry: Entry) -> list[nodes.Node]:
        """What an answer says, as nodes that can stand on this page."""
        if entry.docname not in self.trees:
            boxes = self.env.get_doctree(entry.docname).findall(nodes.container)
            found = {box["dlb_entry"][1]: box for box in boxes
                     if box.get("dlb_entry", ("",))[0] == "answer"}
            self.trees[entry.docname] = found
        box = self.trees[entry.docname][entry.label]
        body = [part.deepcopy() for part in box.children if not isinstance(part, (element, slot))]
        holder = nodes.Element("", *body)
        for node in list(holder.findall(nodes.Element)):
            self.move(node, entry.docname)
        return holder.children

    def move(self, node: nodes.Element, docname: str) -> None:
        """Make a node of another page right for this one."""
        node["ids"], node["names"] = [], []
        if isinstance(node, (nodes.math, nodes.math_block)):
            node.parent.replace(node, formula(node.astext(), isinstance(node, nodes.math_block)))
        elif isinstance(node, nodes.reference) and "refid" in node:
            here = self.app.builder.get_relative_uri(self.env.docname, docname)
            node["refuri"] = f"{here}#{node.attributes.pop('refid')}"
        elif isinstance(node, addnodes.pending_xref):
            node["refdoc"] = self.env.docname
            if node["reftype"] == "doc":
                node["reftarget"] = "/" + docname_join(docname, node["reftarget"])


def cards(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the deck from the page that shows the question bank."""
    index = app.env.get_domain("dlbook").index
    if app.builder.format == "html" and any(
            e.docname == docname for e in index.get("generated", "question-bank")):
        write_deck(app, doctree, docname)


def setup(app: Sphinx) -> None:
    """Register the transform, and the deck of cards that is made from its result."""
    app.add_post_transform(ShowBank)
    app.connect("doctree-resolved", cards)
