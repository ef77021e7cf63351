"""The generated pages: ledger of equations, beliefs tested; :mod:`.bank` is the third."""

from __future__ import annotations

from collections import Counter

from docutils import nodes
from sphinx.application import Sphinx

from dlbook.site.badges import (
    Show,
    pill,
    status,
    to_cell,
    to_equation,
    verdict_pill,
)
from dlbook.site.directives import from_pieces
from dlbook.site.domain import Entry
from dlbook.site.finder import finder, items
from dlbook.site.nodes import chinese, el, formula, link, row, slot, spoken, table
from dlbook.site.wording import VERDICTS, css, one_digit, plural, short

STATES = {"checked": "checked", "definition": "by definition", "unchecked": "unchecked"}


class ShowPages(Show):
    """Fills the tables about the whole book."""

    def run(self, **kwargs):
        fill = {"ledger": self.ledger, "beliefs": self.beliefs}
        for node in list(self.document.findall(slot)):
            if node["shows"] in fill:
                node.replace_self(fill[node["shows"]](node))

    def chapter(self, docname: str) -> nodes.Node:
        """A link to a page by its title."""
        return link(self, docname, "", self.env.titles[docname].astext())

    def ledger(self, node: slot) -> list[nodes.Node]:
        equations = self.index.all("equation")
        records = self.index.all("evidence")
        wrong = sum(len(r.data["record"].get("wrong", [])) for r in records)
        summary = (f"{plural(len(equations), 'labelled equation')}: {self.counted(equations)}. "
                   f"{plural(len(records), 'check')} in all, which also reject "
                   f"{plural(wrong, 'wrong version')}.")
        states = [s for s in STATES if any(status(self.index, e.label) == s for e in equations)]
        chapters = {d: self.env.titles[d].astext() for d in dict.fromkeys(
            e.docname for e in equations)}
        groups = [self.ledger_group(d, [e for e in equations if e.docname == d]) for d in chapters]
        form = finder("ledger", "equation", len(equations), chapters, "Status", states)
        return [nodes.paragraph("", summary), form, items(self, "ledger", groups)]

    def counted(self, equations: list[Entry]) -> str:
        """How many of some equations are checked, by definition, unchecked."""
        counts = Counter(status(self.index, e.label) for e in equations)
        said = [f"{counts[state]} {word}" for state, word in STATES.items() if counts[state]]
        return ", ".join(said) or "none"

    def ledger_group(self, docname: str, equations: list[Entry]) -> nodes.Node:
        """The equations of one chapter, folded."""
        heads = ["Equation", "Formula", "Status", "Compared with, worst error"]
        title = self.env.titles[docname].astext()
        said = f"{plural(len(equations), 'equation')}: {self.counted(equations)}"
        return el("details", el("summary", el("h2", title), el("span", said)),
                  el("p", link(self, docname, "", "Open the chapter")),
                  table(spoken(f"Equations of the chapter {title}"), heads,
                        [self.ledger_row(heads, e) for e in equations], "dlb-ledger"),
                  cls="dlb-group", data_chapter=docname)

    def ledger_row(self, heads: list[str], equation: Entry) -> nodes.Node:
        state = status(self.index, equation.label)
        checks = self.index.get("evidence", equation.label)
        badge = el("span", pill(state), cls=f"dlb-pill {css(state)}")
        compared = [el("div", to_cell(self, c, c.data["record"]["referee"]), ", ",
                       el("span", one_digit(c.data["record"]["worst"]), cls="dlb-error"))
                    for c in checks]
        name = [to_equation(self, equation), el("div", equation.label, cls="dlb-label")]
        node = row(heads, [name, formula(equation.data["latex"], display=True), badge,
                           compared or "\u2013"], data_kind=state)
        node["ids"] = [nodes.make_id(f"ledger-{equation.label}")]
        return node

    def beliefs(self, node: slot) -> list[nodes.Node]:
        found = self.index.all("belief")
        counts = Counter(b.data["verdict"] for b in found)
        words = {"holds": "hold"}
        said = ", ".join(f"{counts[v]} {words.get(v, v)}" for v in VERDICTS if counts[v])
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


def add_files(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Load what the long lists need on the pages that show one, and only there."""
    index = app.env.get_domain("dlbook").index
    if any(e.docname == pagename for name in ("ledger", "question-bank")
           for e in index.get("generated", name)):
        app.add_css_file("lists.css")
        for script in ("formulas.js", "find.js"):
            app.add_js_file(script, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the transform, and the files of the long lists."""
    app.add_post_transform(ShowPages)
    app.connect("html-page-context", add_files)
