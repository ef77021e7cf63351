"""``{replication} replication.json``: the verdicts of the book over five seeds and over many.

The file is what ``make replicate`` wrote. It is data of the book, not output of the build: a run
over many seeds takes an hour, so the page says when and on what machine it was made.
"""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from dlbook.site.badges import Show, verdict_pill
from dlbook.site.directives import DlbookDirective, from_pieces, generated
from dlbook.site.nodes import el, link, row, slot, spoken, table
from dlbook.site.wording import plural, short

KEYS = {"date", "machine", "seeds", "claims"}
HEADS = ["Belief", "Verdict", "Condition, and what the belief predicts", "Seeds as predicted"]


class ReplicationDirective(DlbookDirective):
    """``{replication} file``: the table; the file stands beside the page."""

    required_arguments = 1

    def run(self):
        _, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(path)
        try:
            found = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise self.error(f"{self.arguments[0]}: {error}") from error
        if not isinstance(found, dict) or not KEYS <= found.keys():
            raise self.error(f"{self.arguments[0]}: expected a table of `make replicate`, with "
                             f"{', '.join(sorted(KEYS))}")
        node = generated(self, "replication")
        node["found"] = found
        return [node]


class ShowReplication(Show):
    """Fills in the table."""

    def run(self, **kwargs):
        for node in list(self.document.findall(slot)):
            if node["shows"] == "replication":
                node.replace_self(self.show(node["found"]))

    def show(self, found: dict) -> list[nodes.Node]:
        known = {belief.label: belief for belief in self.index.all("belief")}
        rows = [r for r in found["claims"] if r["label"] in known]
        changed = [r for r in rows if r["first"]["verdict"] != r["all"]["verdict"]]
        same = [r for r in rows if r not in changed]
        missing = sorted(known.keys() - {r["label"] for r in rows})
        seeds = found["seeds"]
        said = (f"{plural(len(rows), 'belief')} over {seeds} seeds on {found['date']} "
                f"({found['machine']}): {plural(len(same), 'verdict')} as over the first five "
                f"seeds, {len(changed)} not.")
        parts = [nodes.paragraph("", said)]
        if missing:
            names = [[nodes.Text(", "), self.name(known[label])] for label in missing]
            parts.append(el("p", "Not in that run: ", names[0][1:], names[1:], "."))
        if changed:
            parts.append(self.table(f"Verdicts that changed with {seeds} seeds", changed, known))
        if same:
            title = el("summary", f"The {plural(len(same), 'verdict')} that stayed")
            parts.append(el("details", title, self.table(
                f"Verdicts that are the same with {seeds} seeds", same, known)))
        return parts

    def table(self, caption: str, rows: list[dict], known: dict) -> nodes.Node:
        return table(spoken(caption), HEADS, [
            row(HEADS, [[self.name(known[r["label"]]), el("div", r["statistic"])],
                        self.verdicts(r), *self.arms(r)]) for r in rows], "dlb-replication")

    def name(self, belief) -> nodes.Node:
        return link(self, belief.docname, belief.anchor, *from_pieces(belief.data["claim"]))

    def verdicts(self, found: dict) -> list[nodes.Node]:
        first, then = found["first"], found["all"]
        return [el("div", f"{judged['arms'][0]['of']} seeds: ", verdict_pill(judged["verdict"]))
                for judged in (first, then)]

    def arms(self, found: dict) -> list[list[nodes.Node]]:
        """Of each condition its name and prediction, and how many seeds agreed, with interval."""
        names, shares = [], []
        for first, then in zip(found["first"]["arms"], found["all"]["arms"], strict=True):
            names.append(f"{then['name']}: {then['criterion']}")
            shares.append("; ".join(self.share(arm) for arm in (first, then)))
        return [[el("div", n) for n in names], [el("div", s) for s in shares]]

    def share(self, arm: dict) -> str:
        low, high = (round(100 * bound) for bound in arm["interval"])
        return (f"{arm['met']} of {arm['of']} ({low} to {high} %), "
                f"median {short(arm['median'])}")


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("replication", ReplicationDirective)
    app.add_post_transform(ShowReplication)
