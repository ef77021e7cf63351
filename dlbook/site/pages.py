"""The generated pages: ledger of equations, beliefs tested, question bank."""

from __future__ import annotations

from collections import Counter

from docutils import nodes
from sphinx.application import Sphinx

from dlbook.site import questions
from dlbook.site.badges import (
    Show,
    evidence_links,
    pill,
    status,
    to_cell,
    to_equation,
    verdict_pill,
)
from dlbook.site.directives import from_pieces
from dlbook.site.domain import Entry
from dlbook.site.nodes import chinese, el, group, link, row, slot, spoken, table
from dlbook.site.wording import VERDICTS, css, one_digit, plural, short

SCRIPT = "question-filter.js"


class ShowPages(Show):
    """Fills the tables about the whole book."""

    def run(self, **kwargs):
        fill = {"ledger": self.ledger, "beliefs": self.beliefs, "question-bank": self.bank}
        for node in list(self.document.findall(slot)):
            if node["shows"] in fill:
                node.replace_self(fill[node["shows"]](node))

    def chapter(self, docname: str) -> nodes.Node:
        """A link to a page by its title."""
        return link(self, docname, "", self.env.titles[docname].astext())

    def ledger(self, node: slot) -> list[nodes.Node]:
        equations = self.index.all("equation")
        counts = Counter(status(self.index, e.label) for e in equations)
        records = self.index.all("evidence")
        wrong = sum(len(r.data["record"].get("wrong", [])) for r in records)
        said = [f"{counts[state]} {word}" for state, word in (
            ("checked", "checked"), ("definition", "by definition"), ("unchecked", "unchecked"))
            if counts[state]]
        summary = (f"{plural(len(equations), 'labelled equation')}: {', '.join(said) or 'none'}. "
                   f"{plural(len(records), 'check')} in all, which also reject "
                   f"{plural(wrong, 'wrong version')}.")
        heads = ["No.", "Equation", "Status", "Compared with", "Worst error"]
        groups = [group(self.chapter(docname), len(heads),
                        [self.ledger_row(heads, e) for e in equations if e.docname == docname])
                  for docname in dict.fromkeys(e.docname for e in equations)]
        return [nodes.paragraph("", summary),
                table(spoken("All labelled equations"), heads, groups, "dlb-ledger")]

    def ledger_row(self, heads: list[str], equation: Entry) -> nodes.Node:
        state = status(self.index, equation.label)
        checks = self.index.get("evidence", equation.label)
        formula = nodes.math_block("", equation.data["latex"], nowrap=False, label=None,
                                   number=None, docname=self.env.docname)
        badge = el("span", pill(state), cls=f"dlb-pill {css(state)}")
        referees = [el("div", to_cell(self, c, c.data["record"]["referee"])) for c in checks]
        errors = [el("div", one_digit(c.data["record"]["worst"])) for c in checks]
        node = row(heads, [to_equation(self, equation), formula, badge, referees or "\u2013",
                           errors or "\u2013"])
        node["ids"] = [nodes.make_id(f"ledger-{equation.label}")]
        return node

    def beliefs(self, node: slot) -> list[nodes.Node]:
        found = self.index.all("belief")
        counts = Counter(b.data["verdict"] for b in found)
        said = ", ".join(f"{counts[v]} {v}" for v in VERDICTS if counts[v])
        heads = ["Belief", "Verdict", "Measured", "Chapter"]
        rows = [row(heads, [self.told(b), verdict_pill(b.data["verdict"]), self.measured(b),
                            self.chapter(b.docname)]) for b in found]
        return [nodes.paragraph("", f"{plural(len(found), 'belief')} tested: {said or 'none'}."),
                table(spoken("All beliefs tested"), heads, rows, "dlb-beliefs")]

    def told(self, belief: Entry) -> list[nodes.Node]:
        claim = link(self, belief.docname, belief.anchor, *from_pieces(belief.data["claim"]))
        zh = from_pieces(belief.data["zh"])
        return [claim, nodes.Text(" "), chinese(*zh)] if zh else [claim]

    def measured(self, belief: Entry) -> list[nodes.Node] | str:
        claim = self.index.first("claim", belief.label)
        if claim is None:
            return "\u2013"
        record = claim.data["record"]
        arms = "; ".join(f"{arm['name']}: {arm['outcome']} (median {short(arm['median'])})"
                         for arm in record["arms"])
        return [nodes.Text(f"{record['statistic']}, predicted {record['criterion']}. {arms}. "),
                to_cell(self, claim, plural(len(record["seeds"]), "seed"))]

    def bank(self, node: slot) -> list[nodes.Node]:
        bank = questions.load(self.app).questions
        place = self.index.order
        items = sorted((item for item in node.children if item["question"] in bank),
                       key=lambda item: place.get(bank[item["question"]].docname, len(place)))
        chapters = list(dict.fromkeys(bank[item["question"]].docname for item in items))
        chapters = [docname for docname in chapters if docname in self.env.titles]
        heads = ["Question", "Kind", "Chapter", "Answer", "Evidence"]
        rows = [self.bank_row(heads, item, bank[item["question"]]) for item in items]
        options = [el("option", "all chapters", value="")]
        options += [el("option", self.env.titles[d].astext(), value=d) for d in chapters]
        chooser = el("p", el("label", "Show ", el("select", options, id="dlb-chapter")),
                     el("span", f" {plural(len(rows), 'question')}", id="dlb-count",
                        role="status"),
                     cls="dlb-filter", hidden="hidden")
        return [chooser, table(spoken("All questions"), heads, rows, "dlb-bank")]

    def bank_row(self, heads: list[str], item: slot, question) -> nodes.Node:
        answer = self.index.first("answer", question.id)
        en, zh = item.children
        known = question.docname in self.env.titles
        return row(heads, [
            [en, nodes.Text(" "), zh], question.kind,
            self.chapter(question.docname) if known else question.docname,
            link(self, answer.docname, answer.anchor, "answer") if answer else "\u2013",
            evidence_links(self, question) or "\u2013"], data_chapter=question.docname)


def add_script(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Load the filter on the pages that show the question bank, and only there."""
    index = app.env.get_domain("dlbook").index
    if any(e.docname == pagename for e in index.get("generated", "question-bank")):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the transform and the script of the question bank."""
    app.add_post_transform(ShowPages)
    app.connect("html-page-context", add_script)
